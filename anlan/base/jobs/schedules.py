"""Starting what is due again and again, on the workspace's clock."""

from datetime import datetime

from django.db import transaction

from anlan.base.jobs.models import Schedule
from anlan.base.jobs.registry import SCHEDULES, Every
from anlan.base.jobs.running import SCHEDULED_BY
from anlan.base.jobs.services import enqueue
from anlan.kernel import clock


def start_due() -> int:
    """Enqueue every scheduled job that is due; return how many. Only the leader calls it.

    Periods missed while nobody worked are run once, not caught up. When the clock was set back
    (an exercise begins again), a due time more than two periods ahead is forgotten.
    """
    now = clock.now()
    known = dict(Schedule.objects.values_list("key", "due_at"))
    due = [
        (every, due_at)
        for every in SCHEDULES.values()
        if (due_at := known.get(every.key)) is None
        or due_at <= now
        or due_at - now > 2 * every.period
    ]
    if not due:
        return 0
    # Many fall due in the same second: one commit starts them all.
    with transaction.atomic():
        return sum(_start(every, due_at, now) for every, due_at in due)


def _start(every: Every, due_at: datetime | None, now: datetime) -> int:
    following = now + every.period
    if due_at is not None and due_at <= now < due_at + every.period:
        following = due_at + every.period  # keep the beat
    if due_at is None:
        Schedule.objects.get_or_create(key=every.key, defaults={"due_at": now})
    mine = Schedule.objects.filter(key=every.key, due_at=now if due_at is None else due_at)
    if not mine.update(due_at=following, last_at=now):
        return 0
    enqueue(every.key, by=SCHEDULED_BY, unique="every")
    return 1
