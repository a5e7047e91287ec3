"""Machine code of the bucket reductions."""

import numpy as np
from numpy.typing import NDArray

from anlan.engines.compiled import compiled


@compiled
def reduce_sorted(
    number: NDArray[np.int32],
    time: NDArray[np.int64],
    value: NDArray[np.float64],
    flags: NDArray[np.uint16],
    skip: int,
    every: int,
    origin: int,
    out_number: NDArray[np.int32],
    out_start: NDArray[np.int64],
    out_n: NDArray[np.int64],
    out_figures: NDArray[np.float64],
    out_last_time: NDArray[np.int64],
) -> int:
    """Reduce sorted rows; figures are (n, 4): low, high, total, last. Gives the bucket count."""
    at = -1
    for i in range(len(number)):
        x = value[i]
        if (flags[i] & skip) != 0 or x != x:
            continue
        start = (time[i] - origin) // every * every + origin
        if at < 0 or out_number[at] != number[i] or out_start[at] != start:
            at += 1
            out_number[at] = number[i]
            out_start[at] = start
            out_n[at] = 0
            out_figures[at, 0] = x
            out_figures[at, 1] = x
            out_figures[at, 2] = 0.0
        out_n[at] += 1
        out_figures[at, 0] = min(out_figures[at, 0], x)
        out_figures[at, 1] = max(out_figures[at, 1], x)
        out_figures[at, 2] += x
        out_figures[at, 3] = x
        out_last_time[at] = time[i]
    return at + 1


@compiled
def merge_sorted(
    number: NDArray[np.int32],
    start: NDArray[np.int64],
    n: NDArray[np.int64],
    figures: NDArray[np.float64],
    last_time: NDArray[np.int64],
) -> int:
    """Join neighbours of one number and start, in place; gives the count left at the front."""
    at = -1
    for i in range(len(number)):
        if at < 0 or number[at] != number[i] or start[at] != start[i]:
            at += 1
            number[at] = number[i]
            start[at] = start[i]
            n[at] = n[i]
            last_time[at] = last_time[i]
            for k in range(4):
                figures[at, k] = figures[i, k]
            continue
        n[at] += n[i]
        figures[at, 0] = min(figures[at, 0], figures[i, 0])
        figures[at, 1] = max(figures[at, 1], figures[i, 1])
        figures[at, 2] += figures[i, 2]
        if last_time[i] >= last_time[at]:
            last_time[at] = last_time[i]
            figures[at, 3] = figures[i, 3]
    return at + 1
