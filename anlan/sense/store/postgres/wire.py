"""Rows in PostgreSQL's binary COPY, as arrays: no column is ever null, so rows have one size."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql

from anlan.engines.series import Buckets, Columns, Times
from anlan.sense.store.packing import FIGURES

HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL: Final = b"\xff\xff"
#: PostgreSQL counts microseconds since 2000-01-01 UTC.
EPOCH_MS: Final = 946_684_800_000
#: Rows sent at once.
PIECE: Final = 100_000

TYPES: Final = {"i4": ">i4", "i8": ">i8", "f8": ">f8", "time": ">i8"}


def _layout(**columns: str) -> np.dtype[Any]:
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"{name}_size", ">i4"), (name, TYPES[kind])]
    return np.dtype(fields)


ROW: Final = _layout(number="i4", time="time", value="f8", flags="i4")
HOUR: Final = _layout(
    number="i4", start="time", n="i4", low="f8", high="f8", total="f8", last="f8", last_time="time"
)
Rows = NDArray[Any]


def _blank(layout: np.dtype[Any], count: int) -> Rows:
    rows = np.zeros(count, layout)
    names = layout.names or ()
    rows["fields"] = len(names) // 2
    for name in names[2::2]:
        rows[f"{name}_size"] = layout[name].itemsize
    return rows


def to_time(ms: Times) -> NDArray[np.int64]:
    """Turn ms since 1970 into what the wire has."""
    return (ms - EPOCH_MS) * 1000


def from_time(micros: NDArray[Any]) -> Times:
    """Turn what the wire has into ms since 1970."""
    return np.asarray(micros.astype(np.int64) // 1000 + EPOCH_MS)


def rows_of(columns: Columns) -> Rows:
    """Write observations."""
    rows = _blank(ROW, len(columns))
    rows["number"], rows["time"] = columns.number, to_time(columns.time)
    rows["value"], rows["flags"] = columns.value, columns.flags
    return rows


def columns_of(rows: Rows) -> Columns:
    """Read observations."""
    return Columns.of(rows["number"], from_time(rows["time"]), rows["value"], rows["flags"])


def hours_of(buckets: Buckets) -> Rows:
    """Write hourly buckets."""
    rows = _blank(HOUR, len(buckets))
    rows["number"], rows["start"] = buckets.number, to_time(buckets.start)
    rows["n"], rows["last_time"] = buckets.n, to_time(buckets.last_time)
    for name in FIGURES:
        rows[name] = getattr(buckets, name)
    return rows


def buckets_of(rows: Rows) -> Buckets:
    """Read hourly buckets."""
    return Buckets(
        number=rows["number"].astype(np.int32),
        start=from_time(rows["start"]),
        n=rows["n"].astype(np.int64),
        last_time=from_time(rows["last_time"]),
        **{name: rows[name].astype(np.float64) for name in FIGURES},
    )


def send(cursor: psycopg.Cursor[Any], statement: sql.SQL | sql.Composed, rows: Rows) -> None:
    """Copy rows into a table."""
    with cursor.copy(statement) as copy:
        copy.write(HEAD)
        for begin in range(0, len(rows), PIECE):
            copy.write(rows[begin : begin + PIECE].tobytes())
        copy.write(TAIL)


def stream(
    cursor: psycopg.Cursor[Any], query: sql.Composable, layout: np.dtype[Any]
) -> Iterator[Rows]:
    """Copy what a query gives, piece by piece, so that only one is in memory."""
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT BINARY)").format(query)
    with cursor.copy(statement) as copy:
        held, size, most = list[bytes](), 0, len(HEAD) + PIECE * layout.itemsize
        for some in _bytes(copy):
            held.append(some)
            size += len(some)
            if size < most:
                continue
            body = b"".join(held)
            rows = np.frombuffer(body, layout, offset=len(HEAD), count=PIECE)
            yield rows
            held = [HEAD, body[most:]]  # what is left, as if it were all
            size = len(HEAD) + size - most
        body = b"".join(held)
    yield np.frombuffer(body, layout, offset=len(HEAD), count=_count(body, layout))


def receive(cursor: psycopg.Cursor[Any], query: sql.Composable, layout: np.dtype[Any]) -> Rows:
    """Copy what a query gives, all of it."""
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT BINARY)").format(query)
    with cursor.copy(statement) as copy:
        body = b"".join(_bytes(copy))
    return np.frombuffer(body, layout, offset=len(HEAD), count=_count(body, layout))


def _bytes(pieces: Iterable[Any]) -> Iterable[bytes]:
    return (bytes(piece) for piece in pieces)


def _count(body: bytes, layout: np.dtype[Any]) -> int:
    count, rest = divmod(len(body) - len(HEAD) - len(TAIL), layout.itemsize)
    if rest or not body.startswith(HEAD):
        raise ValueError("PostgreSQL sent rows of another shape")
    return count
