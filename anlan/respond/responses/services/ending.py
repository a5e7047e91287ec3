"""Ending a response: refused while anything is open; what is left is struck off or goes on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from anlan.base.journal.services.recording import record
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.plans.checking import PostFact
from anlan.plans.selectors.steps import starters
from anlan.plans.spec.shape import Stage
from anlan.respond.responses import deed_names
from anlan.respond.responses.events import ResponseEnded
from anlan.respond.responses.models import Order, Response, StepDebt, StepRun
from anlan.respond.responses.selectors.leftover import OPEN, leftover
from anlan.respond.responses.services.deciding import Step, Word, decide, note_turn
from anlan.respond.responses.services.starting import (
    LONGEST_REASON,
    Scene,
    facts_of,
    locked,
    scene,
)
from anlan.respond.responses.services.stepping import begin_steps
from anlan.respond.responses.services.verifying import drop_checks


@dataclass(frozen=True, kw_only=True)
class End:
    """What a person ends; `turn` is the one they saw."""

    response: str
    turn: int
    reason: str = ""
    oral: Word | None = None


def end_response(*, end: End, by: Actor) -> None:
    """End a response (结束). `Conflict` lists what is open of it; steps for afterwards begin."""
    with transaction.atomic():
        row = locked(end.response, end.turn, by)
        here = scene(row.plan, row.version, row.key)
        decision = decide(region=row.region_id, entitled=_entitled(here, row), oral=end.oral, by=by)
        _hand_over(row)
        left = leftover(row)
        if left.total:
            raise Conflict(
                f"还有 {left.total} 件没有办完，先办结、不再要求或转为继续办理：{left.named()}"
            )
        row.turn += 1
        row.ended_at, row.ended_by = clock.now(), by.ref
        row.save()
        note_turn(
            row, Step(verb="end", stage_was=row.stage, reason=end.reason[:LONGEST_REASON]),
            decision,
        )  # fmt: skip
        _begin_afterwards(row, here, by)
        publish(
            ResponseEnded(
                **facts_of(row, decision),
                worst=row.worst,  # type: ignore[arg-type]
                ended_at=row.ended_at,
            )
        )


def _hand_over(row: Response) -> None:
    """Leave what is open to another response of the plan that asks for the same."""
    heirs = StepRun.objects.filter(same__response=row, response__ended_at=None)
    for heir, mine in heirs.values_list("pk", "same_id"):
        StepDebt.objects.filter(OPEN, step=mine).update(step=heir)
        StepRun.objects.filter(pk=heir).update(same=None)


def _ending(here: Scene) -> Stage | None:
    return next((one for one in here.declared.stages if one.ends), None)


def _entitled(here: Scene, row: Response) -> list[PostFact]:
    """List whose posts may end it: those the plan names for that, or for the stage it is in."""
    ending = _ending(here)
    _, now = here.stage(row.stage)
    named = starters(here.spec, here.declared, ending, here.facts) if ending else []
    return [*named, *starters(here.spec, here.declared, now, here.facts)]


def _begin_afterwards(row: Response, here: Scene, by: Actor) -> None:
    """Begin what the plan has for afterwards (返回、恢复); it belongs to the response still."""
    ending = _ending(here)
    if ending is not None:
        last, row.stage = row.stage, ending.key
        begin_steps(row, here.spec, here.facts, by)
        row.stage = last


def strike_off(
    *, response: str, turn: int, steps: Collection[str] = (), reason: str, by: Actor
) -> int:
    """Ask no longer for what is open of some steps, of all where none is named; returns how many.

    What was answered is struck off, what was not is withdrawn; each keeps the reason.
    """
    return _settle_open(response, turn, steps, _reason(reason), by)


def carry_over(
    *, response: str, turn: int, steps: Collection[str] = (), reason: str, by: Actor
) -> int:
    """Let what is open go on after the end (转为继续办理): it stays owed and blocks nothing."""
    with transaction.atomic():
        row = locked(response, turn, by)
        said, now = _reason(reason), clock.now()
        debts = _open_debts(row, steps)
        owed = [debt for debt in debts if debt.obligation_id]
        waiting = [debt for debt in debts if not debt.obligation_id]
        if waiting:
            _close(waiting, f"等待中的步骤不再下达：{said}"[:LONGEST_REASON], by)
        _close(owed, said, by)
        orders = row.orders.filter(carried_at=None) if not steps else Order.objects.none()
        count = orders.update(carried_at=now, carried_by=by.ref, note=said)
        _note(row, by, {"carried": len(owed), "orders": count, "reason": said})
    return len(owed) + count


def _settle_open(response: str, turn: int, steps: Collection[str], reason: str, by: Actor) -> int:
    with transaction.atomic():
        row = locked(response, turn, by)
        debts = _open_debts(row, steps)
        owed = [str(debt.obligation_id) for debt in debts if debt.obligation_id]
        if not steps:
            owed += _of_orders(row)
        by_subject: dict[tuple[str, str], list[str]] = {}
        rows = Obligation.objects.filter(pk__in=owed, closed_at=None)
        for pk, kind, subject in rows.values_list("pk", "subject_kind", "subject"):
            by_subject.setdefault((kind, subject), []).append(pk)
        for some in by_subject.values():
            obligations.settle_these(obligations=some, by=by)
        drop_checks(owed, by)
        _close(debts, reason, by)
        _note(row, by, {"struck": len(debts), "obligations": owed, "reason": reason})
    return len(debts)


def _of_orders(row: Response) -> list[str]:
    orders = list(row.orders.filter(carried_at=None).values_list("pk", flat=True))
    found = Obligation.objects.filter(
        subject_kind=deed_names.ORDER_SUBJECT, subject__in=orders, closed_at=None
    )
    return list(found.values_list("pk", flat=True))


def _open_debts(row: Response, steps: Collection[str]) -> list[StepDebt]:
    rows = StepDebt.objects.select_for_update(of=("self",)).filter(OPEN, step__response=row)
    if steps:
        rows = rows.filter(step__in=steps)
    return list(rows.order_by("pk"))


def _close(debts: Sequence[StepDebt], reason: str, by: Actor) -> None:
    StepDebt.objects.filter(pk__in=[debt.pk for debt in debts]).update(
        closed_at=clock.now(), closed_by=by.ref, note=reason
    )


def _reason(reason: str) -> str:
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise Invalid("请写明理由", errors={"reason": ["请写明理由"]})
    return said


def _note(row: Response, by: Actor, facts: dict[str, object]) -> None:
    record(
        deed=deed_names.RESPONSE["struck"], by=by, subject=(deed_names.SUBJECT, row.pk),
        region=row.region_id, case=row.case, facts=facts, topic=deed_names.TOPIC,
    )  # fmt: skip
