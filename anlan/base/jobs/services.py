"""Ask for work, and mend what is stuck."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from anlan.base.jobs import wake
from anlan.base.jobs.models import Job
from anlan.base.jobs.registry import KINDS
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.kernel.ids import new_id

LIVING = (Job.State.WAITING, Job.State.RUNNING)


def enqueue(
    key: str,
    args: Mapping[str, Any] | None = None,
    *,
    by: object,
    unique: str = "",
    run_at: datetime | None = None,
) -> str:
    """Write a job in the caller's transaction; return its id.

    Parameters
    ----------
    args : JSON values, given to the function by name.
    unique : while a job of this key with this text waits or runs, its id is returned instead.
        A job that runs has perhaps already read the past: put what differs into `unique`.
    run_at : workspace time before which it does not begin; None is now.
    """
    if key not in KINDS:
        raise Invalid(f"没有后台作业「{key}」")
    now = clock.now()
    job = Job(
        id=new_id(),
        key=key,
        args=dict(args or {}),
        unique=unique,
        by=str(getattr(by, "ref", by))[:40],
        run_at=run_at or now,
        made_at=now,
    )
    wake.signal("jobs")
    if not unique:
        job.save(force_insert=True)
        return job.id
    return _insert_once(job)


@transaction.atomic
def _insert_once(job: Job) -> str:
    # ON CONFLICT DO NOTHING waits for a rival that has not committed; then one of them is there.
    Job.objects.bulk_create([job], ignore_conflicts=True)
    living = Job.objects.filter(key=job.key, unique=job.unique, state__in=LIVING)
    return living.values_list("id", flat=True).get()


def retry(job: str) -> None:
    """Let a failed job begin again; `Conflict` when it has not failed."""
    changed = Job.objects.filter(id=job, state=Job.State.FAILED).update(
        state=Job.State.WAITING, tries=0, run_at=clock.now(), ended_at=None
    )
    _check_changed(job, changed)
    wake.signal("jobs")


def drop(job: str) -> None:
    """Give up a failed or waiting job; `Conflict` when it runs or is over."""
    changed = Job.objects.filter(id=job, state__in=(Job.State.FAILED, Job.State.WAITING)).update(
        state=Job.State.DROPPED, ended_at=clock.now()
    )
    _check_changed(job, changed)


def _check_changed(job: str, changed: int) -> None:
    if changed:
        return
    if not Job.objects.filter(id=job).exists():
        raise Missing("没有这项作业")
    raise Conflict("作业的状态已变，请刷新后再试")


def forget_ended(before: datetime) -> int:
    """Delete jobs that ended before a time, at most a thousand; return how many."""
    old = Job.objects.filter(
        ended_at__lt=before, state__in=(Job.State.DONE, Job.State.DROPPED)
    ).values_list("id", flat=True)[:1000]
    return Job.objects.filter(id__in=list(old)).delete()[0]


def has_skip_locked() -> bool:
    """Whether several workers may take rows side by side (PostgreSQL)."""
    return bool(connection.features.has_select_for_update_skip_locked)
