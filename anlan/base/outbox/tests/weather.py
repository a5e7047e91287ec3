"""Made-up events and listeners that note what they heard."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from anlan.base.journal.services import record
from anlan.kernel.events import Event, on, on_many


@dataclass(frozen=True, kw_only=True)
class Rained(Event):
    """It rained on these villages."""

    villages: tuple[str, ...] = ()
    depth_mm: float | None = None
    at: datetime | None = None


@dataclass
class Memory:
    """What was heard, and what is to go wrong."""

    heard: list[tuple[str, Rained]] = field(default_factory=list)
    groups: list[list[str]] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)  # cases

    def clear(self) -> None:
        self.heard.clear()
        self.groups.clear()
        self.failing.clear()

    def cases(self, listener: str) -> list[str]:
        return [event.case for who, event in self.heard if who == listener]


memory = Memory()


def _hear(listener: str, event: Rained) -> None:
    if event.case in memory.failing:
        raise ValueError("the pump is flooded")
    memory.heard.append((listener, event))


@on(Rained)
def open_gate(event: Rained) -> None:
    _hear("gate", event)


@on(Rained)
def call_village(event: Rained) -> None:
    _hear("call", event)


@dataclass(frozen=True, kw_only=True)
class Drained(Event):
    """Water is off these fields."""


@on_many(Drained)
def sow(events: Sequence[Drained]) -> None:
    memory.groups.append([event.case for event in events])
    for event in events:
        record(deed="field.sown", by="system:test", subject=("field", event.case))
        if event.case in memory.failing:
            raise ValueError("the field is under water")
