"""The flat arrays that kernels walk: what a program says, and what it remembers.

Streams are counted by *slot*, watches by their place in the program. Every condition is turned to
the form ``y >= enter`` and ``y >= leave``: ``y`` is the figure times `sign`, and a strict limit is
the next number above. Figures of sums, rates and differences are whole millionths, so that a day
of tenths of a millimetre adds up to exactly what it says. One record holds all that belongs to one
thing: kernels pass records on by reference, which costs nothing.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

I4 = NDArray[np.int32]
I8 = NDArray[np.int64]
F8 = NDArray[np.float64]
Records = NDArray[np.void]
#: One record of such an array.
Record = Any

#: A time that never was.
NEVER: Final = -(2**62)
#: Millionths in a unit.
MICRO: Final = 1e6
#: Beyond this a value cannot be counted in millionths; it takes no part in sums and rates.
HUGE: Final = 1e12

SUM: Final = 0
RISE: Final = 1
FALL: Final = 2

#: Size classes of blocks of the pool: 2**k entries each.
CLASSES: Final = 40

_I4, _I8, _F8 = np.int32, np.int64, np.float64

#: One transition.
EVENT: Final = np.dtype(
    [("watch", _I4), ("state", np.int8), ("time", _I8), ("value", _F8)], align=True
)

#: What is said of a slot: ranges of its level watches, silence watches and windows, and the
#: length of the longest window of its sums in ms, 0 without sums; of the watches that look at its
#: windows their number and the least patience.
SLOT_RULE: Final = np.dtype(
    [
        ("level_from", _I4),
        ("level_to", _I4),
        ("silence_from", _I4),
        ("silence_to", _I4),
        ("window_from", _I4),
        ("window_to", _I4),
        ("rules", _I4),
        ("horizon", _I8),
        ("patience", _I8),
    ],
    align=True,
)
#: What is remembered of it: the newest time of anything and when it came; the newest time fit
#: for levels; of the values in its windows the newest and the first time, the newest value, and
#: whether it may be judged.
SLOT_MARK: Final = np.dtype(
    [
        ("seen_time", _I8),
        ("seen_at", _I8),
        ("last_time", _I8),
        ("fed_time", _I8),
        ("fed_first", _I8),
        ("fed_micro", _I8),
        ("fresh", _I8),
    ],
    align=True,
)
#: Of a window: SUM, RISE or FALL, its length in ms, and the range of watches that look at it.
WINDOW_RULE: Final = np.dtype(
    [("kind", _I4), ("rule_from", _I4), ("rule_to", _I4), ("length", _I8)], align=True
)
#: The sum of what is inside, and how many of the ring's newest entries are inside.
WINDOW_MARK: Final = np.dtype([("total", _I8), ("inside", _I8)], align=True)
#: Of a watch: its condition, and ranges of the slots below it and of the groups that count it.
WATCH_RULE: Final = np.dtype(
    [
        ("sign", _F8),
        ("enter", _F8),
        ("leave", _F8),
        ("hold", _I8),
        ("patience", _I8),
        ("leaf_from", _I4),
        ("leaf_to", _I4),
        ("parent_from", _I4),
        ("parent_to", _I4),
        ("depth", _I4),
        ("watch", _I4),
    ],
    align=True,
)
#: Whether it stands, since when it is held, the newest figure and its time, members that stand.
WATCH_MARK: Final = np.dtype(
    [("active", _I8), ("pending", _I8), ("figure", _F8), ("stepped", _I8), ("members", _I8)],
    align=True,
)
#: A pair of streams: their slots, how far apart in time they may be.
PAIR_RULE: Final = np.dtype(
    [("watch", _I4), ("one", _I4), ("other", _I4), ("age", _I8)], align=True
)
#: A ring: where its block is in the pool, the block's size class (-1 none), its oldest entry, how
#: many entries, and the step of its times in ms (1: every value has an entry of its own).
RING: Final = np.dtype(
    [("at", _I8), ("size_class", _I8), ("head", _I8), ("size", _I8), ("step", _I8)], align=True
)


class Rules(NamedTuple):
    """What a program says; it does not change while it runs."""

    #: (highest number + 1,) number -> slot, -1 not watched.
    slot_of: I4
    slots: Records
    windows: Records
    watches: Records
    pairs: Records
    #: What the ranges above point into: places of watches, slots, and watches again.
    level_watch: I4
    silence_watch: I4
    rule_watch: I4
    leaf_slot: I4
    parent: I4
    #: Entries a ring may hold before it is coarsened.
    most: int


class Marks(NamedTuple):
    """What a program remembers."""

    slots: Records
    windows: Records
    watches: Records
    #: One per slot for its sums, then one per window for its extremes.
    rings: Records
    #: (pairs, 2): newest times and values of both.
    pair_time: I8
    pair_value: F8
    #: Of the pool: first free block of each size class, then the first entry never used.
    free: I8
    #: When the program was first ticked, ms.
    begun: I8
