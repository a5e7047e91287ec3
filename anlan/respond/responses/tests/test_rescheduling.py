"""Another expected moment moves the deadlines of open steps that hang on it, and says so."""

from datetime import datetime, timedelta

import pytest

from anlan.base.journal.models import Entry
from anlan.base.obligations import selectors as asked
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.permissions.actor import system
from anlan.kernel import clock
from anlan.respond.responses import services
from anlan.respond.responses.models import StepDebt
from anlan.respond.responses.services.starting import Turned
from anlan.respond.responses.tests.conftest import Scene, Turn, debts, do, owed, turn_of
from anlan.warn.tests.conftest import A1, A2, B1

pytestmark = pytest.mark.usefixtures("scene")

BY = system("response-steps")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def near(one: datetime | None, other: datetime) -> bool:
    return one is not None and abs(one - other) <= MINUTE


@pytest.fixture
def moving(scene: Scene, turn: Turn) -> str:
    """A response of which one village moves people already, for water in five hours."""
    response = scene.start(expected_at=turn.at + 5 * HOUR)
    do(debts(response, "lists")[A1], scene.head, due=37)
    services.ripen(by=BY)
    return response


def expect(scene: Scene, response: str, at: datetime) -> services.Rescheduled:
    turned = Turned(response=response, turn=turn_of(response), expected_at=at)
    return services.move_response(turned=turned, by=scene.chief)


def test_a_later_moment_gives_more_time_to_what_is_owed_and_to_what_waits(
    scene: Scene, turn: Turn, moving: str
) -> None:
    before = owed(debts(moving, "out")[A1])
    assert near(before.done_due, turn.at + 2 * HOUR)
    told = expect(scene, moving, turn.at + 8 * HOUR)
    assert (told.owed, told.waiting, told.past) == (1, 3, 0)
    after = owed(debts(moving, "out")[A1])
    assert near(after.done_due, turn.at + 5 * HOUR)
    assert after.answer_due == after.done_due == after.lapse_at == after.climb_at
    waits = debts(moving, "out")[A2]
    assert near(waits.due_at, turn.at + 5 * HOUR)
    assert near(waits.latest_at, turn.at + 4 * HOUR)


def test_both_moments_are_journalled_and_the_debtor_is_told_again(
    scene: Scene, turn: Turn, moving: str
) -> None:
    before = owed(debts(moving, "out")[A1])
    expect(scene, moving, turn.at + 8 * HOUR)
    after = owed(debts(moving, "out")[A1])
    (entry,) = Entry.objects.filter(deed="obligations.deferred").select_related("detail")
    assert before.done_due is not None
    assert after.done_due is not None
    assert entry.detail is not None
    body = entry.detail.body
    assert before.done_due.isoformat() in body
    assert after.done_due.isoformat() in body
    said = asked.one(scene.head, after.pk)["steps"][-1]
    assert said["verb"] == "defer"
    assert "期限由" in said["text"]
    assert "预计洪水到达时间现为" in said["text"]
    assert Rung.objects.get(obligation=after, number=0).post_id == after.debtor_id


def test_a_deadline_that_would_have_passed_is_now_and_says_so(
    scene: Scene, turn: Turn, moving: str
) -> None:
    told = expect(scene, moving, turn.at + 2 * HOUR)
    assert (told.owed, told.past) == (1, 1)
    after = owed(debts(moving, "out")[A1])
    assert near(after.done_due, turn.at)
    assert after.done_due is not None
    assert after.done_due > turn.at
    assert "时间已过，请立即办理" in asked.one(scene.head, after.pk)["steps"][-1]["text"]
    assert services.ripen(by=BY) == 3  # no time to wait for the lists any longer
    late = owed(debts(moving, "out")[B1])
    assert near(late.done_due, turn.at)


def test_what_is_late_is_late_no_more_and_climbs_again_by_the_new_time(
    scene: Scene, turn: Turn, moving: str
) -> None:
    turn.forward(hours=2, minutes=2)
    obligations.lapse_due()
    obligations.climb_due()
    late = owed(debts(moving, "out")[A1])
    assert (late.lapsed_at is not None, late.rung) == (True, 2)
    expect(scene, moving, turn.at + 8 * HOUR)
    after = owed(debts(moving, "out")[A1])
    assert after.lapsed_at is None
    assert after.done_due is not None
    assert after.climb_at == after.done_due + 10 * MINUTE


def test_what_is_reported_struck_off_or_without_such_a_deadline_stays(
    scene: Scene, turn: Turn, moving: str
) -> None:
    do(debts(moving, "out")[A1], scene.head, rain=12.5)
    watch = owed(debts(moving, "watch")["339901000000"])
    services.strike_off(
        response=moving, turn=turn_of(moving), reason="改由镇里统一",
        steps=[debts(moving, "out")[A1].step_id], by=scene.chief,
    )  # fmt: skip
    struck = {one.pk: one.due_at for one in StepDebt.objects.filter(closed_at__isnull=False)}
    assert expect(scene, moving, turn.at + 8 * HOUR) == services.Rescheduled()
    assert owed(debts(moving, "watch")["339901000000"]).done_due == watch.done_due
    assert {
        one.pk: one.due_at for one in StepDebt.objects.filter(pk__in=struck)
    } == struck  # fmt: skip
    assert not Obligation.objects.filter(steps__verb="defer").exists()


def test_a_moment_named_for_the_first_time_sets_the_deadlines(scene: Scene, turn: Turn) -> None:
    response = scene.start()
    expect(scene, response, turn.at + 5 * HOUR)
    assert near(debts(response, "out")[A1].due_at, turn.at + 2 * HOUR)


def test_the_clock_alone_moves_nothing(scene: Scene, turn: Turn, moving: str) -> None:
    turn.forward(minutes=30)
    told = expect(scene, moving, clock.now() + 4.5 * HOUR + timedelta(seconds=20))
    assert told.owed == 0
