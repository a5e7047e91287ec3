"""Reading segments from any process: one state of the manifest, its files, and the open rows."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from anlan.engines.series import BAD, HOUR_MS, REVISED, Buckets, Columns, Numbers, merge, reduce
from anlan.kernel.errors import Unavailable
from anlan.sense.store.interface import Heads, Revisions
from anlan.sense.store.rows import by_stream
from anlan.sense.store.segments import rollups
from anlan.sense.store.segments.files import Filed, Files, cuts, groups_of
from anlan.sense.store.segments.schema import Place, connect, snapshot
from anlan.sense.store.tail import Tail, member, pick

#: Rows a piece of a scan has, about.
SCAN_ROWS = 1 << 20
#: A file may be compacted away between the look at the manifest and its opening.
TRIES = 8

T = TypeVar("T")

FILES = """
SELECT name, day, level, rows, first_number, last_number, since_ms, until_ms, kept_days, groups
FROM file WHERE last_number >= ? AND first_number <= ? AND until_ms >= ? AND since_ms < ?
ORDER BY since_ms, name
"""
OPEN = "SELECT seq, rows, body FROM chunk WHERE seq > ? ORDER BY seq"


class SegmentsReader:
    """See `interface.Reader`. Before anything was ever written it answers with nothing."""

    def __init__(self, directory: Path) -> None:
        self._place = Place(directory)
        self._files = Files(self._place.files)
        self._tail = Tail()
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    def raw(self, number: int, since_ms: int, until_ms: int, limit: int | None = None) -> Columns:
        """See `interface.Reader.raw`."""
        numbers = np.array([number], np.int32)

        def ask() -> Columns:
            files, opened = self._state(numbers, since_ms, until_ms)
            parts = [opened]
            for filed in files:  # by their first time
                if limit is not None and count_before(parts, filed.since_ms) >= limit:
                    break
                parts.append(self._files.between(filed, number, number, since_ms, until_ms))
            return Columns.concat(parts).sorted()

        rows = self._steady(ask).take(slice(0, limit))
        late = self.revisions(number, since_ms, until_ms).time
        if not len(late):
            return rows
        marks = np.where(np.isin(rows.time, late), REVISED, 0).astype(np.uint16)
        return rows.with_flags(rows.flags | marks)

    def revisions(self, number: int, since_ms: int, until_ms: int) -> Revisions:
        """See `interface.Reader.revisions`."""
        rows = self._ask(
            "SELECT time, value, received_ms FROM revision"
            " WHERE number = ? AND time >= ? AND time < ? ORDER BY time, received_ms",
            (number, since_ms, until_ms),
        )
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
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
        with self._lock:
            database = self._database()
            if database is None:
                return Buckets.empty()
            with snapshot(database):
                opened = pick(self._open(database), wanted, since, until)
                closed = rollups.read(database, wanted, since, until)
        both = [closed, reduce(opened, HOUR_MS, skip=BAD)]
        return merge(both, every_ms, origin_ms=origin_ms)

    def scan(self, numbers: ArrayLike, since_ms: int, until_ms: int) -> Iterator[Columns]:
        """See `interface.Reader.scan`."""
        wanted = wanted_numbers(numbers)
        for _ in range(TRIES):
            try:
                for piece, high in self._pieces(wanted, since_ms, until_ms):
                    if len(piece):
                        yield piece
                    wanted = wanted[wanted > high]
            except FileNotFoundError:
                continue  # go on from here with the files there are now
            return
        raise _restless()

    def heads(self) -> Heads:
        """See `interface.Reader.heads`."""
        from anlan.sense.store.keys import Newest  # compiled code, for who asks for it

        with self._lock:
            database = self._database()
            if database is None:
                return Newest().heads()
            with snapshot(database):
                opened = self._open(database)
                body = database.execute("SELECT body FROM head").fetchone()
        newest = Newest.load(body[0] if body else b"")
        newest.advance(opened)
        return newest.heads()

    def kept(self, key: str) -> bytes | None:
        """See `interface.Reader.kept`."""
        rows = self._ask("SELECT body FROM kept WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def close(self) -> None:
        """See `interface.Reader.close`."""
        with self._lock:
            self._files.close()
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _pieces(
        self, wanted: Numbers, since_ms: int, until_ms: int
    ) -> Iterator[tuple[Columns, int]]:
        if not len(wanted):
            return
        files, opened = self._state(wanted, since_ms, until_ms)
        low, top = int(wanted[0]), int(wanted[-1])
        parts = [(filed, groups_of(filed, low, top, since_ms, until_ms)) for filed in files]
        highs = [high for _, high in cuts(parts, rows=SCAN_ROWS, wanted=wanted) if high < top]
        for high in [*highs, top]:
            here = wanted[(wanted >= low) & (wanted <= high)]
            if len(here):
                yield self._piece(files, opened, here, (since_ms, until_ms)), high
            low = high + 1

    def _piece(
        self, files: list[Filed], opened: Columns, here: Numbers, span: tuple[int, int]
    ) -> Columns:
        low, high = int(here[0]), int(here[-1])
        rows = [self._files.between(filed, low, high, *span) for filed in files]
        if len(here) < high - low + 1:
            rows = [part.take(member(part.number, here)) for part in rows]
        return by_stream(Columns.concat([*rows, pick(opened, here, *span)]))

    def _state(self, numbers: Numbers, since_ms: int, until_ms: int) -> tuple[list[Filed], Columns]:
        """Give the files that may hold rows of these streams, and their open rows."""
        with self._lock:
            database = self._database()
            if database is None:
                return [], Columns.empty()
            with snapshot(database):
                opened = self._open(database)
                asked = (int(numbers[0]), int(numbers[-1]), since_ms, until_ms)
                files = [Filed.of(row) for row in database.execute(FILES, asked)]
        return files, pick(opened, numbers, since_ms, until_ms)

    def _open(self, database: sqlite3.Connection) -> Columns:
        closed = database.execute("SELECT value FROM state WHERE key = 'closed'").fetchone()[0]
        return self._tail.sync(closed, lambda seq: database.execute(OPEN, (seq,)))

    def _ask(self, query: str, values: tuple[object, ...]) -> list[Any]:
        with self._lock:
            database = self._database()
            return [] if database is None else database.execute(query, values).fetchall()

    def _database(self) -> sqlite3.Connection | None:
        if self._connection is None and self._place.database.exists():
            made = connect(self._place, write=False)
            if made.execute("PRAGMA user_version").fetchone()[0] == 0:
                made.close()  # being made this moment
                return None
            self._connection = made
        return self._connection

    def _steady(self, ask: Callable[[], T]) -> T:
        for _ in range(TRIES):
            try:
                return ask()
            except FileNotFoundError:
                continue
        raise _restless()


def wanted_numbers(numbers: ArrayLike) -> Numbers:
    """Sort numbers and take each once."""
    return np.unique(np.asarray(numbers, np.int32))


def _restless() -> Unavailable:
    return Unavailable("观测文件正在整理，请稍后再试")


def count_before(parts: list[Columns], time_ms: int) -> int:
    """Count the rows before a time: enough of them make later files needless."""
    return sum(int(np.count_nonzero(part.time < time_ms)) for part in parts)
