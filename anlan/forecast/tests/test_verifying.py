"""A forecast is compared with what was measured, once its time is over."""

import json
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from anlan.forecast import heavy
from anlan.forecast.models import LevelCheck, Run, Score, Series, StationOutlook
from anlan.forecast.selectors.storms import AFTERWARDS
from anlan.forecast.selectors.verification import verification
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.storms import receive_track
from anlan.forecast.services.verifying import outcome, verify_runs
from anlan.forecast.tests.conftest import (
    CHARLIE,
    NOW,
    OFFICER,
    Tell,
    Turn,
    World,
    every,
    sea,
)
from anlan.forecast.tests.test_storms import _point, bulletin

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(world: World) -> Run:  # noqa: ARG001 - the coast
    """A tide run without any measured value: no bias."""
    made = ask_run(wanted=Wanted(model="tide", ahead=timedelta(hours=24)), by=OFFICER)
    heavy.drain()
    return Run.objects.get(pk=made)


def test_errors_are_kept_by_lead_time(run: Run, world: World, tell: Tell, turn: Turn) -> None:
    times = every(10, NOW, NOW + timedelta(hours=24))
    tell(world.level, times, sea(world.point, times, more=0.25))
    turn.forward(hours=26)
    assert verify_runs() == 1
    assert verify_runs() == 0
    told = verification(OFFICER)["items"]
    assert [(one["of"], one["code"], one["quantity"]) for one in told] == [
        ("station", "CW-1", "tide-level")
    ]
    assert (told[0]["label"], told[0]["unit"]) == ("潮位", "m")
    leads = {(one["from_h"], one["until_h"]): one for one in told[0]["leads"]}
    assert set(leads) == {(0, 6), (6, 12), (12, 24), (24, 48)}
    assert leads[0, 6]["n"] == 35  # the first value is ten minutes after the base
    for one in leads.values():
        assert one["bias"] == pytest.approx(-0.25, abs=0.001)
        assert one["mae"] == pytest.approx(0.25, abs=0.001)
        assert one["rmse"] == pytest.approx(0.25, abs=0.001)
    assert Run.objects.get(pk=run.pk).verified_at == turn.at


def test_levels_said_and_seen_are_hits_and_what_was_not_said_is_missed(
    run: Run, world: World, tell: Tell, turn: Turn
) -> None:
    said = StationOutlook.objects.get(run=run)
    assert said.peak is not None
    assert set(said.reached) == {"tide-blue"}
    times = every(10, NOW, NOW + timedelta(hours=24))
    tell(world.level, times, sea(world.point, times, more=3.45 - said.peak))
    turn.forward(hours=26)
    verify_runs()
    found = dict(LevelCheck.objects.values_list("kind", "outcome"))
    assert found == {
        "tide-blue": "hit", "tide-yellow": "miss", "tide-orange": "quiet", "tide-red": "quiet",
    }  # fmt: skip
    levels = {one["kind"]: one for one in verification(OFFICER)["items"][0]["levels"]}
    assert levels["tide-blue"]["detected"] == 1.0
    assert levels["tide-yellow"]["detected"] == 0.0
    assert levels["tide-red"]["detected"] is None
    seen = LevelCheck.objects.get(kind="tide-blue")
    assert seen.seen_at is not None
    assert seen.said_at is not None
    ahead = (seen.seen_at - NOW).total_seconds() / 3600
    assert levels["tide-blue"]["lead_h"] == pytest.approx(ahead, abs=0.051)
    late = (seen.said_at - seen.seen_at).total_seconds() / 60
    assert levels["tide-blue"]["late_min"] == pytest.approx(late, abs=0.51)
    assert levels["tide-yellow"]["lead_h"] is None


def test_what_nobody_measured_is_neither_hit_nor_miss(
    run: Run, world: World, tell: Tell, turn: Turn
) -> None:
    times = every(10, NOW, NOW + timedelta(hours=3))
    tell(world.level, times, sea(world.point, times))
    turn.forward(hours=26)
    verify_runs()
    assert Score.objects.filter(run=run, lead_from=0).exists()
    assert not LevelCheck.objects.exists()


def test_a_neighbour_sees_no_verification_of_ours(
    run: Run, world: World, tell: Tell, turn: Turn
) -> None:
    times = every(10, NOW, NOW + timedelta(hours=24))
    tell(world.level, times, sea(world.point, times))
    turn.forward(hours=26)
    verify_runs()
    assert verification(CHARLIE)["items"] == []
    assert run.pk


def test_there_are_four_outcomes() -> None:
    found = {outcome(said=said, seen=seen) for said in (True, False) for seen in (True, False)}
    assert found == {"hit", "miss", "false-alarm", "quiet"}


def items_of(quantity: str) -> list[dict[str, Any]]:
    return [one for one in verification(OFFICER)["items"] if one["quantity"] == quantity]


