"""Calls by hand: one press for the silent, answers for others, help that is needed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from anlan.base.obligations.models import Obligation, Rung, Step
from anlan.base.obligations.services import Reply, answer, climb_due
from anlan.base.people.models import Post
from anlan.base.permissions.models import User
from anlan.comms.models import Message
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.warn.models import Alert, CallPress
from anlan.warn.services import calls
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import (
    A1,
    A2,
    BY,
    CHARLIE,
    COUNTY,
    EAST,
    NEIGHBOUR,
    OFFICER,
    TOWNSHIP,
    VILLAGE,
    WEST,
    World,
    actor,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def posts(world: World) -> dict[str, Post]:  # noqa: ARG001 - comes after it
    User.objects.create(pk="duty-officer", username="duty-officer", name="值班员", region=COUNTY)
    return v.make_posts()


# By hand.


def test_one_press_calls_the_silent_only_and_leaves_the_ladder_as_it_was() -> None:
    v.call(v.issued())
    v.answered("W-HEAD")
    before = dict(Obligation.objects.values_list("pk", "climb_at"))
    alert = Alert.objects.get()
    count = calls.call_silent(alert=alert.pk, region=COUNTY, by=OFFICER)
    assert count == len(v.WEST_RED) - 1
    pressed = Message.objects.filter(round=1)
    silent = set(Obligation.objects.filter(answered_at=None).values_list("pk", flat=True))
    assert set(pressed.values_list("purpose", flat=True)) == silent
    assert set(pressed.values_list("channel", flat=True)) == {"sms", "voice"}
    assert dict(Obligation.objects.values_list("pk", "climb_at")) == before
    gap = pressed.filter(purpose=v.owed("A2-HEAD").pk)
    assert set(gap.values_list("state", "reason")) == {("failed", "vacant")}


def test_a_township_calls_its_own_villages_and_no_others() -> None:
    alert = v.issued(regions=(COUNTY,))
    v.call(alert)
    calls.call_silent(alert=alert.pk, region=WEST, by=TOWNSHIP)
    regions = set(Message.objects.filter(round=1).values_list("region", flat=True))
    assert regions == {WEST, A1, A2}
    for wrong, who in ((EAST, TOWNSHIP), (COUNTY, TOWNSHIP), (WEST, CHARLIE), (A1, VILLAGE)):
        with pytest.raises(Forbidden):
            calls.call_silent(alert=alert.pk, region=wrong, by=who)


def test_the_silent_are_not_called_by_hand_twice_in_a_minute(
    passing: Callable[..., datetime],
) -> None:
    alert = v.issued()
    v.call(alert)
    calls.call_silent(alert=alert.pk, region=WEST, by=OFFICER)
    with pytest.raises(Conflict, match="一分钟"):
        calls.call_silent(alert=alert.pk, region=WEST, by=OFFICER)
    calls.call_silent(alert=alert.pk, region=A1, by=OFFICER)
    passing(minutes=1, seconds=1)
    calls.call_silent(alert=alert.pk, region=WEST, by=OFFICER)
    assert list(CallPress.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_where_nobody_is_silent_there_is_nobody_to_call() -> None:
    alert = v.issued()
    with pytest.raises(Conflict, match="没有未应"):
        calls.call_silent(alert=alert.pk, region=WEST, by=OFFICER)
    with pytest.raises(Missing):
        calls.call_silent(alert="no", region=WEST, by=OFFICER)


def test_the_press_turns_to_the_deputy_where_nobody_holds_the_post(
    posts: dict[str, Post],
) -> None:
    deputy = v.hold(posts["A2-HEAD"], "A2-DEPUTY", "B")
    alert = v.issued()
    v.call(alert)
    calls.call_silent(alert=alert.pk, region=A2, by=OFFICER)
    told = Message.objects.filter(round=1, purpose=v.owed("A2-HEAD").pk)
    assert set(told.values_list("person", flat=True)) == {deputy}


# For others.


def test_an_officer_answers_for_others_and_it_is_recorded_as_such() -> None:
    v.call(v.issued())
    wanted = [v.owed("A1-HEAD").pk, v.owed("A1-MOVE").pk, "no-such-call"]
    told = calls.answer_for(
        alert=Alert.objects.get().pk,
        obligations=wanted,
        reply=Reply("电话问到", {"reply": "on-post", "way": "callback"}),
        by=TOWNSHIP,
    )
    assert [one.deed for one in told] == ["answer", "answer", ""]
    assert told[2].problem
    steps = Step.objects.filter(obligation=wanted[0]).order_by("id")
    assert [(one.verb, one.on_behalf, one.by) for one in steps] == [
        ("answer", True, "user:township"), ("report", True, "user:township"),
    ]  # fmt: skip
    assert steps[0].answers == {"reply": "on-post", "way": "callback"}
    again = calls.answer_for(
        alert=Alert.objects.get().pk,
        obligations=wanted[:1],
        reply=Reply(answers={"reply": "need-help"}),
        by=TOWNSHIP,
    )
    assert again[0].deed == "note"


def test_nobody_answers_for_posts_outside_their_regions() -> None:
    alert = v.issued(regions=(COUNTY,))
    v.call(alert)
    reply = Reply(answers={"reply": "received"})
    wanted = [v.owed("B1-HEAD").pk]
    (told,) = calls.answer_for(alert=alert.pk, obligations=wanted, reply=reply, by=TOWNSHIP)
    assert told.problem
    with pytest.raises(Missing):
        calls.answer_for(alert=alert.pk, obligations=wanted, reply=reply, by=CHARLIE)
    assert v.owed("B1-HEAD").answered_at is None
    with pytest.raises(Forbidden):
        calls.answer_for(alert=alert.pk, obligations=wanted, reply=reply, by=actor("grid", A1))
    with pytest.raises(Invalid):
        calls.answer_for(alert=alert.pk, obligations=[], reply=reply, by=OFFICER)
    other = v.issued(regions=(A1,))
    (told,) = calls.answer_for(alert=other.pk, obligations=wanted, reply=reply, by=OFFICER)
    assert (told.problem, v.owed("B1-HEAD").answered_at) == ("没有这个叫应", None)


def test_a_post_that_needs_help_makes_the_duty_room_above_owe_it_once() -> None:
    v.call(v.issued())
    v.answered("A1-HEAD", "need-help")
    debt = Obligation.objects.get(kind="call-help")
    assert debt.debtor.code == "P-WEST"
    assert "A1-HEAD" in debt.title
    call = [v.owed("A1-HEAD").pk]
    more: dict[str, Any] = {"alert": Alert.objects.get().pk, "obligations": call, "by": OFFICER}
    calls.answer_for(reply=Reply(answers={"reply": "need-help"}), **more)
    assert Obligation.objects.filter(kind="call-help").count() == 1
    answer(obligation=debt.pk, by=BY)
    calls.answer_for(reply=Reply(answers={"reply": "on-post"}), **more)
    assert Obligation.objects.filter(kind="call-help").count() == 1


def test_a_county_leader_who_needs_help_turns_to_the_countys_own_duty_room() -> None:
    v.call(v.issued())
    v.answered("C-HEAD", "need-help")
    assert Obligation.objects.get(kind="call-help").debtor.region_id == COUNTY


def test_an_unanswered_call_climbs_and_an_answered_one_does_not(
    passing: Callable[..., datetime],
) -> None:
    v.call(v.issued())
    v.answered("A1-HEAD")
    for minute in range(1, 31):
        passing(minutes=1 if minute else 0)
        climb_due(by=BY)
    climbed = [one.whom for one in v.owed("A1-MOVE").rungs.order_by("id")]
    assert climbed[:6] == ["debtor", "debtor", "debtor", "debtor", "deputy", "stationed"]
    assert climbed[-1] == "neighbour"
    assert v.owed("A1-HEAD").rungs.count() == 1
    assert {one.whom for one in v.owed("C-HEAD").rungs.all()} == {"debtor", "deputy", "duty-own"}
    assert not Rung.objects.filter(post__region=NEIGHBOUR).exists()
