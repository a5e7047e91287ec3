"""What comms does when other modules tell a fact."""

from anlan.base.obligations.events import RungsReached
from anlan.base.permissions.actor import system
from anlan.comms import services
from anlan.kernel.events import on


@on(RungsReached)
def message_who_was_turned_to(event: RungsReached) -> None:
    """Queue a message for everybody a rung turned to, whatever the kind of obligation."""
    services.queue_rungs(obligations=event.obligations, rungs=event.rungs, by=system("comms"))
