"""Moves commits to the partitions, with their roll-ups, and looks after what is there."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np
import psycopg
from psycopg import sql

from anlan.engines.series import BAD, DAY_MS, HOUR_MS, Buckets, Columns, merge, reduce
from anlan.sense.store.interface import Report, Retention
from anlan.sense.store.keys import FirstWins
from anlan.sense.store.postgres import partitions, wire
from anlan.sense.store.postgres.cooling import Cooling
from anlan.sense.store.postgres.partitions import Partition
from anlan.sense.store.postgres.reading import moment
from anlan.sense.store.postgres.schema import Connection, connect
from anlan.sense.store.rows import pieces_by_stream

#: Commits are moved after so long, or so many rows.
MOVE_MS: Final = 10_000
MOVE_ROWS: Final = 200_000
#: Rows that may wait until the next look; every move writes each stream's hour once, so that
#: few large ones are cheaper.
CROWD_ROWS: Final = 2_000_000
#: Rows sorted and sent at once.
PIECE_ROWS: Final = 200_000
#: Rows held back for keepers before the oldest are given up.
HELD_ROWS: Final = 20_000_000

INTO: Final = sql.SQL("COPY {} (number, time, value, flags) FROM STDIN (FORMAT BINARY)")
ADD_HOURS: Final = """
INSERT INTO telemetry.hourly AS h SELECT * FROM fresh ON CONFLICT (number, hour) DO UPDATE SET
    n = h.n + excluded.n, low = least(h.low, excluded.low), high = greatest(h.high, excluded.high),
    total = h.total + excluded.total, last_time = greatest(h.last_time, excluded.last_time),
    last = CASE WHEN excluded.last_time >= h.last_time THEN excluded.last ELSE h.last END
"""


class Mover:
    """One thread at a time, on a connection of its own."""

    def __init__(
        self, url: str, gate: threading.RLock, last_seq: Callable[[], int], cooling: Cooling
    ) -> None:
        self._url, self._gate, self._last_seq = url, gate, last_seq
        self._cooling = cooling
        self._connection: Connection | None = None
        self._opened_ms: int | None = None
        self._waiting = False

    def came(self, received_ms: int) -> None:
        """Learn when the oldest open row was received."""
        if self._opened_ms is None:
            self._opened_ms = received_ms

    def starts(self, *, opened: bool) -> None:
        """Begin anew, with rows left over from before or without."""
        self._opened_ms, self._waiting = None, opened

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def work(self, first: FirstWins, now_ms: int, retention: Retention) -> Report:
        """Do what is due next."""
        connection = self._connection = self._connection or connect(self._url)
        today = now_ms // DAY_MS
        partitions.ensure(connection, (), today)
        unseen = _trim(connection)
        with self._gate:
            rows, opened = first.open_rows, self._opened_ms
            if self._waiting:
                self._opened_ms, self._waiting = now_ms, False
        if rows >= MOVE_ROWS or (rows and opened is not None and now_ms - opened >= MOVE_MS):
            return Report(closed=self._move(connection, first, now_ms), unseen=unseen, more=True)
        if thinned := partitions.thin(connection, retention, now_ms):
            return replace(thinned, unseen=unseen)
        _drop_hours(connection, today, retention)

        def attend() -> None:
            if first.open_rows >= CROWD_ROWS:
                self._move(connection, first, now_ms)

        done = self._cooling.work(connection, now_ms, retention, attend) or Report()
        return replace(done, unseen=unseen)

    def _move(self, connection: Connection, first: FirstWins, now_ms: int) -> int:
        today = now_ms // DAY_MS
        with self._gate:
            frozen, self._opened_ms = first.freeze(), None
            # Not the last one there: of a commit whose answer was lost memory knows nothing.
            last = self._last_seq()
        rows = Columns.concat(memory.rows.view() for memory in frozen)
        there = partitions.ensure(connection, np.unique(rows.time // DAY_MS).tolist(), today)
        with connection.transaction(), connection.cursor() as cursor:
            hours, written = [], set[Partition]()
            for piece in pieces_by_stream(rows, PIECE_ROWS):
                hours.append(reduce(piece, HOUR_MS, skip=BAD))
                for partition, some in partitions.split(piece, there):
                    wire.send(cursor, INTO.format(partition.table), wire.rows_of(some))
                    written.add(partition)
            partitions.stamp(connection, written, now_ms)
            _add_hours(cursor, merge(hours))
            with self._gate:
                heads = first.newest.dump()
            cursor.execute(
                "INSERT INTO telemetry.head VALUES (1, %b) ON CONFLICT (id)"
                " DO UPDATE SET body = excluded.body",
                (heads,),
            )
            cursor.execute(
                "UPDATE telemetry.state SET value = %s WHERE key = 'closed'",
                (last,),
            )
        with self._gate:
            first.closed(frozen)
        return len(rows)


def _add_hours(cursor: psycopg.Cursor[Any], hours: Buckets) -> None:
    cursor.execute(
        "CREATE TEMPORARY TABLE fresh (LIKE telemetry.hourly INCLUDING DEFAULTS) ON COMMIT DROP"
    )
    wire.send(cursor, sql.SQL("COPY fresh FROM STDIN (FORMAT BINARY)"), wire.hours_of(hours))
    cursor.execute(ADD_HOURS)


def _trim(connection: Connection) -> int:
    """Delete commits that are moved and that every keeper has seen; count those given up."""
    row = connection.execute(
        "SELECT least((SELECT value FROM telemetry.state WHERE key = 'closed'),"
        " (SELECT min(seq) FROM telemetry.kept)),"
        " (SELECT value FROM telemetry.state WHERE key = 'closed')"
    ).fetchone()
    bound, closed = (int(row[0]), int(row[1])) if row else (0, 0)
    given_up = _give_up(connection, bound, closed)
    connection.execute("DELETE FROM telemetry.batch WHERE seq <= %s", (max(bound, given_up[0]),))
    return given_up[1]


def _give_up(connection: Connection, bound: int, closed: int) -> tuple[int, int]:
    held = connection.execute(
        "SELECT coalesce(sum(rows), 0) FROM telemetry.batch WHERE seq > %s AND seq <= %s",
        (bound, closed),
    ).fetchone()
    if held is None or held[0] <= HELD_ROWS:
        return bound, 0
    middle = (bound + closed) // 2
    count = connection.execute(
        "SELECT count(*) FROM telemetry.batch WHERE seq > %s AND seq <= %s", (bound, middle)
    ).fetchone()
    return middle, int(count[0]) if count else 0


def _drop_hours(connection: Connection, today: int, retention: Retention) -> None:
    """Drop hours nobody keeps, once a day."""
    if retention.hourly_days is None:
        return
    before = today - retention.hourly_days
    with connection.transaction():
        done = connection.execute(
            "UPDATE telemetry.state SET value = %s WHERE key = 'hours' AND value < %s",
            (before, before),
        )
        if done.rowcount:
            query = sql.SQL("DELETE FROM telemetry.hourly WHERE hour < {}")
            connection.execute(query.format(moment(before * DAY_MS)))
