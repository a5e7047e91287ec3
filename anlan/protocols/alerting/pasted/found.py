"""What was recognised in a pasted text, where, and how surely."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from anlan.protocols.alerting.message import AlertMessage


class Confidence(StrEnum):
    """How surely a field was recognised; the page marks what is not sure."""

    SURE = "sure"  # the words stand where they always stand
    LIKELY = "likely"  # a part was inferred, as the year of a date
    DOUBTFUL = "doubtful"  # it may well mean something else


@dataclass(frozen=True, kw_only=True)
class Found:
    """One field: its value, the characters it was read from, and how surely."""

    #: station sent event level action turn earlier_level earlier_sent expires status region
    field: str
    value: Any
    #: Of the text as pasted; equal where nothing stands for it.
    start: int
    end: int
    confidence: Confidence


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """One warning in the text."""

    message: AlertMessage
    #: The characters of the pasted text that belong to it.
    start: int
    end: int
    fields: tuple[Found, ...]
    #: Fields a warning must have that were not found.
    missing: tuple[str, ...] = ()

    def field(self, name: str) -> Found | None:
        """Find a field, None when it was not recognised."""
        return next((one for one in self.fields if one.field == name), None)

    def all(self, name: str) -> tuple[Found, ...]:
        """List the fields of a name: of ``region`` there may be several."""
        return tuple(one for one in self.fields if one.field == name)

    @property
    def confidence(self) -> Confidence:
        """Tell how sure the least sure of the decisive fields is."""
        decisive = [one.confidence for one in self.fields if one.field in DECISIVE]
        if self.missing or Confidence.DOUBTFUL in decisive:
            return Confidence.DOUBTFUL
        return Confidence.LIKELY if Confidence.LIKELY in decisive else Confidence.SURE


#: Fields without which nobody may be called.
DECISIVE = ("station", "sent", "event", "level", "action")
