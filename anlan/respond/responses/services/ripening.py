"""What waited becomes owed; a job does it, so that a crash between two steps loses nothing."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from anlan.base.db.updating import update_values
from anlan.base.jobs.services import enqueue
from anlan.base.journal.services.recording import record
from anlan.base.obligations import services as obligations
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.plans.selectors.steps import spec_at
from anlan.plans.spec.shape import Step
from anlan.respond.responses import deed_names
from anlan.respond.responses.models import Response, StepDebt, StepRun
from anlan.respond.responses.services.stepping import Before, asked_of, befores, is_held
from anlan.respond.responses.states import RIPEN

BATCH = 1000


def note_step_done(*, subject: tuple[str, str], by: Actor) -> None:
    """Let what waits for a step be looked at, in the transaction in which it was done."""
    if StepRun.objects.filter(pk=subject[1], awaited=True).exists():
        enqueue(RIPEN, by=by, unique=subject[1])


def ripen(*, response: str = "", by: Actor) -> int:
    """Make owed what waits no longer, in one response or in all; returns how many."""
    rows = StepDebt.objects.filter(obligation=None, closed_at=None, post__isnull=False)
    if response:
        rows = rows.filter(step__response=response)
    waiting = list(rows.select_related("step").order_by("pk"))
    if not waiting:
        return 0
    by_response: dict[str, list[StepDebt]] = {}
    for debt in waiting:
        by_response.setdefault(debt.step.response_id, []).append(debt)
    before = befores(by_response)
    owed = 0
    for pk, debts in by_response.items():
        ripe = [debt.pk for debt in debts if _is_ripe(debt, before.get(pk, {}))]
        for first in range(0, len(ripe), BATCH):
            owed += _owe_ripe(pk, ripe[first : first + BATCH], by)
    return owed


def _is_ripe(debt: StepDebt, before: Mapping[str, Before]) -> bool:
    if debt.latest_at is not None and debt.latest_at <= clock.now():
        return True
    return not is_held(before, debt.step.after, debt.region_id)


@transaction.atomic
def _owe_ripe(response: str, ripe: Sequence[str], by: Actor) -> int:
    """Owe some of what waited; whoever else is at it finds them owed."""
    row = Response.objects.select_for_update().get(pk=response)
    held = StepDebt.objects.select_for_update().filter(pk__in=ripe, obligation=None, closed_at=None)
    debts = list(held.order_by("pk"))
    steps, now = _steps(row, debts), clock.now()
    ids = obligations.owe_many(
        debts=[asked_of(debt, steps[debt.step_id], row, now) for debt in debts], by=by, start=True
    )
    update_values(
        StepDebt, ("obligation_id",), [(pk, debt.pk) for debt, pk in zip(debts, ids, strict=True)],
        match=("id",),
    )  # fmt: skip
    if debts:
        record(
            deed=deed_names.RESPONSE["ripe"], by=by, subject=(deed_names.SUBJECT, row.pk),
            region=row.region_id, case=row.case, topic=deed_names.TOPIC,
            facts={"obligations": ids},
        )  # fmt: skip
    return len(debts)


def _steps(row: Response, debts: Sequence[StepDebt]) -> dict[str, Step]:
    said = {step.key: step for step in spec_at(row.plan_id, row.version).steps}
    runs = StepRun.objects.filter(pk__in={debt.step_id for debt in debts})
    return {pk: said[key] for pk, key in runs.values_list("pk", "key")}
