"""Reduce observations to buckets of equal length, and buckets to longer ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.series import few
from anlan.engines.series.columns import Columns, Numbers, Times, Values

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
#: Origin of days that begin at midnight in Shanghai.
SHANGHAI_MS: Final = -8 * HOUR_MS

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """Figures of (m,) buckets, by number, then start. An empty bucket has no row.

    start: first ms of the bucket. n: values in it. low, high, total, last: in the quantity's
    unit, total their sum. last_time: when `last` was measured, ms.
    """

    number: Numbers
    start: Times
    n: Counts
    low: Values
    high: Values
    total: Values
    last: Values
    last_time: Times

    def __len__(self) -> int:
        """Count the buckets."""
        return len(self.number)

    @property
    def mean(self) -> Values:
        """Mean of the values of each bucket."""
        return np.asarray(self.total / self.n)

    @staticmethod
    def empty() -> Buckets:
        """Give no bucket."""
        return reduce(Columns.empty(), HOUR_MS)


def reduce(columns: Columns, every_ms: int, *, origin_ms: int = 0, skip: int = 0) -> Buckets:
    """Reduce observations to buckets ``[origin + k * every, origin + (k + 1) * every)``.

    Values with a flag of `skip` and NaN are left out. Of several values at one time the one that
    stands last in `columns` is `last`.
    """
    if every_ms <= 0:
        raise ValueError(f"a bucket of {every_ms} ms")
    rows = columns.sorted()
    if len(rows) <= few.MOST:
        return _buckets(*few.reduce_rows(rows, skip, every_ms, origin_ms))
    from anlan.engines.series.kernels import reduce_sorted

    size = _most(rows, every_ms)
    number, start = np.empty(size, np.int32), np.empty(size, np.int64)
    n, last_time = np.empty(size, np.int64), np.empty(size, np.int64)
    figures = np.empty((size, 4), np.float64)
    found = reduce_sorted(
        rows.number, rows.time, rows.value, rows.flags, skip, every_ms, origin_ms,
        number, start, n, figures, last_time,
    )  # fmt: skip
    return _buckets(number, start, n, figures, last_time, found)


def merge(parts: Iterable[Buckets], every_ms: int | None = None, *, origin_ms: int = 0) -> Buckets:
    """Join buckets: those of one number and start become one; their values must be different ones.

    With `every_ms` the starts are first rounded down to longer buckets, of which the given ones
    must be parts.
    """
    listed = list(parts)
    if not listed:
        return Buckets.empty()
    number = np.concatenate([part.number for part in listed])
    start = np.concatenate([part.start for part in listed])
    if every_ms is not None:
        start = (start - origin_ms) // every_ms * every_ms + origin_ms
    last_time = np.concatenate([part.last_time for part in listed])
    order = np.lexsort((start, number))
    figures = np.stack(
        [
            np.concatenate([part.low for part in listed]),
            np.concatenate([part.high for part in listed]),
            np.concatenate([part.total for part in listed]),
            np.concatenate([part.last for part in listed]),
        ],
        axis=1,
    )[order]
    number, start, last_time = number[order], start[order], last_time[order]
    n = np.concatenate([part.n for part in listed])[order]
    if len(number) <= few.MOST:
        return _buckets(*few.merge_rows(number, start, n, figures, last_time))
    from anlan.engines.series.kernels import merge_sorted

    found = merge_sorted(number, start, n, figures, last_time)
    return _buckets(number, start, n, figures, last_time, found)


def _most(rows: Columns, every_ms: int) -> int:
    """Bound the number of buckets, so that a month of seconds does not ask for its own size."""
    if not len(rows):
        return 0
    changes = int(np.count_nonzero(rows.number[1:] != rows.number[:-1])) + 1
    span = int(rows.time.max()) - int(rows.time.min())
    return min(len(rows), changes * (span // every_ms + 2))


def _buckets(
    number: Numbers,
    start: Times,
    n: Counts,
    figures: Values,
    last_time: Times,
    found: int | None = None,
) -> Buckets:
    low, high, total, last = (np.ascontiguousarray(figures[:found, k]) for k in range(4))
    return Buckets(
        number[:found].copy(), start[:found].copy(), n[:found].copy(),
        low, high, total, last, last_time[:found].copy(),
    )  # fmt: skip