def test_a_surge_is_set_against_what_stood_above_the_tide(
    world: World, tell: Tell, turn: Turn
) -> None:
    run = Run.objects.get(
        pk=ask_run(wanted=Wanted(model="tide", ahead=timedelta(hours=24)), by=OFFICER)
    )
    heavy.drain()
    tide = Series.objects.get(run=run, quantity="astronomical-tide")
    Series.objects.create(
        run=run, of="station", code="CW-1", region_id=tide.region_id, quantity="surge", unit="m",
        start=tide.start, step_s=tide.step_s, values=[0.6] * len(tide.values),
    )  # fmt: skip
    times = every(10, NOW, NOW + timedelta(hours=24))
    tell(world.level, times, sea(world.point, times, more=1.0))
    turn.forward(hours=26)
    verify_runs()
    (told,) = items_of("surge")
    assert told["leads"][0]["bias"] == pytest.approx(-0.4, abs=0.001)
    assert told["leads"][-1]["rmse"] == pytest.approx(0.4, abs=0.001)


def test_rain_of_a_basin_is_compared_as_sums_of_the_lead_times(
    world: World, tell: Tell, turn: Turn
) -> None:
    rain = {"start": NOW.isoformat(), "step_s": 3600, "mm": [4.0] * 12}
    asked = Wanted(model="basin", ahead=timedelta(hours=12), given={"rain-forecast": rain})
    ask_run(wanted=asked, by=OFFICER)
    heavy.drain()
    times = every(5, NOW, NOW + timedelta(hours=9))
    tell(world.fallen, times, [0.5] * len(times))
    turn.forward(hours=14)
    assert verify_runs() == 1
    told = {one["code"]: one for one in items_of("rain")}
    assert set(told) == {"XLY-1", "XLY-2"}
    # Six hours of 4 mm forecast, of 6 mm measured; of the next six half is not measured.
    (lead,) = told["XLY-1"]["leads"]
    assert (lead["from_h"], lead["until_h"], lead["n"]) == (0, 6, 1)
    # The rain of each ten minutes is kept to a thousandth of a millimetre.
    assert lead["bias"] == pytest.approx(-12.0, abs=36 * 0.0005)
    assert told["XLY-1"]["unit"] == "mm"


def stormy(later: bool) -> bytes:
    """The storm of `test_storms`, and where it was seen half a degree north of its forecast."""
    told = json.loads(bulletin())
    if later:
        told[0]["points"] += [
            _point(NOW + timedelta(hours=12 * n), 124.5 - 1.4 * n, 26.9 + 0.9 * n, forecast=[])
            for n in range(1, 4)
        ]
    return json.dumps(told).encode()


def test_the_way_of_a_storm_is_compared_with_where_it_was_seen(world: World, turn: Turn) -> None:
    storm = receive_track(body=stormy(later=False), by=OFFICER)[0]
    ask_run(wanted=Wanted(model="typhoon", storm=storm, ahead=timedelta(hours=36)), by=OFFICER)
    heavy.drain()
    turn.forward(hours=36)
    receive_track(body=stormy(later=True), by=OFFICER)
    turn.forward(hours=2)
    assert verify_runs() == 1
    (told,) = items_of("track")
    assert (told["of"], told["code"], told["unit"]) == ("storm", storm, "km")
    leads = {one["from_h"]: one for one in told["leads"]}
    assert set(leads) == {12, 24}
    for lead in leads.values():
        assert lead["mae"] == pytest.approx(55.6, abs=0.2)
    (wind,) = items_of("storm-wind")
    assert wind["leads"][0]["bias"] == pytest.approx(0.0)
    assert world.point.pk


def test_a_way_taken_from_a_best_track_is_not_compared_with_itself(
    world: World, turn: Turn
) -> None:
    storm = receive_track(body=stormy(later=True), by=OFFICER)[0]
    run = ask_run(wanted=Wanted(model="typhoon", storm=storm), by=OFFICER)
    heavy.drain()
    Run.objects.filter(pk=run).update(notes=[AFTERWARDS])
    turn.forward(days=4)
    verify_runs()
    assert items_of("track") == []
    assert world.point.pk


def test_scores_kept_before_places_had_names_get_them(run: Run, world: World) -> None:
    score = Score.objects.create(
        run=run, station=world.tide, region_id=world.tide.region_id, model="tide",
        quantity="tide-level", lead_from=0, lead_until=6, n=1, total=0.1, total_size=0.1,
        total_square=0.01, based_at=NOW,
    )  # fmt: skip
    migration = import_module("anlan.forecast.migrations.0004_scores_of_places")
    migration.name_places(apps, None)
    score.refresh_from_db()
    assert (score.of, score.code, score.name) == ("station", "CW-1", "海门潮位站")
