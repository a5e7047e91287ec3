"""Calling posts, calling them again, ending what is over."""

from anlan.base.jobs.registry import JobContext, every, job
from anlan.base.jobs.services import enqueue
from anlan.base.permissions.actor import system
from anlan.warn.services import calls


@job("warn.calls.fill", title="下达叫应", title_en="Call the posts of an alert", goes_first=True)
def fill_round(context: JobContext, round_: str) -> int:
    """Call every post of a round."""
    return calls.fill_round(round_=round_, by=system("calls"), progress=context.progress)


@job("warn.calls.end", title="结束叫应", title_en="End the calls of an alert")
def end_calls(context: JobContext, alert: str) -> int:  # noqa: ARG001 - every job is told
    """End every call of a chain that was cancelled, and tell those who had been called."""
    ended = calls.end_calls(alert=alert, why="cancelled", by=system("calls"))
    calls.tell_over(alert=alert, by=system("calls"))
    return ended


@every(minutes=1)
@job("warn.calls.watch", title="叫应巡看", title_en="Look after the calls")
def watch_calls(context: JobContext) -> int | None:  # noqa: ARG001 - every job is told
    """Call again while a grave alert holds; end the calls of what has expired."""
    begun = calls.watch_calls(by=system("calls"))
    for round_ in begun:
        enqueue("warn.calls.fill", {"round_": round_}, by=system("calls"), unique=round_)
    return len(begun) or None


@every(seconds=30)
@job("warn.villages.watch", title="失联巡看", title_en="Look for villages that fell silent")
def watch_villages(context: JobContext) -> int | None:  # noqa: ARG001 - every job is told
    """Find villages without any sign of life while their posts are called."""
    return len(calls.watch_villages(by=system("calls"))) or None


@every(minutes=1)
@job("warn.villages.quiet", title="监测断绝巡看", title_en="Look for villages nothing is heard of")
def watch_quiet_villages(context: JobContext) -> int | None:  # noqa: ARG001 - every job is told
    """Find villages whose sensors have all stopped while nobody is called."""
    return len(calls.watch_quiet_villages(by=system("calls"))) or None
