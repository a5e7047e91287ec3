"""A recorded day: observations in the order they are sent, and what goes with them.

On disk it is one file of observations (Parquet or NDJSON) with a small TOML file of the same name
beside it; see ``docs/howto/replay.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Due:
    """An alarm that must be raised, exactly once, and no other.

    ``matter`` is the code of a station, gateway or stream; ``rule`` the code of the rule.
    ``level`` is the worst level it reaches, 1 red to 4 blue, None for a rule without levels.
    It is raised by a value measured from ``after`` to ``before`` and clears about ``until``, all
    ms since 1970 UTC; one that outlives the day has its end.
    """

    rule: str
    matter: str
    hazard: str
    level: int | None
    after: int
    before: int
    until: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Maintenance that somebody declares before it begins; times in ms since 1970 UTC."""

    station: str
    starts: int
    ends: int
    reason: str


@dataclass(frozen=True, slots=True)
class About:
    """What a recording says of itself. Times are ms since 1970 UTC."""

    name: str
    title: str
    title_en: str
    start: int
    end: int
    #: Which way each gateway reports (mqtt, json, csv, ndjson, arrow), by its code; else json.
    ways: Mapping[str, str] = field(default_factory=dict)
    upkeep: tuple[Upkeep, ...] = ()
    #: None: nobody says which alarms must come.
    due: tuple[Due, ...] | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Observations as columns of (n,), in the order they are sent.

    ``stream`` are rows of ``codes``; ``time`` is what the device says, ``sent`` when it is sent,
    both ms since 1970 UTC; ``value`` is in the unit the device sends. ``again`` was sent before.
    """

    about: About
    codes: tuple[str, ...]
    stream: NDArray[np.int32]
    time: Times
    value: NDArray[np.float64]
    sent: Times
    again: NDArray[np.bool_]

    def __len__(self) -> int:
        """Count the observations."""
        return self.stream.size

    def between(self, after: int, until: int) -> slice:
        """Find what is sent after a time and until another, both ms since 1970 UTC."""
        first, last = np.searchsorted(self.sent, [after, until], side="right")
        return slice(int(first), int(last))


def moment(ms: int) -> datetime:
    """Turn ms since 1970 into a time."""
    return datetime.fromtimestamp(ms / 1000, tz=UTC)


def in_ms(at: datetime) -> int:
    """Turn a time into ms since 1970 UTC."""
    return round(at.timestamp() * 1000)


def ordered(about: About, codes: tuple[str, ...], columns: Mapping[str, Any]) -> Recording:
    """Put observations in the order they are sent; of one moment by stream, then time."""
    order = np.lexsort((columns["time"], columns["stream"], columns["sent"]))
    return Recording(
        about, codes,
        np.ascontiguousarray(columns["stream"][order], dtype=np.int32),
        np.ascontiguousarray(columns["time"][order], dtype=np.int64),
        np.ascontiguousarray(columns["value"][order], dtype=np.float64),
        np.ascontiguousarray(columns["sent"][order], dtype=np.int64),
        np.ascontiguousarray(columns["again"][order], dtype=bool),
    )  # fmt: skip
