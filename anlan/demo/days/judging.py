"""What rules must say about a true course of values, worked out the slow and plain way.

It shares nothing with the engine that judges live values: one value after another, one limit at a
time. Times are ms since 1970 UTC.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]
Floats = NDArray[np.float64]

_BEYOND: Final[dict[str, Callable[[float, float], bool]]] = {
    ">=": lambda value, limit: value >= limit,
    ">": lambda value, limit: value > limit,
    "<=": lambda value, limit: value <= limit,
    "<": lambda value, limit: value < limit,
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit: when it is crossed, from where it is left, how long it must stand in between."""

    op: str
    limit: float
    hysteresis: float = 0.0
    hold_ms: int = 0

    def beyond(self, value: float) -> bool:
        """Whether a value lies on the wrong side."""
        return _BEYOND[self.op](value, self.limit)

    def left(self, value: float) -> bool:
        """Whether a value has come back far enough."""
        back = -self.hysteresis if self.op.startswith(">") else self.hysteresis
        return not _BEYOND[self.op](value, self.limit + back)


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in a state: crossed at ``crossed``, counted from ``entered``, over at ``left``."""

    crossed: int
    entered: int
    left: float
    level: int | None


def stays(time: Times, value: Floats, bar: Bar, level: int | None) -> list[Stay]:
    """List when a series stood beyond a limit."""
    if not value.size or not any(bar.beyond(extreme) for extreme in (value.max(), value.min())):
        return []
    found: list[Stay] = []
    crossed: int | None = None
    for at, one in zip(time.tolist(), value.tolist(), strict=True):
        if crossed is None:
            crossed = at if bar.beyond(one) else None
        elif bar.left(one):
            found += _stay(crossed, float(at), bar, level, time)
            crossed = None
    if crossed is not None:
        found += _stay(crossed, math.inf, bar, level, time)
    return found


def _stay(crossed: int, left: float, bar: Bar, level: int | None, time: Times) -> list[Stay]:
    """Count from the first value at which the hold is over; none when it was left before."""
    over = time[np.searchsorted(time, crossed + bar.hold_ms) :]
    if not over.size or over[0] >= left:
        return []
    return [Stay(crossed, int(over[0]), left, level)]


def sums(time: Times, value: Floats, window_ms: int) -> Floats:
    """Add up the values of the window that ends with each, (t - window, t]."""
    total = np.concatenate([[0.0], np.cumsum(value)])
    first = np.searchsorted(time, time - window_ms, side="right")
    return np.asarray(total[1:] - total[first])


def rises(time: Times, value: Floats, window_ms: int) -> Floats:
    """Rise of each value above the lowest of the window that ends with it, (t - window, t]."""
    first = np.searchsorted(time, time - window_ms, side="right")
    low = [value[k : row + 1].min() for row, k in enumerate(first.tolist())]
    return np.asarray(value - np.array(low))


def falls(time: Times, value: Floats, window_ms: int) -> Floats:
    """Fall of each value below the highest of the window that ends with it; not positive."""
    return -rises(time, -value, window_ms)


def merged(found: Iterable[Stay], again_ms: int) -> list[Stay]:
    """Make one of stays that overlap or follow each other within ``again_ms``; the worst level."""
    joined: list[Stay] = []
    for stay in sorted(found, key=lambda one: (one.entered, one.left)):
        last = joined[-1] if joined else None
        if last is None or stay.entered > last.left + again_ms:
            joined.append(stay)
            continue
        levels = [one for one in (last.level, stay.level) if one is not None]
        joined[-1] = Stay(
            last.crossed, last.entered, max(last.left, stay.left), min(levels, default=None)
        )
    return joined


#: A level, and how many points of an item (items of a pond) at the next milder one make it.
_RAISING: Final = ((1, 2), (2, 3), (3, 4))


def aggregated(levels: Sequence[int]) -> int | None:
    """Worst level of an item by its points: four blue make a yellow, three yellow an orange ...

    What has reached a level has reached the milder ones too.
    """
    for level, needed in _RAISING:
        if min(levels, default=9) <= level or sum(one <= level + 1 for one in levels) >= needed:
            return level
    return 4 if levels else None


def carried(levels: Sequence[int]) -> int | None:
    """Worst level of a pond by its items: four blue ones are a yellow one, and so on upward."""
    left = sorted(levels)
    for level, needed in reversed(_RAISING):
        while left.count(level + 1) >= needed:
            for _ in range(needed):
                left.remove(level + 1)
            left.append(level)
    return min(left, default=None)
