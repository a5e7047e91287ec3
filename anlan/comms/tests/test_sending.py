"""From what is owed to the provider's door, and what is kept of it."""

import json

import pytest
from django.db import connection

from anlan.base.jobs.worker import drain
from anlan.base.journal.models import Entry
from anlan.comms.models import Attempt, Message
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
