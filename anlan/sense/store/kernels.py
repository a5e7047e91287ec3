"""Machine code of the keys: who came first, newest per stream, hashing, sorting by stream."""

import numpy as np
from numpy.typing import NDArray

from anlan.engines.compiled import compiled


@compiled
def doubtful(
    number: NDArray[np.int32],
    time: NDArray[np.int64],
    newest: NDArray[np.int64],
    oldest: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Mark rows that lie within what their stream already has, earlier rows included.

    `newest` and `oldest` are moved along while looking and are put back before the end.
    """
    size = len(number)
    marked = np.zeros(size, np.bool_)
    before = np.empty((size, 2), np.int64)
    for i in range(size):
        k, t = number[i], time[i]
        before[i, 0], before[i, 1] = newest[k], oldest[k]
        marked[i] = oldest[k] <= t <= newest[k]
        newest[k] = max(newest[k], t)
        oldest[k] = min(oldest[k], t)
    for j in range(size):
        i = size - 1 - j
        newest[number[i]], oldest[number[i]] = before[i, 0], before[i, 1]
    return marked


@compiled
def advance(
    number: NDArray[np.int32],
    time: NDArray[np.int64],
    value: NDArray[np.float64],
    flags: NDArray[np.uint16],
    oldest: NDArray[np.int64],
    newest: NDArray[np.int64],
    newest_value: NDArray[np.float64],
    newest_flags: NDArray[np.uint16],
) -> None:
    """Move each stream's oldest and newest along, with the newest's value and flags."""
    for i in range(len(number)):
        k = number[i]
        oldest[k] = min(oldest[k], time[i])
        if time[i] > newest[k]:
            newest[k] = time[i]
            newest_value[k] = value[i]
            newest_flags[k] = flags[i]


@compiled
def place(number: int, time: int, mask: int) -> int:
    """Choose the first slot of a key in a table of ``mask + 1`` slots."""
    mixed = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(time) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    mixed ^= mixed >> np.uint64(29)
    return int(np.int64((mixed * np.uint64(0xBF58476D1CE4E5B9)) >> np.uint64(20)) & mask)


@compiled
def fill(
    slots: NDArray[np.int32],
    number: NDArray[np.int32],
    time: NDArray[np.int64],
    begin: int,
) -> None:
    """Enter the rows from `begin` on; of equal keys the first stays. Empty slots hold -1."""
    mask = len(slots) - 1
    for i in range(begin, len(number)):
        at = place(number[i], time[i], mask)
        while slots[at] >= 0:
            held = slots[at]
            if number[held] == number[i] and time[held] == time[i]:
                break
            at = (at + 1) & mask
        if slots[at] < 0:
            slots[at] = i


@compiled
def find(
    slots: NDArray[np.int32],
    number: NDArray[np.int32],
    time: NDArray[np.int64],
    wanted: NDArray[np.int32],
    wanted_time: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Give the row of each wanted key, -1 where there is none."""
    mask = len(slots) - 1
    found = np.full(len(wanted), -1, np.int64)
    for i in range(len(wanted)):
        at = place(wanted[i], wanted_time[i], mask)
        while slots[at] >= 0:
            held = slots[at]
            if number[held] == wanted[i] and time[held] == wanted_time[i]:
                found[i] = held
                break
            at = (at + 1) & mask
    return found


@compiled
def by_number(number: NDArray[np.int32], low: int, high: int) -> NDArray[np.int32]:
    """Give the positions that sort by number, equal ones in their order; all in [low, high]."""
    begins = np.zeros(high - low + 2, np.int64)
    for i in range(len(number)):
        begins[number[i] - low + 1] += 1
    for k in range(1, len(begins)):
        begins[k] += begins[k - 1]
    order = np.empty(len(number), np.int32)
    for i in range(len(number)):
        k = number[i] - low
        order[begins[k]] = i
        begins[k] += 1
    return order


@compiled
def seek(
    number: NDArray[np.int32],
    time: NDArray[np.int64],
    wanted: NDArray[np.int32],
    wanted_time: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Give the row of each wanted key in rows sorted by number, then time; -1 where none is."""
    found = np.full(len(wanted), -1, np.int64)
    for i in range(len(wanted)):
        k, t = wanted[i], wanted_time[i]
        low, high = 0, len(number)
        while low < high:
            middle = (low + high) // 2
            if number[middle] < k or (number[middle] == k and time[middle] < t):
                low = middle + 1
            else:
                high = middle
        if low < len(number) and number[low] == k and time[low] == t:
            found[i] = low
    return found
