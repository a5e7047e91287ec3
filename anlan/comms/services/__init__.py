"""Deeds on messages."""

from anlan.comms.services.queueing import Draft, queue_messages

__all__ = ["Draft", "queue_messages"]
