"""What gauges say now, and reservoirs against their limits: unknown is told, never nought."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from anlan.base.places.models import Reservoir
from anlan.engines.basin import rating_of, stage_of
from anlan.engines.series import Columns
from anlan.forecast import heavy
from anlan.forecast.adapters.built.basin import BY_RATING
from anlan.forecast.models import Basin, Run, Series, StationOutlook
from anlan.forecast.selectors import gauges, reservoirs
from anlan.forecast.selectors.verification import verification
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.verifying import verify_runs
from anlan.forecast.tests.conftest import (
    CHARLIE,
    NOW,
    OFFICER,
    UPPER,
    Tell,
    Turn,
    World,
    every,
    ms,
    row,
)
from anlan.kernel.errors import Invalid, Missing
from anlan.sense.models import Station, Stream
from anlan.sense.selectors import latest
from anlan.sense.store.latest import LatestWriter

pytestmark = pytest.mark.django_db

Stands = Callable[[float], None]

#: A square around the dam of the fixture: its basin.
OUTLINE = {
    "type": "Polygon",
    "coordinates": [[[121.2, 28.4], [121.4, 28.4], [121.4, 28.6], [121.2, 28.6], [121.2, 28.4]]],
}


@pytest.fixture
def dam(world: World) -> Reservoir:
    """A reservoir of six square kilometres in the upper basin, with a gauge at its dam."""
    made = Reservoir.objects.create(
        **row(code="K-1", name="前坑水库", size="small-1", region_id=UPPER, lon=121.3, lat=28.5,
              catchment=6.0, crest=62.0, normal_level=58.0, meiyu_limit=57.0, typhoon_limit=56.0,
              curve=[[50, 10], [55, 40], [60, 90], [62, 120]])
    )  # fmt: skip
    world.basins[0].outline = OUTLINE
    world.basins[0].save()
    station = Station.objects.create(
        **row(code="SK-1", name="前坑水库坝前站", kind="reservoir", region_id=UPPER,
              reservoir=made, lon=121.3, lat=28.5)
    )  # fmt: skip
    Stream.objects.create(
        **row(code="SK-1-Z", station=station, quantity="reservoir-level", region_id=UPPER,
              number=8, interval_s=300)
    )  # fmt: skip
    return made


@pytest.fixture
def river(world: World) -> Stream:  # noqa: ARG001 - the county
    """A stage gauge in the valley."""
    station = Station.objects.create(
        **row(code="SW-1", name="前坑溪水位站", kind="river", region_id=UPPER, lon=121.31,
              lat=28.5)
    )  # fmt: skip
    made: Stream = Stream.objects.create(
        **row(code="SW-1-Z", station=station, quantity="water-level", region_id=UPPER, number=9,
              interval_s=600)
    )  # fmt: skip
    return made


@pytest.fixture
def stands(dam: Reservoir, home: Path) -> Iterator[Callable[[float], None]]:  # noqa: ARG001
    """Let the reservoir's gauge say where the water stands now."""
    latest._reader.cache_clear()
    writer = LatestWriter(home)

    def say(level: float) -> None:
        told = Columns.of([8], [ms(NOW)], [level])
        writer.put(told, ms(NOW))

    yield say
    writer.close()
    latest._reader.cache_clear()


def only(told: dict[str, Any], of: str) -> dict[str, Any]:
    (found,) = told[of]
    return dict(found)


def flooded() -> str:
    """Compute the basins under a heavy rain of the next hours."""
    rain = {"start": NOW.isoformat(), "step_s": 3600, "mm": [40, 50, 30] + [0] * 21}
    run = ask_run(wanted=Wanted(model="basin", given={"rain-forecast": rain}), by=OFFICER)
    heavy.drain()
    return run


def test_rain_that_nobody_told_is_unknown_and_part_of_it_a_lower_bound(
    world: World, tell: Tell
) -> None:
    assert only(gauges.gauges(OFFICER, "zh"), "rain")["sums"]["1"] is None
    times = every(5, NOW - timedelta(hours=1), NOW)
    tell(world.fallen, times, [1.5] * len(times))
    told = only(gauges.gauges(OFFICER, "zh"), "rain")
    assert told["sums"] == {"1": 18.0, "3": 18.0, "6": 18.0, "24": 18.0}
    assert told["short"] == [3, 6, 24]


