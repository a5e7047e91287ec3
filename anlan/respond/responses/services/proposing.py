"""What asks for a response becomes a proposal somebody decides on; it never starts anything.

Everything is weighed whole: asked for twice it is one proposal, a worse reason raises it, and one
whose reasons have all gone closes by itself.
"""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from anlan.base.journal.services.recording import record
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.plans.selectors.steps import InForce, in_force
from anlan.respond.responses import deed_names
from anlan.respond.responses.events import ResponseProposed
from anlan.respond.responses.models import Proposal, Response
from anlan.respond.responses.selectors.asking import Asked, Sight, asked_by, sight
from anlan.respond.responses.states import DECLINED, GONE, OPEN

LONGEST_NOTE = 300


def weigh(*, by: Actor) -> int:
    """Bring every plan's proposals up to what is known now; returns how many changed."""
    plans = in_force()
    if not plans:
        return 0
    seen = sight()
    return sum(_weigh_plan(plan, seen, by) for plan in plans) + _drop_orphans(plans, by)


def _weigh_plan(plan: InForce, seen: Sight, by: Actor) -> int:
    running = dict(
        Response.objects.filter(plan=plan.plan, ended_at=None).values_list("key", "place")
    )
    return sum(
        _weigh_one(plan, asked, running.get(asked.response.key, -1), by)
        for asked in asked_by(plan, seen)
    )


def _weigh_one(plan: InForce, asked: Asked, here: int, by: Actor) -> int:
    """Make, change or close the proposal of one response; `here` is the place where it runs."""
    rows = Proposal.objects.filter(plan=plan.plan, key=asked.response.key, closed_at=None)
    reasons = [one.plain() for one in asked.reasons if one.place > here]
    if _stands(rows.first(), plan, asked, reasons, here):
        return 0  # as most do at every look: for these nobody who writes is waited for
    try:
        with transaction.atomic():
            old = rows.select_for_update().first()
            if asked.place <= here:
                return _let_go(old, by)
            if old is None:
                return 0 if _is_declined(plan, asked) else _make(plan, asked, reasons, by)
            return _change(old, plan, asked, reasons, by)
    except IntegrityError:
        return 0  # another worker made it: the next look finds it


def _stands(
    old: Proposal | None, plan: InForce, asked: Asked, reasons: list[dict[str, Any]], here: int
) -> bool:
    """Tell whether a proposal, or that there is none, is what it should be."""
    if asked.place <= here:
        return old is None
    if old is None:
        return _is_declined(plan, asked)
    return _is_same(old, plan, asked, reasons)


def _is_same(row: Proposal, plan: InForce, asked: Asked, reasons: list[dict[str, Any]]) -> bool:
    same = row.place == asked.place and row.version == plan.version
    return same and _keys(row.reasons) == _keys(reasons)


def _is_declined(plan: InForce, asked: Asked) -> bool:
    """Tell whether a person declined this already: the same reasons, and none that is worse."""
    last = Proposal.objects.filter(plan=plan.plan, key=asked.response.key).order_by("-pk").first()
    if last is None or last.state != DECLINED or asked.place > last.place:
        return False
    known = {one["key"] for one in last.reasons}
    return all(one.key in known for one in asked.reasons)


def _make(plan: InForce, asked: Asked, reasons: list[dict[str, Any]], by: Actor) -> int:
    row = Proposal(
        plan=plan.plan, key=asked.response.key, title=asked.response.title,
        region_id=plan.plan.region_id, made_at=clock.now(),
    )  # fmt: skip
    _fill(row, plan, asked, reasons)
    row.save(force_insert=True)
    _note(row, "made", by)
    _tell(row)
    return 1


def _change(
    row: Proposal, plan: InForce, asked: Asked, reasons: list[dict[str, Any]], by: Actor
) -> int:
    if _is_same(row, plan, asked, reasons):
        return 0
    worse = asked.place > row.place
    _fill(row, plan, asked, reasons)
    row.save()
    _note(row, "changed", by)
    if worse:
        _tell(row)
    return 1


def _keys(reasons: Sequence[dict[str, Any]]) -> set[tuple[Any, ...]]:
    return {(one["key"], one["stage"], one["id"], one["value"]) for one in reasons}


def _fill(row: Proposal, plan: InForce, asked: Asked, reasons: list[dict[str, Any]]) -> None:
    stage = asked.response.stages[asked.place]
    row.version, row.stage, row.stage_title = plan.version, stage.key, stage.title
    row.level, row.place, row.reasons = stage.level, asked.place, reasons
    row.changed_at = clock.now()


def _let_go(row: Proposal | None, by: Actor) -> int:
    """Close a proposal whose reasons have gone."""
    if row is None:
        return 0
    row.state, row.closed_at, row.closed_by = GONE, clock.now(), by.ref
    row.save()
    _note(row, "gone", by)
    return 1


def _drop_orphans(plans: Sequence[InForce], by: Actor) -> int:
    """Close proposals of plans that are not in force any more."""
    known = {plan.plan.pk for plan in plans}
    orphans = Proposal.objects.filter(closed_at=None).exclude(plan__in=known)
    if not orphans.exists():
        return 0
    with transaction.atomic():
        return sum(_let_go(row, by) for row in orphans.select_for_update())


def decline_proposal(*, proposal: str, reason: str, by: Actor) -> None:
    """Decide that no response is started for these reasons; a worse one asks again."""
    reason = reason.strip()[:LONGEST_NOTE]
    with transaction.atomic():
        row = Proposal.objects.select_for_update().filter(pk=proposal).first()
        if row is None or not may(by, "responses.view", row.region_id):
            raise Missing("没有这条建议")
        permit(by, "responses.start", row.region_id)
        if not reason:
            raise Invalid("请写明为什么不启动", errors={"reason": ["请写明为什么不启动"]})
        if row.state != OPEN:
            raise Conflict("这条建议已经处理，或理由已消失")
        row.state, row.note = DECLINED, reason
        row.closed_at, row.closed_by = clock.now(), by.ref
        row.save()
        _note(row, "declined", by, {"reason": reason})


def _tell(row: Proposal) -> None:
    publish(
        ResponseProposed(
            proposal=row.pk, plan=row.plan.code, key=row.key, stage=row.stage,
            level=row.level,  # type: ignore[arg-type]
            region=row.region_id, proposed_at=row.changed_at,
        )
    )  # fmt: skip


def _note(row: Proposal, verb: str, by: Actor, facts: dict[str, Any] | None = None) -> None:
    record(
        deed=deed_names.PROPOSAL[verb], by=by, subject=(deed_names.PROPOSAL_SUBJECT, row.pk),
        region=row.region_id, topic=deed_names.TOPIC,
        facts={"key": row.key, "stage": row.stage, "reasons": [one["key"] for one in row.reasons],
               **(facts or {})},
    )  # fmt: skip
