"""Before a named person signs it a run moves nothing; when they do, the modules above are told."""

from datetime import timedelta

import msgspec
import orjson
import pytest

from anlan.base.cases.models import Case
from anlan.base.journal.models import Entry
from anlan.base.outbox.models import Event as EventRow
from anlan.base.outbox.services import read_event
from anlan.base.permissions.actor import Actor, system
from anlan.forecast import heavy
from anlan.forecast.events import ForecastApproved, ForecastWithdrawn
from anlan.forecast.models import Run, StationOutlook, VillageOutlook
from anlan.forecast.selectors import describing, products, villages
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.signing import approve_run, reject_run, withdraw_run
from anlan.forecast.tests.conftest import (
    CHARLIE,
    COUNTY,
    HARBOUR,
    LEAD,
    NOW,
    OFFICER,
    TOWNSHIP,
    UPPER,
    VILLAGE,
    Tell,
    Turn,
    World,
    every,
    sea,
)
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing

pytestmark = pytest.mark.django_db


@pytest.fixture
def tide(world: World, tell: Tell) -> Run:
    """A tide run that reaches yellow."""
    times = every(5, NOW - timedelta(hours=6), NOW)
    tell(world.level, times, sea(world.point, times, more=0.85))
    return computed(Wanted(model="tide", storm="1909"))


@pytest.fixture
def flood(world: World) -> Run:  # noqa: ARG001 - the valley
    """A basin run that drives a village out."""
    given = {"start": NOW.isoformat(), "step_s": 3600, "mm": [20.0, 60.0] + [0.0] * 22}
    return computed(Wanted(model="basin", given={"rain-forecast": given}))


def computed(wanted: Wanted) -> Run:
    run = ask_run(wanted=wanted, by=OFFICER)
    heavy.drain()
    row = Run.objects.get(pk=run)
    assert row.state == "done", row.reason
    return row


def told() -> list[object]:
    """List what forecast told the modules above."""
    rows = EventRow.objects.filter(kind__startswith="forecast.").order_by("id")
    return [read_event(row) for row in rows]


def test_an_unsigned_run_moves_nothing(tide: Run, flood: Run) -> None:
    assert StationOutlook.objects.get(run=tide).level == 3
    assert VillageOutlook.objects.get(run=flood).stage == "move"
    assert not EventRow.objects.filter(kind__startswith="forecast.").exists()
    assert not Case.objects.exists()
    assert {run.signing for run in Run.objects.all()} == {"unsigned"}
    standing = products.standing(OFFICER, "zh")["items"]
    assert all(one["signed"] is None for one in standing)


def test_signing_tells_stations_by_level(tide: Run) -> None:
    approve_run(run=tide.pk, note_said="与台风报一致", by=LEAD)
    (event,) = told()
    outlook = StationOutlook.objects.get(run=tide)
    row = Run.objects.get(pk=tide.pk)
    assert event == ForecastApproved(
        case=row.case, run=tide.pk, engine="tide", hazard="storm-surge", level=3,
        lower_bound=True, region=HARBOUR, stations=("CW-1",), station_levels=(3,), storm="1909",
        based_at=tide.based_at, valid_from=tide.valid_from, valid_until=tide.valid_until,
        first_at=outlook.level_at, by=LEAD.ref, approved_at=NOW,
    )  # fmt: skip
    case = Case.objects.get(pk=row.case)
    assert (case.hazard, case.region_id) == ("storm-surge", COUNTY)
    assert (row.signing, row.signed_by, row.signing_note) == ("approved", LEAD.ref, "与台风报一致")


def test_signing_tells_villages_by_nearness(flood: Run) -> None:
    approve_run(run=flood.pk, by=LEAD)
    (event,) = told()
    assert isinstance(event, ForecastApproved)
    outlook = VillageOutlook.objects.get(run=flood)
    assert event.villages == (UPPER,)
    assert event.village_nearness == (outlook.nearness,)
    assert (event.level, event.hazard, event.region) == (1, "flash-flood", UPPER)
    assert event.first_at == outlook.first_at
    assert not event.lower_bound or flood.lower_bound


def test_the_payload_is_ids_and_plain_values(tide: Run) -> None:
    approve_run(run=tide.pk, by=LEAD)
    body = orjson.loads(EventRow.objects.get(kind="forecast.ForecastApproved").body)
    assert set(body) == set(ForecastApproved.__dataclass_fields__)
    assert body["station_levels"] == [3]
    assert msgspec.convert(body, ForecastApproved, strict=False).run == tide.pk


def test_what_reaches_nothing_is_signed_without_a_matter(world: World, tell: Tell) -> None:
    type(world.level).objects.filter(pk=world.level.pk).update(levels={"tide-blue": 9.0})
    times = every(5, NOW - timedelta(hours=6), NOW)
    tell(world.level, times, sea(world.point, times))
    run = computed(Wanted(model="tide"))
    approve_run(run=run.pk, by=LEAD)
    (event,) = told()
    assert isinstance(event, ForecastApproved)
    assert (event.case, event.level, event.stations, event.first_at) == ("", None, (), None)
    assert event.region == COUNTY
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "somebody", [OFFICER, VILLAGE, TOWNSHIP, CHARLIE], ids=lambda one: one.name
)
def test_who_may_not_sign_does_not(tide: Run, somebody: Actor) -> None:
    with pytest.raises((Forbidden, Missing)):
        approve_run(run=tide.pk, by=somebody)
    assert told() == []


