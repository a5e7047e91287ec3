"""The latest value of every stream, shared with every process: ``DIR/latest.mmap``.

One process writes, any number read, nobody waits. Records of 32 bytes by stream number follow a
page of header, so the file grows at its end and a reader maps more of it when the header says so.
A writer makes the header's counter odd, writes, and makes it even again; a reader copies between
two looks at the counter and copies again when it moved: what it gives is of one moment. A writer
that is held up, even half way through a put, is waited for; one that was killed there never ends
it. The lock on the file, which the kernel frees however the writer dies, tells the two apart. Each
record carries a check, so that a record torn by a killed writer counts as unknown until the
writer's next start.
"""

import fcntl
import mmap
import os
import threading
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.engines.series import Columns, Flags, Numbers, Times, Values
from anlan.kernel.errors import Conflict, Unavailable
from anlan.sense.store.interface import NEVER, Heads, Marks

NAME: Final = "latest.mmap"
PAGE: Final = 4096
#: Records the file grows by: 512 kB.
GROWTH: Final = 16_384

RECORD: Final = np.dtype(
    [
        ("time", "<i8"),
        ("value", "<f8"),
        ("received", "<i8"),
        ("flags", "<u2"),
        ("there", "<u2"),
        ("check", "<u4"),
    ]
)
Records = NDArray[np.void]
#: A record is four of them.
WORDS: Final = "<u8"

#: Words of the header, 8 bytes each.
MAGIC, COUNTER, ROOM, USED = range(4)
#: "Anlan" and the version of the layout.
SIGNATURE: Final = 0x6E_61_6C_6E_41_01

#: After so many disturbed copies a reader asks whether the writer still lives.
TRIES: Final = 20
NAP_S: Final = 0.000_2
#: How long a reader waits for a writer that lives and does not get on.
PATIENCE_S: Final = 5.0
#: How long a writer tries to be the only one.
LOCKED_S: Final = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Latest:
    """Latest values of streams, (n,). Where `known` is false nothing is known of the stream.

    received_ms: when the value came; `NEVER` when that is not known.
    """

    number: Numbers
    known: Marks
    time: Times
    value: Values
    flags: Flags
    received_ms: Times

    def __len__(self) -> int:
        """Count the streams."""
        return len(self.number)


