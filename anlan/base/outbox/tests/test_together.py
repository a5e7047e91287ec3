from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from anlan.base.journal.models import Entry
from anlan.base.outbox import delivering, selectors, services
from anlan.base.outbox.delivering import deliver_due
from anlan.base.outbox.models import Delivery
from anlan.base.outbox.tests.weather import Drained, memory
from anlan.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    memory.clear()
    yield
    memory.clear()


def tell(*cases: str) -> None:
    with transaction.atomic():
        services.publish(*[Drained(case=case) for case in cases])


def hurry() -> None:
    """Let the waits between tries be over."""
    past = clock.real_now() - timedelta(seconds=1)
    Delivery.objects.filter(state="due").update(not_before=past)


def sown() -> list[str]:
    # By id: those that are not chained yet have no place in the chain.
    return list(Entry.objects.order_by("id").values_list("subject", flat=True))


def test_a_handler_that_takes_many_is_told_once_of_all_in_order() -> None:
    tell("A", "B", "A")
    assert deliver_due() == 3
    assert memory.groups == [["A", "B", "A"]]
    assert selectors.is_idle()


def test_one_bad_fact_among_many_holds_back_its_own_case_only() -> None:
    memory.failing.add("B")
    tell("A", "B", "B", "C")
    assert deliver_due() == 3  # the second B was not tried
    assert memory.groups == [["A", "B", "B", "C"], ["A"], ["B"], ["C"]]
    assert sown() == ["A", "C"]  # what the group had written is forgotten
    waiting = Delivery.objects.filter(state="due").order_by("id")
    assert [(row.case, row.tries) for row in waiting] == [("B", 1), ("B", 0)]
    assert "under water" in waiting[0].error
    memory.failing.clear()
    hurry()
    while deliver_due():
        hurry()
    assert sown() == ["A", "C", "B", "B"]


def test_after_a_worker_died_over_a_group_each_fact_is_told_alone() -> None:
    tell("A", "B")
    assert len(delivering._claim("died", 10)) == 2
    hurry()  # its lease is over
    while deliver_due():
        pass
    assert memory.groups == [["A"], ["B"]]
    assert sown() == ["A", "B"]


def test_a_worker_that_was_too_slow_does_not_tell_a_group_twice() -> None:
    tell("A", "B", "C")
    claimed = delivering._claim("slow", 10)
    Delivery.objects.filter(pk=claimed[1].pk).update(holder="", not_before=clock.real_now())
    deliver_due()
    assert delivering._deliver_together(claimed, "slow") == set()
    for delivery in claimed:
        delivering._deliver(delivery, "slow")
    assert sorted(sown()) == ["A", "B", "C"]
