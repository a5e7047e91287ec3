"""Sense's own work in the background: what lay its time on the shelf, what nobody owes."""

from collections.abc import Callable

from anlan.base.jobs.registry import JobContext, Stopped, every, job
from anlan.base.permissions.actor import system
from anlan.base.permissions.selectors import actor_by_ref
from anlan.sense.services import alarms, backfills


@every(minutes=1)
@job("sense.alarms", title="监测报警巡查", title_en="Look after monitoring alarms")
def look_after(context: JobContext) -> dict[str, int] | None:  # noqa: ARG001 - every job is told
    """Bring back what lay its time, raise what was held back, call for what nobody owes.

    And note how far beyond their limits the values of alarms that are over went.
    """
    released = alarms.release_held(by=system("alarms"))
    done = {
        "unshelved": alarms.end_shelvings(),
        "released": len(released.raised),
        "owed": alarms.owe_forgotten(),
        "peaks": alarms.note_peaks(),
    }
    return done if any(done.values()) else None


@job("sense.backfill.check", title="检查补录的文件", title_en="Look at old observations", tries=3)
def check_backfill(context: JobContext, identity: str) -> None:
    """Look at a file in the name of who brought it."""
    backfills.check_backfill(
        identity=identity, by=actor_by_ref(context.by), progress=_giving_way(context)
    )


@job("sense.backfill.write", title="写入补录的观测值", title_en="Store old observations", tries=8)
def write_backfill(context: JobContext, identity: str) -> None:
    """Store a file in the name of who accepted it, with the rights they have now."""
    backfills.write_backfill(
        identity=identity, by=actor_by_ref(context.by), progress=_giving_way(context)
    )


def _giving_way(context: JobContext) -> Callable[[float], None]:
    """Tell how far it is, and end between two pieces when the worker wants to end."""

    def progress(done: float) -> None:
        context.progress(done)
        if context.should_stop:
            raise Stopped

    return progress


@every(hours=6)
@job("sense.backfill.sweep", title="清理未确认的补录", title_en="Let go of files nobody accepted")
def sweep_backfills(context: JobContext) -> int:  # noqa: ARG001 - every job is told
    """Delete files that wait too long to be accepted."""
    return backfills.sweep_backfills()
