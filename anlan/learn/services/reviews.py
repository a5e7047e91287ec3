"""Deeds on reviews: opened by the end of a response, written by people, finished by one of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from anlan import codes
from anlan.base.journal.services.recording import record
from anlan.base.obligations import services as obligations
from anlan.base.obligations.ladders import Span
from anlan.base.obligations.models import Obligation
from anlan.base.outbox.services import publish
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.learn import deed_names
from anlan.learn.events import ReviewFinished
from anlan.learn.models import Lesson, Review
from anlan.learn.selectors.delays import delays
from anlan.learn.states import ABOUT, FINISHED, LESSON, LINKS, OPEN, REVIEW
from anlan.plans.services import Cited, propose_revision
from anlan.respond.responses.models import Response
from anlan.warn.selectors.due import debtor_of

VIEW, WRITE = "reviews.view", "reviews.write"
LONGEST, LONGEST_CONCLUSION = 1000, 8000


@dataclass(frozen=True, kw_only=True)
class Noted:
    """A lesson as it is noted; `post` and `due_on` together, or neither."""

    about: str
    found: str
    advice: str
    link: str = ""
    step: str = ""
    post: str = ""
    due_on: date | None = None
    #: The plan shall be revised because of it; for what is about the plan.
    revise: bool = False
    #: Chosen by the page: pressing twice is one lesson.
    once: str = ""


def open_review(*, response: str, by: Actor) -> str:
    """Open the review of a response that ended; returns its id, the old one's where there is one.

    Whoever watches over the region owes it within the time of the table ``review-clocks``.
    """
    with transaction.atomic():
        row = Response.objects.select_for_update().get(pk=response)
        old = Review.objects.filter(response=row).first()
        if old is not None:
            return old.pk
        if row.ended_at is None:
            raise Conflict("响应还没有结束")
        span = Span.read(codes.table("review-clocks")["response"].text("within") or "20wd")
        now = clock.now()
        review = Review(
            response=row, title=f"{row.title}复盘评估"[:120], region_id=row.region_id,
            case=row.case, opened_at=now, due_at=span.after(now),
        )  # fmt: skip
        debtor = debtor_of(row.region_id)
        if debtor is not None:  # where there is nobody at all, the list shows it
            debt = obligations.Debt(
                kind=REVIEW, title=review.title, debtor=debtor, region=row.region_id,
                subject=(deed_names.SUBJECT, review.pk), case=row.case, done_within=span,
                once=f"review:{review.pk}",
            )  # fmt: skip
            review.obligation = obligations.owe(debt=debt, by=by)
        review.save(force_insert=True)
        _note(review, "opened", by, {"response": row.pk})
    return review.pk


def write_conclusion(*, review: str, text: str, turn: int, by: Actor) -> int:
    """Write what the review comes to; `turn` is the one seen. Returns the turn it is at now."""
    with transaction.atomic():
        row = _open(review, by)
        if row.turn != turn:
            raise Conflict("结论已被他人修改，请先看新的内容")
        row.conclusion, row.turn = text.strip()[:LONGEST_CONCLUSION], turn + 1
        row.save(update_fields=["conclusion", "turn"])
        _note(row, "summed", by, {"turn": row.turn})
    return row.turn


def note_lesson(*, review: str, noted: Noted, by: Actor) -> str:
    """Note one lesson; whoever is to act on it owes that once the review is finished."""
    _check(noted)
    with transaction.atomic():
        row = _open(review, by)
        once = f"{by.ref}:{noted.once}"[:80] if noted.once else None
        old = row.lessons.filter(once=once).first() if once else None
        if old is not None:
            return old.pk
        if noted.post and not Post.objects.filter(pk=noted.post, retired_at=None).exists():
            raise Invalid("没有这个岗位", errors={"post": ["请重新选择谁来整改"]})
        lesson = Lesson(
            review=row, about=noted.about, found=noted.found.strip(), advice=noted.advice.strip(),
            link=noted.link, step=noted.step, post_id=noted.post or None, due_on=noted.due_on,
            revise=noted.revise, noted_at=clock.now(), noted_by=by.ref, once=once,
        )  # fmt: skip
        lesson.save(force_insert=True)
        _note(row, "learned", by, {"lesson": lesson.pk, "about": noted.about})
    return lesson.pk


def strike_lesson(*, lesson: str, by: Actor) -> None:
    """Strike a lesson off while the review is open; the journal keeps that it stood there."""
    with transaction.atomic():
        found = Lesson.objects.filter(pk=lesson, struck_at=None).first()
        if found is None:
            raise Missing("没有这条意见")
        row = _open(found.review_id, by)
        Lesson.objects.filter(pk=lesson).update(struck_at=clock.now())
        _note(row, "struck", by, {"lesson": lesson})


def finish_review(*, review: str, turn: int, by: Actor) -> None:
    """Finish a review: its delays are kept as they are now, its lessons become somebody's to mend.

    Raises `Invalid` without a conclusion or without a single lesson: a response of which nothing
    could have been better was not looked at.
    """
    with transaction.atomic():
        row = _open(review, by)
        if row.turn != turn:
            raise Conflict("结论已被他人修改，请先看新的内容")
        lessons = list(row.lessons.filter(struck_at=None).order_by("pk"))
        errors: dict[str, list[str]] = {}
        if not row.conclusion:
            errors["conclusion"] = ["请写明结论"]
        if not lessons:
            errors["lessons"] = ["至少记下一条意见：做得好的，或者要改的"]
        if errors:
            raise Invalid("复盘还不完整", errors=errors)
        row.state, row.finished_at, row.finished_by = FINISHED, clock.now(), by.ref
        row.measured = delays(row.response)
        row.save(update_fields=["state", "finished_at", "finished_by", "measured"])
        _owe(row, lessons, by)
        _ask_plan(row, lessons, by)
        obligations.settle(kind=REVIEW, subjects=[(deed_names.SUBJECT, row.pk)], by=by, done=True)
        _note(row, "finished", by, {"lessons": len(lessons)})
        publish(
            ReviewFinished(
                case=row.case, review=row.pk, response=row.response_id,
                plan=row.response.plan.code, version=row.response.version, region=row.region_id,
                lessons=len(lessons), about_plan=sum(one.about == "plan" for one in lessons),
                by=by.ref, finished_at=row.finished_at,
            )
        )  # fmt: skip


def _ask_plan(row: Review, lessons: list[Lesson], by: Actor) -> None:
    """Ask the plan's keeper for a revision, where a lesson wants one and the plan still stands."""
    wanted = [one for one in lessons if one.revise]
    if not wanted or row.response.plan.retired_at is not None:
        return
    cited = [
        Cited(
            kind=deed_names.LESSON_SUBJECT, id=one.pk, step=one.step,
            text=f"{row.title}：{one.found}。{one.advice}"[:LONGEST],
        )
        for one in wanted
    ]  # fmt: skip
    number = propose_revision(plan=row.response.plan_id, cited=cited, by=by)
    Lesson.objects.filter(pk__in=[one.pk for one in wanted]).update(revision=number)


