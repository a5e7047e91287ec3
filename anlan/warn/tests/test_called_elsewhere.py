"""Who is called already about the same is not called again, by whichever alert; and who is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from anlan.base.jobs.models import Job
from anlan.base.jobs.registry import JobContext
from anlan.base.jobs.worker import drain
from anlan.base.people.models import Post
from anlan.base.permissions.models import User
from anlan.comms.models import Message
from anlan.kernel import clock
from anlan.warn.jobs.calling import watch_calls
from anlan.warn.models import Alert, CallRound
from anlan.warn.selectors.board import Query, board
from anlan.warn.selectors.checks.impact import impact
from anlan.warn.services import calls
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import BY, COUNTY, EAST, OFFICER, WEST, World

pytestmark = pytest.mark.django_db

Passing = Callable[..., datetime]


@pytest.fixture(autouse=True)
def posts(world: World) -> dict[str, Post]:  # noqa: ARG001 - comes after it
    User.objects.create(pk="duty-officer", username="duty-officer", name="值班员", region=COUNTY)
    return v.make_posts()


def _end(alert: Alert, why: str = "cancelled") -> None:
    Alert.objects.filter(pk=alert.pk).update(state="ended")
    calls.end_calls(alert=alert.pk, why=why, by=BY)


def _watch() -> None:
    """Let the minute's job look, and what it asks for be done."""
    for pk in calls.watch_calls(by=BY):
        calls.fill_round(round_=pk, by=BY)


def test_two_stations_that_say_the_same_call_each_post_once() -> None:
    first = v.call(v.issued())
    v.answered("W-HEAD")
    v.told()
    rung = Message.objects.count()
    second = v.call(v.issued(station="某市气象台"))
    v.told()
    assert v.called(second) == set()
    assert v.called(first) == v.WEST_RED
    assert Message.objects.count() == rung
    assert (second.called, second.spared) == (0, len(v.WEST_RED))
    told = board(OFFICER, second.alert_id, Query())["rounds"][0]
    assert (told["called"], told["spared"]) == (0, len(v.WEST_RED))


def test_the_check_before_the_button_counts_only_whom_it_will_call() -> None:
    first = v.issued()
    v.call(first)
    other = v.issued(station="某市气象台")
    longer = v.issued(action="extend", previous=first)
    for alert in (other, longer):
        ahead = impact(alert, OFFICER)
        assert (ahead.posts, ahead.spared) == (0, len(v.WEST_RED))
        assert v.call(alert).called == ahead.posts
    graver = impact(v.issued(level=1, action="raise", previous=longer), OFFICER)
    assert (graver.posts, graver.spared) == (len(v.WEST_RED), 0)


@pytest.mark.parametrize("more", [{"level": 1}, {"hazard": "geological"}, {"regions": (EAST,)}])
def test_a_graver_one_another_hazard_and_another_place_are_told_all_the_same(
    more: dict[str, Any],
) -> None:
    v.call(v.issued(level=2))
    second = v.call(v.issued(**{"level": 2, **more}))
    assert second.spared < second.called


def test_a_milder_one_calls_nobody_a_graver_one_calls() -> None:
    v.call(v.issued(level=1))
    milder = v.call(v.issued(level=2))
    assert v.called(milder) == set()


def test_a_leader_is_told_of_the_villages_another_alert_did_not_name() -> None:
    v.call(v.issued(regions=(WEST,)))
    wider = v.call(v.issued(regions=(WEST, EAST)))
    assert {"C-HEAD", "E-HEAD", "B1-HEAD"} <= v.called(wider)
    assert not {"W-HEAD", "A1-HEAD"} & v.called(wider)


def test_once_the_other_alert_is_over_whoever_it_spared_is_called(passing: Passing) -> None:
    county = v.issued()
    v.call(county)
    v.answered("W-HEAD")
    city = v.call(v.issued(station="某市气象台"))
    passing(minutes=30)
    _watch()
    assert v.called(city) == set()
    _end(county)
    passing(minutes=1)
    _watch()
    assert v.called(city, owing=True) == v.WEST_RED
    city.refresh_from_db()
    assert (city.called, city.spared) == (len(v.WEST_RED), 0)
    passing(minutes=1)
    assert calls.watch_calls(by=BY) == []


def test_whom_a_smaller_area_leaves_is_called_by_the_other_alert(passing: Passing) -> None:
    county = v.issued(regions=(WEST, EAST))
    v.call(county)
    city = v.call(v.issued(regions=(WEST, EAST), station="某市气象台"))
    passing(minutes=5)
    v.call(v.issued(regions=(EAST,), action="update", previous=county))
    passing(minutes=1)
    _watch()
    assert {"W-HEAD", "A1-HEAD"} <= v.called(city, owing=True)
    assert "E-HEAD" not in v.called(city)


def test_a_round_that_spared_everybody_calls_again_in_its_time(passing: Passing) -> None:
    first = v.call(v.issued())
    second = v.call(v.issued(station="某市气象台", expires_at=clock.now() + timedelta(days=2)))
    assert second.recall_at == second.began_at + timedelta(hours=3)
    assert first.recall_at == first.began_at + timedelta(hours=3)
    passing(hours=3)
    _watch()
    again = CallRound.objects.filter(ended_at=None)
    # Both hold and both were due; each post is called again once.
    owing = [code for row in again for code in v.called(row, owing=True)]
    assert sorted(owing) == sorted(v.WEST_RED)


def test_a_chain_revived_after_it_expired_calls_everybody_again(passing: Passing) -> None:
    red = v.issued()
    v.call(red)
    v.answered("W-HEAD")
    passing(hours=13)
    Alert.objects.filter(pk=red.pk).update(state="expired")
    watched = calls.watch_calls(by=BY)
    assert watched == []
    again = v.call(v.issued(action="update", previous=red))
    assert v.called(again, owing=True) == v.WEST_RED
    assert again.recall_at is not None


def test_the_job_of_the_minute_has_them_called_whom_nobody_calls_any_more() -> None:
    county = v.issued()
    v.call(county)
    city = v.call(v.issued(station="某市气象台"))
    _end(county)
    watch_calls(JobContext("x", "system:test"))
    assert Job.objects.filter(key="warn.calls.fill", unique=city.pk).exists()
    drain()
    assert v.called(city, owing=True) == v.WEST_RED
