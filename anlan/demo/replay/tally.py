"""What became of what was sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

#: What is added up.
NUMBERS: Final = (
    "sent", "confirmed", "accepted", "duplicates", "rejected", "repeated", "letters", "answers",
    "relayed", "decided", "waits", "waited_s",
)  # fmt: skip


@dataclass
class Tally:
    """Counts of observations. MQTT confirms without saying what was known before.

    ``letters`` are warnings and bulletins that were taken, ``answers`` what simulated people said,
    ``relayed`` what the simulated officer passed on, ``decided`` how often the simulated commander
    started, raised or ended a response. The clock stood for model runs ``waits``
    times, ``waited_s`` seconds of real time in all.
    """

    sent: int = 0
    confirmed: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    #: Tries that failed and were repeated.
    repeated: int = 0
    #: Why observations were rejected, as the door says it.
    reasons: Counter[str] = field(default_factory=Counter)
    letters: int = 0
    answers: int = 0
    relayed: int = 0
    decided: int = 0
    waits: int = 0
    waited_s: float = 0.0

    def add(self, other: Tally) -> None:
        """Add another's counts."""
        for name in NUMBERS:
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
