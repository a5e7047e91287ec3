"""会商材料: each figure with its source and time; what nobody knows is 待核 and never nought."""

import json
from datetime import timedelta

import pytest

from anlan.base.files import store
from anlan.base.journal.models import Entry
from anlan.base.places.models import Sluice
from anlan.engines.series import Columns
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.protocols.official.tests.test_paper import lines, part
from anlan.resources.models import Stock
from anlan.respond.papers import services
from anlan.respond.papers.losses import READERS, Loss, LossTold
from anlan.respond.papers.models import Briefing
from anlan.respond.papers.selectors import briefings
from anlan.respond.papers.selectors.briefing import people
from anlan.respond.papers.selectors.briefing.composing import parts_of
from anlan.respond.papers.selectors.briefing.facts import Part
from anlan.respond.papers.tests.conftest import (
    A1,
    CHARLIE,
    COUNTY,
    OFFICER,
    TOWNSHIP,
    VILLAGE,
    Scene,
    Turn,
    row,
    started,
)
from anlan.respond.responses.tests.conftest import relay
from anlan.sense.models import Station, Stream
from anlan.sense.store import open_store

pytestmark = pytest.mark.django_db


def gauge(code: str, quantity: str, number: int, *, levels: object = None) -> Stream:
    """Make a station of one stream that tells every ten minutes."""
    station = Station.objects.create(
        **row(code=code, name=f"{code}站", kind="rain", region_id=A1, lon=121.05, lat=28.1)
    )
    return Stream.objects.create(
        **row(code=f"{code}-1", station=station, quantity=quantity, region_id=A1,
              interval_s=600, number=number, levels=levels)
    )  # fmt: skip


def told(stream: Stream, *values: tuple[float, float]) -> None:
    """Store values so many minutes ago."""
    now = int(clock.now().timestamp() * 1000)
    kept = open_store(workspace.directory())
    times = [now - int(minutes * 60_000) for minutes, _ in values]
    columns = Columns.of(
        number=[stream.number] * len(values), time=times, value=[value for _, value in values]
    )
    kept.append(columns, now)
    kept.close()


def facts_of(title: str) -> dict[str, str | None]:
    found: Part = next(one for one in parts_of(COUNTY, clock.now()) if one.title == title)
    return {one.label: one.value for one in found.facts}


def test_where_nothing_is_measured_the_figures_are_open_and_not_nought(county: Scene) -> None:  # noqa: ARG001
    rain = facts_of("雨情")
    assert rain["最大 1 小时雨量"] is None
    assert rain["24 小时雨量达 50 毫米的站"] is None
    assert facts_of("水情")["河道水位超限站数"] is None
    assert facts_of("工情")["超汛限水库"] is None
    assert facts_of("工情")["海塘闸口"] is None
    assert facts_of("灾情")["人员伤亡和损失"] is None
    assert facts_of("叫应、转移和队伍物资")["应急物资"] is None


def test_rain_is_added_up_and_a_sum_that_lacks_values_is_a_lower_bound(county: Scene) -> None:  # noqa: ARG001
    whole, gappy = gauge("R1", "rain", 1), gauge("R2", "rain", 2)
    told(whole, *((minutes, 10.0) for minutes in range(5, 1440, 10)))
    told(gappy, (20.0, 7.5))
    rain = facts_of("雨情")
    assert rain["最大 1 小时雨量"] == "60 毫米（R1站）"
    assert rain["24 小时雨量达 100 毫米的站"] == "1 站"
    part_ = next(one for one in parts_of(COUNTY, clock.now()) if one.title == "雨情")
    ((_, sheet),) = part_.sheets
    assert [line[0] for line in sheet.rows] == ["R1站", "R2站"]
    assert sheet.rows[1][2] == "≥7.5"


def test_levels_are_held_against_their_limits_and_the_silent_are_told(county: Scene) -> None:  # noqa: ARG001
    high = gauge("W1", "water-level", 3, levels={"warning": 10.0, "guarantee": 12.0})
    gauge("W2", "water-level", 4, levels={"warning": 10.0})
    told(high, (90.0, 9.0), (10.0, 12.4))
    assert facts_of("水情")["河道水位超限站数"] == "1／1 站，1 站待核"
    water = next(one for one in parts_of(COUNTY, clock.now()) if one.title == "水情")
    ((_, sheet),) = water.sheets
    assert sheet.rows[0][2:4] == ("12.40", "+0.40")


