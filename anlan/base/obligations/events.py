"""What obligations tell the modules above them."""

from dataclasses import dataclass

from anlan.kernel.events import Event, declare


@declare
@dataclass(frozen=True, kw_only=True)
class RungsReached(Event):
    """Obligations took their next rung: somebody else is to be turned to. One event a batch."""

    obligations: tuple[str, ...]
    #: The number of the rung each took, from 1, in the same order; 0: none, they are told again.
    rungs: tuple[int, ...] = ()
    #: How often each was told again; empty where it is the ladder that turned to somebody.
    rounds: tuple[int, ...] = ()


@declare
@dataclass(frozen=True, kw_only=True)
class ObligationsLapsed(Event):
    """A deadline passed and what is owed has not come. One event a batch."""

    obligations: tuple[str, ...]


@declare
@dataclass(frozen=True, kw_only=True)
class ObligationMoved(Event):
    """Somebody answered, reported, verified, returned, withdrew or closed."""

    obligation: str
    kind: str
    state: str


@declare
@dataclass(frozen=True, kw_only=True)
class ObligationsSettled(Event):
    """What many owed about one thing ended at once. One event a batch."""

    kind: str
    state: str
    obligations: tuple[str, ...]
