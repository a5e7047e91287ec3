"""Departments' warnings on their way in."""

from anlan.warn.services.receiving.gathering import Handed, receive_together
from anlan.warn.services.receiving.heeding import heed_received
from anlan.warn.services.receiving.intake import (
    BATCH,
    Inbound,
    Taken,
    receive_alert,
    receive_alerts,
)
from anlan.warn.services.receiving.keeping import see_refused
from anlan.warn.services.receiving.pasting import Confirmed, paste_alert

__all__ = [
    "BATCH",
    "Confirmed",
    "Handed",
    "Inbound",
    "Taken",
    "heed_received",
    "paste_alert",
    "receive_alert",
    "receive_alerts",
    "receive_together",
    "see_refused",
]
