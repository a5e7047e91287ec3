"""An alert that went out calls the posts it concerns, or ends the calls of its chain."""

from anlan.base.jobs.services import enqueue
from anlan.base.permissions.actor import system
from anlan.kernel.events import on
from anlan.warn.events import AlertIssued
from anlan.warn.services import calls


@on(AlertIssued)
def call_posts(event: AlertIssued) -> None:
    """Begin the calls an alert asks for, or end those of a chain that is over."""
    by = system("calls")
    if event.action == "cancel":
        enqueue("warn.calls.end", {"alert": event.alert}, by=by, unique=event.alert)
        return
    round_ = calls.begin_calls(alert=event.alert, by=by)
    enqueue("warn.calls.fill", {"round_": round_}, by=by, unique=round_)
