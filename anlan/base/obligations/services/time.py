"""Time granted: extension and pause, each asked by one person and approved by another."""

from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.deed_names import DEEDS
from anlan.base.obligations.ladders import ladder
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.selectors import is_mine
from anlan.base.obligations.states import OPEN
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing


def request_extension(*, obligation: str, until: datetime, reason: str, by: Actor) -> None:
    """Ask for a later deadline (申请延期)."""
    if until.tzinfo is None or until <= clock.now():
        raise Invalid("新的期限应晚于现在", errors={"until": ["新的期限应晚于现在"]})
    _wish(obligation, by, "extend", until, reason)


def pause(*, obligation: str, reason: str, by: Actor) -> None:
    """Ask that the clock stand still (申请暂停), e.g. while a technical appraisal runs."""
    _wish(obligation, by, "pause", None, reason)


def approve(*, obligation: str, by: Actor) -> None:
    """Grant what was asked; never by the one who asked."""
    with transaction.atomic():
        row = _decide(obligation, by)
        now = clock.now()
        changes: dict[str, Any] = {"wish": "", "wish_until": None, "wish_by": ""}
        if row.wish == "pause":
            changes |= {"paused_at": now, "climb_at": None, "lapse_at": None}
        else:
            due = "answer_due" if row.answered_at is None else "done_due"
            changes |= {due: row.wish_until, "lapsed_at": None, "lapse_at": row.wish_until}
            if row.climb_at is not None or row.rung:
                # The ladder waits for the new deadline, then goes on where it stood.
                changes["climb_at"] = row.wish_until if row.answered_at is None else row.climb_at
        Obligation.objects.filter(pk=row.pk).update(**changes)
        _note(row, by, "approve", "")


def refuse(*, obligation: str, reason: str, by: Actor) -> None:
    """Decline what was asked; the clock has never stopped."""
    with transaction.atomic():
        row = _decide(obligation, by)
        Obligation.objects.filter(pk=row.pk).update(wish="", wish_until=None, wish_by="")
        _note(row, by, "refuse", reason)


def resume(*, obligation: str, by: Actor) -> None:
    """Let the clock run again; deadlines move by as long as it stood still."""
    with transaction.atomic():
        row = _open(obligation, by)
        permit(by, "obligations.approve", row.region_id)
        if row.paused_at is None:
            raise Conflict("这个事项没有暂停")
        now = clock.now()
        stood = now - row.paused_at
        changes: dict[str, Any] = {"paused_at": None}
        for name in ("answer_due", "done_due"):
            due = getattr(row, name)
            if due is not None:
                changes[name] = due + stood
        counts = "answer_due" if row.answered_at is None else "done_due"
        if row.lapsed_at is None and row.reported_at is None:
            changes["lapse_at"] = changes.get(counts)
        following = ladder(row.ladder).due(row.issued_at, row.rung, row.answer_due)
        if row.answered_at is None and following is not None:
            changes["climb_at"] = max(following + stood, now)
        Obligation.objects.filter(pk=row.pk).update(**changes)
        _note(row, by, "resume", "")


def _wish(obligation: str, by: Actor, wish: str, until: datetime | None, reason: str) -> None:
    if not reason.strip():
        raise Invalid("请写明理由", errors={"reason": ["请写明理由"]})
    with transaction.atomic():
        row = _open(obligation, by)
        if not is_mine(row, by):
            permit(by, "obligations.owe", row.region_id)
            permit(by, "obligations.extend", row.region_id)
        if row.wish:
            raise Conflict("已有一项申请等待批准")
        if wish == "pause" and row.paused_at is not None:
            raise Conflict("这个事项已经暂停")
        Obligation.objects.filter(pk=row.pk).update(wish=wish, wish_until=until, wish_by=by.ref)
        _note(row, by, wish, reason)


def _open(obligation: str, by: Actor) -> Obligation:
    row = Obligation.objects.select_for_update().filter(pk=obligation).first()
    if row is None or not (may(by, "obligations.view", row.region_id) or is_mine(row, by)):
        raise Missing("没有这个事项")
    if row.state not in OPEN:
        raise Conflict("这个事项已经办结")
    return row


def _decide(obligation: str, by: Actor) -> Obligation:
    row = _open(obligation, by)
    permit(by, "obligations.approve", row.region_id)
    if not row.wish:
        raise Conflict("没有等待批准的申请")
    if row.wish_by == by.ref:
        raise Forbidden("不能批准自己的申请，请由他人批准。")
    return row


def _note(row: Obligation, by: Actor, verb: str, reason: str) -> None:
    Step.objects.create(
        obligation=row,
        at=clock.now(),
        verb=verb,
        by=by.ref,
        text=vault.seal(row.seal_subject, reason.strip()) if reason.strip() else "",
    )
    record_many(
        [
            Deed(
                deed=DEEDS[verb],
                by=by,
                subject=("obligation", row.pk),
                region=row.region_id,
                case=row.case,
                facts={"wish": row.wish},
                topic="obligation",
            )
        ]
    )
