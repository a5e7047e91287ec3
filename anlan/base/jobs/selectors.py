"""Questions about work: whether anybody works, what is stuck, whether everything is done."""

import datetime
from dataclasses import dataclass

from django.db.models import Min, QuerySet

from anlan.base.jobs.models import Job, Worker
from anlan.base.jobs.registry import KINDS
from anlan.base.jobs.running import LEASE, SCHEDULED_BY
from anlan.kernel import clock


@dataclass(frozen=True)
class WorkerState:
    """Whether the background lives."""

    alive: bool
    leader: bool
    workers: int
    #: The last sign of life of any worker; None when there never was one.
    beat_at: datetime.datetime | None
    waiting: int
    failed: int
    #: How long the oldest due job has waited, seconds of workspace time; None when none waits.
    oldest_s: float | None


def worker_state() -> WorkerState:
    """Tell whether workers live (a beat within the lease) and how much waits."""
    since = clock.real_now() - LEASE
    beats = list(Worker.objects.values_list("beat_at", "leader"))
    living = [leader for beat, leader in beats if beat >= since]
    now = clock.now()
    waiting = Job.objects.filter(state=Job.State.WAITING, run_at__lte=now)
    oldest = waiting.aggregate(first=Min("run_at"))["first"]
    return WorkerState(
        alive=bool(living),
        leader=any(living),
        workers=len(living),
        beat_at=max((beat for beat, _ in beats), default=None),
        waiting=waiting.count(),
        failed=Job.objects.filter(state=Job.State.FAILED).count(),
        oldest_s=None if oldest is None else (now - oldest).total_seconds(),
    )


def job(job_id: str) -> Job | None:
    """Find a job."""
    return Job.objects.filter(id=job_id).first()


def is_idle(*, scheduled: bool = False) -> bool:
    """Tell whether no job is due or running (a lock-step clock may then advance).

    `scheduled` asks for those alone that come again and again.
    """
    return not _under_way(Job.objects.filter(by=SCHEDULED_BY) if scheduled else Job.objects.all())


def goes_first() -> bool:
    """Tell whether a job is due or running that others let go first."""
    keys = [kind.key for kind in KINDS.values() if kind.goes_first]
    return _under_way(Job.objects.filter(key__in=keys))


def _under_way(asked: "QuerySet[Job]") -> bool:
    due = asked.filter(state=Job.State.WAITING, run_at__lte=clock.now())
    # One after the other: each has an index of its own, both together would read every job.
    return due.exists() or asked.filter(state=Job.State.RUNNING).exists()
