"""The one process that writes to PostgreSQL: commits as they come, then moves them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psycopg

from anlan.engines.series import Columns, Numbers, Times
from anlan.kernel.errors import Conflict, Unavailable
from anlan.sense.store.checks import check
from anlan.sense.store.interface import Commit, Report, Retention
from anlan.sense.store.keys import FirstWins, Newest, Sifting
from anlan.sense.store.packing import pack, unpack
from anlan.sense.store.postgres import cold, lookup
from anlan.sense.store.postgres.cold import Shelf
from anlan.sense.store.postgres.cooling import ColdTrouble, Cooling
from anlan.sense.store.postgres.mover import CROWD_ROWS, Mover
from anlan.sense.store.postgres.reading import PostgresReader
from anlan.sense.store.postgres.schema import (
    Connection,
    become_writer,
    connect,
    outages,
    prepare,
)
from anlan.sense.store.segments.lookup import Lookup

COMMITS = 256


class PostgresStore(Sifting, PostgresReader):
    """See `interface.Store`.

    When the server was away, everything known in memory is read anew before the next deed: a
    commit whose answer was lost may or may not be there, and reading tells.
    """

    def __init__(self, url: str, directory: Path) -> None:
        super().__init__(url, directory)
        self._gate = threading.RLock()
        self._upkeep = threading.RLock()
        self._log: Connection | None = None
        self._first = FirstWins(Newest(), self._closed)
        self._seq = 0
        self._cold = Shelf(directory, mapped=False)
        self._lookup = Lookup(self._cold.files, ())
        self._cooling = Cooling(url, self._cold, self._gate)
        self._mover = Mover(url, self._gate, lambda: self._seq, self._cooling)
        self._revive(patient=False)

    def append(self, columns: Columns, received_ms: int, *, note: bytes = b"") -> int:
        """See `interface.Store.append`."""
        check(columns)
        body = pack(columns)
        with self._writing() as log:
            seq = self._seq + 1
            log.execute(
                "INSERT INTO telemetry.batch VALUES (%s, %s, %s, %b, %b)",
                (seq, received_ms, len(columns), note, body),
            )
            self._seq = seq
            self._first.admit(columns)
            self._mover.came(received_ms)
        return seq

    def revise(self, columns: Columns, received_ms: int) -> int:
        """See `interface.Store.revise`."""
        check(columns)
        with self._writing() as log:
            done = log.execute(
                "INSERT INTO telemetry.revision SELECT number,"
                " 'epoch'::timestamptz + ms * interval '1 millisecond', value, flags, %s"
                " FROM unnest(%b::int4[], %b::int8[], %b::float8[], %b::int4[])"
                " AS given (number, ms, value, flags) ON CONFLICT DO NOTHING",
                (
                    received_ms, columns.number.tolist(), columns.time.tolist(),
                    columns.value.tolist(), columns.flags.tolist(),
                ),
            )  # fmt: skip
            return done.rowcount

    def after(self, seq: int) -> Iterator[Commit]:
        """See `interface.Store.after`."""
        query = (
            "SELECT seq, received_ms, note, body FROM telemetry.batch WHERE seq > %s"
            " ORDER BY seq LIMIT %s"
        )
        while True:
            with self._writing() as log:
                rows = log.execute(query, (seq, COMMITS), binary=True).fetchall()
            for number, received_ms, note, body in rows:
                yield Commit(number, received_ms, unpack([body]), bytes(note))
            if len(rows) < COMMITS:
                return
            seq = rows[-1][0]

    def keep(self, key: str, body: bytes, *, seq: int | None = None) -> None:
        """See `interface.Store.keep`."""
        with self._writing() as log:
            log.execute(
                "INSERT INTO telemetry.kept VALUES (%s, %s, %b) ON CONFLICT (key)"
                " DO UPDATE SET seq = excluded.seq, body = excluded.body",
                (key, seq, body),
            )

    def forget(self, key: str) -> None:
        """See `interface.Store.forget`."""
        with self._writing() as log:
            log.execute("DELETE FROM telemetry.kept WHERE key = %s", (key,))

    def maintain(self, now_ms: int, retention: Retention | None = None) -> Report:
        """See `interface.Store.maintain`."""
        with self._upkeep:
            with self._writing() as log:
                log.execute("SELECT 1")  # with the connection the writer's place would be lost
            try:
                with outages():
                    return self._mover.work(self._first, now_ms, retention or Retention())
            except psycopg.Error as error:
                self._lose()
                raise Unavailable(f"观测数据库的整理没有完成，稍后再试：{error}") from error
            except ColdTrouble:
                raise
            except BaseException:
                self._lose()
                raise

    def crowded(self) -> bool:
        """See `interface.Store.crowded`."""
        with self._gate:
            return self._first.open_rows >= CROWD_ROWS

    def close(self) -> None:
        """See `interface.Reader.close`; another process may write after."""
        super().close()
        with self._upkeep, self._gate:
            self._lose()
            self._cold.close()

    @contextmanager
    def _keys(self) -> Iterator[FirstWins]:
        with self._writing():
            yield self._first

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._log is None:
            self._revive(patient=True)
        with self._gate:
            if self._log is None:
                raise Unavailable("观测数据库的连接刚刚断开，请稍后再试")
            try:
                with outages():
                    yield self._log
            except Unavailable:
                self._lose()
                raise

    def _closed(self, number: Numbers, time: Times) -> lookup.Answer:
        if self._log is None:
            raise Unavailable("观测数据库的连接刚刚断开，请稍后再试")
        found, values = lookup.find(self._log, number, time)
        rest = np.flatnonzero(~found)
        if len(rest):
            found[rest], values[rest] = self._lookup.find(number[rest], time[rest])
        return found, values

    def _lose(self) -> None:
        """Let go of the connections; the next deed reads everything anew."""
        with self._gate:
            self._mover.close()
            log, self._log = self._log, None
            if log is not None:
                log.close()

    def _revive(self, *, patient: bool) -> None:
        """Connect, become the writer, read what is open and the newest of each stream.

        patient: the server may still hold our own lost connection for a while, so that somebody
        else writing is then no reason to give up for good.
        """
        with self._upkeep, self._gate:
            if self._log is not None:
                return
            log = connect(self._url)
            try:
                with outages():
                    become_writer(log)
                    prepare(log)
                    self._reload(log)
            except Conflict as error:
                log.close()
                if patient:
                    raise Unavailable(error.detail) from error
                raise
            except BaseException:
                log.close()
                raise
            self._log = log

    def _reload(self, log: Connection) -> None:
        row = log.execute("SELECT body FROM telemetry.head").fetchone()
        first = FirstWins(Newest.load(row[0]) if row else Newest(), self._closed)
        state = log.execute("SELECT value FROM telemetry.state WHERE key = 'closed'").fetchone()
        seq = int(state[0]) if state else 0
        query = "SELECT seq, body FROM telemetry.batch WHERE seq > %s ORDER BY seq LIMIT %s"
        while True:
            rows = log.execute(query, (seq, COMMITS), binary=True).fetchall()
            first.admit(unpack(body for _, body in rows))
            seq = rows[-1][0] if rows else seq
            if len(rows) < COMMITS:
                break
        cold.sweep(log, self._cold)
        self._lookup = Lookup(self._cold.files, cold.kept(log))
        self._cooling.starts(self._lookup)
        self._first, self._seq = first, seq
        self._mover.starts(opened=first.open_rows > 0)
