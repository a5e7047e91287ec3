"""The upkeep of segments beside the appending: one piece of work a call.

Everything slow is done outside the gate; the gate is taken to look, and to record in one
transaction what was done. A kill at any moment leaves files that no manifest names, which the next
start removes.
"""

import itertools
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

import numpy as np

from anlan.engines.series import BAD, DAY_MS, HOUR_MS, Buckets, Columns, merge, reduce
from anlan.sense.store.interface import Report, Retention
from anlan.sense.store.keys import FirstWins
from anlan.sense.store.rows import pieces_by_stream
from anlan.sense.store.segments import rollups, upkeep
from anlan.sense.store.segments.files import PIECE_ROWS, Damaged, Filed, Files, write
from anlan.sense.store.segments.lookup import Lookup
from anlan.sense.store.segments.schema import (
    Place,
    as_refusal,
    connect,
    may_remove,
    transaction,
)

#: A segment is closed after so long, or so many rows.
CLOSE_MS: Final = 5 * 60_000
CLOSE_ROWS: Final = 2_000_000
#: Rows held back for keepers before the oldest are given up (440 MB).
HELD_ROWS: Final = 20_000_000
#: Commits deleted in one transaction.
TRIM_COMMITS: Final = 256
#: A replaced file stays so long, for readers that have just read of it.
LINGER_S: Final = 60.0
#: A day with at least this part of a segment's rows gets a file of its own.
OWN_FILE_PART: Final = 0.1

INSERT_FILE = "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Keys:
    """What the writer knows of its rows; to be touched within the gate."""

    lookup: Lookup
    first: FirstWins
    last_seq: Callable[[], int]


