"""What is sent and what comes back: messages, attempts, replies, strays, tests, carriers."""

from anlan.comms.models.carriers import CarrierState, Sender
from anlan.comms.models.console import ConsoleNote
from anlan.comms.models.inward import Reply, Stray
from anlan.comms.models.messages import Attempt, Message
from anlan.comms.models.readiness import Readiness, ReadinessPlan

__all__ = [
    "Attempt",
    "CarrierState",
    "ConsoleNote",
    "Message",
    "Readiness",
    "ReadinessPlan",
    "Reply",
    "Sender",
    "Stray",
]
