"""Taking jobs and running them: claims by conditional UPDATE, leases on real time."""

import logging
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from anlan.base.jobs.models import Job
from anlan.base.jobs.registry import KINDS, JobContext, JobKind, Stopped
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError, Unavailable

#: A worker that gives no sign of life for so long has lost what it held.
LEASE = timedelta(seconds=10)
#: Jobs asked for by a schedule; when all went well their rows tell nobody anything.
SCHEDULED_BY = "system:schedule"
#: So many of them are taken before a slot is free.
AHEAD = 32
LONGEST_ERROR = 4000

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """A job in our hands."""

    job: Job
    kind: JobKind
    context: JobContext
    holder: str


def due(most: int, mine: Sequence[str] = (), *, lost: bool = True, ahead: int = 0) -> list[Job]:
    """List jobs that may be taken: waiting and due, or held by a worker that has fallen silent.

    `mine` are jobs this process runs itself: a lease it could not renew in time is still its own.
    `lost` looks for the silent ones. `ahead` adds as many of those that come again and again.
    """
    real = clock.real_now()
    waiting = Q(state=Job.State.WAITING, run_at__lte=clock.now()) & (
        Q(lease_until=None) | Q(lease_until__lte=real)
    )
    silent = Q(state=Job.State.RUNNING, lease_until__lt=real)
    first = list(Job.objects.filter(waiting).order_by("run_at", "id")[: most + ahead])
    given_up: list[Job] = []
    if lost:
        left = Job.objects.filter(silent).exclude(id__in=mine)
        given_up = list(left.order_by("lease_until")[:most])
    free = most - len(given_up)
    return [*given_up, *first[:free], *filter(_waits_its_turn, first[free:] if ahead else ())]


def _waits_its_turn(job: Job) -> bool:
    """Tell whether a job may be held unbegun; not one that was cut off: it may be what kills us."""
    return job.by == SCHEDULED_BY and not job.tries


def claim_due(
    most: int, holder: str, mine: Sequence[str] = (), stopping: threading.Event | None = None,
    *, lost: bool = True, over: Sequence[str] = (),
) -> list[Claim]:  # fmt: skip
    """Take jobs that may be taken, in one commit; those another worker was first at are left out.

    Nothing of them may begin before this has returned. `lost`: see `due`. Of those that come again
    and again more are taken than `most`: they fall due together, and each commit waits for whoever
    else writes. The same commit forgets those that are `over`.
    """
    found = due(most, mine, lost=lost, ahead=AHEAD) if most > 0 else []
    if not found and not over:
        return []
    with transaction.atomic():
        _forget(over, holder)
        claims = [claim(job, holder, stopping) for job in found]
    return [claimed for claimed in claims if claimed is not None]


@transaction.atomic
def _forget(jobs: Sequence[str], holder: str) -> None:
    """Let go of rows of scheduled jobs that are done."""
    if jobs:
        Job.objects.filter(id__in=jobs, holder=holder).delete()


def claim(job: Job, holder: str, stopping: threading.Event | None = None) -> Claim | None:
    """Take a job; None when another worker was first or it has used up its tries."""
    kind = KINDS.get(job.key)
    if kind is None or job.tries >= kind.tries:
        why = "没有这种作业" if kind is None else f"执行时进程中断，已试 {job.tries} 次"
        _move(job, Job.State.FAILED, error=_joined(job.error, why), ended_at=clock.now())
        return None
    taken = _move(
        job,
        Job.State.RUNNING,
        holder=holder,
        lease_until=clock.real_now() + LEASE,
        tries=F("tries") + 1,
    )
    if not taken:
        return None
    job.tries += 1
    return Claim(job, kind, JobContext(job.id, job.by, stopping), holder)


def _move(job: Job, state: str, **values: Any) -> bool:
    """Change a job if it still is as it was read."""
    with transaction.atomic():
        asread = Job.objects.filter(id=job.id, state=job.state, tries=job.tries, holder=job.holder)
        return asread.update(state=state, **values) == 1


def _joined(before: str, now: str) -> str:
    return f"{before}\n{now}".strip()[-LONGEST_ERROR:]


def run(claimed: Claim, let_go: Callable[[Claim], None] | None = None) -> bool:
    """Run a claimed job to its end and write down how it went; True when it is done.

    `let_go` takes a scheduled job of which nothing need be kept, to forget it with others.
    """
    job = claimed.job
    try:
        result = claimed.kind.run(claimed.context, **job.args)
    except Stopped:
        give_back(claimed)
        return False
    except Exception as error:  # noqa: BLE001 - whatever a job raises is kept on its row
        _fail(claimed, error)
        return False
    if job.by == SCHEDULED_BY and result is None:
        if let_go is None:
            _forget([job.id], claimed.holder)
        else:
            let_go(claimed)
        return True
    _end(
        claimed,
        Job.State.DONE,
        result=result,
        progress=1.0,
        error="",
        ended_at=clock.now(),
    )
    return True


def give_back(claimed: Claim) -> None:
    """Let a job wait again as if it had not been taken."""
    _end(claimed, Job.State.WAITING, tries=F("tries") - 1, lease_until=None)


def _fail(claimed: Claim, error: Exception) -> None:
    job, kind = claimed.job, claimed.kind
    permanent = isinstance(error, AnlanError) and not (
        isinstance(error, Unavailable) and error.retry
    )
    text = explain(error)
    log.warning("job %s (%s) failed, try %s: %s", job.id, job.key, job.tries, text)
    if permanent or job.tries >= kind.tries:
        _end(claimed, Job.State.FAILED, error=text, ended_at=clock.now())
        return
    again = clock.real_now() + kind.wait(job.tries)
    _end(claimed, Job.State.WAITING, error=text, lease_until=again)


def explain(error: BaseException) -> str:
    """Say what went wrong: our own errors by their sentence, others with where they arose."""
    if isinstance(error, AnlanError):
        return error.detail or error.code
    return "".join(traceback.format_exception(error))[-LONGEST_ERROR:]


def _end(claimed: Claim, state: str, **values: Any) -> None:
    with transaction.atomic():
        mine = Job.objects.filter(id=claimed.job.id, holder=claimed.holder, state=Job.State.RUNNING)
        ended = mine.update(state=state, holder="", **values)
    if not ended:
        log.warning("job %s was taken over while it ran", claimed.job.id)


def renew(holder: str, contexts: Sequence[JobContext]) -> None:
    """Prolong the leases of running jobs and write down how far they are."""
    until = clock.real_now() + LEASE
    mine = Job.objects.filter(holder=holder, state=Job.State.RUNNING)
    silent = [context.job for context in contexts if context.done is None]
    if silent:
        mine.filter(id__in=silent).update(lease_until=until)
    for context in contexts:
        if context.done is not None:
            mine.filter(id=context.job).update(lease_until=until, progress=context.done)


def release(holder: str, over: Sequence[str] = ()) -> None:
    """Give back what this worker still holds, so that the next need not wait for the leases.

    What is `over` is forgotten.
    """
    with transaction.atomic():
        _forget(over, holder)
        Job.objects.filter(holder=holder, state=Job.State.RUNNING).update(
            state=Job.State.WAITING, holder="", lease_until=None
        )
