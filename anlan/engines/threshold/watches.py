"""What can be watched: one condition on one stream, on two, or on other watches.

Every watch has a `key` of its own, which carries its state over a restart and a change of rules.
Lengths are in seconds, limits in the unit of the stream's quantity.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Op = Literal[">", ">=", "<", "<="]

OPS: Final = (">", ">=", "<", "<=")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watch:
    """What all watches have.

    hold_s: how long the condition must stand without a break before the watch is entered; a value
    stands until the next one. told: whether transitions are reported, or only counted by groups.
    """

    key: str
    hold_s: float = 0.0
    told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limited(_Watch):
    """A figure against a limit; left when the figure is back by `hysteresis` beyond it."""

    stream: int
    op: Op
    limit: float
    hysteresis: float = 0.0

    def __post_init__(self) -> None:
        if self.op not in OPS:
            raise ValueError(f"{self.key}: no comparison {self.op!r}")
        if not self.hysteresis >= 0:
            raise ValueError(f"{self.key}: hysteresis {self.hysteresis}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(_Limited):
    """A stream's value crosses a limit; within a billionth of it the value is equal to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum(_Limited):
    """The sum of a stream's values over the window that ends at the newest (rain in 1 h).

    When nothing comes for `patience_s` the window runs dry with the clock, which may end the
    state and never begin it. A sum below a limit counts only once a whole window was watched.
    """

    window_s: float
    patience_s: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(_Limited):
    """A stream has changed within a window that ends at the newest value.

    With ``>`` or ``>=`` the figure is the rise above the lowest value of the window (limit >= 0),
    with ``<`` or ``<=`` the fall below the highest, a negative number (limit <= 0).
    """

    window_s: float
    patience_s: float = 900.0

    def __post_init__(self) -> None:
        _Limited.__post_init__(self)
        if self.limit * (1 if self.op.startswith(">") else -1) < 0:
            raise ValueError(f"{self.key}: a change {self.op} {self.limit} is always there")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(_Limited):
    """`stream` minus `other`, newest values, measured at most `max_age_s` apart."""

    other: int
    max_age_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(_Watch):
    """Nothing newer has come from a stream for `after_s`, good or doubtful."""

    stream: int
    after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(_Watch):
    """At least `at_least` of the watches named by `members` are in their state."""

    members: tuple[str, ...]
    at_least: int


Watch = Level | Sum | Rate | Difference | Silence | Count


def all_of(key: str, members: Iterable[str], *, hold_s: float = 0.0, told: bool = True) -> Count:
    """Watch that all members are in their state."""
    listed = tuple(members)
    return Count(key=key, members=listed, at_least=len(listed), hold_s=hold_s, told=told)


def any_of(key: str, members: Iterable[str], *, hold_s: float = 0.0, told: bool = True) -> Count:
    """Watch that any member is in its state."""
    return Count(key=key, members=tuple(members), at_least=1, hold_s=hold_s, told=told)
