"""The newest value of each stream, as every process sees it in ``latest.mmap``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.engines.series import BAD
from anlan.kernel import clock, workspace
from anlan.sense.models import Stream
from anlan.sense.rules.words import decimals_of
from anlan.sense.selectors.ladders import Ladders, Nearest
from anlan.sense.store.latest import Latest, LatestReader

#: So many expected intervals without a value and it is stale; so many, and the stream is silent.
STALE, SILENT = 2.0, 3.0
#: Where no interval is known a value is stale after so long, and nothing is ever called silent.
STALE_MS = 3_600_000.0

#: What a stream is doing, by the values alone: code -> Chinese, English.
STANDINGS: Mapping[str, tuple[str, str]] = {
    "normal": ("正常", "Normal"),
    "stale": ("数据陈旧", "Stale"),
    "silent": ("中断", "Silent"),
    "none": ("没有数据", "No data"),
}
NAMES = tuple(STANDINGS)
NORMAL, STALE_AT, SILENT_AT, NONE_AT = range(4)


@lru_cache(maxsize=4)
def _reader(directory: Path) -> LatestReader:
    return LatestReader(directory)


def latest(numbers: Any) -> Latest:
    """Read the newest values of streams by number; nothing is known before the first ingest."""
    return _reader(workspace.directory()).read(np.asarray(numbers, np.int32))


def newest_times() -> dict[str, int]:
    """Tell, by code, when the newest value of each stream in use was measured (ms); one query.

    Streams that never had one are left out.
    """
    rows = list(Stream.objects.filter(retired_at=None).values_list("code", "number"))
    found = latest([number for _, number in rows])
    return {
        code: int(time)
        for (code, _), time, known in zip(rows, found.time, found.known, strict=True)
        if known
    }


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Newest values of some streams, (n,), and what they mean."""

    found: Latest
    #: Places in `NAMES`.
    standing: NDArray[np.int8]
    nearest: Nearest


def judge(numbers: Any, interval_s: NDArray[np.float64], ladders: Ladders) -> Judged:
    """Read and judge the newest values of streams.

    Parameters
    ----------
    interval_s : expected seconds between values, (n,); NaN where not known.
    ladders : levels of the same streams, in the same order.
    """
    return weigh(latest(numbers), interval_s, ladders, clock.now())


def weigh(
    found: Latest, interval_s: NDArray[np.float64], ladders: Ladders, now: datetime
) -> Judged:
    """Judge values that were the newest at a moment by how old they were then."""
    age_ms = np.where(found.known, now.timestamp() * 1000 - found.time, np.inf)
    expected_ms = interval_s * 1000
    standing = np.full(len(found), NORMAL, np.int8)
    standing[age_ms > np.where(np.isnan(expected_ms), STALE_MS, STALE * expected_ms)] = STALE_AT
    standing[age_ms > np.where(np.isnan(expected_ms), np.inf, SILENT * expected_ms)] = SILENT_AT
    standing[~found.known] = NONE_AT
    # A value nobody believes says nothing about levels.
    sound = found.known & ((found.flags & BAD) == 0)
    nearest = ladders.nearest(np.where(sound, found.value, np.nan), clock.local(now).date())
    return Judged(found, standing, nearest)


@dataclass(frozen=True, slots=True)
class Newest:
    """What is known of one stream now. None: nothing is, which is not zero."""

    standing: str
    value: float | None = None
    time_ms: int | None = None
    #: Distance to the nearest level ahead; negative when one is reached, by so much.
    margin: float | None = None


def of_ids(ids: Sequence[str]) -> dict[str, Newest]:
    """Judge streams by their ids; one query. Values come with the decimals they are shown with."""
    rows = list(
        Stream.objects.filter(pk__in=ids).values_list(
            "pk", "number", "interval_s", "levels", "quantity"
        )
    )
    intervals = np.array([np.nan if row[2] is None else row[2] for row in rows], np.float64)
    judged = judge([row[1] for row in rows], intervals, Ladders([row[3] for row in rows]))
    found = judged.found
    return {
        row[0]: Newest(
            NAMES[judged.standing[place]],
            round(float(found.value[place]), decimals_of(row[4])),
            int(found.time[place]),
            None if np.isnan(judged.nearest.distance[place])
            else round(float(judged.nearest.distance[place]), 6),
        )
        if found.known[place]
        else Newest("none")
        for place, row in enumerate(rows)
    }  # fmt: skip
