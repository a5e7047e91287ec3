"""What a person signed in advance happens by itself; everything else waits for a hand."""

from anlan.kernel.events import on
from anlan.sense.events import AlarmRaised
from anlan.warn.events import AlertReceived
from anlan.warn.services.ordering import act_on_alarm, act_on_received


@on(AlertReceived)
def relay_under_order(event: AlertReceived) -> None:
    """Relay what a standing order covers."""
    act_on_received(received=event.alert)


@on(AlarmRaised)
def issue_under_order(event: AlarmRaised) -> None:
    """Issue what a standing order covers."""
    act_on_alarm(event=event)
