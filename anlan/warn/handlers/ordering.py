"""What a person signed in advance happens by itself; everything else waits for a hand."""

from collections.abc import Sequence

from anlan.kernel.events import on, on_many
from anlan.sense.events import AlarmRaised
from anlan.warn.events import AlertReceived
from anlan.warn.services.acting import act_on_alarm, act_on_received, is_any_signed


@on_many(AlertReceived)
def relay_under_order(events: Sequence[AlertReceived]) -> None:
    """Relay what a standing order covers."""
    if is_any_signed("received"):  # seldom; then a storm's messages are not read once more
        for event in events:
            act_on_received(received=event.alert)


@on(AlarmRaised)
def issue_under_order(event: AlarmRaised) -> None:
    """Issue what a standing order covers."""
    act_on_alarm(event=event)
