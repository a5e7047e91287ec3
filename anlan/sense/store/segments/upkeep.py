"""What becomes of files: which are merged into one, and whose rows nobody keeps any longer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from anlan.engines.series import DAY_MS, HOUR_MS, Columns
from anlan.sense.store.interface import Retention
from anlan.sense.store.rows import by_stream
from anlan.sense.store.segments.files import PIECE_ROWS, Filed, Files, cuts

#: Files of one level that are merged into one of the next.
FAN_IN: Final = 8
#: Level of a file that holds a whole day.
WHOLE: Final = 100
#: A day is merged this long after its end: what is a little late is in it.
SETTLED_MS: Final = 2 * HOUR_MS
#: A whole day is merged again with what came late when that is this part of it.
LATE_PART: Final = 0.1
#: Rows of a file at most, so that a huge day becomes several files of streams.
FILE_ROWS: Final = 32_000_000


@dataclass(frozen=True)
class Merge:
    """Files to write as one."""

    files: tuple[Filed, ...]
    level: int


def due_merge(files: Iterable[Filed], now_ms: int) -> Merge | None:
    """Choose the files to merge next: small ones first; None when nothing is due."""
    by_day: dict[int | None, list[Filed]] = defaultdict(list)
    for filed in files:
        by_day[filed.day].append(filed)
    found = [merge for day, some in by_day.items() if (merge := _of_day(day, some, now_ms))]
    return min(found, key=lambda merge: sum(one.rows for one in merge.files), default=None)


def _of_day(day: int | None, files: list[Filed], now_ms: int) -> Merge | None:
    if day is not None and (day + 1) * DAY_MS + SETTLED_MS <= now_ms and _unfinished(files):
        return Merge(tuple(files), WHOLE)
    levels: dict[int, list[Filed]] = defaultdict(list)
    for filed in files:
        if filed.level < WHOLE:
            levels[filed.level].append(filed)
    for level, some in sorted(levels.items()):
        if len(some) >= FAN_IN:
            return Merge(tuple(some), level + 1)
    return None


def _unfinished(files: list[Filed]) -> bool:
    whole = sum(one.rows for one in files if one.level == WHOLE)
    rest = sum(one.rows for one in files if one.level != WHOLE)
    if not whole:
        return len(files) > 1
    return rest > LATE_PART * whole


def merged(files: Files, merge: Merge) -> Iterator[tuple[int, Columns]]:
    """Give the rows of the files in order, with the number of the file to write them to."""
    rows = 0
    parts = [(filed, np.arange(len(filed.groups))) for filed in merge.files]
    for low, high in cuts(parts, rows=PIECE_ROWS):
        pieces = [
            files.between(filed, low, high, filed.since_ms, filed.until_ms + 1)
            for filed in merge.files
        ]
        piece = by_stream(Columns.concat(pieces))
        yield rows // FILE_ROWS, piece
        rows += len(piece)


@dataclass(frozen=True)
class Thinning:
    """A file some of whose streams are no longer kept. `days`: retention it goes through now."""

    filed: Filed
    days: int


def due_thinning(files: Iterable[Filed], retention: Retention, now_ms: int) -> Thinning | None:
    """Choose a file that has grown too old for some of its streams; the oldest first."""
    lengths = sorted({*retention.by_number.values(), retention.raw_days or 0} - {0})
    for filed in sorted(files, key=lambda one: one.until_ms):
        age = (now_ms - filed.until_ms) / DAY_MS
        over = [days for days in lengths if days < age and days > filed.kept_days]
        if over:
            return Thinning(filed, max(over))
    return None


def nobody_keeps(thinning: Thinning, retention: Retention) -> bool:
    """Tell that the whole file can go, without reading it."""
    if retention.raw_days is None:
        return False
    low, high = thinning.filed.first_number, thinning.filed.last_number
    own = [days for number, days in retention.by_number.items() if low <= number <= high]
    return max([retention.raw_days, *own]) <= thinning.days


def thinned(files: Files, thinning: Thinning, retention: Retention) -> Iterator[Columns]:
    """Give the rows that are still kept, in order."""
    filed = thinning.filed
    keeps = np.full(filed.last_number + 1, retention.raw_days or np.iinfo(np.int64).max, np.int64)
    for number, days in retention.by_number.items():
        if number <= filed.last_number:
            keeps[number] = days
    for begin in range(0, len(filed.groups), PIECE_ROWS // 16_384):
        end = min(begin + PIECE_ROWS // 16_384, len(filed.groups))
        rows = files.read(filed, np.arange(begin, end))
        yield rows.take(keeps[rows.number] > thinning.days)
