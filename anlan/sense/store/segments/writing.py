"""The one process that writes segments: commits to the log, closes, merges, drops."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anlan.engines.series import Columns
from anlan.sense.store.checks import check
from anlan.sense.store.interface import Commit, Report, Retention
from anlan.sense.store.keys import FirstWins, Newest, Sifting
from anlan.sense.store.packing import pack, unpack
from anlan.sense.store.segments.caretaker import Caretaker, Keys
from anlan.sense.store.segments.files import Filed, Files
from anlan.sense.store.segments.lookup import Lookup
from anlan.sense.store.segments.reading import OPEN, SegmentsReader
from anlan.sense.store.segments.schema import connect, take_lock, transaction

#: Commits read at once at the start and for replay.
COMMITS = 256


class SegmentsStore(Sifting, SegmentsReader):
    """See `interface.Store`. Its questions use a connection of their own."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._claim = take_lock(self._place)
        try:
            self._log = connect(self._place, write=True)
            self._gate = threading.RLock()
            own = Files(self._place.files, mapped=False)
            self._lookup = Lookup(own, _manifest(self._log))
            self._first = FirstWins(_heads(self._log), self._lookup.find)
            self._seq = self._reload()
            self._caretaker = Caretaker(
                place=self._place, log=self._log, gate=self._gate, files=own, keys=Keys(
                    lookup=self._lookup, first=self._first, last_seq=lambda: self._seq
                ),
            )  # fmt: skip
        except BaseException:
            os.close(self._claim)
            raise

    def append(self, columns: Columns, received_ms: int, *, note: bytes = b"") -> int:
        """See `interface.Store.append`."""
        check(columns)
        body = pack(columns)
        with self._gate:
            seq = self._seq + 1
            with transaction(self._log) as log:
                log.execute(
                    "INSERT INTO chunk VALUES (?, ?, ?, ?, ?)",
                    (seq, received_ms, len(columns), note, body),
                )
            self._seq = seq
            self._first.admit(columns)
            self._caretaker.came(received_ms)
        return seq

    @contextmanager
    def _keys(self) -> Iterator[FirstWins]:
        with self._gate:
            yield self._first

    def revise(self, columns: Columns, received_ms: int) -> int:
        """See `interface.Store.revise`."""
        check(columns)
        rows = zip(
            columns.number.tolist(), columns.time.tolist(), columns.value.tolist(),
            columns.flags.tolist(), strict=True,
        )  # fmt: skip
        with self._gate, transaction(self._log) as log:
            before = log.total_changes
            log.executemany(
                "INSERT OR IGNORE INTO revision VALUES (?, ?, ?, ?, ?)",
                ((*row, received_ms) for row in rows),
            )
            return log.total_changes - before

    def after(self, seq: int) -> Iterator[Commit]:
        """See `interface.Store.after`."""
        query = "SELECT seq, received_ms, note, body FROM chunk WHERE seq > ? ORDER BY seq LIMIT ?"
        while True:
            with self._gate:
                rows = self._log.execute(query, (seq, COMMITS)).fetchall()
            for number, received_ms, note, body in rows:
                yield Commit(number, received_ms, unpack([body]), bytes(note))
            if len(rows) < COMMITS:
                return
            seq = rows[-1][0]

    def keep(self, key: str, body: bytes, *, seq: int | None = None) -> None:
        """See `interface.Store.keep`."""
        with self._gate, transaction(self._log) as log:
            log.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (key, seq, body))

    def forget(self, key: str) -> None:
        """See `interface.Store.forget`."""
        with self._gate, transaction(self._log) as log:
            log.execute("DELETE FROM kept WHERE key = ?", (key,))

    def crowded(self) -> bool:
        """See `interface.Store.crowded`."""
        return self._caretaker.crowded()

    def maintain(self, now_ms: int, retention: Retention | None = None) -> Report:
        """See `interface.Store.maintain`."""
        return self._caretaker.work(now_ms, retention or Retention())

    def close(self) -> None:
        """See `interface.Reader.close`; another process may write after."""
        super().close()
        with self._gate:
            self._caretaker.close()
            self._log.close()
            fcntl.flock(self._claim, fcntl.LOCK_UN)
            os.close(self._claim)

    def _reload(self) -> int:
        """Take the open rows into memory; return the last sequence number given."""
        closed = int(
            self._log.execute("SELECT value FROM state WHERE key = 'closed'").fetchone()[0]
        )
        seq, rows = closed, self._log.execute(OPEN, (closed,))
        while some := rows.fetchmany(COMMITS):
            self._first.admit(unpack(body for _, _, body in some))
            seq = some[-1][0]
        return seq


def _manifest(log: sqlite3.Connection) -> list[Filed]:
    rows = log.execute(
        "SELECT name, day, level, rows, first_number, last_number, since_ms, until_ms, kept_days,"
        " groups FROM file"
    )
    return [Filed.of(row) for row in rows]


def _heads(log: sqlite3.Connection) -> Newest:
    row = log.execute("SELECT body FROM head").fetchone()
    return Newest.load(row[0]) if row else Newest()
