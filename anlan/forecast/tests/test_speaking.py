"""A run that somebody rejected or took back speaks no more: it feeds and stands for nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from anlan.base.places.models import Reservoir
from anlan.forecast import heavy
from anlan.forecast.models import Run, Series
from anlan.forecast.selectors import gauges, products, reservoirs, typhoon
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.signing import approve_run, reject_run, withdraw_run
from anlan.forecast.services.storms import receive_track
from anlan.forecast.tests.conftest import COUNTY, LEAD, NOW, OFFICER, Tell, World, every
from anlan.forecast.tests.test_storms import bulletin
from anlan.forecast.tests.test_water import flooded, rated, river

pytestmark = pytest.mark.django_db

__all__ = ["rated", "river"]


def rejected(run: Run) -> None:
    reject_run(run=run.pk, reason="实测站零点有误", by=LEAD)


def withdrawn(run: Run) -> None:
    approve_run(run=run.pk, by=LEAD)
    withdraw_run(run=run.pk, reason="用错了路径", by=LEAD)


Silence = Callable[[Run], None]
silenced = pytest.mark.parametrize("silence", [rejected, withdrawn])


def earlier(world: World, quantity: str, **more: Any) -> Run:
    """A run of an hour ago that tells one quantity at one station, a metre or millimetre always."""
    told = {
        "engine": "surge", "model": "surge", "storm": "1909", "height": 1.0,
        "based_at": NOW - timedelta(hours=1), **more,
    }  # fmt: skip
    height = told.pop("height")
    run: Run = Run.objects.create(
        model_version="1", title="更早的计算", hazard="storm-surge", region_id=COUNTY,
        valid_from=NOW - timedelta(hours=2),
        valid_until=NOW + timedelta(hours=48), step_s=600, seed=1, how="hand", state="done",
        asked_by=OFFICER.ref, asked_at=NOW, folder="", **told,
    )  # fmt: skip
    station = world.rain if quantity == "rain" else world.tide
    Series.objects.create(
        run=run, of="station", code=station.code, region_id=station.region_id, quantity=quantity,
        unit="m", start=NOW - timedelta(hours=2), step_s=600, values=[height] * 301,
    )  # fmt: skip
    return run


def state_of(run: str, name: str) -> str:
    inputs = Run.objects.get(pk=run).inputs
    return str(next(one["state"] for one in inputs if one["name"] == name))


def computed(model: str) -> str:
    run = ask_run(wanted=Wanted(model=model), by=OFFICER)
    heavy.drain()
    return run


@silenced
def test_its_surge_lifts_no_tide(world: World, silence: Silence) -> None:
    surge = earlier(world, "surge")
    assert state_of(computed("tide"), "surge") == "used"
    silence(surge)
    assert state_of(computed("tide"), "surge") == "missing"


@silenced
def test_its_rain_falls_on_no_basin(world: World, silence: Silence) -> None:
    typhoon = earlier(world, "rain", engine="typhoon-ensemble", model="typhoon")
    assert state_of(computed("basin"), "rain-forecast") == "used"
    silence(typhoon)
    assert state_of(computed("basin"), "rain-forecast") == "missing"


@silenced
@pytest.mark.usefixtures("world")
def test_it_is_not_the_newest_word_of_its_model(silence: Silence) -> None:
    run = computed("tide")
    newest = {one["model"]: one["newest"] for one in products.standing(OFFICER, "zh")["items"]}
    assert newest["tide"]["id"] == run
    silence(Run.objects.get(pk=run))
    newest = {one["model"]: one["newest"] for one in products.standing(OFFICER, "zh")["items"]}
    assert newest["tide"] is None


@silenced
def test_its_stages_explain_no_rise(world: World, rated: Any, tell: Tell, silence: Silence) -> None:
    tell(world.fallen, every(5, NOW - timedelta(hours=3), NOW), [0.5] * 36)
    run = flooded()
    times = every(10, NOW - timedelta(hours=3), NOW)
    tell(rated, times, [10.1] * (len(times) - 3) + [11.8, 12.4, 12.5])
    (found,) = gauges.gauges(OFFICER, "zh")["sudden"]
    assert found["explained"]
    silence(Run.objects.get(pk=run))
    (found,) = gauges.gauges(OFFICER, "zh")["sudden"]
    assert not found["explained"]


@silenced
def test_it_fills_no_reservoir(world: World, silence: Silence) -> None:
    assert Reservoir.objects.count() == 0
    assert world.basins
    run = flooded()
    assert reservoirs.listed(OFFICER, "zh")["run"]["run"] == run
    silence(Run.objects.get(pk=run))
    assert reservoirs.listed(OFFICER, "zh")["run"] is None


@silenced
def test_it_draws_no_storm(world: World, silence: Silence) -> None:
    storm = receive_track(body=bulletin(), by=OFFICER)[0]
    run = computed("typhoon")
    assert world.tide.pk
    assert typhoon.read(OFFICER, storm, "zh")["newest"]["id"] == run
    silence(Run.objects.get(pk=run))
    assert typhoon.read(OFFICER, storm, "zh")["newest"] is None
