"""What cannot wait for somebody to open a page is owed by somebody: told once, until it is over."""

import math
from datetime import datetime, timedelta
from typing import Any

import pytest

from anlan.base.obligations.models import Obligation
from anlan.base.people.models import Post, Unit
from anlan.forecast import heavy
from anlan.forecast.models import Run
from anlan.forecast.selectors import gauges
from anlan.forecast.services import owing, scheduling
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.signing import approve_run, reject_run
from anlan.forecast.tests.conftest import (
    COUNTY,
    LEAD,
    NOW,
    OFFICER,
    Tell,
    Turn,
    World,
    every,
    row,
)
from anlan.forecast.tests.test_water import flooded, rated, river
from anlan.sense.models import Stream

pytestmark = pytest.mark.django_db

__all__ = ["rated", "river"]


@pytest.fixture(autouse=True)
def room(world: World) -> dict[str, Post]:  # noqa: ARG001 - the county
    """A duty room with somebody on watch and somebody who leads it."""
    unit = Unit.objects.get(code="U1")
    return {
        role: Post.objects.create(
            **row(code=role, title=role, unit=unit, role=role, region_id=COUNTY)
        )
        for role in ("duty-officer", "duty-leader")
    }


def fierce(mm: float = 60.0, **more: Any) -> Run:
    """A run of the basins that drives a village out."""
    rain = {"start": NOW.isoformat(), "step_s": 3600, "mm": [20.0, mm] + [0.0] * 30}
    run = ask_run(wanted=Wanted(model="basin", given={"rain-forecast": rain}, **more), by=OFFICER)
    heavy.drain()
    done = Run.objects.get(pk=run)
    assert done.state == "done", done.reason
    return done


def owed(kind: str) -> list[Obligation]:
    return list(Obligation.objects.filter(kind=kind).order_by("pk"))


def test_the_worst_levels_wait_for_a_word_of_who_leads_the_watch(room: dict[str, Post]) -> None:
    run = fierce()
    (debt,) = owed("forecast-signature")
    assert (debt.debtor_id, debt.subject, debt.closed_at) == (
        room["duty-leader"].pk, run.pk, None,
    )  # fmt: skip
    assert debt.ladder == "alarm-urgent"
    assert debt.title.startswith("红色预报等人签署：小流域山洪")


def test_what_reaches_nothing_waits_for_nobody() -> None:
    fierce(mm=1.0)
    assert owed("forecast-signature") == []


@pytest.mark.parametrize("said", ["approved", "rejected"])
def test_the_word_ends_it(said: str) -> None:
    run = fierce()
    if said == "approved":
        approve_run(run=run.pk, by=LEAD)
    else:
        reject_run(run=run.pk, reason="雨量不可信", by=LEAD)
    (debt,) = owed("forecast-signature")
    assert debt.state == "closed"
    assert debt.closed_at


def test_a_later_run_as_bad_rings_nobody_again_and_a_calm_one_ends_it(turn: Turn) -> None:
    fierce()
    turn.forward(minutes=30)
    fierce()
    assert len(owed("forecast-signature")) == 1
    turn.forward(minutes=30)
    fierce(mm=1.0)
    (debt,) = owed("forecast-signature")
    assert debt.state == "withdrawn"


def test_after_some_hours_it_is_told_again_and_not_while_one_as_bad_is_signed(turn: Turn) -> None:
    run = fierce()
    Obligation.objects.update(state="closed", closed_at=NOW)
    turn.forward(hours=1)
    fierce()
    assert len(owed("forecast-signature")) == 1
    approve_run(run=run.pk, by=LEAD)
    turn.forward(hours=6)
    rain = {"start": turn.at.isoformat(), "step_s": 3600, "mm": [60.0] + [0.0] * 30}
    again = Wanted(model="basin", given={"rain-forecast": rain})
    ask_run(wanted=again, by=OFFICER)
    heavy.drain()
    assert len(owed("forecast-signature")) == 1
    Run.objects.filter(pk=run.pk).update(signing="superseded")
    ask_run(wanted=again, by=OFFICER)
    heavy.drain()
    assert len(owed("forecast-signature")) == 2


