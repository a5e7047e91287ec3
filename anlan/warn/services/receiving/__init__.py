"""Departments' warnings on their way in."""

from anlan.warn.services.receiving.gathering import receive_gathered
from anlan.warn.services.receiving.intake import Inbound, Taken, receive_alert, receive_alerts
from anlan.warn.services.receiving.keeping import see_refused
from anlan.warn.services.receiving.pasting import Confirmed, paste_alert

__all__ = [
    "Confirmed",
    "Inbound",
    "Taken",
    "paste_alert",
    "receive_alert",
    "receive_alerts",
    "receive_gathered",
    "see_refused",
]
