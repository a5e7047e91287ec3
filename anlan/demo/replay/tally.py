"""What became of what was sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """Counts of observations. MQTT confirms without saying what was known before."""

    sent: int = 0
    confirmed: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    #: Tries that failed and were repeated.
    repeated: int = 0
    #: Why observations were rejected, as the door says it.
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Add another's counts."""
        for name in ("sent", "confirmed", "accepted", "duplicates", "rejected", "repeated"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.reasons.update(other.reasons)

    def plain(self) -> dict[str, Any]:
        """Turn it into what JSON holds."""
        return {**self.__dict__, "reasons": dict(self.reasons)}

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Tally:
        """Read what `plain` gives."""
        return cls(**{**raw, "reasons": Counter(raw.get("reasons", {}))})


def total(parts: Iterable[Tally]) -> Tally:
    """Add tallies up."""
    whole = Tally()
    for part in parts:
        whole.add(part)
    return whole
