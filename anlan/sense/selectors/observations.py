"""Stored values of one stream: single ones, or reduced to buckets."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from anlan.base.permissions.actor import Actor
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Invalid
from anlan.sense.selectors.streams import times_of, unit_and_number
from anlan.sense.store import open_reader
from anlan.sense.store.interface import Reader
from anlan.sense.telemetry import url_of

#: The most single values, and the most buckets, one answer holds.
MOST_VALUES, MOST_BUCKETS = 200_000, 50_000
DAY = timedelta(days=1)
#: Buckets begin on the hours and days of the wall clock (UTC+8 has no summer time).
ORIGIN_MS = -8 * 3_600_000

UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}


@lru_cache(maxsize=4)
def _reader(directory: Path, url: str) -> Reader:
    return open_reader(directory, url)


def reader() -> Reader:
    """Open this workspace's store for reading; kept open in this process."""
    return _reader(workspace.directory(), url_of())


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a stream's values: ``[since, until)``, by default the last day."""

    since: datetime | None = None
    until: datetime | None = None
    #: Length of a bucket: ``300`` (seconds), ``10m``, ``1h``, ``1d``; "" for single values.
    every: str = ""
    #: Lists of equal length with times as milliseconds, for a curve; else a dict for each value.
    columns: bool = False


def observations(actor: Actor, code: str, asked: Asked) -> dict[str, Any]:
    """Read a stream's values, or reduced to a row for each bucket with values fit to judge by."""
    unit, number = unit_and_number(actor, code)
    last = asked.until or clock.now()
    first = asked.since or last - DAY
    if first.tzinfo is None or last.tzinfo is None:
        raise Invalid("时间应带时区，如 2026-07-01T08:00:00+08:00", errors={"from": ["缺少时区"]})
    if first >= last:
        raise Invalid("起始时间应早于结束时间", errors={"from": ["应早于结束时间"]})
    since_ms, until_ms = (int(one.timestamp() * 1000) for one in (first, last))
    seconds = seconds_of(asked.every)
    columns = (
        _raw(number, since_ms, until_ms)
        if seconds is None
        else _buckets(number, since_ms, until_ms, seconds)
    )
    told = {
        "stream": code, "unit": unit, "every": seconds, "from": first, "to": last,
        "as_of": clock.now(),
    }  # fmt: skip
    return {**told, "columns": columns} if asked.columns else {**told, "items": _items(columns)}


def _items(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    spelt = {**columns, "time": times_of(np.array(columns["time"], np.int64))}
    return [dict(zip(spelt, row, strict=True)) for row in zip(*spelt.values(), strict=True)]


def seconds_of(every: str) -> int | None:
    """Read the length of a bucket; None for "". `Invalid` when it is none.

    >>> seconds_of("300"), seconds_of("10m"), seconds_of("1d"), seconds_of("")
    (300, 600, 86400, None)
    """
    if not every:
        return None
    digits = every.rstrip("smhdin")
    factor = UNITS.get(every[len(digits) :] or "s")
    if not digits.isdecimal() or factor is None or not 0 < int(digits) * factor <= 31 * 86_400:
        raise Invalid("every 应如 300、10m、1h、1d", errors={"every": ["格式不对"]})
    return int(digits) * factor


def _raw(number: int, since_ms: int, until_ms: int) -> dict[str, list[Any]]:
    rows = reader().raw(number, since_ms, until_ms, MOST_VALUES + 1)
    if len(rows) > MOST_VALUES:
        raise Invalid(
            f"超过 {MOST_VALUES} 个值，请缩短时段，或用 every 分段", errors={"every": ["请分段"]}
        )
    return {
        "time": rows.time.tolist(), "value": rows.value.tolist(), "flags": rows.flags.tolist()
    }  # fmt: skip


def _buckets(number: int, since_ms: int, until_ms: int, seconds: int) -> dict[str, list[Any]]:
    if (until_ms - since_ms) / (seconds * 1000) > MOST_BUCKETS:
        raise Invalid(f"超过 {MOST_BUCKETS} 段，请用更长的 every", errors={"every": ["太短"]})
    numbers = np.array([number], np.int32)
    found = reader().buckets(
        numbers, since_ms, until_ms, seconds * 1000, origin_ms=ORIGIN_MS % (seconds * 1000)
    )
    return {
        "time": found.start.tolist(), "n": found.n.tolist(), "min": found.low.tolist(),
        "max": found.high.tolist(), "mean": found.mean.tolist(), "last": found.last.tolist(),
    }  # fmt: skip
