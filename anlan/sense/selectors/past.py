"""What streams said at a moment of the past: the newest value each had then, from the store."""

from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.sense.selectors.catalog import Catalog
from anlan.sense.selectors.latest import SILENT, weigh
from anlan.sense.selectors.observations import reader
from anlan.sense.selectors.standings import Around, Standings, standing_so
from anlan.sense.store.interface import NEVER
from anlan.sense.store.latest import Latest

#: How far back a value is looked for, of streams that report at least so often.
OFTEN_MS: Final = 3 * 3_600_000
#: Further back than this nobody looks, however seldom a stream reports.
FURTHEST_MS: Final = 7 * 86_400_000


def standings_at(found: Catalog, places: NDArray[np.intp], near: Around, at: datetime) -> Standings:
    """Tell how the streams at some places of the catalog stood at a moment."""
    numbers, intervals = found.number[places], found.interval_s[places]
    judged = weigh(newest_at(numbers, intervals, at), intervals, found.ladders.at(places), at)
    return standing_so(found, places, near, judged)


def newest_at(numbers: NDArray[np.int32], interval_s: NDArray[np.float64], at: datetime) -> Latest:
    """Read the newest value each stream had at a moment.

    Looked for is as far back as a stream may be silent before it counts as such, at least
    `OFTEN_MS`: what is older says nothing of that moment, and the stream counts as without data.
    Streams that report often are read together, and so are the others.
    """
    size, until_ms = len(numbers), int(at.timestamp() * 1000) + 1
    told = Latest(
        numbers, np.zeros(size, np.bool_), np.full(size, NEVER, np.int64), np.full(size, np.nan),
        np.zeros(size, np.uint16), np.full(size, NEVER, np.int64),
    )  # fmt: skip
    quiet_ms = np.where(np.isnan(interval_s), 0, interval_s * 1000 * SILENT)
    often = quiet_ms <= OFTEN_MS
    for group in (often, ~often):
        if group.any():
            back_ms = min(max(OFTEN_MS, int(quiet_ms[group].max())), FURTHEST_MS)
            _look(told, numbers[group], until_ms - back_ms, until_ms)
    return told


def _look(told: Latest, wanted: NDArray[np.int32], since_ms: int, until_ms: int) -> None:
    """Fill in the last value of each of these streams within a span."""
    order = np.argsort(told.number, kind="stable")
    for piece in reader().scan(np.sort(wanted), since_ms, until_ms):
        if not len(piece):
            continue
        # Sorted by stream, then time: the last of each stream stands before the next one's first.
        last = np.flatnonzero(np.r_[piece.number[1:] != piece.number[:-1], True])
        at = order[np.searchsorted(told.number, piece.number[last], sorter=order)]
        told.known[at] = True
        told.time[at], told.value[at] = piece.time[last], piece.value[last]
        told.flags[at] = piece.flags[last]
