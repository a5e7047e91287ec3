"""Background work of the outbox."""

from datetime import timedelta

from anlan.base.jobs.registry import JobContext, duty, every, job
from anlan.base.jobs.services import forget_ended
from anlan.base.outbox.delivering import deliver_due
from anlan.base.outbox.services import forget_done
from anlan.kernel import clock

#: What was told is kept so long for people who ask what happened.
KEEP_EVENTS = timedelta(days=7)
KEEP_JOBS = timedelta(days=30)
#: A fact that comes alone is told at once, those that follow so closely together.
GATHER_S = 0.05


@duty("outbox", topics=("outbox",), leader=False, apart=True, gather_s=GATHER_S)
def deliver() -> int:
    """Tell what is due."""
    return deliver_due()


@every(hours=6)
@job("outbox.tidy", title="清理已完成的事件与作业", title_en="Tidy what is done")
def tidy(context: JobContext) -> None:
    """Delete told events and ended jobs that are old, a thousand at a time."""
    while not context.should_stop and forget_done(clock.now() - KEEP_EVENTS):
        pass
    while not context.should_stop and forget_ended(clock.now() - KEEP_JOBS):
        pass
