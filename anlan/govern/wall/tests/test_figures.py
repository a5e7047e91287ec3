"""Every figure is what its export adds up to, and what the lists of its own module say."""

import csv
import io
import itertools
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import python_calamine

from anlan import codes
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.selectors import lists
from anlan.base.permissions.actor import Actor
from anlan.base.places.models import Vessel
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services.rows import save_row
from anlan.forecast.models import Run
from anlan.govern.wall.selectors import wall
from anlan.govern.wall.selectors.figure import Behind, Figure
from anlan.govern.wall.selectors.grouping import PANELS
from anlan.govern.wall.selectors.panels import MOST
from anlan.kernel.errors import Forbidden, Missing
from anlan.respond.casebook.tests.test_desk import Day
from anlan.respond.evacuation.models import Evacuation
from anlan.respond.evacuation.selectors.roll import Query as Roll
from anlan.respond.evacuation.services.sheets import write_sheet
from anlan.respond.incidents.selectors import rows as incidents
from anlan.respond.papers.tests.conftest import CHARLIE, COUNTY, OFFICER, row
from anlan.warn.callrules import KIND as CALL
from anlan.warn.selectors import listing

pytestmark = pytest.mark.django_db
BY = OFFICER


def told(actor: Actor = BY) -> dict[str, dict[str, Any]]:
    seen = wall.wall(actor, COUNTY)
    assert_the_panels_are_their_exports(seen["panels"])
    return {one["key"]: one for one in seen["figures"]}


def assert_the_panels_are_their_exports(panels: dict[str, dict[str, Any]]) -> None:
    """Put the exported lines together by hand and compare."""
    for panel in PANELS:
        shown, rows = panels[panel.key], exported(panel.figure)
        together: dict[str, list[dict[str, str]]] = defaultdict(list)
        for one in rows:
            together[one[title_of(panel.figure, panel.by)]].append(one)
        assert shown["count"] == len(together) == len(shown["rows"]), panel.key
        for group in shown["rows"]:
            lines = together[str(group[panel.by])]
            for column in panel.added:
                sums = summed(lines, title_of(panel.figure, column), "sum")
                assert group[column] == sums, (panel.key, column)


def exported(figure: Figure) -> list[dict[str, str]]:
    _, lines = wall.written(BY, figure.key, COUNTY, "zh")
    return list(csv.DictReader(io.StringIO("".join(lines).removeprefix("\ufeff"))))


def summed(rows: list[dict[str, str]], title: str, by: str) -> float | None:
    known = [float(one[title]) for one in rows if one[title] != ""]
    if by == "max":
        return max(known, default=None)
    return sum(known) if known or not rows else None


def title_of(figure: Figure, column: str) -> str:
    return figure.columns[figure.place(column)].title


def assert_it_adds_up() -> dict[str, dict[str, Any]]:
    """Compare all ten with their exports; those nobody knows have no value at all."""
    now = told()
    assert len(now) == 10
    for figure in wall.FIGURES.values():
        one, rows = now[figure.key], exported(figure)
        if one["value"] is None:
            assert one["why"], figure.key
            continue
        value = summed(rows, title_of(figure, figure.column), figure.by)
        assert value is not None
        assert one["value"] == round(value, figure.digits), figure.key
        for part in figure.parts:
            shown = next((p["value"] for p in one["parts"] if p["key"] == part.column), 0)
            assert shown == summed(rows, title_of(figure, part.column), part.by), part.column
    return now


def by_the_rolls() -> dict[str, float]:
    """Add up the lists as they are printed from the pages of evacuations."""
    counts = {one.name: one.text("counts") for one in codes.table("evacuation-states")}
    sums = {"shelter": 0.0, "relatives": 0.0, "pending": 0.0}
    for batch in Evacuation.objects.filter(ordered_at__isnull=False, closed_at=None):
        _, body = write_sheet(evacuation=batch.pk, query=Roll(), language="zh", by=BY)
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
        head, *lines = book.get_sheet_by_index(0).to_python()
        people, state = head.index("人数"), head.index("状态")
        for line in lines:
            counted = counts[str(line[state])]
            if counted in sums and line[people] != "":
                sums[str(counted)] += float(str(line[people]))
    return sums


def assert_the_lists_say_so(now: dict[str, dict[str, Any]]) -> None:
    owed = list(lists.listed(BY, lists.Query(scope="all", region=COUNTY)))
    calls = [one for one in owed if one.kind == CALL and one.answered_at is None]
    rest = [one for one in owed if one.kind != CALL]
    assert now["calls"]["value"] == len(calls)
    assert now["owed"]["value"] == len(rest)
    late = next(one["value"] for one in now["owed"]["parts"] if one["key"] == "late")
    assert late == sum(one.lapsed_at is not None for one in rest)
    in_force = listing.listed(BY, listing.Query(state="in-force", region=COUNTY))
    assert now["warnings"]["value"] == in_force.exclude(action__in=("cancel", "withdraw")).count()
    assert now["incidents"]["value"] == incidents.listed(BY, "open", COUNTY).count()
    if now["moving"]["value"] is not None:
        sums = by_the_rolls()
        parts = {one["key"]: one["value"] for one in now["moving"]["parts"]}
        assert now["moving"]["value"] == sums["pending"]
        assert parts["moved"] == sums["shelter"] + sums["relatives"]
        assert parts["due"] == sum(sums.values())