def test_a_scheduled_run_that_fails_is_told_once_until_it_was_computed(
    world: World, turn: Turn, room: dict[str, Post]
) -> None:
    scheduling.start_due_runs()
    heavy.drain()
    type(world.point).objects.update(mean=None)
    for _ in range(2):
        turn.forward(hours=6)
        scheduling.start_due_runs()
        heavy.drain()
    assert Run.objects.filter(model="tide", state="failed").count() == 2
    (debt,) = owed("forecast-failed")
    assert debt.debtor_id == room["duty-officer"].pk
    assert debt.title.startswith("预报没有算成：沿海潮位。没有输入「潮位预报站和调和常数」")
    type(world.point).objects.update(mean=0.2)
    turn.forward(hours=6)
    scheduling.start_due_runs()
    heavy.drain()
    (debt,) = owed("forecast-failed")
    assert debt.state == "withdrawn"


def test_a_run_that_somebody_asked_for_and_that_failed_is_theirs_to_see(world: World) -> None:
    type(world.point).objects.update(mean=None)
    ask_run(wanted=Wanted(model="tide"), by=OFFICER)
    heavy.drain()
    assert Run.objects.get(model="tide").state == "failed"
    assert owed("forecast-failed") == []


def jumps(world: World, stream: Stream, tell: Tell, rise: float, rain: float) -> None:
    times = every(10, NOW - timedelta(hours=3), NOW)
    still = [10.0] * (len(times) - 3)
    tell(stream, times, [*still, 10.0 + rise * 0.7, 10.0 + rise, 10.0 + rise])
    tell(world.fallen, every(5, NOW - timedelta(hours=3), NOW), [rain / 36] * 36)


def test_water_that_jumps_without_rain_calls_somebody_once(
    world: World, river: Stream, tell: Tell, room: dict[str, Post], turn: Turn
) -> None:
    jumps(world, river, tell, rise=0.6, rain=2.0)
    assert owing.owe_sudden_changes() == 1
    (debt,) = owed("sudden-change")
    assert (debt.debtor_id, debt.subject) == (room["duty-officer"].pk, river.station_id)
    assert "30 分钟骤涨 0.60 米，旁边三小时雨量 2 毫米" in debt.title
    assert debt.case
    turn.forward(minutes=5)
    assert owing.owe_sudden_changes() == 0


def test_in_heavy_rain_it_takes_a_metre_where_no_rating_tells_what_rain_does(
    world: World, river: Stream, tell: Tell
) -> None:
    jumps(world, river, tell, rise=0.6, rain=60.0)
    assert owing.owe_sudden_changes() == 0


def test_in_heavy_rain_a_metre_calls_somebody(world: World, river: Stream, tell: Tell) -> None:
    jumps(world, river, tell, rise=1.4, rain=60.0)
    assert owing.owe_sudden_changes() == 1


def tidal(since_h: float) -> tuple[list[datetime], list[float]]:
    """A gauge in the reach of a tide that rises fastest now."""
    times = every(10, NOW - timedelta(hours=since_h), NOW)
    angle = 2 * math.pi / 12.42
    return times, [10 + 2.8 * math.sin(angle * (one - NOW).total_seconds() / 3600) for one in times]


@pytest.mark.usefixtures("world")
def test_what_the_tide_does_twice_a_day_calls_nobody(river: Stream, tell: Tell) -> None:
    tell(river, *tidal(since_h=27))
    assert len(gauges.gauges(OFFICER, "zh")["sudden"]) == 1
    assert owing.owe_sudden_changes() == 0


@pytest.mark.usefixtures("world")
def test_the_same_rise_without_a_tide_before_it_calls_somebody(river: Stream, tell: Tell) -> None:
    times, levels = tidal(since_h=27)
    tell(river, times, [*([10.0] * (len(levels) - 18)), *levels[-18:]])
    assert owing.owe_sudden_changes() == 1


def test_what_rain_explains_calls_nobody(world: World, rated: Stream, tell: Tell) -> None:
    tell(world.fallen, every(5, NOW - timedelta(hours=3), NOW), [3.5] * 36)
    flooded()
    times = every(10, NOW - timedelta(hours=3), NOW)
    tell(rated, times, [10.1] * len(times))
    assert owing.owe_sudden_changes() == 0
