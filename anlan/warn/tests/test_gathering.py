"""Messages that came at the same moment: each gets the answer of its own."""

import json
from typing import Any

import pytest
from django.test import RequestFactory

from anlan.base.door.together import answer_together
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token, revoke_token
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.kernel.errors import Forbidden
from anlan.protocols.alerting.message import Unreadable
from anlan.warn.api.inbox import take_in_together
from anlan.warn.models import Received, Refused
from anlan.warn.services.receiving import Handed, Inbound, Taken, receive_together
from anlan.warn.tests.conftest import BY, COUNTY, OFFICER, VILLAGE, at, national

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def together(*asked: tuple[bytes, Actor]) -> list[Any]:
    """Hand messages in at once."""
    return receive_together([Handed(Inbound(original=body), by) for body, by in asked])


def test_everybody_is_told_of_the_own_message_and_no_fault_is_shared() -> None:
    sent = at(-5)
    bodies = [
        national(number=f"33990141600000_2026080108000{n}", sent=sent, text=f"第{n}条")
        for n in range(8)
    ]
    foreign = national(number="33990141600000_20260801090000", sent=sent)
    *taken, again, broken, village, theirs = together(
        *((body, BY) for body in bodies), (bodies[3], BY), (b"<alert>", BY), (foreign, VILLAGE),
        (bodies[4], OFFICER),
    )  # fmt: skip
    rows = {row.text: row.pk for row in Received.objects.all()}
    assert len(rows) == 8
    assert [one.received for one in taken] == [rows[f"第{n}条"] for n in range(8)]
    assert again.received == taken[3].received
    assert {again.again, taken[3].again} == {True, False}
    assert isinstance(broken, Taken)
    assert isinstance(broken.refusal, Unreadable)
    assert Refused.objects.count() == 1
    assert isinstance(village, Forbidden)
    assert theirs == Taken(received=taken[4].received, again=True)


def test_one_that_breaks_its_group_leaves_the_others_kept() -> None:
    nothing: Any = None
    first, fault, last = together(
        (national(number="33990141600000_20260801080001", sent=at(-5), text="第1条"), BY),
        (nothing, BY),
        (national(number="33990141600000_20260801080002", sent=at(-5), text="第2条"), BY),
    )
    assert isinstance(fault, TypeError)
    rows = {row.text: row.pk for row in Received.objects.all()}
    assert {"第1条": first.received, "第2条": last.received} == rows


def test_one_alone_is_taken_as_ever() -> None:
    (taken,) = together((national(sent=at(-5)), BY))
    assert isinstance(taken, Taken)
    assert Received.objects.get().pk == taken.received


def test_at_the_door_each_is_let_in_and_answered_by_itself() -> None:
    user = User.objects.create(username="officer", name="值班员", region=COUNTY)
    Grant.objects.create(
        user=user, role="duty-officer", prefix=scope.prefix(COUNTY), by=BY.ref, at=clock.now()
    )
    text, token = create_token(user=user, name="t", by=BY)
    heads = {"authorization": f"Bearer {text}"}
    asked = [
        post(national(sent=at(-5)), heads),
        post(national(sent=at(-5)), {}),
        post(b"<alert>", {**heads, "accept-language": "en"}),
        post(national(sent=at(-5)), heads),
    ]
    taken, stranger, broken, again = answer_together(asked, take_in_together)
    assert [one.status_code for one in (taken, stranger, broken, again)] == [201, 401, 422, 200]
    assert json.loads(taken.content)["id"] == json.loads(again.content)["id"]
    assert json.loads(broken.content)["title"].isascii()
    assert stranger["WWW-Authenticate"] == "Bearer"
    revoke_token(token=token, by=BY)
    (late,) = answer_together([post(national(), heads)], take_in_together)
    assert late.status_code == 401
    assert Received.objects.count() == 1


def post(body: bytes, heads: dict[str, str]) -> Any:
    """Make the request of a department."""
    return RequestFactory().generic(
        "POST", "/api/v1/alerts/inbox", body, content_type="application/xml", headers=heads
    )
