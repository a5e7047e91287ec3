"""What went wrong until nobody tried any more, gathered for the people who mend it.

Each kind of work that can get stuck adds a `Source`: jobs and events here and in the outbox, sends
in comms.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from anlan.base.jobs.models import Job
from anlan.base.jobs.registry import KINDS
from anlan.base.jobs.services import drop, retry
from anlan.kernel.registry import Registry


@dataclass(frozen=True)
class Stuck:
    """One thing that is stuck."""

    id: str
    #: What it is, in both languages.
    title: str
    title_en: str
    at: datetime.datetime
    tries: int
    #: Why: the last error's text.
    error: str
    case: str = ""
    by: str = ""


@dataclass(frozen=True)
class Source:
    """How one kind of stuck things is listed and mended; `retry` and `drop` take an id."""

    #: The newest first, at most so many.
    list: Callable[[int], list[Stuck]]
    count: Callable[[], int]
    retry: Callable[[str], None]
    drop: Callable[[str], None]


SOURCES: Registry[Source] = Registry("卡住的事")


def _jobs(most: int) -> list[Stuck]:
    failed = Job.objects.filter(state=Job.State.FAILED).order_by("-ended_at")[:most]
    return [_stuck(job) for job in failed]


def _stuck(job: Job) -> Stuck:
    kind = KINDS.get(job.key)
    return Stuck(
        id=job.id,
        title=kind.title if kind else job.key,
        title_en=kind.title_en if kind else job.key,
        at=job.made_at,
        tries=job.tries,
        error=job.error,
        by=job.by,
    )


SOURCES.add(
    "jobs",
    Source(_jobs, Job.objects.filter(state=Job.State.FAILED).count, retry, drop),
)
