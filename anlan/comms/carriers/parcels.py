"""What is handed to a carrier, and what it says became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol


@dataclass(slots=True)
class Parcel:
    """One message ready to leave. Lives in memory only: the number is open in it."""

    message: str
    #: Ours for this try, told to the provider.
    key: str
    #: The request it belongs to; kept when a request is made again after a crash.
    request: str
    #: The number, mail address or account; "" for channels that need none.
    address: str
    phone: str
    case: str
    #: Everything a template may name.
    told: Mapping[str, Any]

    def __repr__(self) -> str:
        """Leave the number and the words out of logs."""
        return f"Parcel({self.message})"


class Result(NamedTuple):
    """What became of one parcel."""

    #: sent; failed for good; again later; unknown: it may have left.
    outcome: str
    reason: str = ""
    detail: str = ""
    ticket: str = ""
    #: How long the provider wants to be left alone, in seconds.
    wait_s: float = 0.0
    #: Whether the provider itself is in trouble, so that the others wait too.
    down: bool = False


class Carrier(Protocol):
    """Takes parcels, in the groups it makes of them."""

    @property
    def lines(self) -> int:
        """How many requests may be under way at once."""

    def groups(self, parcels: Sequence[Parcel]) -> list[list[Parcel]]:
        """Divide parcels into requests, giving each parcel its request's key."""

    async def send(self, group: Sequence[Parcel]) -> list[Result]:
        """Make one request; a result for each parcel, in order. Never raises."""

    async def close(self) -> None:
        """Let connections go."""
