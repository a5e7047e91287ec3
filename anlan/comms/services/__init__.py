"""Deeds on messages."""

from anlan.comms.services.calls import Call, note_call, note_numbers_read
from anlan.comms.services.queueing import Draft, queue_messages
from anlan.comms.services.resending import Which, resend_messages
from anlan.comms.services.sending import send_due
from anlan.comms.services.settling import ANSWERED, settle_messages
from anlan.comms.services.turning import queue_rungs

__all__ = [
    "ANSWERED",
    "Call",
    "Draft",
    "Which",
    "note_call",
    "note_numbers_read",
    "queue_messages",
    "queue_rungs",
    "resend_messages",
    "send_due",
    "settle_messages",
]
