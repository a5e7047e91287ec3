"""A response that ended is reviewed: how long each link took, and what somebody is to mend."""

from datetime import date, timedelta

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.journal.models import Entry
from anlan.base.obligations.ladders import Span
from anlan.base.obligations.models import Obligation
from anlan.base.outbox.models import Event
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.learn import services
from anlan.learn.models import Lesson, Review
from anlan.learn.selectors import reviews
from anlan.learn.selectors.delays import delays
from anlan.learn.tests.conftest import Past, Turn, told
from anlan.plans import services as plans
from anlan.respond.responses.models import Response
from anlan.respond.responses.tests.conftest import (
    CHARLIE,
    LEAD,
    OFFICER,
    PLAN,
    SECTION,
    Scene,
    relay,
)
from anlan.warn.tests.conftest import A1, actor

pytestmark = pytest.mark.django_db

#: After the time the tests begin at, whenever that is.
FAR = date(2099, 1, 1)


def _lesson(**more: object) -> services.Noted:
    given = {"about": "plan", "found": "名单不全", "advice": "每季核对名单", "step": "lists"}
    return services.Noted(**{**given, **more})  # type: ignore[arg-type]


def _link(past: Past, key: str) -> dict[str, object]:
    found = delays(Response.objects.get(pk=past.response))
    return next(one for one in found["links"] if one["key"] == key)


def test_a_response_that_ended_opens_one_review_that_somebody_owes(past: Past) -> None:
    again = services.open_review(response=past.response, by=past.chief)
    row = Review.objects.get()
    assert (row.pk, row.state, row.case) == (again, "open", past.review.case)
    owed = Obligation.objects.get(pk=row.obligation)
    assert (owed.kind, owed.subject) == ("review", row.pk)
    assert row.due_at == Span(20, "working-day").after(row.opened_at) == owed.done_due


def test_a_response_that_runs_is_not_reviewed(scene: Scene) -> None:
    response = scene.start()
    with pytest.raises(Conflict):
        services.open_review(response=response, by=scene.chief)
    assert not Review.objects.exists()


def test_the_time_of_steps_stands_beside_the_plans_and_what_was_struck_off_is_not_late(
    past: Past,
) -> None:
    found = delays(Response.objects.get(pk=past.response))
    steps = {one["key"]: one for one in found["steps"]}
    watch, lists, out = steps["watch"], steps["lists"], steps["out"]
    assert (watch["count"], watch["done"], watch["late"]) == (1, 1, 0)
    assert watch["median_min"] == pytest.approx(30, abs=1)
    assert watch["given_min"] == pytest.approx(60, abs=1)
    assert (lists["count"], lists["done"], lists["late"], lists["struck"]) == (1, 1, 1, 3)
    assert lists["longest_min"] == pytest.approx(270, abs=1)
    assert (out["count"], out["done"], out["struck"]) == (0, 0, 4)
    assert out["median_min"] is None


def test_what_never_happened_has_no_length_and_is_late_once_its_time_is_over(
    scene: Scene, turn: Turn
) -> None:
    response = scene.start()
    (link,) = (
        one for one in delays(Response.objects.get(pk=response))["links"] if one["key"] == "step"
    )
    assert link["missing"] == link["count"] > 0
    assert (link["done"], link["median_min"], link["longest_min"]) == (0, None, None)
    assert link["late"] == 0  # its time has not come yet
    turn.forward(hours=2)
    (link,) = (
        one for one in delays(Response.objects.get(pk=response))["links"] if one["key"] == "step"
    )
    assert link["late"] == 1  # the leader had an hour


def test_what_another_response_asked_for_first_is_measured_in_both(scene: Scene) -> None:
    scene.start()
    wind = scene.start(key="wind")
    found = {one["key"]: one for one in delays(Response.objects.get(pk=wind))["steps"]}
    assert (found["watch"]["count"], found["watch"]["missing"]) == (1, 1)


