"""The simulated commander: patient, by the plan, and only of what nobody else has in hand."""

import pytest

from anlan.base.permissions.actor import system
from anlan.base.permissions.services.accounts import create_user
from anlan.base.permissions.services.grants import give_grant
from anlan.demo.days.recording import in_ms
from anlan.demo.replay.commanding import COMMANDER, Commander
from anlan.kernel import clock
from anlan.respond.responses import services
from anlan.respond.responses.models import Response
from anlan.respond.responses.tests.conftest import (
    COUNTY,
    Scene,
    Turn,
    home,
    relay,
    scene,
    turn,
    workspace_of_tests,
    world,
)
from anlan.warn.models import Alert

__all__ = ["home", "scene", "turn", "workspace_of_tests", "world"]

PATIENCE = 60


@pytest.fixture
def commander(scene: Scene) -> Commander:
    user = create_user(
        username=COMMANDER, name="模拟指挥", region=COUNTY, person=scene.chief.person,
        by=system("test"),
    )  # fmt: skip
    give_grant(user=user, role="commander", region=COUNTY, by=system("test"))
    return Commander(PATIENCE, "（模拟人员）", in_ms(clock.now()))


def weigh() -> None:
    services.weigh(by=system("test"))


def test_it_waits_for_people_then_decides_and_ends_what_nothing_asks_for(
    commander: Commander, turn: Turn
) -> None:
    relay()
    weigh()
    turn.forward(minutes=PATIENCE - 1)
    assert commander.act(in_ms(clock.now())) == 0
    turn.forward(minutes=2)
    assert commander.act(in_ms(clock.now())) == 1
    row = Response.objects.get()
    assert (row.stage, row.ended_at) == ("3", None)
    turn.forward(hours=1)
    assert commander.act(in_ms(clock.now())) == 0

    Alert.objects.update(ended_at=clock.now())
    assert commander.act(in_ms(clock.now())) == 0
    turn.forward(hours=1)
    assert commander.act(in_ms(clock.now())) == 1
    row.refresh_from_db()
    assert row.ended_at is not None
    assert row.ended_by == row.started_by


def test_what_a_person_started_is_theirs_to_raise_and_to_end(
    commander: Commander, scene: Scene, turn: Turn
) -> None:
    mine = scene.start()
    relay()
    weigh()
    turn.forward(hours=3)
    assert commander.act(in_ms(clock.now())) == 0
    row = Response.objects.get(pk=mine)
    assert (row.stage, row.ended_at) == ("4", None)