def test_what_is_kept_ready_is_told_and_what_nobody_counted_is_to_be_checked(
    county: Scene,  # noqa: ARG001
) -> None:
    for code, item, amount in (("1", "tent", 30), ("2", "tent", 12), ("3", "pump", None)):
        Stock.objects.create(
            **row(code=code, store="县库", item=item, amount=amount, status="ready", region_id=A1)
        )
    told = people.deeds(COUNTY, clock.now())
    assert facts_of("叫应、转移和队伍物资")["应急物资"] == "1 种有货，1 种待核"
    (sheet,) = [one for title, one in told.sheets if title == "应急物资可用数"]
    assert list(sheet.rows) == [("救灾帐篷", "42", "顶"), ("排水泵", "待核", "台")]


def test_gates_and_losses_come_from_whoever_counts_them(
    county: Scene,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Sluice.objects.create(
        **row(code="G1", name="东闸", kind="gate", wall="东塘", status="shut", region_id=A1)
    )
    assert facts_of("工情")["海塘闸口"] == "关好 1，开着 0，故障 0（共 1）"
    as_of = clock.now() - timedelta(hours=1)
    said = LossTold(
        title="8·10 台风", report="灾情初报第1报", as_of=as_of, missing=["海门镇"],
        figures=[
            Loss(name="死亡人口", value=0.0, unit="人"),
            Loss(name="受灾人口", value=1200.0, unit="人", at_least=True),
            Loss(name="直接经济损失", value=None, unit="万元"),
        ],
    )  # fmt: skip
    monkeypatch.setattr(READERS, "_entries", {"test": lambda region, at: [said]})  # noqa: ARG005
    part_ = people.losses(COUNTY, clock.now())
    values = {one.label: (one.value, one.source, one.as_of) for one in part_.facts}
    assert values["死亡人口"] == ("0人", "灾情初报第1报", as_of)
    assert values["受灾人口"][0] == "≥1,200人"
    assert values["另有 1 项指标"][0] is None
    assert "海门镇还没有报数" in part_.sentences[0]


def test_warnings_responses_and_steps_are_those_of_the_moment(county: Scene, turn: Turn) -> None:
    before = turn.at
    turn.forward(minutes=10)
    relay()
    response = started(county)
    turn.forward(minutes=10)
    assert "防汛Ⅳ级" in said_in(services.make_briefing(region=COUNTY, by=OFFICER))
    assert facts_of("预警和预报")["生效中的预警"] == "1 个"
    then = {one.title: one for one in parts_of(COUNTY, before)}
    assert then["预警和预报"].facts[0].value == "0 个"
    assert then["应急响应"].sentences == ["没有正在进行的应急响应。"]
    made = services.make_briefing(region=COUNTY, at=before, response=response, by=OFFICER)
    assert made.at == before
    assert "防汛Ⅳ级" not in said_in(made)


def said_in(made: Briefing) -> str:
    return "\n".join(lines(part(store.read(made.digest))))


def test_a_briefing_is_kept_with_its_hash_numbered_and_journalled(county: Scene) -> None:
    response = started(county)
    first = services.make_briefing(region=COUNTY, response=response, by=OFFICER)
    second = services.make_briefing(region=COUNTY, by=OFFICER)
    assert (first.number, second.number) == (1, 2)
    name, content = briefings.word_of(OFFICER, first.pk)
    assert name.startswith("关于云屿县防汛形势的会商材料")
    assert store.digest(content) == first.digest
    assert "待核" in said_in(first)
    entry = Entry.objects.get(deed="papers.briefed", subject=first.pk)
    assert json.loads(entry.detail.body)["facts"]["sm3"] == first.digest
    assert entry.case == first.case != ""
    listed = briefings.listed(OFFICER, response=response)
    assert [one["id"] for one in listed["items"]] == [first.pk]


def test_briefings_are_made_and_read_where_one_may(county: Scene) -> None:  # noqa: ARG001
    made = services.make_briefing(region=COUNTY, by=OFFICER)
    with pytest.raises(Forbidden):
        services.make_briefing(region=COUNTY, by=TOWNSHIP)
    with pytest.raises(Forbidden):
        services.make_briefing(region=COUNTY, by=CHARLIE)
    with pytest.raises(Missing):
        briefings.word_of(CHARLIE, made.pk)
    assert briefings.listed(CHARLIE)["items"] == []
    with pytest.raises(Forbidden):
        briefings.listed(VILLAGE)
    with pytest.raises(Missing):
        services.make_briefing(region=COUNTY, response="nothing", by=OFFICER)
    with pytest.raises(Invalid, match="不能是以后"):
        services.make_briefing(
            region=COUNTY, at=clock.now() + timedelta(minutes=5), by=OFFICER
        )  # fmt: skip
