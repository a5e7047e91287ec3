"""Testing the numbers on a quiet day: whom the test did not reach, and that it comes again."""

import json

import pytest
from django.test import Client

from anlan.base.jobs.worker import drain
from anlan.base.people.tests import village as v
from anlan.base.permissions.actor import system
from anlan.comms import services
from anlan.comms.models import Message, Readiness
from anlan.comms.selectors import readiness
from anlan.comms.tests.conftest import Home, Turn, World, actor
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import Asked, Told, accept, sink
from anlan.kernel.errors import Forbidden, Invalid

pytestmark = pytest.mark.django_db

OFFICER = actor("duty-officer", v.COUNTY, "officer")
HOOKS = """
[hook]
secret = "file:hook"
[receipt]
records = "list[]"
key = "uid"
code = "state"
delivered = ["DELIVRD"]
dead = ["MK:0001"]
"""
TEST = services.NumberTest(title="汛前测试", region=v.COUNTY)


def _answer(asked: Asked) -> Told:
    dead = asked.json["phone"] == "13900000003"
    return Told({"code": 10, "msg": "空号"}) if dead else accept(asked)


def test_a_test_lists_dead_numbers_gaps_and_who_gave_no_sign(home: Home, world: World) -> None:
    home.secret("hook", "open-sesame")
    with sink(_answer) as far:
        set_up(home, far.address, HOOKS)
        test = services.start_test(test=TEST, by=OFFICER)
        drain()
        assert "13900000003" in far.numbers()
        assert all("/m/" not in one.json["text"] for one in far.asked)
    officer = Message.objects.get(person=world.persons["officer"])
    Client().post(
        "/api/v1/comms/receipts/mas?key=open-sesame",
        json.dumps({"list": [{"uid": f"{officer.pk}01", "state": "DELIVRD"}]}),
        content_type="application/json",
    )
    told = readiness.run(OFFICER, test)
    assert world.phone("next").dead
    text = json.dumps(told, default=str, ensure_ascii=False)
    assert "dead-number" in text
    assert world.posts["vacant"] in Readiness.objects.get().vacant
    left = {row.person: row.reason for row in Message.objects.exclude(state="delivered")}
    assert left[world.persons["next"]] == "dead-number"
    assert left[world.persons["mute"]] == "no-number"
    assert world.persons["officer"] not in left


def test_a_planned_test_begins_again_when_its_day_has_come(
    home: Home, world: World, turn: Turn
) -> None:
    assert world.posts
    with sink() as far:
        set_up(home, far.address)
        services.plan_test(test=TEST, every_days=30, by=OFFICER)
        services.start_due_tests(by=system("comms"))
        assert Readiness.objects.count() == 0
        turn.forward(days=31)
        services.start_due_tests(by=system("comms"))
        services.start_due_tests(by=system("comms"))
        assert Readiness.objects.count() == 1
        drain()
        assert far.asked


@pytest.mark.parametrize("channel", ["app", "knock", "loudspeaker", "robot", "no-such"])
def test_what_has_no_numbers_is_not_tested(world: World, channel: str) -> None:
    assert world.posts
    test = services.NumberTest(title="测试", region=v.TOWN, channel=channel)
    with pytest.raises(Invalid):
        services.start_test(test=test, by=OFFICER)


def test_who_may_not_send_starts_no_test(world: World) -> None:
    assert world.posts
    with pytest.raises(Forbidden):
        services.start_test(test=TEST, by=actor("village", v.NEAR, "villager"))
