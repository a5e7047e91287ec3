"""Reading in any process: from PostgreSQL by COPY, old days from files, open rows remembered."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import psycopg
from numpy.typing import ArrayLike
from psycopg import sql

from anlan.engines.series import BAD, HOUR_MS, REVISED, Buckets, Columns, Numbers, merge, reduce
from anlan.kernel.errors import Unavailable
from anlan.sense.store.checks import FIRST_MS, LAST_MS
from anlan.sense.store.interface import Heads, Revisions
from anlan.sense.store.postgres import wire
from anlan.sense.store.postgres.cold import Shelf, missing
from anlan.sense.store.postgres.schema import (
    VERSION,
    Connection,
    connect,
    exists,
    outages,
    snapshot,
    version,
)
from anlan.sense.store.rows import by_stream
from anlan.sense.store.segments.files import Filed
from anlan.sense.store.segments.reading import TRIES, count_before, wanted_numbers
from anlan.sense.store.tail import Tail, pick

#: Rows a piece of a scan has, about.
SCAN_ROWS = 1 << 20
#: Streams of the first piece of a scan.
SCAN_STREAMS = 64

T = TypeVar("T")

ROWS = sql.SQL(
    "SELECT number, time, value, flags FROM telemetry.observation"
    " WHERE number = ANY({numbers}) AND time >= {since} AND time < {until}"
)
HOURS = sql.SQL(
    "SELECT number, hour, n, low, high, total, last, last_time FROM telemetry.hourly"
    " WHERE number = ANY({numbers}) AND hour >= {since} AND hour < {until}"
)
OPEN = "SELECT seq, rows, body FROM telemetry.batch WHERE seq > %s ORDER BY seq"


class PostgresReader:
    """See `interface.Reader`. Reconnects by itself."""

    def __init__(self, url: str, directory: Path) -> None:
        self._url = url
        self._shelf = Shelf(directory)
        self._tail = Tail()
        self._lock = threading.RLock()
        self._connection: Connection | None = None

    def raw(self, number: int, since_ms: int, until_ms: int, limit: int | None = None) -> Columns:
        """See `interface.Reader.raw`."""
        numbers = np.array([number], np.int32)
        rows = self._rows(numbers, since_ms, until_ms, limit).take(slice(0, limit))
        late = self.revisions(number, since_ms, until_ms).time
        if not len(late):
            return rows
        marks = np.where(np.isin(rows.time, late), REVISED, 0).astype(np.uint16)
        return rows.with_flags(rows.flags | marks)

    def revisions(self, number: int, since_ms: int, until_ms: int) -> Revisions:
        """See `interface.Reader.revisions`."""

        def ask(connection: Connection) -> list[Any]:
            query = sql.SQL(
                "SELECT (extract(epoch FROM time) * 1000)::bigint, value, received_ms"
                " FROM telemetry.revision WHERE number = {number} AND time >= {since}"
                " AND time < {until} ORDER BY time, received_ms"
            ).format(number=number, **_span(since_ms, until_ms))
            return connection.execute(query).fetchall()

        columns = list(zip(*self._ask(ask, []), strict=True)) or [(), (), ()]
        return Revisions(
            np.array(columns[0], np.int64),
            np.array(columns[1], np.float64),
            np.array(columns[2], np.int64),
        )

    def buckets(
        self,
        numbers: ArrayLike,
        since_ms: int,
        until_ms: int,
        every_ms: int,
        *,
        origin_ms: int = 0,
    ) -> Buckets:
        """See `interface.Reader.buckets`."""
        wanted = wanted_numbers(numbers)
        since = (since_ms - origin_ms) // every_ms * every_ms + origin_ms
        until = -((origin_ms - until_ms) // every_ms) * every_ms + origin_ms
        if not len(wanted) or until <= since:
            return Buckets.empty()
        if every_ms % HOUR_MS or origin_ms % HOUR_MS:
            pieces = self.scan(wanted, since, until)
            return merge(reduce(piece, every_ms, origin_ms=origin_ms, skip=BAD) for piece in pieces)

        def ask(connection: Connection) -> list[Buckets]:
            query = HOURS.format(numbers=wanted.tolist(), **_span(since, until))
            with snapshot(connection):
                opened = pick(self._open(connection), wanted, since, until)
                rows = wire.receive(connection.cursor(), query, wire.HOUR)
            return [wire.buckets_of(rows), reduce(opened, HOUR_MS, skip=BAD)]

        return merge(self._ask(ask, []), every_ms, origin_ms=origin_ms)

    def scan(self, numbers: ArrayLike, since_ms: int, until_ms: int) -> Iterator[Columns]:
        """See `interface.Reader.scan`."""
        wanted, streams = wanted_numbers(numbers), SCAN_STREAMS
        while len(wanted):
            piece = self._rows(wanted[:streams], since_ms, until_ms)
            if len(piece):
                yield piece
            wanted = wanted[streams:]
            each = max(1.0, len(piece) / streams)
            streams = int(min(4 * streams, max(1, SCAN_ROWS / each)))

    def heads(self) -> Heads:
        """See `interface.Reader.heads`."""
        from anlan.sense.store.keys import Newest

        def ask(connection: Connection) -> Newest:
            with snapshot(connection):
                opened = self._open(connection)
                row = connection.execute("SELECT body FROM telemetry.head").fetchone()
            newest = Newest.load(row[0] if row else b"")
            newest.advance(opened)
            return newest

        return self._ask(ask, Newest()).heads()

    def kept(self, key: str) -> bytes | None:
        """See `interface.Reader.kept`."""

        def ask(connection: Connection) -> bytes | None:
            query = "SELECT body FROM telemetry.kept WHERE key = %s"
            row = connection.execute(query, (key,)).fetchone()
            return bytes(row[0]) if row else None

        return self._ask(ask, None)

    def close(self) -> None:
        """See `interface.Reader.close`."""
        with self._lock:
            self._shelf.close()
            self._disconnect()

    def _rows(
        self, numbers: Numbers, since_ms: int, until_ms: int, limit: int | None = None
    ) -> Columns:
        """Read rows by stream and time; with `limit` at least the first ones."""

        def ask(connection: Connection) -> tuple[list[Columns], list[Filed]]:
            query = ROWS.format(numbers=numbers.tolist(), **_span(since_ms, until_ms))
            with snapshot(connection, holding=True):
                opened = pick(self._open(connection), numbers, since_ms, until_ms)
                rows = wire.receive(connection.cursor(), query, wire.ROW)
                files = self._shelf.named(connection, numbers, since_ms, until_ms)
            return [wire.columns_of(rows), opened], files

        nothing: tuple[list[Columns], list[Filed]] = ([], [])
        for _ in range(TRIES):
            parts, files = self._ask(ask, nothing)
            try:
                for filed in files:  # by their first time
                    if limit is not None and count_before(parts, filed.since_ms) >= limit:
                        break
                    parts.append(self._shelf.rows(filed, numbers, since_ms, until_ms))
            except FileNotFoundError:
                continue  # written anew meanwhile: with the files there are now
            return by_stream(Columns.concat(parts))
        raise missing(self._shelf.folder)

    def _open(self, connection: Connection) -> Columns:
        row = connection.execute(
            "SELECT value FROM telemetry.state WHERE key = 'closed'"
        ).fetchone()
        closed = int(row[0]) if row else 0
        return self._tail.sync(
            closed, lambda seq: connection.execute(OPEN, (seq,), binary=True).fetchall()
        )

    def _ask(self, ask: Callable[[Connection], T], nothing: T) -> T:
        """Ask; a connection that broke since the last time is made anew once."""
        with self._lock, outages():
            used = self._connection is not None
            try:
                return self._ask_once(ask, nothing)
            except psycopg.OperationalError:
                self._disconnect()
                if not used:
                    raise
            return self._ask_once(ask, nothing)

    def _ask_once(self, ask: Callable[[Connection], T], nothing: T) -> T:
        if self._connection is None:
            made = connect(self._url)
            has = version(made) if exists(made) else 0
            if has < VERSION:
                made.close()
                if not has:
                    return nothing
                raise Unavailable("观测数据库的表还是旧版本的，接入进程启动后会把它升级")
            self._connection = made
        return ask(self._connection)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _span(since_ms: int, until_ms: int) -> dict[str, sql.Literal]:
    return {"since": moment(since_ms), "until": moment(until_ms)}


def moment(ms: int) -> sql.Literal:
    """Write a time as PostgreSQL reads it; what lies outside of what is stored becomes its end."""
    return sql.Literal(f"{np.datetime64(min(max(ms, FIRST_MS), LAST_MS), 'ms')}+00")
