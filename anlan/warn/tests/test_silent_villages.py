"""A village that falls silent: found, told, owed, over; and never by a break of our own."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.journal.models import Entry
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services import Reply as Said
from anlan.base.obligations.services import answer
from anlan.base.outbox.models import Event
from anlan.base.people.models import Holding, Post
from anlan.base.permissions.models import Link, User
from anlan.comms.models import Message, Reply
from anlan.kernel import clock
from anlan.kernel.errors import Forbidden, Missing
from anlan.sense.models import Maintenance, Station, Stream
from anlan.warn.models import SilentVillage
from anlan.warn.selectors.signs import shown, silent_villages
from anlan.warn.services import calls
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import (
    A1,
    A2,
    B1,
    B2,
    BY,
    CHARLIE,
    COUNTY,
    OFFICER,
    TOWNSHIP,
    World,
    actor,
)  # fmt: skip

pytestmark = pytest.mark.django_db
Turn = Callable[..., datetime]
VILLAGES = (A1, A2, B1, B2)


@pytest.fixture(autouse=True)
def posts(world: World) -> dict[str, Post]:  # noqa: ARG001 - comes after it
    User.objects.create(pk="duty-officer", username="duty-officer", name="值班员", region=COUNTY)
    return v.make_posts()


@pytest.fixture
def silent(passing: Turn, intake: Callable[..., None]) -> SilentVillage:
    """A village that fell silent at the moment it was called."""
    intake()
    calls.watch_villages(by=BY)
    v.call_the_county()
    for code in ("B1-HEAD", "B2-HEAD"):
        answer(obligation=v.owed(code).pk, by=BY, reply=Said(answers={"reply": "received"}))
    (found,) = v.watched(5, passing, intake, (A1,))
    return SilentVillage.objects.get(pk=found)


def test_it_is_found_in_five_minutes_and_told_and_owed(silent: SilentVillage) -> None:
    assert silent.region_id == A1
    called = Obligation.objects.filter(kind="call", region=A1).first()
    assert called is not None
    assert silent.found_at - called.issued_at < timedelta(minutes=5)
    assert silent.evidence["sensors"] == {"says": "silent", "n": 2}
    debt = Obligation.objects.get(pk=silent.obligation)
    assert (debt.kind, debt.debtor.code) == ("village-silent", "P-WEST")
    assert "前坑村" in debt.title
    event = Event.objects.get(kind="warn.VillageSilent")
    assert silent.pk in event.body
    assert Entry.objects.filter(deed="villages.fell-silent", region=A1).count() == 1


def test_it_is_found_once_and_over_when_a_sensor_is_heard_again(
    silent: SilentVillage, passing: Turn, intake: Callable[..., None]
) -> None:
    assert v.watched(2, passing, intake, (A1,)) == []
    assert v.watched(1, passing, intake, ()) == []
    silent.refresh_from_db()
    assert (silent.over_why, silent.over_at is not None) == ("heard", True)
    assert Obligation.objects.get(pk=silent.obligation).state == "withdrawn"
    assert Entry.objects.filter(deed="villages.heard-again").count() == 1


def test_it_is_over_when_somebody_answers(
    silent: SilentVillage, passing: Turn, intake: Callable[..., None]
) -> None:
    answer(obligation=v.owed("A1-HEAD").pk, by=BY, reply=Said(answers={"reply": "on-post"}))
    v.watched(1, passing, intake, (A1,))
    silent.refresh_from_db()
    assert silent.over_why == "heard"


def test_it_is_over_when_nobody_is_called_any_more(silent: SilentVillage) -> None:
    calls.end_calls(alert=silent.alert_id or "", why="cancelled", by=BY)
    calls.watch_villages(by=BY)
    silent.refresh_from_db()
    assert silent.over_why == "ended"


def test_a_duty_officer_who_saw_to_it_is_not_asked_again(
    silent: SilentVillage, passing: Turn, intake: Callable[..., None]
) -> None:
    answer(obligation=silent.obligation, by=BY)
    v.watched(1, passing, intake, ())
    assert Obligation.objects.get(pk=silent.obligation).answered_at is not None


def test_a_stop_of_our_own_intake_accuses_nobody(
    passing: Turn, intake: Callable[..., None]
) -> None:
    intake()
    calls.watch_villages(by=BY)
    v.call_the_county()
    assert v.watched(10, passing, intake, VILLAGES) == []
    # It comes back: everybody has a whole interval to report before silence counts.
    assert v.watched(1, passing, intake, ()) == []
    assert not SilentVillage.objects.exists()


def test_after_nobody_looked_for_a_while_silence_counts_from_the_next_look(
    passing: Turn, intake: Callable[..., None]
) -> None:
    intake()
    calls.watch_villages(by=BY)
    v.call_the_county()
    passing(minutes=20)  # the worker was away, and so were the sensors' values
    intake(but=VILLAGES[:1])
    assert calls.watch_villages(by=BY) == []
    found = v.watched(2, passing, intake, (A1,))
    assert [SilentVillage.objects.get(pk=pk).region_id for pk in found] == [A1]


def test_sensors_under_repair_prove_nothing(passing: Turn, intake: Callable[..., None]) -> None:
    intake()
    calls.watch_villages(by=BY)
    for station in Station.objects.filter(region=A1):
        Maintenance.objects.create(
            region_id=A1, station=station, reason="检修", starts=clock.now(),
            ends=clock.now() + timedelta(hours=2), at=clock.now(), by="x",
        )  # fmt: skip
    v.call_the_county()
    assert v.watched(5, passing, intake, (A1,)) == []


def test_telephones_that_take_no_message_show_it_too(
    passing: Turn, intake: Callable[..., None]
) -> None:
    intake()
    calls.watch_villages(by=BY)
    Stream.objects.filter(region=A1).update(status="out-of-use")
    v.call_the_county()
    sms = Message.objects.filter(channel="sms").exclude(person="")
    sms.filter(region=A1).update(state="sent", sent_at=clock.now(), carrier="p")
    sms.exclude(region=A1).update(
        state="delivered", sent_at=clock.now(), delivered_at=clock.now(), carrier="p"
    )
    found = v.watched(5, passing, intake, ())
    row_ = SilentVillage.objects.get(pk=found[0])
    assert (row_.region_id, row_.evidence["phones"]["says"]) == (A1, "silent")


def test_words_that_are_no_answer_show_that_somebody_lives(
    silent: SilentVillage, passing: Turn, intake: Callable[..., None]
) -> None:
    passing(seconds=10)
    holder = Holding.objects.get(post__code="A1-HEAD").person_id
    Reply.objects.create(
        carrier="p", at=clock.now(), received_at=clock.now(), person=holder, read="doubtful",
    )  # fmt: skip
    v.watched(1, passing, intake, (A1,))
    silent.refresh_from_db()
    assert silent.over_why == "heard"


def test_a_link_somebody_looks_at_shows_that_they_live(
    silent: SilentVillage, passing: Turn, intake: Callable[..., None]
) -> None:
    owed = v.owed("A1-HEAD")
    passing(seconds=10)
    for post, is_over in ((Post.objects.get(code="P-WEST").pk, False), (owed.debtor_id, True)):
        Link.objects.create(
            hash=post, purpose="obligation", subject=owed.pk, post=post, opened_at=clock.now(),
            expires=clock.now() + timedelta(days=1),
        )  # fmt: skip
        v.watched(1, passing, intake, (A1,))
        silent.refresh_from_db()
        assert (silent.over_why == "heard") is is_over


def test_nobody_is_called_and_nothing_is_looked_for(
    django_assert_max_num_queries: object,
) -> None:
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        assert calls.watch_villages(by=BY) == []


def test_while_everybody_may_still_answer_many_alerts_ask_no_more_than_one(
    passing: Turn, intake: Callable[..., None]
) -> None:
    intake()
    v.call_the_county()
    calls.watch_villages(by=BY)
    asked = []
    for _ in range(3):
        v.call_the_county()
        with CaptureQueriesContext(connection) as queries:
            assert calls.watch_villages(by=BY) == []
        asked.append(len(queries))
    assert len(set(asked)) == 1
    assert len(v.watched(5, passing, intake, (A1,))) == 1  # one village, whichever alert showed it


def _idle(
    minutes: int, passing: Turn, intake: Callable[..., None], but: tuple[str, ...]
) -> list[str]:
    """Let time go by while nobody is called: values and looks each minute."""
    found = []
    for _ in range(minutes):
        passing(minutes=1)
        intake(but=but)
        found += calls.watch_quiet_villages(by=BY)
    return found


def test_a_village_goes_silent_while_nobody_is_called_and_is_found_in_five_minutes(
    passing: Turn, intake: Callable[..., None]
) -> None:
    intake()
    assert _idle(3, passing, intake, ()) == []
    last = clock.now()
    (found,) = _idle(5, passing, intake, (A1,))
    quiet = SilentVillage.objects.get(pk=found)
    assert (quiet.region_id, quiet.alert_id, quiet.root, quiet.since) == (A1, None, "", last)
    assert quiet.found_at - last < timedelta(seconds=300)
    debt = Obligation.objects.get(pk=quiet.obligation)
    assert (debt.kind, debt.debtor.code) == ("village-silent", "P-WEST")
    assert debt.title == "前坑村监测全断：几个测站都没有数据，请打电话问一问"
    (told,) = shown(TOWNSHIP)
    assert (told["alert"], told["evidence"]["posts"]) == (None, 0)
    assert Event.objects.filter(kind="warn.VillageSilent").count() == 1

    assert calls.watch_villages(by=BY) == []  # no call, and so no end of one
    assert _idle(1, passing, intake, ()) == []
    quiet.refresh_from_db()
    assert quiet.over_why == "heard"
    assert Obligation.objects.get(pk=quiet.obligation).state == "withdrawn"


def test_once_a_quiet_village_is_called_its_call_says_more(
    passing: Turn, intake: Callable[..., None]
) -> None:
    intake()
    _idle(3, passing, intake, ())
    (before,) = _idle(3, passing, intake, (A1,))
    v.call_the_county()
    (found,) = v.watched(4, passing, intake, (A1,))
    quiet = SilentVillage.objects.get(pk=before)
    assert quiet.over_why == "called"
    silent = SilentVillage.objects.get(over_at=None)
    assert (silent.pk, silent.region_id, silent.alert_id is not None) == (found, A1, True)
    assert _idle(2, passing, intake, (A1,)) == []


def test_each_sees_the_silent_villages_of_their_own_regions(silent: SilentVillage) -> None:
    for who in (OFFICER, TOWNSHIP):
        assert [one.pk for one in silent_villages(who)] == [silent.pk]
    assert silent_villages(CHARLIE) == []
    (told,) = shown(TOWNSHIP, alert=silent.alert_id or "")
    assert (told["region_name"], told["asked"]) == ("前坑村", "duty-officerP-WEST")
    with pytest.raises(Missing):
        shown(CHARLIE, alert=silent.alert_id or "")
    assert silent_villages(actor("township", "339901102000")) == []
    with pytest.raises(Forbidden):
        silent_villages(actor("expert"))


def test_looking_takes_the_same_number_of_queries_however_many_villages(
    passing: Turn, intake: Callable[..., None], django_assert_max_num_queries: object
) -> None:
    intake()
    calls.watch_villages(by=BY)
    v.call_the_county()
    passing(seconds=30)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        calls.watch_villages(by=BY)
