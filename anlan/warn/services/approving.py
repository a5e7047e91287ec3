"""The second person: review, return, approval by telephone, the signature that follows."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from anlan.base.obligations import services as obligations
from anlan.base.obligations.ladders import Span
from anlan.base.people import selectors as people
from anlan.base.people.models import Phone, Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.permissions.models import User
from anlan.base.regions import scope
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.sense.selectors.debtors import Place, debtors
from anlan.warn.models import Alert, Approval
from anlan.warn.selectors import signing
from anlan.warn.selectors.checks import stops
from anlan.warn.selectors.rows import alert_for
from anlan.warn.services import telling
from anlan.warn.states import ALERT

REVIEW, SIGNATURE = "alert-review", "alert-signature"
LONGEST_REASON = 300
#: An approval by telephone may be written down so long after it was given.
LATEST = timedelta(hours=24)
#: A telephone number as people write it, with an extension.
NUMBER = re.compile(r"\+?[0-9][0-9\- ]{3,18}[0-9]", re.ASCII)


def submit_alert(*, alert: str, by: Actor) -> None:
    """Hand a draft to the second person; somebody owes the review from now on.

    Raises `Invalid` with what stops it from ever going out: no area, an element missing.
    """
    with transaction.atomic():
        row = alert_for(alert, by, lock=True)
        permit(by, "alerts.draft", row.home)
        stopping = stops(row)
        if stopping:
            raise Invalid("还不能提交审核", errors={one.field: [one.text] for one in stopping})
        submit_row(row, by)


def submit_row(row: Alert, by: Actor) -> None:
    """Let an alert wait for its second person, in the caller's transaction."""
    now = clock.now()
    due = signing.review_due(row, now)
    _move(row, "review", submitted_at=now, submitted_by=by.ref, review_due=due)
    telling.note(row, "submitted", by, {"due": due.isoformat() if due else ""})
    _owe_review(row, due, now, by)


def _owe_review(row: Alert, due: datetime | None, now: datetime, by: Actor) -> None:
    whom = debtors({Place(row.home, row.title)})
    leader = _leader(row.home)
    debtor = leader or next(iter(whom.values()), None)
    if debtor is None:
        return  # the queue shows it, and that nobody is there to review it
    minutes = max(round((due - now).total_seconds() / 60), 1) if due else None
    debt = obligations.Debt(
        kind=REVIEW, title=f"请审核：{row.title}"[:200], debtor=debtor, region=row.region_id,
        subject=(telling.SUBJECT, row.pk), case=row.case, body=row.text,
        answer_within=Span(minutes, "minute") if minutes else None,
    )  # fmt: skip
    obligations.owe_many(debts=[debt], by=by)


def _leader(region: str) -> str | None:
    """Find who leads the watch of the level, the nearest one at or above it."""
    chain = [region, *reversed(scope.ancestors(region))]
    rows = Post.objects.filter(region__in=chain, role="duty-leader", retired_at=None)
    found = {code: pk for pk, code in rows.order_by("-rank").values_list("pk", "region_id")}
    return next((found[code] for code in chain if code in found), None)


def approve_alert(*, alert: str, by: Actor) -> None:
    """Approve as the second person; never one's own draft."""
    with transaction.atomic():
        row = alert_for(alert, by, lock=True)
        permit(by, "alerts.review", row.home)
        _check_second(row, by)
        _move(row, "approved", approved_at=clock.now(), approved_by=by.ref)
        Approval.objects.create(alert=row, verb="approve", at=clock.now(), by=by.ref)
        telling.note(row, "approved", by)
        end_review(row, by)


def _check_second(row: Alert, by: Actor) -> None:
    if by.ref in signing.hands(row):
        raise Forbidden("起草、修改或提交的人不能审核，请由另一人审核。")


def return_alert(*, alert: str, reason: str, by: Actor) -> None:
    """Send it back to the drafter with what is wrong."""
    with transaction.atomic():
        row = alert_for(alert, by, lock=True)
        permit(by, "alerts.review", row.home)
        reason = reason.strip()[:LONGEST_REASON]
        if not reason:
            raise Invalid("退回要写明原因", errors={"reason": ["请写明原因"]})
        _move(row, "draft", approved_at=None, approved_by="", review_due=None)
        Approval.objects.create(alert=row, verb="return", at=clock.now(), by=by.ref, reason=reason)
        telling.note(row, "returned", by, {"reason": reason})
        end_review(row, by)


def end_review(row: Alert, by: Actor) -> None:
    """End what is owed about the review: it has been done, here or by telephone."""
    obligations.settle(kind=REVIEW, subjects=[(telling.SUBJECT, row.pk)], by=by, done=True)


@dataclass(frozen=True, kw_only=True)
class Word:
    """Who approved by telephone, when, and on which one."""

    post: str
    person: str = ""
    #: Id of a telephone of theirs; or, where it was another one, its number as it was typed.
    phone: str = ""
    number: str = ""
    #: When it was said; None is just now.
    at: datetime | None = None
    reason: str = ""


