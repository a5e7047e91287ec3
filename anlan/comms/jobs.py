"""Comms' own work: sending, in a thread and with a database connection of its own."""

from anlan.base.jobs.registry import duty
from anlan.comms import services


@duty("comms.send", topics=("comms",), apart=True)
def send() -> int:
    """Send what is due."""
    return services.send_due()
