"""From an alarm to a draft, and what was signed in advance."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.base.outbox.delivering import deliver_due
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.selectors import actor_of
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.sense.events import AlarmRaised
from anlan.warn.models import Alert, Received, StandingOrder
from anlan.warn.services.acting import act_on_alarm, act_on_received
from anlan.warn.services.drafting import drop_alert, edit_alert
from anlan.warn.services.issuing import issue_alert
from anlan.warn.services.ordering import Order, revoke_order, sign_order
from anlan.warn.services.proposing import propose_reminder, reminder
from anlan.warn.services.receiving import receive_alert
from anlan.warn.tests.conftest import (
    A1,
    BY,
    CHARLIE,
    COUNTY,
    NEIGHBOUR,
    OFFICER,
    WEST,
    at,
    national,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

CASE = "01K2E8W0000000000000000000"


def alarm(**more: Any) -> AlarmRaised:
    given: dict[str, Any] = {
        "case": CASE, "alarm": "A1", "hazard": "flash-flood", "level": 3, "region": A1,
        "where": "前坑溪雨量站", "value": 52.0, "limit": 50.0, "unit": "mm", "raised_at": at(-1),
        **more,
    }  # fmt: skip
    return AlarmRaised(**given)


def test_an_alarm_becomes_a_draft_that_says_what_was_measured() -> None:
    draft = Alert.objects.get(pk=propose_reminder(event=alarm()))
    assert (draft.kind, draft.state, draft.case, draft.alarm) == (
        "monitoring-reminder", "draft", CASE, "A1",
    )  # fmt: skip
    assert draft.regions == [A1]
    for words in ("前坑溪雨量站", "52mm", "50mm", "黄色"):
        assert words in draft.text
    assert draft.station == "应急局U1"
    assert not draft.public


def test_told_twice_it_is_one_draft() -> None:
    first = propose_reminder(event=alarm())
    assert propose_reminder(event=alarm()) == first
    assert Alert.objects.count() == 1


def test_a_worse_value_brings_the_draft_up_to_date() -> None:
    first = propose_reminder(event=alarm())
    assert propose_reminder(event=alarm(level=1, was=3, value=120.0)) == first
    draft = Alert.objects.get()
    assert "120mm" in draft.text
    assert "红色" in draft.text


def test_what_somebody_has_taken_in_hand_is_left_alone() -> None:
    pk = propose_reminder(event=alarm())
    edit_alert(alert=pk, content=reminder(alarm(where="改过的地点")), by=OFFICER)
    propose_reminder(event=alarm(level=1, was=3, value=120.0))
    assert "改过的地点" in Alert.objects.get().text


def test_what_was_issued_or_dropped_is_not_drafted_again() -> None:
    pk = propose_reminder(event=alarm())
    issue_alert(alert=pk, by=OFFICER)
    assert propose_reminder(event=alarm(level=1, was=3)) == ""
    other = propose_reminder(event=alarm(case=CASE[:-1] + "1", alarm="A2"))
    drop_alert(alert=other, reason="误报", by=OFFICER)
    assert propose_reminder(event=alarm(case=CASE[:-1] + "1", alarm="A2")) == ""


def test_trouble_of_the_equipment_is_no_draft() -> None:
    assert propose_reminder(event=alarm(hazard="")) == ""


# Standing orders.


@pytest.fixture
def commander(db: None) -> Actor:  # noqa: ARG001 - asks for the database
    """A commander with an account, so that what they signed can be done in their name."""
    return account("commander", COUNTY)


def account(role: str, region: str) -> Actor:
    user = User.objects.create(
        username=f"{role}-{region}", name=role, password="x", region=region, created_at=at()
    )
    Grant.objects.create(user=user, role=role, prefix=region[:6], at=at(), by="system:test")
    return actor_of(user)


def order(**more: Any) -> Order:
    now = clock.now()
    given: dict[str, Any] = {
        "title": "地震预警自动转发", "region": COUNTY, "trigger": "received",
        "kinds": ("quake-early-warning",), "level": 2, "reason": "只有几秒",
        "since": now - timedelta(minutes=1), "until": now + timedelta(days=30), **more,
    }  # fmt: skip
    return Order(**given)


QUAKE = "33990141900000_20260801080000"


def quake(**more: Any) -> str:
    given = {"number": QUAKE, "event": "11C00", "text": "云屿县发生地震，请立即避险，远离建筑物。"}
    return receive_alert(original=national(**{**given, **more}), by=BY)


def test_an_order_relays_in_the_name_of_the_person_who_signed_it(commander: Actor) -> None:
    signed = sign_order(order=order(), by=commander)
    pk = act_on_received(received=quake())
    alert = Alert.objects.get(pk=pk)
    assert (alert.issued_by, alert.standing_order_id) == (commander.ref, signed)
    assert act_on_received(received=Received.objects.get().pk) == ""
    assert Alert.objects.count() == 1


@pytest.mark.parametrize(
    "more",
    [
        {"colour": "Yellow"},
        {"event": "11B03"},
        {"status": "Exercise"},
        {"codes": (NEIGHBOUR,)},
        {"codes": ()},
    ],
)
def test_what_the_order_does_not_cover_waits_for_a_hand(
    commander: Actor, more: dict[str, Any]
) -> None:
    sign_order(order=order(), by=commander)
    assert act_on_received(received=quake(**more)) == ""
    assert not Alert.objects.exists()


def test_messages_of_one_storm_are_relayed_each_as_its_order_says(commander: Actor) -> None:
    sign_order(order=order(), by=commander)
    text = "云屿县发生地震，请立即避险，远离建筑物。第二次。"
    quake(number="33990141900000_20260801075900", colour="Yellow")
    quake()
    quake(number="33990141900000_20260801080100", codes=(WEST,), text=text)
    deliver_due()
    relayed = Alert.objects.filter(issued_at__isnull=False).order_by("id")
    assert [row.regions for row in relayed] == [[COUNTY], [WEST]]


def test_a_pasted_text_sets_no_order_off(commander: Actor) -> None:
    sign_order(order=order(), by=commander)
    row = quake()
    Received.objects.update(way="paste")
    assert act_on_received(received=row) == ""


def test_an_order_reaches_no_further_than_its_region(commander: Actor) -> None:
    sign_order(order=order(region=WEST), by=commander)
    alert = Alert.objects.get(pk=act_on_received(received=quake()))
    assert alert.regions == [WEST]


def test_an_order_ends_when_it_is_revoked_or_its_time_is_over(commander: Actor) -> None:
    signed = sign_order(order=order(), by=commander)
    revoke_order(order=signed, by=commander)
    with pytest.raises(Conflict):
        revoke_order(order=signed, by=commander)
    StandingOrder.objects.create(
        title="旧", region_id=COUNTY, trigger="received", kinds=["quake-early-warning"],
        reason="x", signed_at=at(-99), signed_by=commander.ref, since=at(-99), until=at(-1),
    )  # fmt: skip
    assert act_on_received(received=quake()) == ""


def test_an_order_of_somebody_who_may_no_longer_does_nothing(commander: Actor) -> None:
    sign_order(order=order(), by=commander)
    Grant.objects.all().delete()
    with pytest.raises((Forbidden, Missing)):
        act_on_received(received=quake())
    assert not Alert.objects.exists()


def test_an_alarm_under_an_order_goes_out_once(commander: Actor) -> None:
    sign_order(
        order=order(
            title="立即转移", trigger="alarm", kinds=("evacuation-notice",),
            hazards=("flash-flood",), level=2, parts={"measures": "立即转移"}, minutes=120,
        ),
        by=commander,
    )  # fmt: skip
    assert act_on_alarm(event=alarm()) == ""  # yellow is not bad enough
    alert = Alert.objects.get(pk=act_on_alarm(event=alarm(level=1, was=3)))
    assert (alert.kind, alert.state, alert.issued_by) == (
        "evacuation-notice", "issued", commander.ref,
    )  # fmt: skip
    assert alert.regions == [A1]
    assert act_on_alarm(event=alarm(level=1, was=3)) == ""


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"kinds": ("weather-signal",), "trigger": "alarm"}, Forbidden),
        ({"kinds": ("evacuation-notice",)}, Invalid),
        ({"kinds": ()}, Invalid),
        ({"reason": " "}, Invalid),
        ({"until": at(-60)}, Invalid),
        ({"until": at(60 * 24 * 400)}, Invalid),
        ({"level": 9}, Invalid),
        ({"hazards": ("dragon",)}, Invalid),
        ({"trigger": "wish"}, Invalid),
    ],
)
def test_an_order_that_makes_no_sense_is_not_signed(
    commander: Actor, more: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        sign_order(order=order(**more), by=commander)


def test_only_who_may_order_signs_and_charlie_only_at_home(commander: Actor) -> None:
    with pytest.raises(Forbidden):
        sign_order(order=order(), by=OFFICER)
    with pytest.raises(Forbidden):
        sign_order(order=order(), by=CHARLIE)
    with pytest.raises(Forbidden):
        sign_order(order=order(), by=BY)
    signed = sign_order(order=order(), by=commander)
    with pytest.raises(Missing):
        revoke_order(order=signed, by=CHARLIE)
