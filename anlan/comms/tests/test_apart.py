"""One message that cannot be prepared, or whose answer cannot be kept, holds up no other."""

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.outbox.delivering import deliver_due
from anlan.comms import reasons
from anlan.comms.carriers import Result
from anlan.comms.carriers.making import make_carrier
from anlan.comms.carriers.slots import slots
from anlan.comms.models import Attempt, Message
from anlan.comms.services.sending.apart import record_and_claim, record_sound
from anlan.comms.services.sending.claiming import claim
from anlan.comms.services.sending.recording import Done
from anlan.comms.services.sending.senders import Me
from anlan.comms.tests.conftest import Home, World
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import Told, sink
from anlan.kernel import clock

pytestmark = pytest.mark.django_db

WHO = ("head", "next", "officer")


def _queue(world: World) -> dict[str, str]:
    """Owe something to several people; returns their messages by debt."""
    owed = world.owe(*WHO, case="C1")
    while deliver_due():
        pass
    kept = dict(Message.objects.values_list("purpose", "pk"))
    return {one: kept[one] for one in owed if one in kept}


def test_a_message_nobody_can_prepare_fails_where_it_is_seen_and_the_others_leave(
    home: Home, world: World
) -> None:
    with sink() as far:
        set_up(home, far.address)
        first, *others = _queue(world).values()
        # As after a step back to a version that does not know this purpose yet.
        Message.objects.filter(pk=first).update(purpose_kind="of-another-version")
        drain()
    assert len(far.asked) == len(others) > 0
    assert set(Message.objects.filter(state="sent").values_list("pk", flat=True)) == set(others)
    broken = Message.objects.get(pk=first)
    assert (broken.state, broken.reason) == ("failed", reasons.DEFECT)
    assert broken.due_at is None


def test_a_result_that_cannot_be_kept_is_kept_without_the_providers_words(
    home: Home, world: World
) -> None:
    with sink() as far:
        set_up(home, far.address)
        _queue(world)
        (slot,) = slots("sms", clock.now())
        me = Me()
        claimed = claim(slot, make_carrier(slot.declaration), me, 100)
        results = [Result("sent", ticket=f"T{place}") for place in range(len(claimed.parcels))]
        results[0] = Result("sent", ticket="half a character: \ud83d")
        done = [
            Done(parcel, claimed.tries[parcel.message], result)
            for parcel, result in zip(claimed.parcels, results, strict=True)
        ]
        record_sound(slot, done, me)
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    tickets = dict(Attempt.objects.values_list("message_id", "ticket"))
    first, *others = claimed.parcels
    assert not tickets[first.message]
    assert all(tickets[one.message] for one in others)


def test_what_came_back_is_kept_though_the_next_cannot_be_prepared(
    home: Home, world: World
) -> None:
    with sink() as far:
        set_up(home, far.address)
        kept = list(_queue(world).values())
        (slot,) = slots("sms", clock.now())
        carrier, me = make_carrier(slot.declaration), Me()
        first = claim(slot, carrier, me, 1)
        (sent,) = first.parcels
        broken, *others = [one for one in kept if one != sent.message]
        Message.objects.filter(pk=broken).update(purpose_kind="of-another-version")
        done = [Done(sent, first.tries[sent.message], Result("sent", ticket="T"))]
        claimed = [record_and_claim(slot, done, carrier, me, 100)]
        while claimed[-1].looked:
            claimed.append(record_and_claim(slot, [], carrier, me, 100))
    states = dict(Message.objects.values_list("pk", "state"))
    assert states == {sent.message: "sent", broken: "failed", **dict.fromkeys(others, "sending")}
    assert {parcel.message for one in claimed for parcel in one.parcels} == set(others)
    assert Attempt.objects.get().ticket == "T"


def test_half_a_character_in_an_answer_stops_nothing(home: Home, world: World) -> None:
    with sink(lambda _: Told(b'{"code": 0, "id": "T\\ud83d\\u0000"}')) as far:
        set_up(home, far.address)
        world.owe("head", case="C1")
        drain()
    assert Message.objects.get().state == "sent"
    assert Attempt.objects.get().ticket.startswith("T")
