"""A village that was heard when it was called and is cut off afterwards; and whose life counts."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet

from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services import reach
from anlan.base.people.models import Post
from anlan.base.permissions.models import User
from anlan.comms.models import Attempt, Message
from anlan.kernel import clock
from anlan.sense.models import Stream
from anlan.warn.models import Alert, SilentVillage
from anlan.warn.services import calls
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import A1, A2, B1, B2, BY, COUNTY, World

pytestmark = pytest.mark.django_db
Turn = Callable[..., datetime]


@pytest.fixture(autouse=True)
def posts(world: World) -> dict[str, Post]:  # noqa: ARG001 - comes after it
    User.objects.create(pk="duty-officer", username="duty-officer", name="值班员", region=COUNTY)
    return v.make_posts()


def _deliver(messages: QuerySet[Message], **delivered: object) -> None:
    messages.update(sent_at=clock.now(), carrier="p", **delivered)


@pytest.fixture
def reached(passing: Turn, intake: Callable[..., None]) -> Alert:
    """Every telephone took the first message; one post of A1 answered; ten minutes went by."""
    intake()
    calls.watch_villages(by=BY)
    Stream.objects.filter(region=A1).update(status="out-of-use")
    alert = v.call_the_county()
    sms = Message.objects.filter(channel="sms").exclude(person="")
    _deliver(sms, state="delivered", delivered_at=clock.now())
    reach(obligations=list(sms.values_list("purpose", flat=True)), by=BY)
    v.answered("A1-HEAD")
    v.answered("B1-HEAD", "on-post")
    assert v.watched(10, passing, intake, ()) == []
    return alert


def _try_again(delivered: bool) -> None:
    """Turn to everybody who owes an answer once more; in A1 it comes through, or does not."""
    owing = Obligation.objects.filter(kind="call", answered_at=None)
    for row_ in Message.objects.filter(purpose__in=owing.values("pk"), channel="sms"):
        made = Message.objects.create(
            purpose_kind="obligation", purpose=row_.purpose, channel="sms", post=row_.post,
            person=row_.person, region=row_.region, rung=4, queued_at=clock.now(), queued_by="x",
            state="sent",
        )  # fmt: skip
        lives = row_.region != A1 or delivered
        told = {"state": "delivered", "delivered_at": clock.now()} if lives else {}
        _deliver(Message.objects.filter(pk=made.pk), **told)


def test_a_village_that_got_the_first_message_and_was_cut_off_after_it_is_found(
    reached: Alert, passing: Turn, intake: Callable[..., None]
) -> None:
    called = clock.now()
    _try_again(False)
    (found,) = v.watched(5, passing, intake, ())
    silent_ = SilentVillage.objects.get(pk=found)
    assert (silent_.region_id, silent_.alert_id) == (A1, reached.pk)
    assert silent_.found_at - called <= timedelta(minutes=3)
    assert silent_.since == v.owed("A1-HEAD").answered_at
    assert silent_.evidence["phones"] == {"says": "silent", "n": 3}


def test_a_village_whose_telephones_still_work_is_not_called_silent(
    reached: Alert,  # noqa: ARG001 - called and heard before
    passing: Turn,
    intake: Callable[..., None],
) -> None:
    _try_again(True)
    assert v.watched(5, passing, intake, ()) == []


def test_a_receipt_of_the_duty_room_above_is_no_life_of_the_village(
    passing: Turn, intake: Callable[..., None]
) -> None:
    intake()
    calls.watch_villages(by=BY)
    v.call_the_county()
    owed = v.owed("A1-HEAD")
    room = Post.objects.get(code="P-WEST")
    made = Message.objects.create(
        purpose_kind="obligation", purpose=owed.pk, channel="sms", post=room.pk, person="somebody",
        region=A1, rung=7, queued_at=clock.now(), queued_by="x",
    )  # fmt: skip
    _deliver(
        Message.objects.filter(pk=made.pk), state="delivered",
        delivered_at=clock.now() + timedelta(minutes=2),
    )  # fmt: skip
    reach(obligations=[owed.pk], by=BY)
    assert len(v.watched(5, passing, intake, (A1,))) == 1


@pytest.mark.parametrize(
    ("outcome", "reason", "found"), [("off", "off", 1), ("no-answer", "no-answer", 0)]
)
def test_a_telephone_that_rings_shows_life_and_one_that_is_off_shows_none(
    outcome: str, reason: str, found: int, passing: Turn, intake: Callable[..., None]
) -> None:
    intake()
    calls.watch_villages(by=BY)
    Stream.objects.filter(region=A1).update(status="out-of-use")
    v.call_the_county()
    passing(minutes=1)
    for line in Message.objects.filter(channel="voice", region=A1).exclude(person=""):
        Attempt.objects.create(
            message=line, number=1, carrier="hand", began_at=clock.now(), ended_at=clock.now(),
            outcome=outcome, reason=reason, by="user:duty-officer",
        )  # fmt: skip
    assert len(v.watched(4, passing, intake, ())) == found


def test_values_that_are_brought_late_every_time_show_life(
    passing: Turn, intake: Callable[..., None]
) -> None:
    found = []
    for _ in range(8):
        passing(minutes=1)
        intake(but=(A1,))
        intake(but=(A2, B1, B2), behind_s=900)
        found += calls.watch_quiet_villages(by=BY)
    assert found == []


def test_sensors_that_are_merely_slow_are_judged_by_the_pace_they_keep(
    passing: Turn, intake: Callable[..., None]
) -> None:
    """They say a minute and report every five; once they stop for good they are found."""
    found: dict[str, int] = {}
    for minute in range(60):
        passing(minutes=1)
        reports = minute % 5 == 0 and minute <= 40
        intake(but=() if reports else (A1,))
        if minute >= 30:
            found |= dict.fromkeys(calls.watch_quiet_villages(by=BY), minute)
    assert list(found.values()) == [46]
