"""Rings of (time, millionths) in one pool that grows; a block of 2**k entries each.

Blocks left behind by a ring that outgrew them go to a free list of their size: the first word of
a free block is the next free one.
"""

import numpy as np

from anlan.engines.compiled import compiled, lean
from anlan.engines.threshold.layout import CLASSES, I8, Record, Records


@compiled
def take_block(pool: I8, free: I8, size_class: int) -> tuple[I8, int]:
    """Find room for 2**size_class entries; the pool may come back as a larger copy."""
    found = free[size_class]
    if found >= 0:
        free[size_class] = pool[found, 0]
        return pool, found
    found = free[CLASSES]
    need = found + (1 << size_class)
    if need > len(pool):
        larger = np.empty((max(need, 2 * len(pool)), 2), np.int64)
        larger[:found] = pool[:found]
        pool = larger
    free[CLASSES] = need
    return pool, found


@compiled
def room(pool: I8, free: I8, ring: Record) -> I8:
    """Move a full ring to a block of twice the size; the pool may come back as a larger copy."""
    size_class = ring["size_class"]
    larger = max(3, size_class + 1)
    pool, at = take_block(pool, free, larger)
    if size_class >= 0:
        old, mask = ring["at"], (1 << size_class) - 1
        for k in range(ring["size"]):
            here = old + ((ring["head"] + k) & mask)
            pool[at + k, 0] = pool[here, 0]
            pool[at + k, 1] = pool[here, 1]
        pool[old, 0] = free[size_class]
        free[size_class] = old
    ring["at"] = at
    ring["size_class"] = larger
    ring["head"] = 0
    return pool


@lean
def place(ring: Record, k: int) -> int:
    """Find where in the pool the k-th oldest entry of a ring lies."""
    found: int = ring["at"] + ((ring["head"] + k) & ((1 << ring["size_class"]) - 1))
    return found


@lean
def is_full(ring: Record) -> bool:
    """Tell whether a ring needs `room` before it takes one more entry."""
    return bool(ring["size_class"] < 0 or ring["size"] >= (1 << ring["size_class"]))


@lean
def insert(pool: I8, ring: Record, k: int, time: int, micro: int) -> None:
    """Put an entry before the k-th oldest of a ring that is not full; k = size appends."""
    j = ring["size"]
    ring["size"] = j + 1
    while j > k:
        here, before = place(ring, j), place(ring, j - 1)
        pool[here, 0] = pool[before, 0]
        pool[here, 1] = pool[before, 1]
        j -= 1
    here = place(ring, k)
    pool[here, 0] = time
    pool[here, 1] = micro


@lean
def remove(pool: I8, ring: Record, k: int) -> None:
    """Take out the k-th oldest entry."""
    size = ring["size"] - 1
    for j in range(k, size):
        here, behind = place(ring, j), place(ring, j + 1)
        pool[here, 0] = pool[behind, 0]
        pool[here, 1] = pool[behind, 1]
    ring["size"] = size


@lean
def drop_oldest(ring: Record) -> None:
    """Forget the oldest entry."""
    ring["head"] = (ring["head"] + 1) & ((1 << ring["size_class"]) - 1)
    ring["size"] -= 1


@lean
def count_until(pool: I8, ring: Record, time: int) -> int:
    """Count the entries with a time of at most `time`; looked for from the newest back."""
    k = ring["size"]
    while k > 0 and pool[place(ring, k - 1), 0] > time:
        k -= 1
    return int(k)


@lean
def coarsen(pool: I8, ring: Record, summed: bool) -> None:
    """Halve a full ring: double the step of its times and join what falls into one step.

    A joined entry has its newest time. Of sums it holds the sum; of extremes the oldest's value,
    the least, since those go upward.
    """
    full = ring["size"]
    while 2 * ring["size"] > full and ring["size"] > 1:
        ring["step"] *= 2
        step = ring["step"]
        kept = 0
        for k in range(ring["size"]):
            time, micro = pool[place(ring, k), 0], pool[place(ring, k), 1]
            last = place(ring, max(kept - 1, 0))
            if kept > 0 and pool[last, 0] // step == time // step:
                pool[last, 0] = time
                if summed:
                    pool[last, 1] += micro
            else:
                here = place(ring, kept)
                pool[here, 0] = time
                pool[here, 1] = micro
                kept += 1
        ring["size"] = kept


@compiled
def unroll(pool: I8, rings: Records) -> I8:
    """Lay all rings end to end, each from its oldest entry."""
    total = 0
    for ring in rings:
        total += ring["size"]
    flat = np.empty((total, 2), np.int64)
    at = 0
    for ring in rings:
        for k in range(ring["size"]):
            here = place(ring, k)
            flat[at, 0] = pool[here, 0]
            flat[at, 1] = pool[here, 1]
            at += 1
    return flat


@compiled
def refill(pool: I8, free: I8, rings: Records, target: I8, sizes: I8, flat: I8) -> I8:
    """Append entries laid end to end to rings; of target -1 they are left out."""
    at = 0
    for k in range(len(target)):
        for j in range(at, at + sizes[k]):
            if target[k] >= 0:
                ring = rings[target[k]]
                if is_full(ring):
                    pool = room(pool, free, ring)
                insert(pool, ring, ring["size"], flat[j, 0], flat[j, 1])
        at += sizes[k]
    return pool