class Caretaker:
    """Closes, merges, thins and removes."""

    def __init__(
        self, *, place: Place, log: sqlite3.Connection, gate: threading.RLock, files: Files,
        keys: Keys,
    ) -> None:  # fmt: skip
        self._place, self._log, self._gate, self._files = place, log, gate, files
        self._lookup, self._first, self._last_seq = keys.lookup, keys.first, keys.last_seq
        self._opened_ms: int | None = None
        self._gone: list[tuple[float, str]] = []
        self._doubtful: list[Filed] = []
        self._moving = connect(place, write=False)
        self._unseen = self._closed = 0
        self._alone = threading.Lock()
        self._damaged: set[str] = set()
        self._remove_orphans()

    def came(self, received_ms: int) -> None:
        """Learn when the oldest open row was received."""
        if self._opened_ms is None:
            self._opened_ms = received_ms

    def crowded(self) -> bool:
        """See `interface.Store.crowded`."""
        with self._gate:
            return self._first.open_rows >= CLOSE_ROWS

    def work(self, now_ms: int, retention: Retention) -> Report:
        """Do what is due next."""
        try:
            with self._alone:
                return self._work(now_ms, retention)
        except (OSError, sqlite3.Error) as error:
            refusal = as_refusal(error)
            if refusal is error:
                raise
            raise refusal from error

    def _work(self, now_ms: int, retention: Retention) -> Report:
        self._unseen = self._closed = 0
        try:
            report = self._next(now_ms, retention)
        finally:
            self._trim()
            self._remove_gone()
            self._moving.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return Report(
            closed=self._closed, compacted=report.compacted, dropped=report.dropped,
            unseen=self._unseen, more=report.more,
        )  # fmt: skip

    def close(self) -> None:
        """Let go of files and of the connection."""
        self._files.close()
        self._moving.close()

    def _next(self, now_ms: int, retention: Retention) -> Report:
        with self._gate:
            rows, crowded = self._first.open_rows, self.crowded()
            if rows and self._opened_ms is None:
                self._opened_ms = now_ms  # left over from before this start
            old = self._opened_ms is not None and now_ms - self._opened_ms >= CLOSE_MS
            files = [it for it in self._lookup.files.values() if it.name not in self._damaged]
        if crowded or (rows and old):
            self._close(now_ms)
            return Report(more=True)
        if self._merge_rollups():
            return Report(more=True)
        if merge := upkeep.due_merge(files, now_ms):
            with self._leaving_alone(merge.files):
                return Report(compacted=self._merge(merge, now_ms), more=True)
        if thinning := upkeep.due_thinning(files, retention, now_ms):
            with self._leaving_alone([thinning.filed]):
                return Report(dropped=self._thin(thinning, retention), more=True)
        return Report(more=self._drop_rollups(now_ms, retention))

    @contextmanager
    def _leaving_alone(self, files: Sequence[Filed]) -> Iterator[None]:
        """Do not touch files again, until the next start, of which one cannot be read."""
        try:
            yield
        except Damaged:
            self._damaged |= {filed.name for filed in files}
            raise

    # Closing

    def _close(self, now_ms: int) -> None:
        with self._gate:
            frozen, until, self._opened_ms = self._first.freeze(), self._last_seq(), None
        try:
            rows = Columns.concat(memory.rows.view() for memory in frozen)
            hours: list[Buckets] = []
            came = [
                filed for part in _by_day(rows, now_ms) if (filed := self._write_day(part, hours))
            ]
        except BaseException:
            self._opened_ms = now_ms - CLOSE_MS  # at the next call again
            raise
        with self._gate:
            try:
                with transaction(self._log) as log:
                    log.executemany(INSERT_FILE, [filed.row() for filed in came])
                    rollups.add_parts(log, merge(hours))
                    log.execute(
                        "INSERT OR REPLACE INTO head VALUES (1, ?)", (self._first.newest.dump(),)
                    )
                    log.execute("UPDATE state SET value = ? WHERE key = 'closed'", (until,))
            except BaseException:
                self._opened_ms = now_ms - CLOSE_MS
                self._doubtful += came
                raise
            self._first.closed(frozen)
            self._discard_doubtful()
            self._lookup.replace([], came)
        self._closed += len(rows)

    def _write_day(self, rows: Columns, hours: list[Buckets]) -> Filed | None:
        """Write rows to a file, sorted piece by piece; adds the hours of each piece."""

        def pieces() -> Iterator[Columns]:
            for piece in pieces_by_stream(rows, PIECE_ROWS):
                hours.append(reduce(piece, HOUR_MS, skip=BAD))
                yield piece

        return write(self._place.files, self._name(rows), pieces(), level=0)

    def _name(self, rows: Columns) -> str:
        """Name a new file by the first day in it and a number never used again."""
        with self._gate, transaction(self._log) as log:
            log.execute("UPDATE state SET value = value + 1 WHERE key = 'files'")
            number = log.execute("SELECT value FROM state WHERE key = 'files'").fetchone()[0]
        day = np.datetime64(int(rows.time.min()), "ms").astype("datetime64[D]")
        return f"{day}-{number:08d}.parquet"

    # Compaction and retention

    def _merge(self, merge: upkeep.Merge, now_ms: int) -> int:
        came: list[Filed] = []
        kept = min(filed.kept_days for filed in merge.files)
        pieces = self._attending(upkeep.merged(self._files, merge), now_ms)
        try:
            for _, some in itertools.groupby(pieces, key=lambda numbered: numbered[0]):
                self._write_next(some, came, level=merge.level, kept_days=kept)
        except BaseException:
            self._discard(came)
            raise
        self._record(merge.files, came)
        return len(merge.files)

    def _attending(
        self, pieces: Iterator[tuple[int, Columns]], now_ms: int
    ) -> Iterator[tuple[int, Columns]]:
        """Go on with a merge, closing between two pieces what has filled up meanwhile."""
        for piece in pieces:
            yield piece
            if self.crowded():
                self._close(now_ms)

    def _write_next(
        self, numbered: Iterator[tuple[int, Columns]], came: list[Filed], *, level: int,
        kept_days: int,
    ) -> None:  # fmt: skip
        first = next(numbered)[1]
        rest = (piece for _, piece in numbered)
        filed = write(
            self._place.files, self._name(first), itertools.chain([first], rest),
            level=level, kept_days=kept_days,
        )  # fmt: skip
        if filed is not None:
            came.append(filed)

    def _thin(self, thinning: upkeep.Thinning, retention: Retention) -> int:
        filed, came = thinning.filed, []
        if not upkeep.nobody_keeps(thinning, retention):
            pieces = upkeep.thinned(self._files, thinning, retention)
            first = next(pieces)
            written = write(
                self._place.files, filed.name.replace(".parquet", f"-{thinning.days}.parquet"),
                itertools.chain([first], pieces), level=filed.level, kept_days=thinning.days,
            )  # fmt: skip
            came = [written] if written else []
        self._record([filed], came)
        return 0 if came else 1

    def _record(self, gone: Sequence[Filed], came: Sequence[Filed]) -> None:
        with self._gate:
            try:
                with transaction(self._log) as log:
                    log.executemany("DELETE FROM file WHERE name = ?", [(it.name,) for it in gone])
                    log.executemany(INSERT_FILE, [filed.row() for filed in came])
            except BaseException:
                self._doubtful += came
                raise
            self._lookup.replace(gone, came)
            self._discard_doubtful()
        self._files.let_go(filed.name for filed in gone)
        leaves = time.monotonic() + LINGER_S
        self._gone += [(leaves, filed.name) for filed in gone]

    def _merge_rollups(self) -> bool:
        with self._gate:
            block = rollups.due_block(self._log)
            if block is None:
                return False
            with transaction(self._log) as log:
                rollups.merge_block(log, block)
        return True

    def _drop_rollups(self, now_ms: int, retention: Retention) -> bool:
        """Drop a block's hours that are no longer kept; tell whether there may be more."""
        if retention.hourly_days is None:
            return False
        before = now_ms // DAY_MS - retention.hourly_days
        with self._gate:
            row = self._log.execute("SELECT value FROM state WHERE key = 'hours'").fetchone()
            day, block = map(int, row[0].split()) if row else (-1, 0)
            if day == before and block < 0:
                return False
            block = block if day == before else 0
            with transaction(self._log) as log:
                low = rollups.BLOCK * block
                log.execute(
                    "DELETE FROM hourly WHERE number >= ? AND number < ? AND day < ?",
                    (low, low + rollups.BLOCK, before),
                )
                rest = log.execute(
                    "SELECT min(number) FROM hourly WHERE number >= ?", (low + rollups.BLOCK,)
                ).fetchone()[0]
                block = -1 if rest is None else rest // rollups.BLOCK
                log.execute(
                    "INSERT OR REPLACE INTO state VALUES ('hours', ?)", (f"{before} {block}",)
                )
        return block >= 0

    # Small things

    def _trim(self) -> None:
        """Delete commits that are closed and that every keeper has seen."""
        bound = None
        while True:
            with self._gate:
                bound = self._bound() if bound is None else bound
                last, rows = self._log.execute(
                    "SELECT max(seq), count(*) FROM"
                    " (SELECT seq FROM chunk WHERE seq <= ? ORDER BY seq LIMIT ?)",
                    (bound, TRIM_COMMITS),
                ).fetchone()
                if rows:
                    with transaction(self._log) as log:
                        log.execute("DELETE FROM chunk WHERE seq <= ?", (last,))
            if rows < TRIM_COMMITS:
                return

    def _bound(self) -> int:
        bound = self._log.execute(
            "SELECT min((SELECT value FROM state WHERE key = 'closed'),"
            " coalesce((SELECT min(seq) FROM kept), 9223372036854775807))"
        ).fetchone()[0]
        return max(int(bound), self._give_up(int(bound)))

    def _give_up(self, bound: int) -> int:
        """Tell up to where commits go unseen, because too many are held back."""
        held, last = self._log.execute(
            "SELECT coalesce(sum(rows), 0), max(seq) FROM chunk"
            " WHERE seq > ? AND seq <= (SELECT value FROM state WHERE key = 'closed')",
            (bound,),
        ).fetchone()
        if held <= HELD_ROWS:
            return bound
        middle = (bound + int(last)) // 2
        self._unseen += int(
            self._log.execute(
                "SELECT count(*) FROM chunk WHERE seq > ? AND seq <= ?", (bound, middle)
            ).fetchone()[0]
        )
        return middle

    def _discard(self, files: Sequence[Filed]) -> None:
        for filed in files:
            (self._place.files / filed.name).unlink(missing_ok=True)

    def _discard_doubtful(self) -> None:
        """Remove files whose transaction failed, now that a later one has replaced it for good.

        Until then a power cut could still bring a failed commit back, and its files with it.
        """
        self._discard(self._doubtful)
        self._doubtful = []

    def _remove_gone(self) -> None:
        due = [name for leaves, name in self._gone if leaves <= time.monotonic()]
        if not due:
            return
        with may_remove(self._place) as free:
            if not free:
                return
            for name in due:
                (self._place.files / name).unlink(missing_ok=True)
        self._gone = [pair for pair in self._gone if pair[1] not in due]

    def _remove_orphans(self) -> None:
        """Remove files no manifest names: from before a kill, or replaced before this start."""
        with may_remove(self._place) as free:
            if not free:
                return
            for path in self._place.files.iterdir():
                mine = path.suffix in (".parquet", ".new")
                if mine and path.name not in self._lookup.files:
                    with suppress(FileNotFoundError):
                        path.unlink()


def _by_day(rows: Columns, now_ms: int) -> Iterator[Columns]:
    """Split rows: recent and well filled days alone, the rest together."""
    if int(rows.time.min()) // DAY_MS == int(rows.time.max()) // DAY_MS:
        yield rows
        return
    day = rows.time // DAY_MS
    days, counts = np.unique(day, return_counts=True)
    today = now_ms // DAY_MS
    own = days[(days == today) | (days == today - 1) | (counts >= OWN_FILE_PART * len(rows))]
    for one in own:
        yield rows.take(day == one)
    rest = ~np.isin(day, own)
    if rest.any():
        yield rows.take(rest)