@pytest.mark.parametrize("seed", [11, 12])
def test_every_figure_is_what_its_export_and_its_lists_add_up_to(
    begun: Callable[[int], Day], seed: int
) -> None:
    day = begun(seed)
    deeds = [
        day.warn, day.expire, day.tell, day.grade, day.drop, day.sign, day.finish, day.grant,
        day.lapse, day.stage, day.leave, day.tick,
    ]  # fmt: skip
    seen: dict[str, set[Any]] = {}
    for deed in [*deeds, *day.lot.choices(deeds, k=15)]:
        day.go(deed)
        now = assert_it_adds_up()
        assert_the_lists_say_so(now)
        for key, one in now.items():
            seen.setdefault(key, set()).add(one["value"])
    for panel in ("moving", "calls"):
        assert wall.wall(BY, COUNTY)["panels"][panel]["rows"], panel
    for key in ("owed", "warnings", "moving"):
        assert len(seen[key]) > 1, f"{key} never moved: nothing was tried"


@pytest.mark.usefixtures("county")
def test_what_nobody_knows_is_none_with_its_reason_and_never_nought() -> None:
    now = told()
    for key in ("moving", "stations", "reservoirs", "surge", "vessels", "losses"):
        assert now[key]["value"] is None, key
        assert now[key]["why"], key
        assert now[key]["why_en"], key


def test_vessels_are_counted_as_they_were_an_hour_ago_and_go_stale(
    begun: Callable[[int], Day],
) -> None:
    day = begun(13)
    for number, status in enumerate(("at-sea", "at-sea", "in-harbour", "unknown")):
        Vessel.objects.create(
            **row(code=f"V{number}", name=f"浙渔{number}", kind="fishing", status=status,
                  region_id=COUNTY) | {"changed_at": day.turn.at}
        )  # fmt: skip
    day.turn.forward(minutes=90)
    one = assert_it_adds_up()["vessels"]
    assert (one["value"], one["at_least"], one["change"]) == (2, True, 0)
    at_harbour = wall.wall(BY, COUNTY)["panels"]["vessels"]["rows"]
    assert [(one["out"], one["unknown"]) for one in at_harbour] == [(2, 1)]
    first = Vessel.objects.get(code="V0")
    save_row(
        entry=REGISTERS["vessels"], values={"status": "in-harbour"}, by=BY, row_id=first.pk
    )  # fmt: skip
    one = assert_it_adds_up()["vessels"]
    assert (one["value"], one["change"], one["stale"]) == (1, -1, False)
    day.turn.forward(minutes=8 * 60)
    one = assert_it_adds_up()["vessels"]
    assert (one["value"], one["stale"], one["change"]) == (1, True, None)


def test_gauges_stand_in_the_order_of_their_margin_and_the_silent_ones_last_without_a_value() -> (
    None
):
    panel = next(one for one in PANELS if one.key == "reservoirs")
    columns = [one.key for one in panel.figure.columns]

    def line(gauge: str, value: float | None, margin: float | None) -> list[Any]:
        given = {"gauge": gauge, "station": gauge, "value": value, "limit": 76.0, "margin": margin}
        return [given.get(one) for one in columns]

    rows = panel.groups(
        Behind([line("silent", None, None), line("low", 75.0, -1.0), line("high", 77.5, 1.5)], None)
    )
    assert [one["gauge"] for one in rows] == ["high", "low", "silent"]
    assert rows[-1]["value"] is None


def test_a_forecast_nobody_signed_waits_for_a_decision_until_one_is_signed(
    begun: Callable[[int], Day],
) -> None:
    day = begun(15)

    def waiting() -> list[str]:
        found = wall.wall(BY, COUNTY)["decisions"]
        return [one["title"] for one in found if one["kind_en"] == "Forecast to be signed"]

    def run(title: str, signing: str, hours: int) -> Run:
        at = day.turn.at
        return Run.objects.create(
            model="surge", model_version="1", engine="surge", title=title, hazard="storm-surge",
            region_id=COUNTY, based_at=at + timedelta(hours=hours), valid_from=at,
            valid_until=at + timedelta(days=2), step_s=600, seed=1, how="hand", state="done",
            asked_by=BY.ref, asked_at=at, ended_at=at, folder="", signing=signing,
            signed_at=at if signing == "approved" else None,
        )  # fmt: skip

    run("早先算的", "unsigned", -6)
    run("上一次", "approved", -3)
    assert waiting() == []
    newer = run("又算了一次", "unsigned", 0)
    assert waiting() == ["又算了一次"]
    newer.signing = "rejected"
    newer.save()
    assert waiting() == []


def test_a_telephone_is_masked_unless_the_screen_may_show_it(begun: Callable[[int], Day]) -> None:
    day = begun(14)
    day.turn.forward(minutes=600)
    for deed in (day.lapse, day.lapse):
        day.go(deed)
    told = wall.wall(BY, COUNTY)
    shown = [one["phone"] for one in told["late"] if one["phone"]]
    assert shown
    assert all("*" in number for number in shown)
    late = Obligation.objects.filter(closed_at=None, lapsed_at__isnull=False).count()
    assert told["late_count"] == late > len(told["late"]) == MOST


def test_what_is_done_over_and_over_is_told_once_with_how_often(
    begun: Callable[[int], Day],
) -> None:
    day = begun(16)
    day.go(day.leave)
    for _ in range(3):
        day.go(day.tick)
    told = wall.wall(BY, COUNTY)["course"]
    assert told
    assert all(one["times"] >= 1 for one in told)
    pairs = [(one["title"], one["region_name"]) for one in told]
    assert all(one != other for one, other in itertools.pairwise(pairs))
    moments = [one["at"] for one in told]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.usefixtures("county")
def test_charlie_of_the_next_county_is_refused() -> None:
    with pytest.raises(Forbidden):
        wall.wall(CHARLIE, COUNTY)
    with pytest.raises(Forbidden):
        wall.written(CHARLIE, "calls", COUNTY, "zh")
    with pytest.raises(Missing):
        wall.written(BY, "nothing", COUNTY, "zh")
