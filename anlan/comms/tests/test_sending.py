"""From what is owed to the provider's door, and what is kept of it."""

import json

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.journal.models import Entry
from anlan.comms.models import Attempt, Message
from anlan.comms.tests.conftest import Home, World
from anlan.comms.tests.sink import sink

pytestmark = pytest.mark.django_db

SMS = """
title = "移动短信"
enabled = true
[request]
url = "{address}/send"
json = {{ phone = "{{number}}", text = "{{text}}", uid = "{{key}}", pwd = "{{password}}" }}
[secrets]
password = "file:sms"
[answer]
ok = {{ path = "code", is = [0] }}
dead = {{ path = "code", is = [10] }}
message = "msg"
ticket = "id"
[pace]
lines = 4
timeout = "2s"
retry = ["10s", "30s", "60s"]
give_up = "10min"
{more}
"""


def set_up(home: Home, address: str, more: str = "", key: str = "mas", text: str = SMS) -> None:
    home.secret("sms", "sesame-open")
    home.settings('[comms]\nlink_base = "https://yj.example"\n')
    home.channel(key, text.format(address=address, more=more))


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
