"""A forecast is compared with what was measured, once its time is over."""

from datetime import timedelta

import pytest

from anlan.forecast import heavy
from anlan.forecast.models import LevelCheck, Run, Score, StationOutlook
from anlan.forecast.selectors.verification import verification
from anlan.forecast.services.asking import Wanted, ask_run
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
    assert [one["code"] for one in told] == ["CW-1"]
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