def _owe(row: Review, lessons: list[Lesson], by: Actor) -> None:
    """Make the lessons that somebody is to act on that post's to mend."""
    asked = [one for one in lessons if one.post_id]
    posts = dict(
        Post.objects.filter(pk__in=[one.post_id for one in asked]).values_list("pk", "region")
    )
    today = clock.now().astimezone(clock.LOCAL_ZONE).date()
    owed = obligations.owe_many(
        debts=[
            obligations.Debt(
                kind=LESSON, title=one.advice[:200], body=one.found, debtor=str(one.post_id),
                region=posts[str(one.post_id)], subject=(deed_names.LESSON_SUBJECT, one.pk),
                case=row.case, once=f"lesson:{one.pk}",
                done_within=Span(max((one.due_on - today).days, 1), "day"),
            )
            for one in asked
            if one.due_on is not None
        ],
        by=by,
    )  # fmt: skip
    for lesson, obligation in zip(asked, owed, strict=True):
        Lesson.objects.filter(pk=lesson.pk).update(obligation=Obligation.objects.get(pk=obligation))


def _open(review: str, by: Actor) -> Review:
    """Hold a review that is open and that the actor may write."""
    found = Review.objects.select_for_update().filter(pk=review).first()
    if found is None or not may(by, VIEW, found.region_id):
        raise Missing("没有这次复盘")
    permit(by, WRITE, found.region_id)
    if found.state != OPEN:
        raise Conflict("这次复盘已经完成")
    return found


def _check(noted: Noted) -> None:
    errors: dict[str, list[str]] = {}
    if noted.about not in ABOUT:
        errors["about"] = ["请选择哪一方面"]
    if noted.link and noted.link not in LINKS:
        errors["link"] = ["请选择哪个环节"]
    for name, text in (("found", noted.found), ("advice", noted.advice)):
        if not text.strip() or len(text.strip()) > LONGEST:
            errors[name] = ["请写明，不超过 1000 字"]
    errors |= _wrong_revision(noted)
    if bool(noted.post) != (noted.due_on is not None):
        errors["due_on"] = ["谁来整改和整改期限应一起写"]
    elif (
        noted.due_on is not None and noted.due_on <= clock.now().astimezone(clock.LOCAL_ZONE).date()
    ):
        errors["due_on"] = ["整改期限应晚于今天"]
    if errors:
        raise Invalid("有几处需要改正", errors=errors)


def _wrong_revision(noted: Noted) -> dict[str, list[str]]:
    if noted.revise and noted.about != "plan":
        return {"revise": ["只有关于预案的意见可以要求修订预案"]}
    return {}


def _note(row: Review, verb: str, by: Actor, facts: dict[str, Any]) -> None:
    record(
        deed=deed_names.REVIEW[verb], by=by, subject=(deed_names.SUBJECT, row.pk),
        region=row.region_id, case=row.case, facts=facts, topic=deed_names.TOPIC,
    )  # fmt: skip
