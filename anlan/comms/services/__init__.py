"""Deeds on messages."""

from anlan.comms.services.bounces import read_bounces_due
from anlan.comms.services.calls import Call, note_call, note_numbers_read
from anlan.comms.services.joining import join_drafts
from anlan.comms.services.pulling import pull_due
from anlan.comms.services.queueing import Draft, queue_messages
from anlan.comms.services.readiness import (
    NumberTest,
    end_plan,
    plan_test,
    start_due_tests,
    start_test,
)
from anlan.comms.services.receipts import match_strays, take_receipts
from anlan.comms.services.replies import dismiss_reply, take_replies, take_reply
from anlan.comms.services.resending import Which, resend_messages
from anlan.comms.services.sending import send_due
from anlan.comms.services.settling import ANSWERED, settle_messages
from anlan.comms.services.turning import queue_rungs

__all__ = [
    "ANSWERED",
    "Call",
    "Draft",
    "NumberTest",
    "Which",
    "dismiss_reply",
    "end_plan",
    "join_drafts",
    "match_strays",
    "note_call",
    "note_numbers_read",
    "plan_test",
    "pull_due",
    "queue_messages",
    "queue_rungs",
    "read_bounces_due",
    "resend_messages",
    "send_due",
    "settle_messages",
    "start_due_tests",
    "start_test",
    "take_receipts",
    "take_replies",
    "take_reply",
]
