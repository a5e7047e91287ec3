"""Who may decide on a response: who holds a post the plan names, or an officer who writes it down.

What was decided by word of mouth names the post, the person, the telephone and the time; whoever
decided signs it later, and nobody else can.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anlan.base.journal.services.recording import record
from anlan.base.obligations import services as obligations
from anlan.base.people import selectors as people
from anlan.base.people.models import Phone
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.plans.checking import PostFact
from anlan.respond.responses import deed_names
from anlan.respond.responses.models import Response, Turn
from anlan.respond.responses.services.logbook import log_signature, log_turn
from anlan.respond.responses.states import SIGNATURE

#: A decision by word of mouth may be written down so long after it was given.
LATEST = timedelta(hours=24)
#: A telephone number as people write it, with an extension.
NUMBER = re.compile(r"\+?[0-9][0-9\- ]{3,18}[0-9]", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Word:
    """Who decided by word of mouth, when, and on which telephone."""

    post: str
    person: str = ""
    #: Id of a telephone of theirs; or, where it was another one, its number as it was typed.
    phone: str = ""
    number: str = ""
    #: When it was said; None is just now.
    at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """In whose right something is decided."""

    by: Actor
    post: str = ""
    person: str = ""
    word: Word | None = None
    said_at: datetime | None = None


def decide(*, region: str, entitled: Sequence[PostFact], oral: Word | None, by: Actor) -> Decision:
    """Tell in whose right the actor decides; `Forbidden` when in nobody's.

    Where the plan names nobody, whoever has the right in the region may.
    """
    if by.user_id is None or by.is_system:
        raise Forbidden("响应由人启动、调整和结束，程序和链接都不行。")
    permit(by, "responses.start", region)
    if oral is not None:
        return _orally(entitled, oral, by)
    if not entitled:
        return Decision(by)
    own = set(people.posts_of(by))
    post = next((one for one in entitled if one.id in own), None)
    if post is None:
        names = "、".join(one.title for one in entitled[:6]) or "（没有人）"
        raise Forbidden(
            f"按预案应由 {names} 决定。若已口头决定，请记录是谁、何时、用哪个电话说的。"
        )
    return Decision(by, post.id, by.person)


def _orally(entitled: Sequence[PostFact], word: Word, by: Actor) -> Decision:
    if entitled and word.post not in {one.id for one in entitled}:
        raise Invalid("预案没有让这个岗位决定这一级", errors={"post": ["请选择预案所列的岗位"]})
    holders = {held.person for held in people.holdings_on([word.post])}
    person = word.person or (next(iter(holders)) if len(holders) == 1 else "")
    if not person or person not in holders:
        raise Invalid("请写明是谁决定的", errors={"person": ["请核对任职"]})
    if person == by.person:
        raise Forbidden("自己的决定请直接办理，不必记为口头。")
    if word.phone and not Phone.objects.filter(pk=word.phone, person=person).exists():
        raise Invalid("这个号码不是决定人的", errors={"phone": ["请从其通讯录中选择"]})
    if not word.phone and not NUMBER.fullmatch(word.number.strip()):
        raise Invalid("请写明用哪个电话决定的", errors={"phone": ["请选择，或填写号码"]})
    now = clock.now()
    said_at = word.at or now
    if said_at.tzinfo is None or not now - LATEST <= said_at <= now:
        raise Invalid("请写明何时决定", errors={"at": ["应在过去 24 小时之内"]})
    return Decision(by, word.post, person, word, said_at)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One turn to be noted."""

    verb: str
    stage_was: str = ""
    reason: str = ""


def note_turn(row: Response, step: Step, decision: Decision) -> Turn:
    """Note a turn in the caller's transaction; who decided by word of mouth owes the signature."""
    word, person = decision.word, decision.person
    turn = Turn.objects.create(
        response=row, number=row.turn, verb=step.verb, at=clock.now(), by=decision.by.ref,
        stage_was=step.stage_was, stage=row.stage, level=row.level, reason=step.reason,
        post_id=decision.post or None, person_id=person or None, oral=word is not None,
        phone_id=(word.phone or None) if word else None,
        number_said=_sealed(word, person) if word else "", said_at=decision.said_at,
    )  # fmt: skip
    facts = {
        "plan": row.plan.code, "version": row.version, "stage": row.stage, "level": row.level,
        "reason": step.reason, "post": decision.post, "oral": word is not None,
        "person": person if word else "", "expected_at": _spelled(row.expected_at),
    }  # fmt: skip
    record(
        deed=deed_names.RESPONSE[step.verb], by=decision.by, subject=(deed_names.SUBJECT, row.pk),
        region=row.region_id, case=row.case, facts=facts, topic=deed_names.TOPIC,
        changes={"stage": [step.stage_was, row.stage]},
    )  # fmt: skip
    log_turn(row, turn, decision.by)
    if word is not None:
        _owe_signature(row, turn, decision)
    return turn


def _spelled(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _sealed(word: Word, person: str) -> str:
    """Seal the number that was typed; where one of theirs was chosen, nothing was."""
    return "" if word.phone else vault.seal(person, word.number.strip())


def _owe_signature(row: Response, turn: Turn, decision: Decision) -> None:
    debt = obligations.Debt(
        kind=SIGNATURE, title=f"请补签：{row.stage_title}"[:200], debtor=decision.post,
        region=row.region_id, subject=("response-turn", str(turn.pk)), case=row.case,
    )  # fmt: skip
    obligations.owe_many(debts=[debt], by=decision.by)


def sign_turn(*, response: str, turn: int, by: Actor) -> None:
    """Sign what one decided by word of mouth; by that person alone, with an account of theirs."""
    with transaction.atomic():
        row = Response.objects.filter(pk=response).first()
        if row is None or not may(by, "responses.view", row.region_id):
            raise Missing("没有这个响应")
        permit(by, "responses.sign", row.region_id)
        said = row.turns.select_for_update().filter(number=turn, oral=True).first()
        if said is None or said.signed_at is not None:
            raise Conflict("没有等待补签的口头决定")
        if by.ref == said.by or not by.person or by.person != said.person_id:
            raise Forbidden("请由口头决定的本人补签：登录自己的账号，账号要对应到本人。")
        said.signed_at, said.signed_by = clock.now(), by.ref
        said.save(update_fields=["signed_at", "signed_by"])
        record(
            deed=deed_names.RESPONSE["sign"], by=by, subject=(deed_names.SUBJECT, row.pk),
            region=row.region_id, case=row.case, facts={"turn": turn}, topic=deed_names.TOPIC,
        )  # fmt: skip
        log_signature(row, said, by)
        obligations.settle(
            kind=SIGNATURE, subjects=[("response-turn", str(said.pk))], by=by, done=True
        )
