"""Deeds on messages."""

from anlan.comms.services.queueing import Draft, queue_messages
from anlan.comms.services.sending import send_due
from anlan.comms.services.turning import queue_rungs

__all__ = ["Draft", "queue_messages", "queue_rungs", "send_due"]
