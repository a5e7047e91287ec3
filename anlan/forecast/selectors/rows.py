"""Which runs somebody may see.

What was signed: those who may read forecasts; the rest only those who work with it.
"""

from django.db.models import Q, QuerySet

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import condition, may
from anlan.forecast.models import Run
from anlan.kernel.errors import Missing

VIEW, UNSIGNED = "forecasts.view", "forecasts.unsigned"
#: Signed once, whatever became of it later.
SIGNED = ("approved", "superseded", "withdrawn")
#: Somebody said that it is not to be relied on: it feeds no other run and stands for nothing.
SILENT = ("rejected", "withdrawn")


def seen_runs(actor: Actor, *, within: str = "") -> "QuerySet[Run]":
    """Narrow runs to those the actor may see."""
    everything = condition(actor, UNSIGNED, within=within)
    if everything is None:
        return Run.objects.all()
    signed = condition(actor, VIEW, within=within)
    wanted = everything or Q(pk__in=())
    wanted |= Q(signing__in=SIGNED) if signed is None else (
        signed & Q(signing__in=SIGNED) if signed else Q(pk__in=())
    )  # fmt: skip
    return Run.objects.filter(wanted)


def run_for(run: str, by: Actor, *, lock: bool = False) -> Run:
    """Find a run; `Missing` when there is none that the actor may see."""
    rows = Run.objects.select_for_update(of=("self",)) if lock else Run.objects.all()
    row = rows.filter(pk=run).first()
    if row is None or not _may_see(row, by):
        raise Missing("没有这次计算")
    return row


def _may_see(row: Run, by: Actor) -> bool:
    if may(by, UNSIGNED, row.region_id):
        return True
    return row.signing in SIGNED and may(by, VIEW, row.region_id)