def test_warnings_and_calls_about_its_hazards_belong_to_it(scene: Scene) -> None:
    relay()
    told()
    response = scene.start()
    past = Past(response, scene.chief, scene)
    assert _link(past, "relay")["count"] == 1
    assert _link(past, "relay")["median_min"] is not None
    calls, gaps = _link(past, "call"), _link(past, "gap")
    assert calls["count"] == Obligation.objects.filter(kind="call").count() > 0
    assert calls["missing"] == calls["count"]
    assert gaps["count"] == 1


def test_a_review_takes_as_many_questions_however_many_steps_there_were(past: Past) -> None:
    with CaptureQueriesContext(connection) as asked:
        reviews.one(OFFICER, past.review.pk)
    assert len(asked) <= 30


def test_two_who_write_the_conclusion_at_once_do_not_overwrite_each_other(past: Past) -> None:
    review = past.review.pk
    assert services.write_conclusion(review=review, text="总体及时", turn=1, by=past.chief) == 2
    with pytest.raises(Conflict):
        services.write_conclusion(review=review, text="别的", turn=1, by=past.chief)
    assert past.review.conclusion == "总体及时"


def test_it_is_not_finished_without_conclusion_or_lesson(past: Past) -> None:
    with pytest.raises(Invalid) as refused:
        services.finish_review(review=past.review.pk, turn=1, by=past.chief)
    assert set(refused.value.errors) == {"conclusion", "lessons"}
    assert past.review.state == "open"


def test_its_lessons_become_what_somebody_owes_and_its_figures_stay(past: Past) -> None:
    post = past.scene.world.posts["P-WEST"].pk
    for _ in range(2):  # pressed twice
        services.note_lesson(
            review=past.review.pk, noted=_lesson(post=post, due_on=FAR, once="k"),
            by=past.chief,
        )  # fmt: skip
    services.note_lesson(
        review=past.review.pk, noted=_lesson(about="warning", step=""), by=past.chief
    )
    services.write_conclusion(review=past.review.pk, text="总体及时", turn=1, by=past.chief)
    services.finish_review(review=past.review.pk, turn=2, by=past.chief)
    owed = Obligation.objects.get(kind="lesson")
    assert (owed.title, owed.debtor_id, owed.state) == ("每季核对名单", post, "issued")
    assert Obligation.objects.get(kind="review").state == "closed"
    assert past.review.measured == delays(Response.objects.get(pk=past.response))
    shown = reviews.one(OFFICER, past.review.pk)
    assert [one["obligation"] for one in shown["lessons"]] == [owed.pk, ""]
    assert shown["may_write"] is False
    fact = orjson.loads(Event.objects.get(kind="learn.ReviewFinished").body)
    assert (fact["lessons"], fact["about_plan"], fact["by"]) == (2, 1, past.chief.ref)
    with pytest.raises(Conflict):
        services.finish_review(review=past.review.pk, turn=2, by=past.chief)
    with pytest.raises(Conflict):
        services.note_lesson(review=past.review.pk, noted=_lesson(), by=past.chief)


