"""Calls: whom an alert calls, once, again, no longer; cut off half-way; by hand; for others."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from anlan.base.jobs.models import Job
from anlan.base.journal.models import Entry
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.people.models import DutyShift, Person, Post
from anlan.base.permissions.models import User
from anlan.comms.models import Message
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Missing
from anlan.warn.events import AlertIssued
from anlan.warn.handlers.calling import call_posts
from anlan.warn.models import Alert, CallRound
from anlan.warn.selectors.callees import call_of, callees, caller_of
from anlan.warn.services import calls
from anlan.warn.services.calls import opening
from anlan.warn.services.telling import publish_issued
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import (
    A1,
    A2,
    B1,
    BY,
    COUNTY,
    EAST,
    WEST,
    World,
    row,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def posts(world: World) -> dict[str, Post]:  # noqa: ARG001 - comes after it
    User.objects.create(pk="duty-officer", username="duty-officer", name="值班员", region=COUNTY)
    return v.make_posts()


# Whom.


def test_a_red_alert_calls_every_post_it_concerns_and_no_other() -> None:
    alert = v.issued()
    assert v.called(v.call(alert)) == v.WEST_RED
    assert v.brute_force(alert, COUNTY) - v.WEST_RED == {"W-DUTY2"}  # P-WEST sits there


@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize("regions", [(COUNTY,), (EAST,), (A1, B1), (A2,)])
def test_whom_an_alert_calls_agrees_with_a_count_by_hand(
    level: int, regions: tuple[str, ...]
) -> None:
    alert = v.issued(level=level, regions=regions)
    found = {Post.objects.get(pk=one.post).code for one in callees(call_of(alert))}
    assert found == v.brute_force(alert, COUNTY) - {"W-DUTY2"}  # P-WEST sits in that duty room
    assert "N1-HEAD" not in found


def test_a_hazard_calls_those_who_answer_for_it() -> None:
    found = v.called(v.call(v.issued(hazard="geological", kind="geological-risk")))
    assert {"A1-QUAKE", "A1-MOVE"} <= found
    assert not {"C-WATER", "C-FOREST"} & found


def test_nobody_above_the_caller_is_called() -> None:
    User.objects.create(pk="town", username="town", name="乡镇", region=WEST)
    alert = v.issued(kind="government-alert", issued_by="user:town", regions=(A1,), hazard="fire")
    assert caller_of(alert) == WEST
    found = v.called(v.call(alert))
    assert "W-HEAD" in found
    assert not [code for code in found if code.startswith("C-")]


def test_a_signer_without_a_place_calls_for_the_county() -> None:
    assert caller_of(v.issued(issued_by="system:standing", regions=(A1,))) == COUNTY


def test_of_a_duty_room_only_who_sits_there_is_called(posts: dict[str, Post]) -> None:
    holder = Person.objects.get(code="W-DUTY2-A")
    today = clock.local(clock.now()).date()
    for ago in (0, 1):
        DutyShift.objects.create(
            **row(unit=posts["W-DUTY2"].unit, date=today - timedelta(days=ago), shift="whole",
                  officer=holder, region_id=WEST)
        )  # fmt: skip
    found = v.called(v.call(v.issued()))
    assert "W-DUTY2" in found
    assert "P-WEST" not in found


def test_a_retired_post_is_not_called_and_a_vacant_one_is(posts: dict[str, Post]) -> None:
    Post.objects.filter(pk=posts["A1-HEAD"].pk).update(retired_at=clock.now())
    found = v.called(v.call(v.issued()))
    assert "A1-HEAD" not in found
    assert "A2-HEAD" in found


def test_whom_to_call_takes_the_same_number_of_queries_however_many(
    django_assert_max_num_queries: object,
) -> None:
    alert = Alert.objects.select_related("standing_order").get(pk=v.issued(regions=(COUNTY,)).pk)
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        assert len(callees(call_of(alert))) > 10


# Once, and again.


def test_calling_twice_is_calling_once() -> None:
    alert = v.issued()
    first = v.call(alert)
    again = v.call(alert)
    assert first.pk == again.pk
    assert Obligation.objects.filter(kind="call").count() == len(v.WEST_RED)
    assert Entry.objects.filter(deed="calls.opened").count() == 1


def test_a_round_cut_off_half_way_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BATCH", 3)
    alert = v.issued()
    round_ = calls.begin_calls(alert=alert.pk, by=BY)

    class Killed(Exception):
        pass

    def die(done: float) -> None:
        if done > 0.3:
            raise Killed

    with pytest.raises(Killed):
        calls.fill_round(round_=round_, by=BY, progress=die)
    assert 0 < len(v.called()) < len(v.WEST_RED)
    assert CallRound.objects.get().done_at is None
    calls.fill_round(round_=round_, by=BY)
    assert v.called() == v.WEST_RED
    assert Obligation.objects.filter(kind="call").count() == len(v.WEST_RED)
    assert CallRound.objects.get().called == len(v.WEST_RED)
    assert Rung.objects.filter(number=1).count() == len(v.WEST_RED)


def test_a_graver_level_calls_again_and_the_milder_call_ends() -> None:
    orange = v.issued(level=2)
    first = v.call(orange)
    v.answered("W-HEAD")
    red = v.issued(level=1, action="raise", previous=orange)
    second = v.call(red)
    assert v.called(second) == v.WEST_RED
    assert v.called(first, owing=True) == set()
    assert CallRound.objects.get(pk=first.pk).ended_why == "raised"
    assert v.owed("W-HEAD", first).state == "closed"
    assert v.owed("A1-HEAD", first).state == "withdrawn"


@pytest.mark.parametrize("action", ["update", "extend", "lower"])
def test_an_equal_or_milder_level_does_not_call_who_is_called_already(action: str) -> None:
    red = v.issued(level=1)
    first = v.call(red)
    v.answered("W-HEAD")
    level = 2 if action == "lower" else 1
    second = v.call(v.issued(level=level, action=action, previous=red))
    assert v.called(second) == set()
    assert v.called(first, owing=True) == v.WEST_RED  # W-HEAD owes the report still
    assert CallRound.objects.get(pk=first.pk).ended_at is None


def test_a_wider_area_calls_those_it_adds() -> None:
    red = v.issued(level=1)
    v.call(red)
    wider = v.issued(level=2, action="lower", previous=red, regions=(WEST, EAST))
    assert v.called(v.call(wider)) == {"E-HEAD", "E-DEPUTY", "B1-HEAD", "B2-HEAD"}


def test_a_smaller_area_ends_the_calls_it_leaves() -> None:
    red = v.issued(level=1)
    first = v.call(red)
    v.call(v.issued(level=1, action="update", previous=red, regions=(A1,)))
    assert v.WEST_RED - v.called(first, owing=True) == {"A2-HEAD"}
    assert v.owed("A2-HEAD").state == "withdrawn"


def test_a_level_raised_again_after_it_was_lowered_calls_everybody_again() -> None:
    red = v.issued(level=1)
    v.call(red)
    v.answered("W-HEAD")
    orange = v.issued(level=2, action="lower", previous=red)
    v.call(orange)
    again = v.call(v.issued(level=1, action="raise", previous=orange))
    assert (again.grade, again.number) == ("1", 2)
    assert v.called(again) == v.WEST_RED


def test_red_calls_everybody_again_after_three_hours_while_it_holds(
    passing: Callable[..., datetime],
) -> None:
    first = v.call(v.issued(level=1))
    v.answered("W-HEAD", "on-post")
    passing(hours=2, minutes=59)
    assert calls.watch_calls(by=BY) == []
    passing(minutes=1)
    (second,) = calls.watch_calls(by=BY)
    assert calls.watch_calls(by=BY) == []
    calls.fill_round(round_=second, by=BY)
    newer = CallRound.objects.get(pk=second)
    assert (newer.number, newer.recall) == (2, True)
    assert v.called(newer, owing=True) == v.WEST_RED
    assert v.called(CallRound.objects.get(pk=first.pk), owing=True) == set()
    assert CallRound.objects.get(pk=first.pk).ended_why == "recalled"


def test_an_orange_alert_does_not_call_again(passing: Callable[..., datetime]) -> None:
    v.call(v.issued(level=2))
    passing(hours=9)
    assert calls.watch_calls(by=BY) == []


def test_red_that_was_lowered_is_not_called_again(passing: Callable[..., datetime]) -> None:
    red = v.issued(level=1)
    v.call(red)
    v.call(v.issued(level=2, action="lower", previous=red))
    passing(hours=4)
    assert calls.watch_calls(by=BY) == []
    assert CallRound.objects.filter(recall=True).count() == 0


def test_at_night_the_ladder_of_the_night_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: v.at_night())
    v.call(v.issued())
    assert v.owed("A1-HEAD").ladder == "call-red-night"
    assert v.owed("C-HEAD").ladder == "call-lead-night"


# It is over.


def test_an_alert_cancelled_ends_its_calls_and_tells_each_person_once() -> None:
    red = v.issued()
    v.call(red)
    v.told()
    Message.objects.filter(person="").delete()
    Message.objects.filter(channel="sms").update(state="delivered")
    v.answered("W-HEAD")
    over = v.issued(level=1, action="cancel", previous=red, title="解除暴雨预警")
    calls.end_calls(alert=over.pk, why="cancelled", by=BY)
    for _ in range(2):
        calls.tell_over(alert=over.pk, by=BY)
    assert v.called(owing=True) == set()
    assert v.owed("W-HEAD").state == "closed"
    assert v.owed("A1-HEAD").state == "withdrawn"
    told = Message.objects.filter(purpose_kind="call-over")
    persons = set(Message.objects.filter(state="delivered").values_list("person", flat=True))
    assert told.count() == len(persons) == len(v.WEST_RED - set(v.VACANT))
    assert set(told.values_list("person", flat=True)) == persons
    row_ = CallRound.objects.get()
    assert (row_.ended_why, row_.told_at is not None, row_.recall_at) == ("cancelled", True, None)


def test_who_was_never_told_is_not_told_that_it_is_over() -> None:
    red = v.issued()
    v.call(red)
    over = v.issued(action="cancel", previous=red)
    calls.end_calls(alert=over.pk, why="cancelled", by=BY)
    assert calls.tell_over(alert=over.pk, by=BY) == 0


def test_a_round_that_is_being_filled_stops_when_the_alert_is_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "BATCH", 3)
    red = v.issued()
    round_ = calls.begin_calls(alert=red.pk, by=BY)
    over = v.issued(action="cancel", previous=red)

    def cancel(done: float) -> None:
        if done < 0.3:
            calls.end_calls(alert=over.pk, why="cancelled", by=BY)

    calls.fill_round(round_=round_, by=BY, progress=cancel)
    assert v.called(owing=True) == set()
    assert len(v.called()) < len(v.WEST_RED)
    calls.fill_round(round_=round_, by=BY)
    assert v.called(owing=True) == set()


def test_calls_end_when_the_alert_expires(passing: Callable[..., datetime]) -> None:
    red = v.issued()
    v.call(red)
    calls.watch_calls(by=BY)
    assert v.called(owing=True) == v.WEST_RED
    Alert.objects.update(state="expired")
    passing(minutes=1)
    calls.watch_calls(by=BY)
    assert v.called(owing=True) == set()
    assert CallRound.objects.get().ended_why == "expired"


def test_an_update_that_is_on_its_way_does_not_end_the_calls(
    passing: Callable[..., datetime],
) -> None:
    red = v.issued()
    v.call(red)
    v.issued(level=1, action="extend", previous=red)
    passing(minutes=1)
    calls.watch_calls(by=BY)
    assert v.called(owing=True) == v.WEST_RED


# The door: an event, a job.


def test_an_alert_that_went_out_begins_its_calls_by_a_job_once() -> None:
    alert = v.issued()
    for _ in range(2):
        call_posts(_event(alert))
    job = Job.objects.get(key="warn.calls.fill")
    assert job.args == {"round_": CallRound.objects.get().pk}
    over = v.issued(action="cancel", previous=alert)
    call_posts(_event(over))
    assert Job.objects.get(key="warn.calls.end").args == {"alert": over.pk}


def _event(alert: Alert) -> AlertIssued:
    assert alert.issued_at
    return AlertIssued(
        alert=alert.pk, kind=alert.kind, relayed=True, hazard=alert.hazard, level=1,
        action="cancel" if alert.action == "cancel" else "issue", region=WEST, regions=(WEST,),
        by="user:x", issued_at=alert.issued_at, case=alert.case,
    )  # fmt: skip


def test_a_draft_calls_nobody() -> None:
    with pytest.raises(Missing):
        calls.begin_calls(alert=v.issued(issued_at=None, identifier=None, state="draft").pk, by=BY)
    with pytest.raises(Conflict):
        publish_issued(v.issued(issued_at=None, identifier=None, state="draft"), None)
