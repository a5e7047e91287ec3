"""Moves old partitions to files, and looks after the files: one piece of work a call.

A partition leaves in three steps: its rows are written to files that are named as drafts; the files
are read back and compared with what PostgreSQL counted and gave; one transaction then records them
and drops the partition. A kill before the last step leaves drafts, which the next writer removes;
after it the rows are in the files alone. What comes late for a day in files gets a partition again,
which follows when nothing has come for a while.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from threading import RLock
from typing import Any, Final

import numpy as np
import structlog
from psycopg import errors, sql

from anlan.engines.series import DAY_MS, HOUR_MS, Columns
from anlan.kernel.errors import Unavailable
from anlan.sense.store.interface import Report, Retention
from anlan.sense.store.packing import pack
from anlan.sense.store.postgres import cold, partitions, wire
from anlan.sense.store.postgres.partitions import Partition
from anlan.sense.store.postgres.schema import Connection, connect, snapshot
from anlan.sense.store.segments import upkeep
from anlan.sense.store.segments.files import Damaged, Filed, write
from anlan.sense.store.segments.lookup import Lookup
from anlan.sense.store.segments.schema import as_refusal

log = structlog.get_logger("anlan.sense.store")

#: A partition that got rows waits so long for more.
SETTLED_MS: Final = 2 * HOUR_MS
#: A replaced file stays so long, for readers that have just read of it.
LINGER_S: Final = 60.0
#: Row groups read back at once.
GROUPS: Final = 16

#: Files made, each with its digest.
Came = list[tuple[Filed, bytes]]
#: Called between two pieces: what has filled up meanwhile may be moved.
Attend = Callable[[], None]


@dataclass(frozen=True)
class Cooled:
    """A partition whose rows are in files that were compared with it."""

    partition: Partition
    came: Came


class ColdTrouble(Unavailable):
    """The files' disk refuses; what is in PostgreSQL is unharmed and goes on."""


