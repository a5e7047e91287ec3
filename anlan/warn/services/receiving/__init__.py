"""Departments' warnings on their way in."""

from anlan.warn.services.receiving.intake import Inbound, Taken, receive_alert, receive_alerts

__all__ = ["Inbound", "Taken", "receive_alert", "receive_alerts"]
