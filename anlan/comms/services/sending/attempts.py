"""Writing attempts: one row a try, many at once."""

from datetime import datetime
from typing import Any, NamedTuple

from anlan.comms.carriers import Result
from anlan.comms.models import Message
from anlan.kernel.ids import LENGTH

#: Columns of an attempt, in the order their values are given.
ATTEMPT = (
    "message_id", "number", "carrier", "phone", "request", "ticket", "began_at", "ended_at",
    "outcome", "reason", "detail", "receipt_at", "receipt", "parts", "by",
)  # fmt: skip
BY = "system:comms"


class Try(NamedTuple):
    """One message in a sender's hands."""

    message: str
    number: int
    carrier: str
    phone: str
    request: str
    began_at: datetime
    queued_at: datetime
    case: str
    region: str
    #: Whether the same was asked before and nobody knows what became of it.
    repeats: bool = False

    @property
    def key(self) -> str:
        """What it is called here, and to the provider unless it repeats an earlier try."""
        return key_of(self.message, self.number)

    def row(self, result: Result, now: datetime, parts: int | None = None) -> tuple[Any, ...]:
        """Give the values of `ATTEMPT`."""
        return (
            self.message, self.number, self.carrier, self.phone, self.request, result.ticket,
            self.began_at, now, result.outcome, result.reason, result.detail, None, "", parts, BY,
        )  # fmt: skip


def key_of(message: str, number: int) -> str:
    """Name a try for the provider."""
    return f"{message}{number:02d}"


def read_key(key: str) -> tuple[str, int] | None:
    """Tell which message and which of its tries a name stands for; None when it is none of ours."""
    number = key[LENGTH:]
    return (key[:LENGTH], int(number)) if number.isdecimal() else None


def try_of(row: Message, now: datetime) -> Try:
    """Make a try of a message that was being sent when its sender died; nobody knows since when."""
    return Try(
        row.pk, row.tries, row.carrier, row.phone, row.request, now, row.queued_at, row.case,
        row.region,
    )  # fmt: skip
