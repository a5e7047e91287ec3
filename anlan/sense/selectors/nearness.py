"""How near streams came to their limits in a past period, where a rule found nothing to say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.engines.series import BAD, Columns
from anlan.sense.bindings import Binding

#: So many are told.
MOST = 8


class Extremes:
    """Lowest and highest value of each stream that anybody believes."""

    def __init__(self, numbers: NDArray[np.int32]) -> None:
        self._numbers = np.unique(numbers)
        self.low = np.full(len(self._numbers), np.inf)
        self.high = np.full(len(self._numbers), -np.inf)

    def note(self, part: Columns) -> None:
        """Take in values; quick when a stream's lie together."""
        sound = ((part.flags & BAD) == 0) & ~np.isnan(part.value)
        numbers, values = part.number[sound], part.value[sound]
        if not len(numbers):
            return
        starts = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]])
        places = np.searchsorted(self._numbers, numbers[starts])
        np.minimum.at(self.low, places, np.minimum.reduceat(values, starts))
        np.maximum.at(self.high, places, np.maximum.reduceat(values, starts))

    def of(self, number: int, *, rising: bool) -> float | None:
        """Give the highest value of a stream, or the lowest; None when it has none."""
        place = int(np.searchsorted(self._numbers, number))
        if place >= len(self._numbers) or self._numbers[place] != number:
            return None
        value = float((self.high if rising else self.low)[place])
        return value if np.isfinite(value) else None


@dataclass(frozen=True, slots=True)
class Near:
    """A stream that stayed within its limit, and by how little."""

    stream: str
    value: float
    limit: float
    level: int | None
    left: float


def nearest(
    bindings: Iterable[Binding | None],
    numbers: Mapping[str, int],
    extremes: Extremes,
    *,
    rising: bool,
) -> list[Near]:
    """List the streams that came nearest to the first of their limits without reaching it.

    Parameters
    ----------
    numbers : number of each stream, by id.
    rising : whether higher is worse.
    """
    found: dict[str, Near] = {}
    for one in bindings:
        if one is None or one.stream is None or one.limit is None:
            continue
        value = extremes.of(numbers[one.stream], rising=rising)
        if value is None:
            continue
        left = one.limit - value if rising else value - one.limit
        known = found.get(one.stream)
        if known is None or left < known.left:
            found[one.stream] = Near(one.stream, value, one.limit, one.level, left)
    short = [near for near in found.values() if near.left > 0]
    return sorted(short, key=lambda near: near.left)[:MOST]