def record_oral_approval(*, alert: str, word: Word, by: Actor) -> None:
    """Note that somebody entitled approved by word of mouth (口头授权); they must sign afterwards.

    It counts as the second person from now on.
    """
    with transaction.atomic():
        row = alert_for(alert, by, lock=True)
        permit(by, "alerts.issue", row.home)
        now = clock.now()
        post, person = _who(row, word, by)
        said_at = word.at or now
        if said_at.tzinfo is None or not now - LATEST <= said_at <= now:
            raise Invalid("请写明何时授权", errors={"at": ["应在过去 24 小时之内"]})
        if row.state not in ("draft", "review"):
            raise Conflict(f"这条预警{ALERT[row.state].label}，不需要口头授权")
        stopping = stops(row)
        if stopping:
            raise Invalid("还不能授权", errors={one.field: [one.text] for one in stopping})
        _move(
            row, "approved", came_from=("draft", "review"), approved_at=now, approved_by=by.ref,
            submitted_at=row.submitted_at or now, submitted_by=row.submitted_by or by.ref,
        )  # fmt: skip
        Approval.objects.create(
            alert=row, verb="oral", at=now, by=by.ref, post=post, person_id=person,
            phone_id=word.phone or None, number=_sealed(word, person), said_at=said_at,
            reason=word.reason.strip()[:LONGEST_REASON],
        )  # fmt: skip
        facts = {
            "post": post.pk, "person": person, "phone": word.phone or "typed",
            "at": said_at.isoformat(),
        }  # fmt: skip
        telling.note(row, "orally", by, facts)
        end_review(row, by)
        debt = obligations.Debt(
            kind=SIGNATURE, title=f"请补签：{row.title}"[:200], debtor=post.pk,
            region=row.region_id, subject=(telling.SUBJECT, row.pk), case=row.case,
        )  # fmt: skip
        obligations.owe_many(debts=[debt], by=by)


def _sealed(word: Word, person: str) -> str:
    """Seal the number that was typed; where one of theirs was chosen, nothing was."""
    return "" if word.phone else vault.seal(person, word.number.strip())


def _who(row: Alert, word: Word, by: Actor) -> tuple[Post, str]:
    """Check that the post may approve here, that the person holds it and which telephone it was."""
    post = Post.objects.filter(pk=word.post, retired_at=None).first()
    if post is None or not scope.covers(scope.prefix(post.region_id), row.home):
        raise Missing("没有这个岗位，或它不管这个地区")
    if post.role not in signing.approving_posts():
        raise Invalid("这个岗位不能授权签发", errors={"post": ["请选择指挥长、带班领导等"]})
    holders = {held.person for held in people.holdings_on([post.pk])}
    person = word.person or (next(iter(holders)) if len(holders) == 1 else "")
    if not person or person not in holders:
        said = "请写明是谁授权的" if not word.person else "这个人现在不任该岗位"
        raise Invalid(said, errors={"person": ["请核对任职"]})
    if person == by.person or _has_hand(row, person):
        raise Forbidden("不能给自己口头授权，请由另一人记录。")
    if word.phone and not Phone.objects.filter(pk=word.phone, person=person).exists():
        raise Invalid("这个号码不是授权人的", errors={"phone": ["请从其通讯录中选择"]})
    if not word.phone and not NUMBER.fullmatch(word.number.strip()):
        raise Invalid("请写明用哪个电话授权的", errors={"phone": ["请选择，或填写号码"]})
    return post, person


def _has_hand(row: Alert, person: str) -> bool:
    """Tell whether a person wrote or submitted an alert with an account of theirs."""
    accounts = [ref.removeprefix("user:") for ref in signing.hands(row)]
    return User.objects.filter(pk__in=accounts, person=person).exists()


def sign_later(*, alert: str, by: Actor) -> None:
    """Sign what one approved by telephone; by the one who did, with an account that is theirs.

    An account that belongs to no person signs for nobody.
    """
    with transaction.atomic():
        row = alert_for(alert, by, lock=True)
        permit(by, "alerts.review", row.home)
        word = row.approvals.select_for_update().filter(verb="oral").order_by("-id").first()
        if word is None or word.signed_at is not None:
            raise Conflict("没有等待补签的口头授权")
        if by.ref == word.by or not by.person or by.person != word.person_id:
            raise Forbidden("请由口头授权的本人补签：登录自己的账号，账号要对应到本人。")
        Approval.objects.filter(pk=word.pk, signed_at=None).update(
            signed_at=clock.now(), signed_by=by.ref
        )
        telling.note(row, "signed", by, {"approval": word.pk})
        obligations.settle(kind=SIGNATURE, subjects=[(telling.SUBJECT, row.pk)], by=by, done=True)


def _move(
    row: Alert, state: str, *, came_from: tuple[str, ...] | None = None, **changes: object
) -> None:
    """Take a state by a conditional UPDATE; `Conflict` when somebody was first."""
    sources = came_from or ALERT.sources(state)
    moved = Alert.objects.filter(pk=row.pk, state__in=sources).update(
        state=state, version=F("version") + 1, **changes
    )
    if not moved:
        here = ALERT[row.state].label
        raise Conflict(f"这条预警现在是「{here}」，不能变为「{ALERT[state].label}」")
    row.state = state
    for name, value in changes.items():
        setattr(row, name, value)
