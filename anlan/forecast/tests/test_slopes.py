"""Slopes against the law of slides, and thresholds that ask for more hours than a run shows."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.base.outbox.models import Event as EventRow
from anlan.base.outbox.services import read_event
from anlan.base.places.models import DangerZone
from anlan.engines.basin import Law
from anlan.forecast import heavy
from anlan.forecast.adapters.rain import DUMB, NO_GAUGE
from anlan.forecast.adapters.slopes import ONLY_SLOPES
from anlan.forecast.events import ForecastApproved
from anlan.forecast.models import Run, Series, VillageOutlook
from anlan.forecast.selectors import slopes, villages
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.signing import approve_run
from anlan.forecast.tests.conftest import (
    CHARLIE,
    LEAD,
    LOWER,
    NOW,
    OFFICER,
    UPPER,
    Tell,
    World,
    every,
    row,
)
from anlan.kernel.errors import Missing

pytestmark = pytest.mark.django_db

CAINE = Law(14.82, 0.39, 0.167, 500.0)


def slope(code: str, region: str, **more: Any) -> DangerZone:
    made: DangerZone = DangerZone.objects.create(
        **row(code=code, name=f"{code}滑坡隐患点", kind="geohazard", status="active",
              hazards=["geological", "rainstorm"], region_id=region, lon=121.31, lat=28.51, **more)
    )  # fmt: skip
    return made


def computed(**given: Any) -> Run:
    run = ask_run(wanted=Wanted(model="basin", seed=7, given=given), by=OFFICER)
    heavy.drain()
    done = Run.objects.get(pk=run)
    assert done.state == "done", done.reason
    return done


def steady(world: World, tell: Tell, hours: int, mm_an_hour: float) -> None:
    times = every(5, NOW - timedelta(hours=hours), NOW)
    tell(world.fallen, times, [mm_an_hour / 12] * len(times))


def test_three_days_of_steady_rain_are_set_against_the_law_for_the_time_that_is_nearest(
    world: World, tell: Tell
) -> None:
    slope("W-9", LOWER)
    steady(world, tell, 80, 3.0)
    run = computed()
    told = slopes.slopes(OFFICER, run.pk, "zh")
    (one,) = told["items"]
    limit = float(CAINE.intensity(72)) * 72
    assert (one["zone"], one["region"], one["hours"]) == ("W-9", LOWER, 72)
    assert one["rain"] == pytest.approx(72 * 3.0, abs=0.5)
    assert one["limit"] == pytest.approx(limit, abs=0.1)
    assert one["share"] == pytest.approx(72 * 3.0 / limit, abs=0.01)
    assert one["first_at"] is not None
    assert told["laws"][0]["law"] == "caine-1980"
    assert not told["laws"][0]["fitted"]
    assert any("没有用本地的滑坡率定" in note for note in run.notes)


def test_a_slope_rates_nothing_and_moves_nobody(world: World, tell: Tell) -> None:
    """The law is of the whole world: its village is told by it alone, and no level follows."""
    slope("W-9", LOWER)
    steady(world, tell, 80, 3.0)
    run = computed()
    village = VillageOutlook.objects.get(run=run, region_id=LOWER)
    assert (village.stage, village.level, village.why) == ("", None, ONLY_SLOPES)
    assert village.slopes[0]["share"] > 1
    assert run.level is None
    told = villages.villages(OFFICER, run.pk, "zh", all_=True)
    assert [one["region"] for one in told["items"]] == [UPPER]
    assert (told["total"], told["unknown"]) == (1, 0)
    approve_run(run=run.pk, by=LEAD)
    event = read_event(EventRow.objects.get(kind="forecast.ForecastApproved"))
    assert isinstance(event, ForecastApproved)
    assert (event.villages, event.preparing, event.level) == ((), (), None)
    with pytest.raises(Missing):
        slopes.slopes(CHARLIE, run.pk, "zh")


def test_a_threshold_of_three_days_counts_the_rain_of_three_days(world: World, tell: Tell) -> None:
    slope("W-8", LOWER, thresholds=[[1, 30, 45], [72, 150, 220]])
    steady(world, tell, 80, 2.5)
    run = computed()
    village = VillageOutlook.objects.get(run=run, region_id=LOWER)
    assert (village.hours, village.zone) == (72.0, "W-8")
    assert village.rain == pytest.approx(72 * 2.5, abs=0.5)
    assert village.nearness == pytest.approx(180 / 220, abs=0.01)
    assert village.stage == "prepare"
    # The curve and the basins begin with the run, as before.
    for series in Series.objects.filter(run=run):
        assert series.start > run.valid_from
        assert len(series.values) == 48 * 6


def test_a_threshold_that_reaches_back_beyond_what_is_known_is_a_lower_bound(
    world: World, tell: Tell
) -> None:
    slope("W-8", LOWER, thresholds=[[1, 30, 45], [72, 150, 220]])
    steady(world, tell, 30, 1.0)
    rain = {"start": NOW.isoformat(), "step_s": 3600, "mm": [0.0] * 25}
    run = computed(**{"rain-forecast": rain})
    far = VillageOutlook.objects.get(run=run, region_id=LOWER)
    near = VillageOutlook.objects.get(run=run, region_id=UPPER)
    assert far.lower_bound
    assert far.slopes[0]["lower_bound"] == (far.slopes[0]["hours"] > 29)
    assert not near.lower_bound


def why(run: Run) -> str:
    told = slopes.slopes(OFFICER, run.pk, "zh")
    assert told["items"] == []
    return str(told["why_empty"])


def test_slopes_without_a_gauge_near_are_left_out_and_the_list_says_why(
    world: World, tell: Tell
) -> None:
    DangerZone.objects.filter(code="W-1").update(hazards=["geological"], lon=122.9)
    steady(world, tell, 3, 1.0)
    run = computed()
    assert why(run) == slopes.NO_GAUGES
    assert VillageOutlook.objects.get(run=run, region_id=UPPER).why == NO_GAUGE


def test_where_no_gauge_tells_rain_the_list_says_so_and_takes_no_gauge_for_missing(
    world: World,
) -> None:
    slope("W-9", world.zone.region_id)
    run = computed()
    assert why(run) == slopes.NO_RAIN
    assert villages.villages(OFFICER, run.pk, "zh")["why_empty"] == DUMB


def test_a_county_without_slopes_is_told_that_it_has_none(world: World, tell: Tell) -> None:
    steady(world, tell, 3, 1.0)
    assert why(computed()) == slopes.NO_SLOPES


def test_a_model_that_asks_no_law_says_that_it_does_not(world: World) -> None:
    slope("W-9", world.zone.region_id)
    run = ask_run(wanted=Wanted(model="tide", seed=7), by=OFFICER)
    heavy.drain()
    assert why(Run.objects.get(pk=run)) == slopes.NOT_ASKED


def test_of_slopes_under_the_same_rain_the_one_with_most_people_below_comes_first(
    world: World, tell: Tell
) -> None:
    for code, people in (("W-7", 12), ("W-8", None), ("W-9", 40)):
        slope(code, LOWER, people=people)
    steady(world, tell, 80, 3.0)
    told = slopes.slopes(OFFICER, computed().pk, "zh")["items"]
    assert [(one["zone"], one["people"]) for one in told] == [
        ("W-9", 40),
        ("W-7", 12),
        ("W-8", None),
    ]
