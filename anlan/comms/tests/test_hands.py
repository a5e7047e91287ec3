"""Several hands at one sender's work: nothing leaves twice, nothing is left behind or unwritten."""

from collections import Counter
from queue import SimpleQueue

import pytest
from django.db import connection, transaction

from anlan.base.journal.models import Entry
from anlan.base.outbox.delivering import deliver_due
from anlan.base.people.tests import village as v
from anlan.comms import services
from anlan.comms.models import Attempt, CarrierState, Message, Sender
from anlan.comms.services.queueing import Draft, queue_messages
from anlan.comms.services.sending.hands import Hands, News
from anlan.comms.tests.conftest import Home, World, states
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import Told, sink

#: Several portions, of which the first has a hundred.
MANY = 240

alone = pytest.mark.django_db
beside = pytest.mark.django_db(transaction=True)


def _queue(world: World) -> list[str]:
    """Queue many messages about one debt."""
    (owed,) = world.owe("head", case="C1")
    while deliver_due():
        pass
    Message.objects.all().delete()
    drafts = [
        Draft(
            ("obligation", owed), "sms", v.NEAR, "notice", world.posts["head"],
            world.persons["head"], "C1", rung,
        )
        for rung in range(MANY)
    ]  # fmt: skip
    with transaction.atomic():
        return queue_messages(drafts=drafts, by=v.BY)


@beside
def test_many_messages_leave_once_each_and_each_is_written_down(home: Home, world: World) -> None:
    queued = _queue(world)
    with sink() as far:
        set_up(home, far.address)
        assert services.send_due() == MANY
    assert Counter(one.json["uid"] for one in far.asked) == Counter(f"{pk}01" for pk in queued)
    assert states() == {"sent": MANY}
    assert Attempt.objects.filter(outcome="sent", number=1).count() == MANY
    assert not Message.objects.exclude(sender=None).exists()
    assert Sender.objects.count() == 1
    assert CarrierState.objects.get().failures == 0
    noted = [entry.detail.body for entry in Entry.objects.filter(deed="comms.sent")]
    assert all(any(f'"{pk}01"' in body for body in noted) for pk in queued)


@beside
def test_a_provider_in_trouble_is_ventured_with_few_and_nothing_is_lost(
    home: Home, world: World
) -> None:
    _queue(world)
    with sink() as far:
        far.decide = lambda _: Told({"code": 9}, status=500)
        set_up(home, far.address)
        services.send_due()
    tried = Attempt.objects.count()
    assert tried == len(far.asked) < MANY
    assert states() == {"queued": MANY}
    assert not Message.objects.exclude(sender=None).exists()
    assert CarrierState.objects.get().failures > 0


@alone
def test_within_a_callers_transaction_the_senders_own_thread_does_everything(
    home: Home, world: World
) -> None:
    assert not Hands(SimpleQueue()).may_help
    _queue(world)
    with sink() as far:
        set_up(home, far.address)
        services.send_due()
    assert states() == {"sent": MANY}


@beside
def test_an_error_of_a_hand_is_raised_where_its_news_is_heard() -> None:
    news: News = SimpleQueue()
    hands = Hands(news)
    assert hands.may_help == (connection.vendor == "postgresql")
    heard: list[int] = []

    def fail() -> int:
        raise LookupError("the error itself")

    hands.begin()
    hands.do(lambda: 7, heard.append)
    news.get(timeout=5)()
    hands.do(fail, heard.append)
    with pytest.raises(LookupError, match="the error itself"):
        news.get(timeout=5)()
    hands.close()
    assert heard == [7]
