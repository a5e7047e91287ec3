"""What comms does when other modules tell a fact."""

from collections.abc import Sequence

from anlan.base.obligations.events import ObligationMoved, ObligationsSettled, RungsReached
from anlan.base.permissions.actor import system
from anlan.comms import services
from anlan.kernel.events import on, on_many


@on(RungsReached)
def message_who_was_turned_to(event: RungsReached) -> None:
    """Queue a message for everybody a rung turned to, whatever the kind of obligation."""
    services.queue_rungs(
        obligations=event.obligations, rungs=event.rungs, rounds=event.rounds, by=system("comms")
    )


@on_many(ObligationMoved)
def stop_messages(events: Sequence[ObligationMoved]) -> None:
    """Stop what waits once an obligation is answered or over; in a storm hundreds are at once."""
    over = {event.obligation for event in events if event.state in services.ANSWERED}
    if over:
        services.settle_messages(obligations=over)


@on(ObligationsSettled)
def stop_messages_of_many(event: ObligationsSettled) -> None:
    """Stop what waits once many obligations ended at once."""
    services.settle_messages(obligations=event.obligations)
