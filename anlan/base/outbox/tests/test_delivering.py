from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from anlan.base.jobs.worker import drain
from anlan.base.journal.models import Entry
from anlan.base.journal.services import record
from anlan.base.outbox import delivering, selectors, services
from anlan.base.outbox.delivering import deliver_due
from anlan.base.outbox.models import Delivery, Event
from anlan.base.outbox.tests import weather
from anlan.base.outbox.tests.weather import Rained, memory
from anlan.kernel import clock, events
from anlan.kernel.errors import Conflict, Missing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    memory.clear()
    yield
    memory.clear()


def tell(*cases: str) -> None:
    with transaction.atomic():
        services.publish(*[Rained(case=case) for case in cases])


def hurry() -> None:
    """Let the waits between tries be over."""
    past = clock.real_now() - timedelta(seconds=1)
    Delivery.objects.filter(state="due").update(not_before=past)


def deliver_until_quiet() -> None:
    for _ in range(20):
        hurry()
        if not deliver_due():
            return


@pytest.mark.django_db(transaction=True)
def test_an_event_is_published_in_the_transaction_that_made_it_true() -> None:
    with pytest.raises(RuntimeError):
        services.publish(Rained(case="A"))


def test_every_handler_hears_an_event_once() -> None:
    at = datetime(2026, 8, 9, 1, tzinfo=UTC)
    sent = Rained(case="A", villages=("339901101201", "339901101202"), depth_mm=88.5, at=at)
    with transaction.atomic():
        services.publish(sent)
    assert deliver_due() == 2
    assert deliver_due() == 0
    assert sorted(memory.heard, key=lambda pair: pair[0]) == [("call", sent), ("gate", sent)]
    assert selectors.is_idle()


def test_events_of_one_case_are_told_in_order() -> None:
    for number in range(30):
        tell("A" if number % 2 else "B")
    while deliver_due(7):
        pass
    order = [event.case for who, event in memory.heard if who == "gate"]
    assert order == ["B", "A"] * 15


def test_a_failure_holds_back_its_own_case_and_nobody_else() -> None:
    memory.failing.add("A")
    tell("A", "B")
    deliver_due()
    memory.failing.clear()
    tell("A")
    deliver_due()
    assert memory.cases("gate") == ["B"]  # the second A waits behind the first
    hurry()
    deliver_until_quiet()
    assert memory.cases("gate") == ["B", "A", "A"]


def test_events_without_a_case_never_hold_each_other_back() -> None:
    memory.failing.add("")
    tell("")
    deliver_due()
    memory.failing.clear()
    tell("")
    deliver_due()
    assert memory.cases("gate") == [""]


def test_after_five_tries_an_event_is_parked_and_what_was_behind_it_goes_on() -> None:
    memory.failing.add("A")
    tell("A")
    deliver_until_quiet()
    parked = list(selectors.parked())
    assert [row.tries for row in parked] == [delivering.MOST_TRIES] * 2
    assert "the pump is flooded" in parked[0].error
    assert "ValueError" in parked[0].error
    memory.failing.clear()
    tell("A")
    deliver_due()
    assert memory.cases("gate") == ["A"]


def test_a_parked_event_is_tried_again_or_dropped_by_people() -> None:
    memory.failing.add("A")
    tell("A")
    deliver_until_quiet()
    memory.failing.clear()
    first, second = selectors.parked()
    services.retry(first.pk)
    services.drop(second.pk)
    deliver_due()
    assert len(memory.heard) == 1
    assert selectors.is_idle()
    with pytest.raises(Conflict):
        services.retry(second.pk)
    with pytest.raises(Missing):
        services.drop(10**12)


def test_what_a_failing_handler_wrote_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_and_fail(event: Rained) -> None:
        record(deed="gate.opened", by="system:test", subject=("gate", event.case))
        raise ValueError

    monkeypatch.setitem(
        events._handlers["outbox.Rained"], f"{weather.__name__}.open_gate", write_and_fail
    )
    tell("A")
    deliver_due()
    assert not Entry.objects.exists()


def test_the_handlers_of_a_fact_are_told_in_one_commit_and_alone_where_one_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_event: Rained) -> None:
        raise ValueError

    tell("A")
    with CaptureQueriesContext(connection) as queries:
        assert deliver_due() == 2
    marks = [one for one in queries.captured_queries if "'done'" in one["sql"]]
    assert len(marks) == 1

    monkeypatch.setitem(events._handlers["outbox.Rained"], f"{weather.__name__}.open_gate", fail)
    tell("B")
    deliver_due()
    assert [(name, event.case) for name, event in memory.heard].count(("call", "B")) >= 1
    states = dict(Delivery.objects.filter(case="B").values_list("handler", "state"))
    assert sorted(states.values()) == ["done", "due"]


def test_a_delivery_in_another_workers_hands_is_left_to_it() -> None:
    tell("A")
    claimed = delivering._claim("another", 10)
    assert len(claimed) == 2
    assert deliver_due() == 0
    hurry()  # the other worker has died; its lease is over
    assert deliver_due() == 1  # what was tried before is claimed alone
    assert deliver_due() == 1
    assert len(memory.heard) == 2


def test_a_worker_that_was_too_slow_does_not_deliver_twice() -> None:
    tell("A")
    claimed = delivering._claim("slow", 10)
    deliver_until_quiet()
    for delivery in claimed:
        delivering._deliver(delivery, "slow")
    assert len(memory.heard) == 2


def test_an_event_that_kills_its_worker_is_parked_too() -> None:
    tell("A")
    for _ in range(delivering.MOST_TRIES):
        hurry()
        delivering._claim("dies", 1)  # and never comes back
    deliver_until_quiet()
    assert {row.state for row in Delivery.objects.all()} == {"parked", "done"}
    assert "进程中断" in selectors.parked()[0].error


def test_a_handler_that_no_longer_exists_ends_on_the_stuck_page() -> None:
    tell("A")
    Delivery.objects.filter(handler__endswith="open_gate").update(handler="gone.open_gate")
    deliver_until_quiet()
    assert [row.handler for row in selectors.parked()] == ["gone.open_gate"]


def test_told_events_are_forgotten_after_a_while_and_parked_ones_are_not() -> None:
    memory.failing.add("B")
    tell("A", "B")
    deliver_until_quiet()
    later = clock.now() + timedelta(days=1)
    assert services.forget_done(later) == 1
    assert list(Event.objects.values_list("case", flat=True)) == ["B"]


def test_the_age_of_the_oldest_untold_event_is_known() -> None:
    assert selectors.oldest_age() is None
    tell("A")
    age = selectors.oldest_age()
    assert age is not None
    assert timedelta(0) <= age < timedelta(minutes=1)
    assert selectors.waiting() == 2


def test_draining_tells_everything_that_is_due() -> None:
    tell("A", "B")
    drain()
    assert len(memory.heard) == 4
