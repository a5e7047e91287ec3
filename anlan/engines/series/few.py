"""The reductions of `kernels` in numpy, for as many rows as one screen asks for.

To load machine code takes half a second of a process, and tens of megabytes for as long as it
lives: whoever reads the newest levels of a county need not pay for that.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.series.columns import Columns, Numbers, Times, Values

#: From more rows on machine code is worth loading.
MOST: Final = 50_000
Counts = NDArray[np.int64]
#: How lowest, highest and total of several come about.
JOINS: Final = (np.minimum, np.maximum, np.add)
#: Number, start, count, figures (low, high, total, last) and last time of each bucket.
Reduced = tuple[Numbers, Times, Counts, Values, Times]


def reduce_rows(rows: Columns, skip: int, every: int, origin: int) -> Reduced:
    """Reduce sorted rows to buckets."""
    kept = ((rows.flags & skip) == 0) & ~np.isnan(rows.value)
    number, time, value = rows.number[kept], rows.time[kept], rows.value[kept]
    start = (time - origin) // every * every + origin
    first, last = _groups(number, start)
    if not len(first):
        return number, start, np.empty(0, np.int64), np.empty((0, 4)), time
    figures = [one.reduceat(value, first) for one in JOINS]
    return (
        number[first], start[first], last - first + 1,
        np.stack([*figures, value[last]], axis=1), time[last],
    )  # fmt: skip


def merge_rows(
    number: Numbers, start: Times, n: Counts, figures: Values, last_time: Times
) -> Reduced:
    """Join neighbours of one number and start."""
    first, last = _groups(number, start)
    if not len(first):
        return number, start, n, figures, last_time
    # The same order but for neighbours that are joined: of those the newest stands last.
    newest = np.lexsort((last_time, start, number))[last]
    joined = [one.reduceat(figures[:, k], first) for k, one in enumerate(JOINS)]
    return (
        number[first], start[first], np.add.reduceat(n, first),
        np.stack([*joined, figures[newest, 3]], axis=1), last_time[newest],
    )  # fmt: skip


def _groups(number: Numbers, start: Times) -> tuple[Counts, Counts]:
    """Tell where each run of one number and start begins and ends."""
    if not len(number):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    changes = (number[1:] != number[:-1]) | (start[1:] != start[:-1])
    first = np.flatnonzero(np.concatenate(([True], changes)))
    return first, np.append(first[1:], len(number)) - 1