def test_no_program_signs(tide: Run) -> None:
    with pytest.raises(Forbidden, match="本人"):
        approve_run(run=tide.pk, by=system("forecast"))
    assert Run.objects.get(pk=tide.pk).signing == "unsigned"
    assert told() == []


def test_signing_twice_tells_once(tide: Run) -> None:
    approve_run(run=tide.pk, by=LEAD)
    with pytest.raises(Conflict):
        approve_run(run=tide.pk, by=LEAD)
    assert len(told()) == 1


def test_a_run_that_changed_meanwhile_is_not_signed(tide: Run) -> None:
    with pytest.raises(Conflict, match="刷新"):
        approve_run(run=tide.pk, by=LEAD, version=tide.version - 1)
    assert told() == []


def test_a_run_whose_time_is_over_is_not_signed(tide: Run, turn: Turn) -> None:
    turn.forward(hours=73)
    with pytest.raises(Conflict, match="已经过去"):
        approve_run(run=tide.pk, by=LEAD)
    assert told() == []


def test_a_run_that_is_not_done_is_not_signed(world: World) -> None:
    run = ask_run(wanted=Wanted(model="tide"), by=OFFICER)
    with pytest.raises(Conflict, match="还没有算完"):
        approve_run(run=run, by=LEAD)
    assert told() == []
    assert world.point.pk


def test_a_newer_word_supersedes_the_older_and_an_older_run_comes_too_late(
    tide: Run, turn: Turn
) -> None:
    waiting = computed(Wanted(model="tide", storm="1909"))
    turn.forward(hours=1)
    newer = computed(Wanted(model="tide", storm="1909"))
    approve_run(run=tide.pk, by=LEAD)
    approve_run(run=newer.pk, by=LEAD)
    assert Run.objects.get(pk=tide.pk).signing == "superseded"
    with pytest.raises(Conflict, match="更新的一次"):
        approve_run(run=waiting.pk, by=LEAD)
    runs = [one.run for one in told() if isinstance(one, ForecastApproved)]
    assert runs == [tide.pk, newer.pk]
    assert len({one.case for one in told() if isinstance(one, ForecastApproved)}) == 1
    standing = {one["model"]: one for one in products.standing(OFFICER, "zh")["items"]}
    assert standing["tide"]["signed"]["id"] == newer.pk


def test_a_word_taken_back_is_told(tide: Run) -> None:
    approve_run(run=tide.pk, by=LEAD)
    with pytest.raises(Invalid):
        withdraw_run(run=tide.pk, reason=" ", by=LEAD)
    withdraw_run(run=tide.pk, reason="用错了起报时间", by=LEAD)
    event = told()[-1]
    assert isinstance(event, ForecastWithdrawn)
    assert (event.run, event.level, event.reason, event.by) == (
        tide.pk, 3, "用错了起报时间", LEAD.ref,
    )  # fmt: skip
    standing = {one["model"]: one for one in products.standing(OFFICER, "zh")["items"]}
    assert standing["tide"]["signed"] is None


def test_a_rejected_run_cannot_be_signed(tide: Run) -> None:
    reject_run(run=tide.pk, reason="实测站零点有误", by=LEAD)
    with pytest.raises(Conflict, match="不采用"):
        approve_run(run=tide.pk, by=LEAD)
    assert told() == []


def test_a_signed_run_is_read_below_and_only_for_ones_own_places(tide: Run, flood: Run) -> None:
    approve_run(run=flood.pk, by=LEAD)
    approve_run(run=tide.pk, by=LEAD)
    valley = villages.villages(VILLAGE, flood.pk, "zh")
    assert [one["region"] for one in valley["items"]] == [UPPER]
    assert valley["stamp"]["signed"]
    coast = products.stations(VILLAGE, tide.pk, "zh")
    assert coast["items"] == []
    assert coast["why_empty"]
    with pytest.raises(Missing):
        villages.villages(CHARLIE, flood.pk, "zh")


def test_every_word_is_in_the_journal(tide: Run) -> None:
    approve_run(run=tide.pk, by=LEAD)
    withdraw_run(run=tide.pk, reason="有误", by=LEAD)
    deeds = Entry.objects.filter(subject=tide.pk, by=LEAD.ref).order_by("id")
    assert list(deeds.values_list("deed", flat=True)) == [
        "forecasts.approved", "forecasts.withdrawn",
    ]  # fmt: skip


def test_each_may_do_what_is_listed(tide: Run) -> None:
    assert describing.one(LEAD, tide.pk, "zh")["verbs"] == ["approve", "reject"]
    assert describing.one(OFFICER, tide.pk, "zh")["verbs"] == []
    approve_run(run=tide.pk, by=LEAD)
    assert describing.one(LEAD, tide.pk, "zh")["verbs"] == ["withdraw"]
