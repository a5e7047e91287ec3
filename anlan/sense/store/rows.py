"""A growing run of observations, and sorting one by stream."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.engines.series import Columns, few

SMALLEST = 1 << 14
#: Room grows by this factor. Memory is taken when written to, so what is not used costs nothing.
GROWTH = 8


class Rows:
    """Observations in order of arrival. A view given out never changes, whatever comes later."""

    def __init__(self) -> None:
        self._held = _room(SMALLEST)
        self._begin = self._end = 0

    def __len__(self) -> int:
        """Count the observations."""
        return self._end - self._begin

    def view(self) -> Columns:
        """Give what is there now, without copying."""
        return self._held.take(slice(self._begin, self._end))

    def append(self, columns: Columns) -> None:
        """Add observations at the end."""
        end = self._end + len(columns)
        if end > len(self._held):
            self._grow(len(columns))
            end = self._end + len(columns)
        place = slice(self._end, end)
        self._held.number[place], self._held.time[place] = columns.number, columns.time
        self._held.value[place], self._held.flags[place] = columns.value, columns.flags
        self._end = end

    def drop(self, count: int) -> None:
        """Let go of the first ones."""
        self._begin += count
        if self._begin == self._end:
            self._held, self._begin, self._end = _room(SMALLEST), 0, 0

    def _grow(self, more: int) -> None:
        now = self.view()
        held = _room(max(SMALLEST, GROWTH * len(now), len(now) + more))
        place = slice(0, len(now))
        held.number[place], held.time[place] = now.number, now.time
        held.value[place], held.flags[place] = now.value, now.flags
        self._held, self._begin, self._end = held, 0, len(now)


def _room(size: int) -> Columns:
    return Columns(
        np.empty(size, np.int32),
        np.empty(size, np.int64),
        np.empty(size, np.float64),
        np.empty(size, np.uint16),
    )


def by_stream(columns: Columns) -> Columns:
    """Sort by number, then time: a count when numbers lie close and each stream is in order."""
    if not len(columns) or columns.is_sorted():
        return columns
    return columns.take(_by_number(columns)).sorted()


def pieces_by_stream(columns: Columns, most: int) -> Iterator[Columns]:
    """Sort as `by_stream` does, in pieces of whole streams of about so many rows.

    Only a piece is ever copied: a closing segment sorted whole needs its size once more, and
    that at full speed.
    """
    order = _by_number(columns)
    begin = 0
    while begin < len(order):
        last = columns.number[order[min(begin + most, len(order)) - 1]]
        end = bisect_right(order, last, lo=begin, key=columns.number.__getitem__)
        yield columns.take(order[begin:end]).sorted()
        begin = end


def _by_number(columns: Columns) -> NDArray[np.integer[Any]]:
    """Give the positions that sort by number, equal ones in their order."""
    if not len(columns):
        return np.empty(0, np.int32)
    low, high = int(columns.number.min()), int(columns.number.max())
    if len(columns) <= few.MOST or high - low > 4 * len(columns) + 1024:
        return np.argsort(columns.number, kind="stable")
    from anlan.sense.store.kernels import by_number

    return by_number(columns.number, low, high)
