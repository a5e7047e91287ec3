"""Hourly roll-ups: one row a stream and day, and what was closed since as parts beside them.

A closed segment touches every stream, so merging it at once would write a page a stream. Its
buckets wait as parts, by blocks of streams, until enough have come to be merged together. Readers
add up both, and the open rows.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.series import DAY_MS, HOUR_MS, Buckets, Numbers, merge
from anlan.sense.store.packing import FIGURES, pack_buckets, take_buckets, unpack_buckets

#: Streams whose parts are merged together.
BLOCK: Final = 1024
#: Buckets of one part.
PART_ROWS: Final = 16_384
#: Parts of a block that make it due, and their buckets that do.
DUE_PARTS: Final = 24
DUE_ROWS: Final = 4 * PART_ROWS

HOURS: Final = 24
#: One hour of a stream's day; n = 0: nothing was measured.
HOUR: Final = np.dtype(
    [
        ("n", "<u4"), ("last_in", "<u4"), ("low", "<f8"), ("high", "<f8"),
        ("total", "<f8"), ("last", "<f8"),
    ]
)  # fmt: skip


def add_parts(database: sqlite3.Connection, buckets: Buckets) -> None:
    """Keep sorted buckets of an hour as parts."""
    block = buckets.number // BLOCK
    edges = np.flatnonzero(np.diff(block)) + 1
    for begin, end in zip([0, *edges.tolist()], [*edges.tolist(), len(block)], strict=True):
        for at in range(begin, end, PART_ROWS):
            part = take_buckets(buckets, slice(at, min(end, at + PART_ROWS)))
            database.execute(
                "INSERT INTO part (block, rows, since_ms, until_ms, body) VALUES (?, ?, ?, ?, ?)",
                (
                    int(block[at]), len(part), int(part.start.min()),
                    int(part.start.max()) + HOUR_MS, pack_buckets(part),
                ),
            )  # fmt: skip


def due_block(database: sqlite3.Connection) -> int | None:
    """Tell a block whose parts should be merged now."""
    found = database.execute(
        "SELECT block FROM part GROUP BY block HAVING count(*) >= ? OR sum(rows) >= ?"
        " ORDER BY sum(rows) DESC LIMIT 1",
        (DUE_PARTS, DUE_ROWS),
    ).fetchone()
    return None if found is None else int(found[0])


def merge_block(database: sqlite3.Connection, block: int) -> None:
    """Merge the oldest parts of a block into its streams' days; inside a transaction."""
    ids, bodies, rows = [], [], 0
    query = "SELECT id, rows, body FROM part WHERE block = ? ORDER BY id"
    for part, count, body in database.execute(query, (block,)):
        ids.append((part,))
        bodies.append(body)
        rows += count
        if rows >= 2 * DUE_ROWS:
            break
    fresh = merge([unpack_buckets(bodies)])
    pairs = np.unique(np.stack([fresh.number, fresh.start // DAY_MS], axis=1), axis=0)
    query = "SELECT number, day, body FROM hourly WHERE number = ? AND day = ?"
    stored = [row for pair in pairs.tolist() if (row := database.execute(query, pair).fetchone())]
    both = merge([_hours(stored), fresh])
    database.executemany("INSERT OR REPLACE INTO hourly VALUES (?, ?, ?)", _days(both))
    database.executemany("DELETE FROM part WHERE id = ?", ids)


def read(database: sqlite3.Connection, numbers: Numbers, since_ms: int, until_ms: int) -> Buckets:
    """Give the closed buckets of streams (sorted numbers) for whole hours; some may come twice."""
    wanted = json.dumps(numbers.tolist())
    days = database.execute(
        "SELECT h.number, h.day, h.body FROM json_each(?) AS j CROSS JOIN hourly AS h"
        " WHERE h.number = j.value AND h.day BETWEEN ? AND ?",
        (wanted, since_ms // DAY_MS, (until_ms - 1) // DAY_MS),
    ).fetchall()
    blocks = json.dumps(np.unique(numbers // BLOCK).tolist())
    parts = database.execute(
        "SELECT p.body FROM json_each(?) AS j CROSS JOIN part AS p"
        " WHERE p.block = j.value AND p.until_ms > ? AND p.since_ms < ?",
        (blocks, since_ms, until_ms),
    ).fetchall()
    merged = _fit(_hours(days), None, since_ms, until_ms)
    waiting = _fit(unpack_buckets(body for (body,) in parts), numbers, since_ms, until_ms)
    return _joined([merged, waiting])


def _joined(parts: Sequence[Buckets]) -> Buckets:
    names = ("number", "start", "n", *FIGURES, "last_time")
    return Buckets(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _fit(buckets: Buckets, numbers: Numbers | None, since_ms: int, until_ms: int) -> Buckets:
    fit = (buckets.start >= since_ms) & (buckets.start < until_ms)
    if numbers is not None:
        fit &= np.isin(buckets.number, numbers)
    return take_buckets(buckets, fit)


def _hours(rows: Sequence[tuple[int, int, bytes]]) -> Buckets:
    """Read rows of days as buckets, in their order."""
    hours = np.frombuffer(b"".join(row[2] for row in rows), HOUR).reshape(len(rows), HOURS)
    number = np.array([row[0] for row in rows], np.int32)
    day = np.array([row[1] for row in rows], np.int64)
    row, hour = np.nonzero(hours["n"])
    picked = hours[row, hour]
    start = day[row] * DAY_MS + hour * HOUR_MS
    return Buckets(
        number=number[row],
        start=start,
        n=picked["n"].astype(np.int64),
        last_time=start + picked["last_in"],
        **{name: np.ascontiguousarray(picked[name]) for name in FIGURES},
    )


def _days(buckets: Buckets) -> list[tuple[int, int, bytes]]:
    """Write sorted buckets as rows of days."""
    day = buckets.start // DAY_MS
    opens = np.ones(len(buckets), np.bool_)
    opens[1:] = (np.diff(buckets.number) != 0) | (np.diff(day) != 0)
    row: NDArray[np.intp] = np.cumsum(opens) - 1
    hours = np.zeros((int(row[-1]) + 1 if len(row) else 0, HOURS), HOUR)
    hour = (buckets.start - day * DAY_MS) // HOUR_MS
    hours["n"][row, hour] = buckets.n
    hours["last_in"][row, hour] = buckets.last_time - buckets.start
    for name in FIGURES:
        hours[name][row, hour] = getattr(buckets, name)
    return [
        (number, date, body.tobytes())
        for number, date, body in zip(
            buckets.number[opens].tolist(), day[opens].tolist(), hours, strict=True
        )
    ]