def test_water_that_jumps_is_told_with_the_rain_beside_it(
    world: World, river: Stream, tell: Tell
) -> None:
    assert gauges.gauges(OFFICER, "zh")["blind"] == 1
    times = every(10, NOW - timedelta(hours=3), NOW)
    calm = [10.0 + 0.01 * n for n in range(len(times))]
    tell(river, times, [*calm[:-3], 11.4, 12.1, 12.3])
    tell(world.fallen, every(5, NOW - timedelta(hours=3), NOW), [0.1] * 36)
    told = gauges.gauges(OFFICER, "zh")
    found = only(told, "sudden")
    assert (found["code"], found["way"]) == ("SW-1", "rise")
    assert found["change"] == pytest.approx(2.2, abs=0.1)
    assert found["rain_3h"] == pytest.approx(3.6)
    assert (told["watched"], told["blind"]) == (1, 0)


@pytest.fixture
def rated(world: World, river: Stream) -> Stream:
    """The gauge of the river stands at the outlet of the upper basin, which has a rating."""
    upper = world.basins[0]
    upper.gauge_id = river.station_id
    upper.rating = [[10.0, 0.0], [10.5, 5.0], [11.0, 20.0], [12.0, 80.0], [13.0, 200.0]]
    upper.full_clean()
    upper.save()
    river.levels = {"warning": 11.0, "guarantee": 12.5}
    river.save()
    return river


def test_a_rating_tells_the_stage_at_the_outlet_and_what_it_reaches(
    world: World, rated: Stream, tell: Tell
) -> None:
    tell(world.fallen, every(5, NOW - timedelta(hours=3), NOW), [1.0] * 36)
    run = flooded()
    flow = Series.objects.get(run=run, of="basin", code="XLY-1", quantity="flow")
    stage = Series.objects.get(run=run, of="station", code="SW-1", quantity="water-level")
    points = world.basins[0].rating or []
    rating = rating_of([one[0] for one in points], [one[1] for one in points])
    assert stage.values == pytest.approx(
        stage_of(rating, [one or 0.0 for one in flow.values]).tolist(), abs=0.002
    )
    told = StationOutlook.objects.get(run=run, quantity="water-level")
    assert told.station_id == rated.station_id
    assert told.peak == pytest.approx(max(one or 0.0 for one in stage.values), abs=0.01)
    assert "warning" in told.reached
    assert set(told.levels) == {"warning", "guarantee"}
    assert BY_RATING in Run.objects.get(pk=run).notes


def test_a_rise_that_the_rain_explains_is_not_told(
    world: World, rated: Stream, tell: Tell, turn: Turn
) -> None:
    tell(world.fallen, every(5, NOW - timedelta(hours=3), NOW), [3.5] * 36)
    run = flooded()
    stage = Series.objects.get(run=run, of="station", code="SW-1", quantity="water-level")
    start = stage.start.timestamp()
    turn.forward(hours=1)
    times = every(10, NOW - timedelta(hours=2), NOW + timedelta(hours=1))
    explained = [
        float(stage.values[round((one.timestamp() - start) / stage.step_s)] or 0.0) for one in times
    ]
    assert max(later - former for former, later in pairwise(explained[::3])) > 0.3
    tell(rated, times, explained)
    assert gauges.gauges(OFFICER, "zh")["sudden"] == []


def test_a_breach_above_a_rated_gauge_is_told_beyond_what_the_rain_does(
    world: World, rated: Stream, tell: Tell
) -> None:
    tell(world.fallen, every(5, NOW - timedelta(hours=3), NOW), [0.5] * 36)
    flooded()
    times = every(10, NOW - timedelta(hours=3), NOW)
    tell(rated, times, [10.1] * (len(times) - 3) + [11.8, 12.4, 12.5])
    found = only(gauges.gauges(OFFICER, "zh"), "sudden")
    assert (found["code"], found["way"], found["explained"]) == ("SW-1", "rise", True)
    assert gauges.gauges(OFFICER, "zh")["note"] == gauges.EXPLAINED
    assert 2.0 < found["change"] <= 2.4


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"rating": [[10.0, 5.0], [9.0, 8.0]]}, "逐点增大"),
        ({"rating": [[10.0, 5.0]]}, "至少要两个点"),
        ({"rating": [["a", 5.0], [11.0, 9.0]]}, "每一项为"),
        ({"gauge": None}, "就要选出口水位站"),
    ],
)
@pytest.mark.usefixtures("rated")
def test_a_rating_that_cannot_be_is_refused(
    world: World, changed: dict[str, Any], told: str
) -> None:
    upper = Basin.objects.get(pk=world.basins[0].pk)
    for name, value in changed.items():
        setattr(upper, name, value)
    with pytest.raises(ValidationError, match=told):
        upper.full_clean()


