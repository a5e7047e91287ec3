"""Inputs that come late or in part: what was told still counts, and it is said what is missing."""

from datetime import timedelta

import pytest

from anlan.forecast import heavy
from anlan.forecast.declaration import read_model
from anlan.forecast.models import Run, Series, VillageOutlook
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.tests.conftest import NOW, OFFICER, UPPER, Tell, World, every, row
from anlan.kernel.errors import Invalid
from anlan.sense.models import Station, Stream

pytestmark = pytest.mark.django_db


def computed(model: str) -> Run:
    run = ask_run(wanted=Wanted(model=model, seed=7), by=OFFICER)
    heavy.drain()
    done = Run.objects.get(pk=run)
    assert done.state == "done", done.reason
    return done


def state_of(run: Run, name: str) -> str:
    return str(next(one["state"] for one in run.inputs if one["name"] == name))


def test_rain_that_fell_before_the_gauges_fell_silent_still_counts(
    world: World, tell: Tell
) -> None:
    times = every(5, NOW - timedelta(hours=4), NOW - timedelta(minutes=65))
    tell(world.fallen, times, [2.0] * len(times))
    run = computed("basin")
    assert state_of(run, "rain") == "older"
    assert "近一小时没有实测雨量，已下的雨不全" in run.notes
    village = VillageOutlook.objects.get(run=run)
    assert village.nearness == pytest.approx(70 / 120, abs=0.01)
    assert village.lower_bound
    flow = Series.objects.get(run=run, code="XLY-1", quantity="flow")
    assert max(one or 0.0 for one in flow.values) > 5


def test_rain_of_the_day_before_is_none_of_this_one(world: World, tell: Tell) -> None:
    times = every(5, NOW - timedelta(hours=30), NOW - timedelta(hours=26))
    tell(world.fallen, times, [2.0] * len(times))
    run = computed("basin")
    assert state_of(run, "rain") == "missing"
    assert "近一天没有实测雨量，已下的雨没有计入" in run.notes


def test_an_older_input_is_used_until_it_is_too_old_only_where_the_model_says_how_long() -> None:
    shared = 'title="t"\nhazard="typhoon"\nengine="tide"\nahead="24h"\nstep="10min"\n[[inputs]]\n'
    shared += 'name="a"\nkind="rain-measured"\ntitle="a"\nfresh="1h"\n'
    told = read_model("own", shared + 'fallback="without"\nsaid="x"\noldest="6h"\n').inputs[0]
    assert told.oldest == timedelta(hours=6)
    with pytest.raises(Invalid, match="oldest"):
        read_model("own", shared + 'oldest="6h"\n')


def test_a_gauge_that_told_a_part_counts_for_at_least_that(world: World, tell: Tell) -> None:
    """Of each ten minutes one value of two came: what fell is not less than that."""
    times = every(10, NOW - timedelta(hours=3), NOW)
    tell(world.fallen, times, [4.0] * len(times))
    run = computed("basin")
    village = VillageOutlook.objects.get(run=run)
    assert village.nearness == pytest.approx(72 / 90, abs=0.02)
    assert village.lower_bound
    assert run.lower_bound


def test_a_gauge_that_tells_by_the_hour_tells_of_the_whole_hour(world: World, tell: Tell) -> None:
    world.fallen.interval_s = 3600
    world.fallen.save()
    times = every(60, NOW - timedelta(hours=30), NOW)
    tell(world.fallen, times, [0.0] * (len(times) - 3) + [24.0] * 3)
    run = computed("basin")
    village = VillageOutlook.objects.get(run=run)
    assert village.nearness == pytest.approx(72 / 90, abs=0.01)
    rain = Series.objects.get(run=run, code="XLY-1", quantity="rain").values
    first = next(n for n, one in enumerate(rain) if one)
    assert rain[first : first + 18] == pytest.approx([4.0] * 18)
    assert not any(one is None for one in rain[: first + 18])


def test_a_basin_whose_rain_has_gaps_makes_the_run_a_lower_bound(world: World, tell: Tell) -> None:
    whole = every(5, NOW - timedelta(hours=30), NOW)
    tell(world.fallen, whole, [0.1] * len(whole))
    rain = {"start": NOW.isoformat(), "step_s": 3600, "mm": [1.0] * 26}
    wanted = Wanted(model="basin", seed=7, given={"rain-forecast": rain})
    sure = Run.objects.get(pk=ask_run(wanted=wanted, by=OFFICER))
    heavy.drain()
    sure.refresh_from_db()
    assert not sure.lower_bound
    far = Station.objects.create(
        **row(code="YL-3", name="远处雨量站", kind="rain", region_id=UPPER, lon=122.4, lat=28.5)
    )
    Stream.objects.create(
        **row(code="YL-3-P", station=far, quantity="rain", region_id=UPPER, number=12,
              interval_s=300)
    )  # fmt: skip
    type(world.basins[1]).objects.filter(code="XLY-2").update(lon=122.4, lat=28.5)
    part = every(10, NOW - timedelta(hours=30), NOW)
    tell(Stream.objects.get(code="YL-3-P"), part, [0.1] * len(part))
    short = Run.objects.get(pk=ask_run(wanted=wanted, by=OFFICER))
    heavy.drain()
    short.refresh_from_db()
    assert short.lower_bound
    assert "有雨量缺测，只按已知的雨算，实际可能更重" in short.notes


def test_a_gauge_that_told_all_goes_before_one_that_told_a_part(world: World, tell: Tell) -> None:
    near = Station.objects.create(
        **row(code="YL-2", name="溪口雨量站", kind="rain", region_id=UPPER, lon=121.31, lat=28.51)
    )
    stream = Stream.objects.create(
        **row(code="YL-2-P", station=near, quantity="rain", region_id=UPPER, number=11,
              interval_s=300)
    )  # fmt: skip
    whole = every(5, NOW - timedelta(hours=6), NOW)
    tell(world.fallen, whole, [1.0] * len(whole))
    part = every(10, NOW - timedelta(hours=6), NOW)
    tell(stream, part, [0.0] * len(part))
    run = computed("basin")
    village = VillageOutlook.objects.get(run=run)
    assert village.nearness == pytest.approx(72 / 120, abs=0.01)


def test_one_value_of_a_day_does_not_make_a_basin_dry(world: World, tell: Tell) -> None:
    """Fifteen days of one dry value each say nothing: the basin may be wet."""
    days = [NOW - timedelta(days=n, hours=2) for n in range(1, 17)]
    tell(world.fallen, days, [0.0] * len(days))
    times = every(5, NOW - timedelta(hours=3), NOW)
    tell(world.fallen, times, [2.0] * len(times))
    unknown = computed("basin")
    assert "前期雨量不全，按最湿的情况算" in unknown.notes
    dry = every(5, NOW - timedelta(days=17), NOW - timedelta(hours=3))
    tell(world.fallen, dry, [0.0] * len(dry))
    known = computed("basin")
    assert "前期雨量不全，按最湿的情况算" not in known.notes
    peaks = [
        max(one or 0.0 for one in Series.objects.get(run=run, code="XLY-1", quantity="flow").values)
        for run in (unknown, known)
    ]
    assert peaks[0] > 1.5 * peaks[1]
