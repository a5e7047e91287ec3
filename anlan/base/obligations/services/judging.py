"""Verifying what was reported, or sending it back: never by the one who reported it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.selectors import is_mine, judges_of, may_judge
from anlan.base.obligations.services.again import tell_again
from anlan.base.obligations.services.moving import NOTHING, Reply, Said, move
from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.permissions.models import Link, User
from anlan.kernel.errors import Forbidden, Invalid, Missing

VERIFIED, RETURNED = "verified", "returned"
_VERBS = {VERIFIED: "verify", RETURNED: "return"}
NAMED = 6


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What becomes of a report, `VERIFIED` or `RETURNED`, and why; for somebody else or not."""

    obligation: str
    state: str
    reply: Reply = NOTHING
    on_behalf: bool = False


def verify(*, obligation: str, by: Actor, reply: Reply = NOTHING) -> None:
    """Confirm what was reported (核实); never by the one who reported it."""
    _judge_as_oneself(Judgement(obligation=obligation, state=VERIFIED, reply=reply), by)


def return_(*, obligation: str, by: Actor, reply: Reply) -> None:
    """Send a report back with what is missing (退回); whoever owes it is told again."""
    if not reply.text.strip():
        raise Invalid("退回要写明原因", errors={"text": ["退回要写明原因"]})
    _judge_as_oneself(Judgement(obligation=obligation, state=RETURNED, reply=reply), by)


def judge(*, judgement: Judgement, by: Actor) -> None:
    """Verify a report or send it back for a caller that has asked for the right to.

    Never by the one who reported it. The kind hears of it in the same transaction.
    """
    with transaction.atomic():
        row = Obligation.objects.select_for_update().get(pk=judgement.obligation)
        said_by = row.steps.filter(verb="report").values_list("by", flat=True)
        if judgement.state == VERIFIED and _is_one_of(by, set(said_by)):
            raise Forbidden("反馈的人不能核实自己的反馈，请由他人核实。")
        said = Said(_VERBS[judgement.state], judgement.reply, by, judgement.on_behalf)
        move(row, judgement.state, said)
        if judgement.state == RETURNED:
            tell_again(obligations=[row.pk], by=by)
        let_know(row, by)


def let_know(row: Obligation, by: Actor) -> None:
    """Let a kind hear that somebody other than the debtor has moved an obligation."""
    judged = KINDS[row.kind].judged
    if judged:
        judged(obligation=row.pk, subject=(row.subject_kind, row.subject), by=by)


def _judge_as_oneself(judgement: Judgement, by: Actor) -> None:
    with transaction.atomic():
        row = Obligation.objects.select_for_update().filter(pk=judgement.obligation).first()
        judges = judges_of([row]) if row else {}
        posts = people.posts_of(by)
        if row is None or not (
            may(by, "obligations.view", row.region_id)
            or is_mine(row, by)
            or may_judge(row, by, posts, judges)
        ):
            raise Missing("没有这个事项")
        if row.pk in judges and not may_judge(row, by, posts, judges):
            names = "、".join(_titles(judges[row.pk])) or "（没有人）"
            raise Forbidden(f"这一件由 {names} 核实。对方在电话里说的，请在核实事项上代为答复。")
        if row.pk not in judges:
            permit(by, "obligations.verify", row.region_id)
        judge(judgement=judgement, by=by)


def _titles(posts: Collection[str]) -> list[str]:
    rows = Post.objects.filter(pk__in=posts).order_by("region_id", "rank", "code")
    return list(rows.values_list("title", flat=True)[:NAMED])


def _is_one_of(by: Actor, refs: Collection[str]) -> bool:
    """Tell whether somebody is among those who spoke, by whatever door they came in then."""
    if by.ref in refs or not by.person:
        return by.ref in refs
    users = [ref[5:] for ref in refs if ref.startswith("user:")]
    links = [ref[5:] for ref in refs if ref.startswith("link:")]
    return (
        User.objects.filter(pk__in=users, person=by.person).exists()
        or Link.objects.filter(id__in=links, person=by.person).exists()
    )
