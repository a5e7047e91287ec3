"""What came in, what goes out, who said so, what is due, what was ordered in advance."""

from anlan.warn.models.alerts import Alert, Approval, OpenEdition, Published, ResponseDue
from anlan.warn.models.calls import CallPress, CallRound
from anlan.warn.models.orders import StandingOrder
from anlan.warn.models.received import Arrival, Original, Received, Reference, Refused
from anlan.warn.models.silence import Lookout, SilentVillage

__all__ = [
    "Alert",
    "Approval",
    "Arrival",
    "CallPress",
    "CallRound",
    "Lookout",
    "OpenEdition",
    "Original",
    "Published",
    "Received",
    "Reference",
    "Refused",
    "ResponseDue",
    "SilentVillage",
    "StandingOrder",
]