class Unlike(ColdTrouble):
    """A file, read back, is not what was written."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"观测的冷数据文件 {name} 写后核对不符，原数据没有动；请检查磁盘", retry=False
        )


class Cooling:
    """Belongs to the writer's upkeep, one thread at a time."""

    def __init__(self, url: str, shelf: cold.Shelf, gate: RLock) -> None:
        self._url, self._shelf, self._gate = url, shelf, gate
        self._lookup = Lookup(shelf.files, ())
        self._ready: Cooled | None = None
        self._gone: list[tuple[float, str]] = []
        #: Files and partitions not to be touched again until the next start.
        self._aside: set[str] = set()

    def starts(self, lookup: Lookup) -> None:
        """Begin anew, with the files the database names; drafts are swept away."""
        self._lookup, self._ready, self._gone = lookup, None, []

    def work(
        self, connection: Connection, now_ms: int, retention: Retention, attend: Attend
    ) -> Report | None:
        """Do what is due next; None when nothing is.

        Raises
        ------
        ColdTrouble
            The disk is full or a file cannot be read. Everything is as it was.
        """
        try:
            return self._next(connection, now_ms, retention, attend)
        except Damaged as error:
            raise ColdTrouble(error.detail, retry=False) from error
        except OSError as error:
            refusal = as_refusal(error)
            raise ColdTrouble(getattr(refusal, "detail", str(error))) from error

    def _next(
        self, connection: Connection, now_ms: int, retention: Retention, attend: Attend
    ) -> Report | None:
        self._remove_gone(connection)
        if self._ready is not None:
            return self._swap(connection, self._ready)
        files = [one for one in self._lookup.files.values() if one.name not in self._aside]
        if merge := upkeep.due_merge(files, now_ms):
            with self._leaving_alone(one.name for one in merge.files):
                return self._merge(connection, merge, attend)
        if thinning := upkeep.due_thinning(files, retention, now_ms):
            with self._leaving_alone([thinning.filed.name]):
                return self._thin(connection, thinning, retention)
        if partition := self._due(connection, retention, now_ms):
            with self._leaving_alone([partition.name]):
                return self._cool(connection, partition, attend)
        return None

    @contextmanager
    def _leaving_alone(self, names: Iterable[str]) -> Iterator[None]:
        """Do not touch again, until the next start, what cannot be read or compared."""
        try:
            yield
        except (Damaged, Unlike):
            self._aside |= set(names)
            raise

    # Partitions

    def _due(self, connection: Connection, retention: Retention, now_ms: int) -> Partition | None:
        if retention.cold_days is None:
            return None
        before = now_ms - retention.cold_days * DAY_MS
        for one in partitions.known(connection):
            settled = not 0 <= now_ms - one.written_ms < SETTLED_MS
            if one.until_ms <= before and settled and one.name not in self._aside:
                return one
        return None

    def _cool(self, connection: Connection, partition: Partition, attend: Attend) -> Report:
        """Write a partition's rows to files and compare them; then swap."""
        day = partition.since_ms // DAY_MS
        whole = partition.until_ms - partition.since_ms == DAY_MS and not any(
            one.day == day for one in self._lookup.files.values()
        )
        with connect(self._url) as source, snapshot(source):
            count = sql.SQL("SELECT count(*) FROM {}").format(partition.table)
            row = source.execute(count).fetchone()
            came = self._write(
                connection,
                _pieces(source, partition, attend),
                level=upkeep.WHOLE if whole else 0,
                kept_days=partition.kept_days,
                rows=int(row[0]) if row else 0,
            )
        return self._swap(connection, Cooled(partition, came))

    def _swap(self, connection: Connection, cooled: Cooled) -> Report:
        """Record the files and drop the partition; not if rows came to it since."""
        files = [filed for filed, _ in cooled.came]
        with self._gate:  # before: a key is found twice rather than nowhere
            self._lookup.replace([], files)
        swapped, self._ready = _swapped(connection, cooled), None
        if swapped:
            rows = sum(filed.rows for filed in files)
            log.info("old rows are in files", partition=cooled.partition.name, rows=rows)
            return Report(cooled=1, more=True)
        with self._gate:
            self._lookup.replace(files, [])
        if swapped is None:
            self._ready = cooled  # somebody reads it: at the next call
        else:
            self._discard(connection, [filed.name for filed in files])
        return Report()

    # Files

    def _merge(self, connection: Connection, merge: upkeep.Merge, attend: Attend) -> Report:
        came = self._write(
            connection,
            _attending(upkeep.merged(self._shelf.files, merge), attend),
            level=merge.level,
            kept_days=min(one.kept_days for one in merge.files),
            rows=sum(one.rows for one in merge.files),
        )
        self._replace(connection, merge.files, came)
        return Report(compacted=len(merge.files), more=True)

    def _thin(
        self, connection: Connection, thinning: upkeep.Thinning, retention: Retention
    ) -> Report:
        came: Came = []
        if not upkeep.nobody_keeps(thinning, retention):
            pieces = upkeep.thinned(self._shelf.files, thinning, retention)
            came = self._write(
                connection,
                ((0, piece) for piece in pieces),
                level=thinning.filed.level,
                kept_days=thinning.days,
            )
        self._replace(connection, [thinning.filed], came)
        return Report(dropped=0 if came else 1, more=True)

    def _replace(self, connection: Connection, gone: Sequence[Filed], came: Came) -> None:
        with self._gate:
            self._lookup.replace([], [filed for filed, _ in came])
        with connection.transaction():
            cold.keep(connection, came)
            cold.let_go(connection, (one.name for one in gone))
        with self._gate:
            self._lookup.replace(gone, [])
        self._shelf.files.let_go(one.name for one in gone)
        leaves = time.monotonic() + LINGER_S
        self._gone += [(leaves, one.name) for one in gone]

    def _remove_gone(self, connection: Connection) -> None:
        due = [name for leaves, name in self._gone if leaves <= time.monotonic()]
        if due and cold.remove(connection, self._shelf, due):
            self._gone = [pair for pair in self._gone if pair[1] not in due]

    def _write(
        self, connection: Connection, numbered: Iterable[tuple[int, Columns]], *, level: int,
        kept_days: int, rows: int | None = None,
    ) -> Came:  # fmt: skip
        """Write rows, in order and with the number of their file, and compare what is there.

        rows: how many there must be.
        """
        came: Came = []
        given, names = sha256(), list[str]()
        try:
            for _, some in itertools.groupby(_told(numbered, given), key=lambda one: one[0]):
                filed = self._file(
                    connection,
                    (piece for _, piece in some),
                    names,
                    level=level,
                    kept_days=kept_days,
                )
                came += [(filed, b"")] if filed else []
            return self._compared(came, given.digest(), rows)
        except BaseException:
            self._discard(connection, names)
            raise

    def _file(
        self, connection: Connection, pieces: Iterator[Columns], names: list[str], *, level: int,
        kept_days: int,
    ) -> Filed | None:  # fmt: skip
        first = next(pieces)
        names.append(cold.draft(connection, self._shelf, int(first.time.min())))
        return write(
            self._shelf.folder, names[-1], itertools.chain([first], pieces), level=level,
            kept_days=kept_days,
        )  # fmt: skip

    def _compared(self, came: Came, given: bytes, rows: int | None) -> Came:
        """Read files back; give them with their digests when they are what was given."""
        found, told = sha256(), Came()
        for filed, _ in came:
            own = sha256()
            for begin in range(0, len(filed.groups), GROUPS):
                groups = np.arange(begin, min(begin + GROUPS, len(filed.groups)))
                body = pack(self._shelf.files.read(filed, groups))
                own.update(body)
                found.update(body)
            told.append((filed, own.digest()))
        count = sum(filed.rows for filed, _ in came)
        if found.digest() != given or (rows is not None and rows != count):
            raise Unlike(", ".join(filed.name for filed, _ in came))
        return told

    def _discard(self, connection: Connection, names: Sequence[str]) -> None:
        """Remove drafts; those of a broken connection are swept away at the next start."""
        self._shelf.files.let_go(names)
        if not connection.closed:
            cold.remove(connection, self._shelf, names)


