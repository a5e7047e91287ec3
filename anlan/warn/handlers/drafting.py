"""An alarm becomes a draft: proposed, never sent; told twice it is one draft."""

from anlan.kernel.events import on
from anlan.sense.events import AlarmRaised
from anlan.warn.services.proposing import propose_reminder


@on(AlarmRaised)
def draft_reminder(event: AlarmRaised) -> None:
    """Draft a monitoring reminder of an alarm, or bring the draft up to date."""
    propose_reminder(event=event)
