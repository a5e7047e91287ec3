"""A response in a county with a plan, run through and ended."""

from dataclasses import dataclass

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.obligations import services as obligations
from anlan.base.permissions.actor import Actor
from anlan.learn.models import Review
from anlan.respond.responses import services as responses
from anlan.respond.responses.tests.conftest import (
    LEAD,
    Scene,
    Turn,
    World,
    debts,
    do,
    home,
    owed,
    scene,
    turn,
    turn_of,
    workspace_of_tests,
    world,
)

__all__ = ["Scene", "Turn", "World", "home", "scene", "turn", "workspace_of_tests", "world"]


@dataclass
class Past:
    """A response that is over, and who led it."""

    response: str
    chief: Actor
    scene: Scene

    @property
    def review(self) -> Review:
        return Review.objects.get(response=self.response)


def told() -> None:
    """Let everything follow that follows by itself."""
    drain()


@pytest.fixture
def past(scene: Scene, turn: Turn) -> Past:
    """Start Ⅳ; have the leader there in half an hour, one list late, the rest struck off; end."""
    response = scene.start()
    turn.forward(minutes=30)
    (watch,) = debts(response, "watch").values()
    do(watch, on_post=3)
    turn.forward(hours=4)
    lists = sorted(debts(response, "lists").items())
    obligations.answer(obligation=owed(lists[0][1]).pk, by=LEAD)
    obligations.report(
        obligation=owed(lists[0][1]).pk, by=LEAD, reply=obligations.Reply(answers={"due": 5})
    )
    responses.strike_off(response=response, turn=turn_of(response), reason="雨停", by=scene.chief)
    turn.forward(hours=1)
    scene.end(response)
    told()
    return Past(response, scene.chief, scene)
