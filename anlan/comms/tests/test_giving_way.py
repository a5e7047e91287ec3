"""What others are owed is queued before anything is sent, but nothing waits for that for ever."""

import pytest

from anlan.base.jobs import selectors
from anlan.base.jobs.models import Job
from anlan.base.jobs.registry import JobKind
from anlan.base.jobs.worker import drain
from anlan.base.outbox.delivering import deliver_due
from anlan.comms.models import Message
from anlan.comms.services import send_due
from anlan.comms.services.sending import giving_way
from anlan.comms.tests.conftest import Home, World
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import Sink, sink
from anlan.kernel import clock

pytestmark = pytest.mark.django_db


def _one_queued_one_turned_to(home: Home, world: World, far: Sink) -> None:
    set_up(home, far.address)
    world.owe("head", case="C1", title="防台风会议")
    while deliver_due():
        pass
    world.owe("next", case="C2", title="巡查海塘")
    assert Message.objects.count() == 1


def test_the_sender_waits_while_others_are_turned_to(home: Home, world: World) -> None:
    with sink() as far:
        _one_queued_one_turned_to(home, world, far)
        assert send_due() == 0
        assert not far.asked
        while deliver_due():
            pass
        drain()
        assert len(far.asked) == 2


def test_what_is_queued_leaves_when_turning_to_others_takes_too_long(
    home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving_way, "LONGEST_S", 0.0)
    with sink() as far:
        _one_queued_one_turned_to(home, world, far)
        assert send_due()
        (asked,) = far.asked
    assert "防台风会议" in asked.json["text"]


def test_the_sender_waits_while_a_job_goes_first(
    home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = JobKind("test.calls", "叫应", "Calls", lambda _: None, goes_first=True)
    monkeypatch.setattr(selectors, "KINDS", {kind.key: kind})
    with sink() as far:
        set_up(home, far.address)
        world.owe("head", case="C1")
        while deliver_due():
            pass
        job = Job.objects.create(
            key=kind.key, args={}, by="system:test", run_at=clock.now(), made_at=clock.now()
        )
        assert send_due() == 0
        Job.objects.filter(pk=job.pk).update(state="done")
        assert send_due()
        assert len(far.asked) == 1