def test_a_struck_lesson_is_owed_by_nobody_and_the_journal_keeps_it(past: Past) -> None:
    lesson = services.note_lesson(review=past.review.pk, noted=_lesson(), by=past.chief)
    services.strike_lesson(lesson=lesson, by=past.chief)
    assert Lesson.objects.get().struck_at is not None
    with pytest.raises(Missing):
        services.strike_lesson(lesson=lesson, by=past.chief)
    deeds = set(Entry.objects.filter(deed__startswith="reviews.").values_list("deed", flat=True))
    assert deeds == {"reviews.opened", "reviews.learned", "reviews.struck"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"found": " "}, "found"),
        ({"advice": "改" * 1001}, "advice"),
        ({"about": "nothing"}, "about"),
        ({"link": "nothing"}, "link"),
        ({"due_on": FAR}, "due_on"),
        ({"post": "x"}, "due_on"),
        ({"post": "x", "due_on": date(2000, 1, 1)}, "due_on"),
        ({"post": "x", "due_on": FAR}, "post"),
    ],
)
def test_a_lesson_says_what_who_and_by_when_or_is_refused(
    past: Past, more: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        services.note_lesson(review=past.review.pk, noted=_lesson(**more), by=past.chief)
    assert set(refused.value.errors) == {field}
    assert not Lesson.objects.exists()


def test_outsiders_see_no_review_and_villages_write_none(past: Past) -> None:
    review = past.review.pk
    assert reviews.listed(CHARLIE)["items"] == []
    with pytest.raises(Missing):
        reviews.one(CHARLIE, review)
    with pytest.raises(Missing):
        services.write_conclusion(review=review, text="x", turn=1, by=CHARLIE)
    with pytest.raises((Forbidden, Missing)):
        services.write_conclusion(review=review, text="x", turn=1, by=actor("village", A1))
    assert [one["id"] for one in reviews.listed(LEAD)["items"]] == [review]


def test_a_response_and_its_matter_lead_to_their_review_and_no_other(past: Past) -> None:
    case = past.review.case
    for wanted in (reviews.Wanted(response=past.response), reviews.Wanted(case=case)):
        assert [one["id"] for one in reviews.listed(LEAD, wanted)["items"]] == [past.review.pk]
    apart = past.scene.start()
    assert reviews.listed(LEAD, reviews.Wanted(response=apart))["items"] == []


@pytest.mark.usefixtures("past")
def test_one_that_is_not_finished_in_time_is_late() -> None:
    (row,) = reviews.listed(LEAD)["items"]
    assert row["late"] is False
    Review.objects.update(due_at=clock.now() - timedelta(minutes=1))
    (row,) = reviews.listed(LEAD)["items"]
    assert row["late"] is True


def test_a_lesson_about_the_plan_asks_its_keeper_for_a_revision_that_cites_it(past: Past) -> None:
    row = past.review
    plan = past.scene.plan
    with pytest.raises(Invalid, match="改正"):
        services.note_lesson(review=row.pk, noted=_lesson(about="means", revise=True), by=LEAD)
    lesson = services.note_lesson(review=row.pk, noted=_lesson(revise=True), by=LEAD)
    services.note_lesson(review=row.pk, noted=_lesson(found="另一条"), by=LEAD)
    services.write_conclusion(review=row.pk, text="总体及时", turn=row.turn, by=LEAD)
    assert plan.versions.count() == 1
    row.refresh_from_db()
    services.finish_review(review=row.pk, turn=row.turn, by=LEAD)
    plan.refresh_from_db()
    draft = plan.versions.get(number=2)
    assert (plan.active, plan.version, draft.state) == (1, 2, "draft")
    (cite,) = draft.cites
    assert (cite["kind"], cite["id"], cite["step"]) == ("lesson", lesson, "lists")
    assert cite["text"].endswith("名单不全。每季核对名单")
    assert draft.spec == plan.versions.get(number=1).spec
    shown = {one["id"]: one["revision"] for one in reviews.one(LEAD, row.pk)["lessons"]}
    assert shown[lesson] == 2
    assert sorted(shown.values(), key=str) == [2, None]


def test_a_revision_under_way_takes_the_words_on_and_keeps_them_until_it_is_approved(
    past: Past,
) -> None:
    plan = past.scene.plan
    cited = [plans.Cited(kind="lesson", id=one, text=f"意见{one}") for one in ("A", "B", "A")]
    assert plans.propose_revision(plan=plan.pk, cited=cited[:1], by=LEAD) == 2
    assert plans.propose_revision(plan=plan.pk, cited=cited[1:], by=LEAD) == 2
    assert [one["id"] for one in plan.versions.get(number=2).cites] == ["A", "B"]
    plans.draft_plan(text=PLAN.replace("演示防汛预案", "演示防汛预案（修订）"), by=SECTION)
    assert [one["id"] for one in plan.versions.get(number=3).cites] == ["A", "B"]
    plans.submit_plan(plan=plan.pk, by=SECTION)
    plans.approve_plan(plan=plan.pk, by=past.chief)
    assert plans.propose_revision(plan=plan.pk, cited=cited[:1], by=LEAD) == 4
    assert [one["id"] for one in plan.versions.get(number=4).cites] == ["A"]
    with pytest.raises(Missing):
        plans.propose_revision(plan="nothing", cited=cited, by=LEAD)
