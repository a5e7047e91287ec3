"""Another expected moment moves the deadlines that hang on it: of what waits and of what is owed.

A step without a deadline counted back from the moment keeps its own. What would be due in the past
is due now, and whoever owes it is told that the time is over.
"""

from dataclasses import dataclass
from datetime import datetime

from anlan.base.db.updating import update_values
from anlan.base.journal.services.recording import record
from anlan.base.obligations import services as obligations
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.plans.selectors.steps import Moments, due_of, latest_of
from anlan.plans.spec.shape import PlanSpec, Step
from anlan.respond.responses import deed_names
from anlan.respond.responses.models import Response, StepDebt, StepRun
from anlan.respond.responses.selectors.leftover import OPEN
from anlan.respond.responses.states import EXPECTED

COLUMNS = ("due_at", "latest_at")


@dataclass(frozen=True)
class Rescheduled:
    """How many deadlines moved, of what is owed and of what waits; how many had passed already."""

    owed: int = 0
    waiting: int = 0
    past: int = 0


def reschedule(row: Response, was: datetime | None, spec: PlanSpec, by: Actor) -> Rescheduled:
    """Move the deadlines of a response's steps, in the caller's transaction.

    What another response of the plan asks for keeps the time that one gives it.
    """
    said = {
        step.key: step
        for step in spec.steps
        if step.deadline.before and step.deadline.expected == row.expects
    }
    runs = {run.pk: run for run in row.steps.filter(key__in=said, same=None)}
    debts = list(
        StepDebt.objects.select_for_update(of=("self",)).filter(OPEN, step__in=runs).order_by("pk")
    )
    times = {pk: _times(said[run.key], run, row) for pk, run in runs.items()}
    due = {
        str(debt.obligation_id): moment
        for debt in debts
        if debt.obligation_id and (moment := times[debt.step_id][0]) is not None
    }
    moved = {
        one.obligation: one
        for one in obligations.move_deadlines(due=due, reason=_reason(row, was), by=by)
    }
    changes = []
    waiting = 0
    for debt in debts:
        new, latest = times[debt.step_id]
        one = moved.get(str(debt.obligation_id))
        if debt.obligation_id is None and (debt.due_at, debt.latest_at) != (new, latest):
            waiting += 1
            changes.append((new, latest, debt.pk))
        elif one is not None:
            changes.append((one.due, latest, debt.pk))
    update_values(StepDebt, COLUMNS, changes, match=("id",))
    told = Rescheduled(len(moved), waiting, sum(one.past for one in moved.values()))
    _note(row, was, told, by)
    return told


def _times(step: Step, run: StepRun, row: Response) -> tuple[datetime | None, datetime | None]:
    due = due_of(step, Moments(run.begun_at, row.expects, row.expected_at))
    return due, latest_of(step, due)


def _reason(row: Response, was: datetime | None) -> str:
    what = EXPECTED[row.expects][0]
    told = f"预计{what}时间现为 {_spelled(row.expected_at)}"
    return f"{told}，原为 {_spelled(was)}" if was else told


def _spelled(at: datetime | None) -> str:
    local = clock.local(at) if at else None
    return f"{local.month}月{local.day}日 {local:%H:%M}" if local else ""


def _note(row: Response, was: datetime | None, told: Rescheduled, by: Actor) -> None:
    if not told.owed and not told.waiting:
        return
    record(
        deed=deed_names.RESPONSE["moved"], by=by, subject=(deed_names.SUBJECT, row.pk),
        region=row.region_id, case=row.case, topic=deed_names.TOPIC,
        facts={"owed": told.owed, "waiting": told.waiting, "past": told.past},
        changes={
            "expected_at": [
                was.isoformat() if was else "",
                row.expected_at.isoformat() if row.expected_at else "",
            ]
        },
    )  # fmt: skip