def _swapped(connection: Connection, cooled: Cooled) -> bool | None:
    """Record files for a partition; False if rows came to it since, None while it is read."""
    gone = cooled.partition
    try:
        with connection.transaction():
            row = connection.execute(
                "SELECT written_ms FROM telemetry.partition WHERE name = %s", (gone.name,)
            ).fetchone()
            if row is None or row[0] != gone.written_ms:
                return False
            partitions.remove(connection, gone)
            cold.keep(connection, cooled.came)
    except errors.LockNotAvailable:
        return None
    return True


def _pieces(
    source: Connection, partition: Partition, attend: Attend
) -> Iterator[tuple[int, Columns]]:
    """Give a partition's rows in order, with the number of the file to write them to."""
    query = sql.SQL("SELECT number, time, value, flags FROM {} ORDER BY number, time")
    rows, given = query.format(partition.table), 0
    for body in wire.stream(source.cursor(), rows, wire.ROW):
        if len(body):
            yield given // upkeep.FILE_ROWS, wire.columns_of(body)
        given += len(body)
        attend()


def _attending(
    pieces: Iterator[tuple[int, Columns]], attend: Attend
) -> Iterator[tuple[int, Columns]]:
    for piece in pieces:
        yield piece
        attend()


def _told(numbered: Iterable[tuple[int, Columns]], given: Any) -> Iterator[tuple[int, Columns]]:
    """Pass pieces on, adding them to a digest."""
    for number, piece in numbered:
        given.update(pack(piece))
        yield number, piece
