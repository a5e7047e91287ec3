"""Sense's own work in the background: what lay its time on the shelf, what nobody owes."""

from anlan.base.jobs.registry import JobContext, every, job
from anlan.base.permissions.actor import system
from anlan.sense.services import alarms


@every(minutes=1)
@job("sense.alarms", title="监测报警巡查", title_en="Look after monitoring alarms")
def look_after(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - every job is told
    """Bring back what lay its time, raise what was held back, call for what nobody owes.

    And note how far beyond their limits the values of alarms that are over went.
    """
    released = alarms.release_held(by=system("alarms"))
    return {
        "unshelved": alarms.end_shelvings(),
        "released": len(released.raised),
        "owed": alarms.owe_forgotten(),
        "peaks": alarms.note_peaks(),
    }
