"""Whoever holds several posts hears once of what all of them owe, answers once, and does hear."""

import json
from urllib.parse import urlencode

import pytest
from django.test import Client

from anlan.base.jobs.worker import drain
from anlan.base.obligations import services as obligations
from anlan.base.obligations.kinds import KINDS, Kind
from anlan.base.obligations.models import Obligation, Step
from anlan.base.people.tests import village as v
from anlan.comms import services
from anlan.comms.models import Message, Reply
from anlan.comms.selectors import sheet
from anlan.comms.tests.conftest import Home, World, actor, states
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import Sink, sink
from anlan.comms.tests.test_inward import HOOKS

pytestmark = pytest.mark.django_db

OFFICER = actor("township", v.TOWN, "officer")
SMS_AND_CALL = ("sms", "voice")
ALONE = Kind(
    key="test-cry", title="支援请求", title_en="Cry", ladder="notice",
    states=("issued", "reached", "answered", "closed"),
)  # fmt: skip


@pytest.fixture
def world(world: World) -> World:
    """Let the head of one village be the head of the next as well, who has a deputy there."""
    v.hold("G-next", "P-head", since="2025-01-01")
    v.hold("G-next", "P-deputy", "B")
    return world


def _set_up(home: Home, far: Sink) -> None:
    home.secret("hook", "open-sesame")
    set_up(home, far.address, HOOKS)


def _tell() -> None:
    """Let what was owed and answered become messages; none leaves."""
    from anlan.base.outbox.delivering import deliver_due

    while deliver_due():
        pass


def _answered(owed: str, person: str) -> None:
    by = actor("village", v.NEAR, person, person=person)
    obligations.answer(obligation=owed, by=by)


def _states(*owed: str) -> list[str]:
    rows = dict(Obligation.objects.filter(pk__in=owed).values_list("pk", "state"))
    return [rows[one] for one in owed]


def test_one_call_on_the_sheet_answers_for_every_post_and_no_line_is_left(world: World) -> None:
    owed = world.owe("head", "next", case="C1", ladder="urgent-notice")
    drain()
    (line,) = sheet.sheet(OFFICER, sheet.Query()).told["items"]
    call = services.Call("connected", line["phones"][0]["id"], {}, "都收到了")
    assert services.note_call(message=line["message"], call=call, by=OFFICER) == "answered"
    assert _states(*owed) == ["closed", "closed"]
    assert set(Step.objects.values_list("by", "on_behalf")) == {(OFFICER.ref, True)}
    drain()
    assert sheet.sheet(OFFICER, sheet.Query()).told["items"] == []


def test_lines_of_different_rungs_to_one_person_go_with_the_call(world: World) -> None:
    first = world.owe("head", case="C1", ladder="urgent-notice")
    drain()
    Message.objects.filter(channel="voice").update(rung=2)
    second = world.owe("next", case="C1", ladder="urgent-notice")
    drain()
    lines = sheet.sheet(OFFICER, sheet.Query()).told["items"]
    assert {line["obligation"] for line in lines} == {*first, *second}
    call = services.Call("connected", lines[0]["phones"][0]["id"])
    assert services.note_call(message=lines[0]["message"], call=call, by=OFFICER) == "delivered"
    assert sheet.sheet(OFFICER, sheet.Query()).told["items"] == []


@pytest.mark.parametrize("answered", [0, 1])
def test_a_deputy_who_answers_for_one_post_takes_no_message_from_who_holds_both(
    home: Home, world: World, answered: int
) -> None:
    owed = world.owe("head", "next", case="C1", ladder=home.ladder(*SMS_AND_CALL))
    _tell()
    assert states() == {"queued": 1, "manual": 1, "cancelled": 2}
    _answered(owed[answered], world.persons["deputy"])
    _tell()
    waiting = Message.objects.filter(state__in=("queued", "manual"))
    assert {(one.purpose, one.channel) for one in waiting} == {
        (owed[1 - answered], channel) for channel in SMS_AND_CALL
    }
    with sink() as far:
        _set_up(home, far)
        drain()
    assert far.numbers() == ["13900000001"]


def test_what_is_found_settled_as_it_leaves_gives_way_to_what_was_joined_with_it(
    home: Home, world: World
) -> None:
    owed = world.owe("head", "next", case="C1", ladder=home.ladder("sms"))
    _tell()
    _answered(owed[0], world.persons["deputy"])
    with sink() as far:
        _set_up(home, far)
        for _ in range(2):
            services.send_due()  # before anybody has been told of the answer
    assert far.numbers() == ["13900000001"]
    assert Message.objects.get(state="sent").purpose == owed[1]


def test_whoever_answers_for_both_is_told_nothing_more(home: Home, world: World) -> None:
    owed = world.owe("head", "next", case="C1", ladder=home.ladder(*SMS_AND_CALL))
    _tell()
    _answered(owed[1], world.persons["head"])
    _tell()
    assert states() == {"cancelled": 4}


def test_posts_that_come_in_different_portions_are_joined_all_the_same(
    home: Home, world: World
) -> None:
    for short in ("head", "next"):
        world.owe(short, case="C1", ladder=home.ladder("sms"))
        _tell()
    assert sorted(Message.objects.values_list("state", "reason")) == [
        ("cancelled", "joined"), ("queued", ""),
    ]  # fmt: skip


def test_what_reached_a_person_has_reached_every_post_it_was_for(home: Home, world: World) -> None:
    with sink() as far:
        _set_up(home, far)
        owed = world.owe("head", "next", case="C1")
        drain()
    told = {"list": [{"uid": f"{Message.objects.get(state='sent').pk}01", "state": "DELIVRD"}]}
    taken = Client().post(
        "/api/v1/comms/receipts/mas?key=open-sesame", json.dumps(told),
        content_type="application/json",
    )  # fmt: skip
    assert taken.status_code == 200
    assert _states(*owed) == ["reached", "reached"]


def test_a_reply_counts_for_the_other_post_where_a_deputy_has_answered_for_the_one(
    home: Home, world: World
) -> None:
    with sink() as far:
        _set_up(home, far)
        owed = world.owe("head", "next", case="C1")
        drain()
    told = Message.objects.get(state="sent").purpose
    _answered(told, world.persons["deputy"])
    drain()
    fields = {"mobile": "13900000001", "content": "收到", "id": "R1", "time": ""}
    Client().post(
        "/api/v1/comms/replies/mas?key=open-sesame", urlencode(fields),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert Reply.objects.get().read == "answer"
    assert _states(*owed) == ["closed", "closed"]


def test_a_doubtful_reply_an_officer_takes_counts_for_every_post(home: Home, world: World) -> None:
    with sink() as far:
        _set_up(home, far)
        owed = world.owe("head", "next", case="C1")
        drain()
    fields = {"mobile": "13900000001", "content": "啥？", "id": "R1", "time": ""}
    Client().post(
        "/api/v1/comms/replies/mas?key=open-sesame", urlencode(fields),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    services.take_reply(reply=Reply.objects.get().pk, answers={}, by=OFFICER)
    assert _states(*owed) == ["closed", "closed"]


def test_cries_for_help_are_each_told_for_itself(
    home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS._entries, ALONE.key, ALONE)
    world.owe("head", "next", case="C1", kind=ALONE.key, ladder=home.ladder("sms"))
    _tell()
    assert states() == {"queued": 2}