def test_a_gauge_is_the_outlet_of_one_basin(world: World, rated: Stream) -> None:
    lower = world.basins[1]
    lower.gauge_id = rated.station_id
    with pytest.raises(ValidationError, match="另一个小流域的出口"):
        lower.full_clean()


def test_stages_are_verified_as_levels_of_the_sea_are(
    world: World, rated: Stream, tell: Tell, turn: Turn
) -> None:
    tell(world.fallen, every(5, NOW - timedelta(hours=3), NOW), [1.0] * 36)
    run = flooded()
    stage = Series.objects.get(run=run, of="station", code="SW-1", quantity="water-level")
    values = [float(one or 0.0) for one in stage.values]
    times = [stage.start + timedelta(seconds=stage.step_s * n) for n in range(len(values))]
    ahead = [n for n, one in enumerate(times) if one > NOW]
    tell(rated, [times[n] for n in ahead], [values[n] - 0.2 for n in ahead])
    turn.forward(hours=48)
    assert verify_runs() == 1
    (told,) = [one for one in verification(OFFICER)["items"] if one["quantity"] == "water-level"]
    assert told["leads"][0]["bias"] == pytest.approx(0.2, abs=0.001)
    assert {one["kind"]: one["hits"] for one in told["levels"]}["warning"] == 1


def test_water_that_stands_still_is_not_told(river: Stream, tell: Tell) -> None:
    times = every(10, NOW - timedelta(hours=3), NOW)
    tell(river, times, [10.0] * len(times))
    assert gauges.gauges(OFFICER, "zh")["sudden"] == []


def test_a_reservoir_without_a_level_says_so(dam: Reservoir) -> None:
    told = only(reservoirs.listed(OFFICER, "zh"), "items")
    assert (told["code"], told["why"]) == (dam.code, "没有库水位")
    assert told["above"] is told["room"] is told["hours_to_limit"] is None


def test_a_reservoir_is_held_against_the_limit_of_the_season_and_fills(
    dam: Reservoir, stands: Stands
) -> None:
    stands(55.0)
    told = only(reservoirs.listed(OFFICER, "zh"), "items")
    assert told["why"] == "没有正在用的小流域山洪计算，不知道入库流量"
    assert (told["season"], told["limit"], told["above"]) == ("typhoon", dam.typhoon_limit, -1.0)
    assert told["room"] == pytest.approx(10.0)
    run = flooded()
    told = reservoirs.listed(OFFICER, "zh")
    assert told["run"]["run"] == run
    full = only(told, "items")
    assert full["basin"] == "前坑溪"
    assert 0 < full["hours_to_limit"] < 4
    assert full["rain_room"] > 0


def test_a_release_holds_a_reservoir_down(dam: Reservoir, stands: Stands) -> None:
    stands(55.0)
    flooded()
    told = reservoirs.trial(OFFICER, dam.code, [15.0], "zh")["trial"]
    kept, released = told["plans"]
    assert (kept["release"], released["release"]) == (0.0, 15.0)
    assert released["highest"] < kept["highest"]
    assert told["notes"][0].startswith("入库流量按")


def test_the_line_ends_where_the_curve_of_storage_does(dam: Reservoir, stands: Stands) -> None:
    stands(61.5)
    flooded()
    (kept,) = reservoirs.trial(OFFICER, dam.code, [], "zh")["trial"]["plans"]
    assert kept["beyond"]
    assert kept["level"][-1] is None
    assert kept["highest"] == 62.0


def test_what_cannot_be_tried_is_refused(dam: Reservoir) -> None:
    with pytest.raises(Invalid):
        reservoirs.trial(OFFICER, dam.code, [-1.0], "zh")
    with pytest.raises(Missing):
        reservoirs.trial(OFFICER, "K-0", [], "zh")
    with pytest.raises(Missing):
        reservoirs.trial(CHARLIE, dam.code, [], "zh")
    assert reservoirs.listed(CHARLIE, "zh")["items"] == []
