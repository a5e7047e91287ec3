"""A request that was cut off is asked again as the same request, or under a name never used."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client

from anlan.base.jobs.worker import drain
from anlan.base.obligations import services as obligations
from anlan.base.people.models import Phone
from anlan.base.people.tests import village as v
from anlan.base.permissions.models import Link
from anlan.comms import services
from anlan.comms.carriers.making import make_carrier
from anlan.comms.carriers.slots import slots
from anlan.comms.models import Attempt, Message, Sender
from anlan.comms.services.sending.claiming import Claimed, claim
from anlan.comms.services.sending.senders import Me, _recover_some
from anlan.comms.tests.conftest import Home, Turn, World, actor, states
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import Asked, Told, sink
from anlan.comms.tests.test_inward import HOOKS
from anlan.kernel import clock

pytestmark = pytest.mark.django_db

#: Recipients of one request: more than a sender that has just begun takes on at once.
BATCH = 130
MANY = 150
BATCHED = """
title = "群发短信"
enabled = true
[request]
url = "{address}/send"
batch = %d
json = {{ id = "{{request}}", items = "{{items}}" }}
item = {{ phone = "{{number}}", text = "{{text}}", uid = "{{key}}" }}
[answer]
ok = {{ path = "code", is = [0] }}
busy = {{ path = "code", is = [5] }}
ticket = "ticket"
[pace]
lines = 1
retry = ["10s", "30s", "60s"]
give_up = "10min"
{more}
"""


class Keeper:
    """A provider that keeps names: what is asked twice under one name it takes once."""

    def __init__(self) -> None:
        self.taken: dict[str, list[dict[str, str]]] = {}
        self.again: list[list[dict[str, str]]] = []
        self.is_busy = False

    def __call__(self, asked: Asked) -> Told:
        name, items = asked.json["id"], asked.json["items"]
        if self.is_busy:
            return Told({"code": 5})
        if name in self.taken:
            self.again.append(items)
        else:
            self.taken[name] = items
        return Told({"code": 0, "ticket": f"T{len(self.taken)}"})

    def numbers(self) -> list[str]:
        return sorted(item["phone"] for items in self.taken.values() for item in items)


@pytest.fixture
def crowd(world: World) -> list[str]:
    """Owe something to many people with a telephone each; returns their debts."""
    for place in range(MANY):
        short = f"c{place}"
        world.persons[short] = v.person(f"P-{short}", "众人", v.NEAR, _number(place))
        world.posts[short] = v.post(f"G-{short}", "grid-worker", v.NEAR, holder=f"P-{short}")
    return world.owe(*(f"c{place}" for place in range(MANY)), case="C1")


def _number(place: int) -> str:
    return f"138{place:08d}"


EVERYBODY = [_number(place) for place in range(MANY)]


def _set_up(home: Home, address: str, batch: int = BATCH, more: str = "") -> None:
    set_up(home, address, more, text=BATCHED % batch)


def _cut_off() -> Claimed:
    """Take everything in hand as a sender does that dies before it hears an answer."""
    from anlan.base.outbox.delivering import deliver_due

    while deliver_due():
        pass
    (slot,) = slots("sms", clock.now())
    return claim(slot, make_carrier(slot.declaration), Me(), MANY)


def _asked(claimed: Claimed, group: int = 0) -> list[dict[str, str]]:
    """Tell what the request would have said that was cut off."""
    return [
        {"phone": one.address, "text": str(one.told["text"]), "uid": one.key}
        for one in claimed.groups[group]
    ]


def _requests(claimed: Claimed) -> list[str]:
    return [group[0].request for group in claimed.groups]


def test_a_request_cut_off_is_asked_again_whole_word_for_word_and_under_its_name(
    home: Home, crowd: Sequence[str]
) -> None:
    assert len(crowd) == MANY
    keeper = Keeper()
    with sink(keeper) as far:
        _set_up(home, far.address)
        cut = _cut_off()
        large, small = _requests(cut)
        assert [len(group) for group in cut.groups] == [BATCH, MANY - BATCH]
        keeper.taken[large] = _asked(cut)  # it arrived; of the other nothing did
        drain()
    assert keeper.again == [_asked(cut)]
    assert keeper.taken == {large: _asked(cut), small: _asked(cut, 1)}
    assert keeper.numbers() == EVERYBODY
    assert states() == {"sent": MANY}
    assert Link.objects.count() == MANY
    assert Attempt.objects.filter(outcome="unknown", number=1).count() == MANY


def test_whoever_answered_meanwhile_is_left_out_and_the_others_keep_the_name(
    home: Home, world: World, crowd: Sequence[str]
) -> None:
    keeper = Keeper()
    with sink(keeper) as far:
        _set_up(home, far.address)
        cut = _cut_off()
        gone = next(place for place in range(MANY) if _number(place) == cut.groups[0][7].address)
        by = actor("village", v.NEAR, "one", person=world.persons[f"c{gone}"])
        obligations.answer(obligation=crowd[gone], by=by)
        drain()
    assert set(keeper.taken) == set(_requests(cut))
    assert keeper.numbers() == [one for one in EVERYBODY if one != _number(gone)]
    assert keeper.again == []


def test_what_goes_to_another_address_now_gets_a_name_never_used(
    home: Home, world: World, crowd: Sequence[str]
) -> None:
    assert crowd
    keeper = Keeper()
    with sink(keeper) as far:
        _set_up(home, far.address)
        cut = _cut_off()
        for group, name in enumerate(_requests(cut)):
            keeper.taken[name] = _asked(cut, group)
        moved = world.phone("c7")
        v.save("phones", person="P-c7", rank=2, number="13700000001")
        Phone.objects.filter(pk=moved.pk).update(dead=True)
        drain()
    (name,) = set(keeper.taken) - set(_requests(cut))
    (item,) = keeper.taken[name]
    assert item["phone"] == "13700000001"
    assert item["uid"].endswith("02")
    assert states() == {"sent": MANY}


def test_what_no_longer_fits_one_request_is_asked_under_names_never_used(
    home: Home, crowd: Sequence[str]
) -> None:
    assert crowd
    keeper = Keeper()
    with sink(keeper) as far:
        _set_up(home, far.address)
        cut = _cut_off()
        _set_up(home, far.address, batch=50)
        drain()
    large, small = _requests(cut)
    assert large not in keeper.taken
    assert small in keeper.taken
    assert max(len(items) for items in keeper.taken.values()) == 50
    assert keeper.numbers() == EVERYBODY


def test_a_provider_too_busy_to_say_what_became_of_it_is_asked_under_the_same_name(
    home: Home, crowd: Sequence[str], turn: Turn
) -> None:
    assert crowd
    keeper = Keeper()
    with sink(keeper) as far:
        _set_up(home, far.address)
        cut = _cut_off()
        for group, name in enumerate(_requests(cut)):
            keeper.taken[name] = _asked(cut, group)
        keeper.is_busy = True
        drain()
        assert states() == {"unknown": MANY}
        keeper.is_busy = False
        turn.forward(minutes=2)
        drain()
    assert set(keeper.taken) == set(_requests(cut))
    assert sorted(map(len, keeper.again)) == [MANY - BATCH, BATCH]
    assert states() == {"sent": MANY}


def test_a_receipt_under_the_first_name_is_for_the_try_made_last(
    home: Home, crowd: Sequence[str]
) -> None:
    assert crowd
    home.secret("hook", "open-sesame")
    with sink(Keeper()) as far:
        _set_up(home, far.address, more=HOOKS)
        cut = _cut_off()
        drain()
    uid = cut.groups[0][3].key
    told: dict[str, Any] = {"list": [{"uid": uid, "state": "MK:0001"}]}
    Client().post(
        "/api/v1/comms/receipts/mas?key=open-sesame", json.dumps(told),
        content_type="application/json",
    )  # fmt: skip
    first, last = Attempt.objects.filter(message=cut.groups[0][3].message).order_by("number")
    assert (first.receipt, last.receipt) == ("", "failed")
    assert Message.objects.get(pk=first.message_id).state == "failed"


def test_a_dead_senders_requests_are_put_right_whole(home: Home, crowd: Sequence[str]) -> None:
    assert crowd
    with sink() as far:
        _set_up(home, far.address)
        cut = _cut_off()
    assert _recover_some([one.pk for one in Sender.objects.all()], BATCH + 10) == BATCH
    (large,) = set(Message.objects.filter(state="unknown").values_list("request", flat=True))
    assert large == _requests(cut)[0]


@pytest.mark.django_db(transaction=True)
def test_of_several_hands_one_takes_a_request_whole(home: Home, crowd: Sequence[str]) -> None:
    assert crowd
    keeper = Keeper()
    with sink(keeper) as far:
        _set_up(home, far.address, batch=40)
        cut = _cut_off()
        for _ in range(3):
            services.send_due()
    assert keeper.taken == {
        name: _asked(cut, group) for group, name in enumerate(_requests(cut))
    }  # fmt: skip
    assert len(keeper.taken) == 4
    assert keeper.again == []
    assert states() == {"sent": MANY}