class LatestWriter:
    """The writer's side. A value replaces an older one of its stream, never a newer one."""

    def __init__(self, directory: Path, heads: Heads | None = None) -> None:
        """Open or make the file; with `heads` it shows them and nothing else.

        When a head's value was received stays known if the file showed it already. `Conflict`
        while another writer has it.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(directory / NAME, flags, 0o600)
        _take_lock(self._file)
        self._words: NDArray[np.uint64] = np.zeros(4, np.uint64)
        self._records: Records = np.empty(0, RECORD)
        has = max(0, os.fstat(self._file).st_size - PAGE) // RECORD.itemsize
        self._grow(max(1, has))
        if heads is not None:
            self._show(heads)

    def put(self, columns: Columns, received_ms: ArrayLike) -> None:
        """Show the values that are newer than those shown; rows in any order.

        received_ms: when they came, one for all or (n,).
        """
        if not len(columns):
            return
        self._grow(int(columns.number.max()) + 1)
        order = np.arange(len(columns)) if columns.is_sorted() else columns.order()
        number = columns.number[order]
        newest = np.ones(len(number), np.bool_)
        newest[:-1] = number[1:] != number[:-1]
        order = order[newest]
        shown = _take(self._records, columns.number[order])
        order = order[(shown["there"] == 0) | (columns.time[order] >= shown["time"])]
        received = np.broadcast_to(np.asarray(received_ms, np.int64), len(columns))
        self._write(columns.number[order], _records(columns.take(order), received[order]))

    def forget(self, number: ArrayLike) -> None:
        """Show nothing for these streams until their next value."""
        numbers = np.atleast_1d(np.asarray(number, np.int32))
        numbers = numbers[numbers < len(self._records)]
        self._write(numbers, np.zeros(len(numbers), RECORD))

    def close(self) -> None:
        """Let go of the file; readers keep what it shows."""
        fcntl.flock(self._file, fcntl.LOCK_UN)  # its mappings hold descriptors of their own
        os.close(self._file)

    def _show(self, heads: Heads) -> None:
        columns = Columns(heads.number, heads.time, heads.value, heads.flags)
        self._grow(int(columns.number.max()) + 1 if len(columns) else 1)
        rows = _records(columns, np.full(len(columns), NEVER))
        shown = _take(self._records, columns.number)
        same = _whole(shown) & (shown["time"] == rows["time"]) & (shown["value"] == rows["value"])
        rows[same] = shown[same]
        every = np.zeros(len(self._records), RECORD)
        every[columns.number] = rows
        self._write(np.arange(len(every), dtype=np.int32), every)

    def _write(self, numbers: Numbers, rows: Records) -> None:
        if not len(numbers):
            return
        counter = int(self._words[COUNTER]) & ~1  # odd: killed while it wrote
        self._words[COUNTER] = counter + 1
        self._records.view(WORDS).reshape(-1, 4)[numbers] = rows.view(WORDS).reshape(-1, 4)
        self._words[USED] = max(int(self._words[USED]), int(numbers.max()) + 1)
        self._words[COUNTER] = counter + 2

    def _grow(self, size: int) -> None:
        if size <= len(self._records):
            return
        size = -(-size // GROWTH) * GROWTH
        length = PAGE + size * RECORD.itemsize
        # Taking the room now: a full disk must be an error here, not a fault at a later write.
        os.posix_fallocate(self._file, 0, length)
        mapped = mmap.mmap(self._file, length)
        self._words = np.frombuffer(mapped, "<u8", 4)
        self._records = np.frombuffer(mapped, RECORD, size, PAGE)
        self._words[MAGIC], self._words[ROOM] = SIGNATURE, size


class LatestReader:
    """The readers' side. Before the writer's first start nothing is known. For several threads."""

    def __init__(self, directory: Path, patience_s: float = PATIENCE_S) -> None:
        self._path, self._patience_s = directory / NAME, patience_s
        self._lock = threading.Lock()
        self._inode = -1
        self._words: NDArray[np.uint64] = np.zeros(4, np.uint64)
        self._records: Records = np.empty(0, RECORD)

    def read(self, numbers: ArrayLike | None = None) -> Latest:
        """Give the latest values of these streams in this order, or of all that have one.

        Raises `Unavailable` when the writer lives and has not ended its put in good time.
        """
        rows = self._copy()
        if numbers is None:
            whole = _whole(rows)
            wanted = np.flatnonzero(whole).astype(np.int32)
            picked = rows if whole.all() else _take(rows, wanted)
            known = np.ones(len(wanted), np.bool_)
        else:
            wanted = np.asarray(numbers, np.int32)
            there = (wanted >= 0) & (wanted < len(rows))
            if there.all():
                picked = _take(rows, wanted)
            else:
                picked = np.zeros(len(wanted), RECORD)
                picked[there] = _take(rows, wanted[there])
            known = _whole(picked)
        fields = (picked[name].copy() for name in ("time", "value", "flags", "received"))
        return Latest(wanted, known, *fields)

    def _copy(self) -> Records:
        """Copy the records as they were at one moment."""
        until = time.monotonic() + self._patience_s
        with self._lock:
            for tries in count(1):
                self._map()
                before = int(self._words[COUNTER])
                if int(self._words[ROOM]) > len(self._records):
                    self._inode = -1
                    self._map()
                copied = self._records[: int(self._words[USED])].copy()
                if before % 2 == 0 and int(self._words[COUNTER]) == before:
                    return copied
                if before % 2 and tries >= TRIES and not self._is_written():
                    return copied  # nobody wrote since: it is as a killed writer left it
                if time.monotonic() >= until:
                    break
                time.sleep(NAP_S)
        raise Unavailable("最新值正在写入，请稍后再试")

    def _is_written(self) -> bool:
        """Tell whether a writer has the file."""
        try:
            with self._path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False

    def _map(self) -> None:
        try:
            inode = self._path.stat().st_ino
            if inode == self._inode:
                return
            with self._path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        except (FileNotFoundError, ValueError):  # not there, or not a byte in it yet
            return
        words = np.frombuffer(mapped, "<u8", 4) if len(mapped) >= PAGE else self._words
        if int(words[MAGIC]) != SIGNATURE:
            return
        self._inode, self._words = inode, words
        size = (len(mapped) - PAGE) // RECORD.itemsize
        self._records = np.frombuffer(mapped, RECORD, size, PAGE)


def _take_lock(file: int) -> None:
    """Lock the file for the writer; a reader that asks holds it for microseconds."""
    until = time.monotonic() + LOCKED_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < until:
                time.sleep(NAP_S)
                continue
            os.close(file)
            raise Conflict("另一个进程正在写最新值") from None
        return


def _take(rows: Records, numbers: Numbers) -> Records:
    """Pick records; as rows of words, which numpy copies three times as fast."""
    return rows.view(WORDS).reshape(-1, 4).take(numbers, axis=0).view(RECORD).reshape(-1)


def _records(columns: Columns, received: Times) -> Records:
    rows = np.zeros(len(columns), RECORD)
    rows["time"], rows["value"] = columns.time, columns.value
    rows["received"], rows["flags"], rows["there"] = received, columns.flags, 1
    rows["check"] = _checks(rows)
    return rows


def _checks(rows: Records) -> NDArray[np.uint32]:
    """Reckon what tells a whole record from one of which only a part was written."""
    words = rows.view(WORDS).reshape(-1, 4)
    mixed = words[:, 0] * np.uint64(0x9E3779B97F4A7C15)
    for word in (words[:, 1], words[:, 2]):
        mixed ^= mixed >> np.uint64(31)
        mixed += word
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed += rows["flags"]
    mixed *= np.uint64(0x94D049BB133111EB)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def _whole(rows: Records) -> Marks:
    return np.asarray((rows["there"] == 1) & (rows["check"] == _checks(rows)))
