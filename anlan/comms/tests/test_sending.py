"""From what is owed to the provider's door, and what is kept of it."""

import json

import pytest
from django.db import connection

from anlan.base.jobs.worker import drain
from anlan.base.journal.models import Entry
from anlan.base.people.models import Phone
from anlan.base.permissions.actor import system
from anlan.comms.models import Attempt, Message
from anlan.comms.services.resending import Which, resend_messages
from anlan.comms.tests.conftest import Home, World
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import sink

pytestmark = pytest.mark.django_db


def test_a_debt_reaches_the_telephone_of_who_holds_the_post(home: Home, world: World) -> None:
    with sink() as far:
        set_up(home, far.address)
        (owed,) = world.owe("head", case="C1", title="防台风会议")
        drain()
    (asked,) = far.asked
    assert asked.json["phone"] == "13900000001"
    assert asked.json["text"].startswith(
        "【通知】防台风会议，请于8月3日 11:00前签收：https://yj.example/m/"
    )
    message = Message.objects.get()
    assert (message.state, message.purpose, message.person) == ("sent", owed, world.persons["head"])
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.ticket, attempt.carrier) == ("sent", "T1", "mas")
    assert asked.json["uid"] == f"{message.pk}01"
    assert attempt.phone == world.phone("head").pk
    (entry,) = Entry.objects.filter(deed="comms.sent")
    facts = json.loads(entry.detail.body)["facts"]
    assert facts == {"carrier": "mas", "channel": "sms", "sent": [f"{message.pk}01"]}
    assert entry.case == "C1"


def test_what_failed_for_want_of_a_number_is_sent_again_as_often_as_asked(
    home: Home, world: World
) -> None:
    phones = Phone.objects.filter(person=world.persons["head"])
    with sink() as far:
        set_up(home, far.address)
        phones.update(dead=True)
        world.owe("head", case="C1", title="防台风会议")
        drain()
        for _ in range(2):
            message = Message.objects.get()
            assert (message.state, message.reason) == ("failed", "no-number")
            resend_messages(which=Which(messages=[message.pk]), by=system("test"))
            drain()
        phones.update(dead=False)
        resend_messages(which=Which(messages=[message.pk]), by=system("test"))
        drain()
    assert Message.objects.get().state == "sent"
    (asked,) = far.asked
    assert "https://yj.example/m/" in asked.json["text"]


@pytest.mark.parametrize(
    "table", ["comms_message", "comms_attempt", "obligations_obligation", "obligations_rung",
              "permissions_link"],
)  # fmt: skip
def test_where_thousands_are_written_at_once_no_index_serves_the_beginnings_of_ids(
    table: str,
) -> None:
    with connection.cursor() as cursor:
        kept = connection.introspection.get_constraints(cursor, table)
    assert not [name for name in kept if name.endswith("_like")]
