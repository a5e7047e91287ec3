"""The log, the manifest and the roll-ups: one SQLite file; and where everything lies.

::

    DIR/telemetry.sqlite3         chunk: commits as they came; file: the manifest; part, hourly:
                                  roll-ups; revision; kept; state
    DIR/telemetry/*.parquet       closed rows, each file sorted by stream number, then time
    DIR/telemetry/lock            held by the one process that writes
    DIR/telemetry/hold            held, shared, by whoever needs that no file goes away

What a reader sees is decided by one number, ``closed``: chunks after it are open, those up to it
are in the files. It moves in the transaction that records the files.
"""

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from anlan.kernel.errors import AnlanError, Conflict, Invalid, Unavailable

VERSION = 1
#: One stream's day of roll-ups (960 bytes) must fit a page of a WITHOUT ROWID table four times.
PAGE = 8192
#: Pages in the log before the appending thread itself moves them (128 MB); `maintain` does it
#: before, beside it.
PAGES_IN_LOG = 16_000

TABLES = """
CREATE TABLE chunk (
    seq INTEGER PRIMARY KEY, received_ms INTEGER NOT NULL, rows INTEGER NOT NULL,
    note BLOB NOT NULL, body BLOB NOT NULL
);
CREATE TABLE file (
    name TEXT PRIMARY KEY, day INTEGER, level INTEGER NOT NULL, rows INTEGER NOT NULL,
    first_number INTEGER NOT NULL, last_number INTEGER NOT NULL,
    since_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,
    kept_days INTEGER NOT NULL DEFAULT 0, groups BLOB NOT NULL
);
CREATE TABLE part (
    id INTEGER PRIMARY KEY, block INTEGER NOT NULL, rows INTEGER NOT NULL,
    since_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE INDEX part_block ON part (block);
CREATE TABLE hourly (
    number INTEGER NOT NULL, day INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (number, day)
) WITHOUT ROWID;
CREATE TABLE revision (
    number INTEGER NOT NULL, time INTEGER NOT NULL, value REAL NOT NULL, flags INTEGER NOT NULL,
    received_ms INTEGER NOT NULL, PRIMARY KEY (number, time, value)
) WITHOUT ROWID;
CREATE TABLE kept (key TEXT PRIMARY KEY, seq INTEGER, body BLOB NOT NULL);
CREATE TABLE state (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO state VALUES ('closed', 0), ('files', 0);
CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL);
"""


@dataclass(frozen=True)
class Place:
    """Where a workspace keeps its observations."""

    dir: Path

    @property
    def database(self) -> Path:
        """Log, manifest and roll-ups."""
        return self.dir / "telemetry.sqlite3"

    @property
    def files(self) -> Path:
        """Folder of the closed rows."""
        return self.dir / "telemetry"


def connect(place: Place, *, write: bool) -> sqlite3.Connection:
    """Open the database; the writer makes it when it is not there."""
    made = sqlite3.connect(
        place.database, isolation_level=None, check_same_thread=False, timeout=10.0
    )
    if write:
        made.execute(f"PRAGMA page_size={PAGE}")
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "cache_size=-16384",
        "temp_store=MEMORY",
        f"wal_autocheckpoint={PAGES_IN_LOG}",
        "journal_size_limit=67108864",
        *(() if write else ("query_only=ON",)),
    ):
        made.execute(f"PRAGMA {pragma}")
    if write:
        _prepare(made)
    return made


def _prepare(database: sqlite3.Connection) -> None:
    has = int(database.execute("PRAGMA user_version").fetchone()[0])
    if has > VERSION:
        raise Invalid("观测存储由更新的版本写成，请先升级安澜")
    if has == 0:
        database.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version={VERSION}; COMMIT;")


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Write all or nothing; a full disk becomes `Unavailable`."""
    try:
        database.execute("BEGIN IMMEDIATE")
        yield database
        database.execute("COMMIT")
    except BaseException as error:
        if database.in_transaction:
            database.execute("ROLLBACK")
        refusal = as_refusal(error)
        if refusal is error:
            raise
        raise refusal from error


@contextmanager
def snapshot(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Read one state, whatever is written meanwhile."""
    database.execute("BEGIN")
    try:
        yield database
    finally:
        database.execute("COMMIT")


def as_refusal(error: BaseException) -> BaseException:
    """Turn what a full or failing disk raises into a sentence; leave everything else as it is."""
    if isinstance(error, AnlanError):
        return error
    if isinstance(error, sqlite3.OperationalError):
        return Unavailable(f"观测数据未能写入磁盘，请检查剩余空间和磁盘状态：{error}")
    full = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)
    if isinstance(error, OSError) and error.errno in full:
        return Unavailable(f"观测数据未能写入磁盘，请检查剩余空间和磁盘状态：{error.strerror}")
    return error


def take_lock(place: Place) -> int:
    """Become the one process that writes; `Conflict` when there is one."""
    place.files.mkdir(parents=True, exist_ok=True)
    sync_folder(place.dir)
    lock = os.open(place.files / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise Conflict("观测存储正由另一个进程写入，同一工作区只能有一个接入进程") from None
    return lock


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def hold_files(place: Place) -> Iterator[None]:
    """Keep every file that any state of the database names, until the end (for backups)."""
    place.files.mkdir(parents=True, exist_ok=True)
    with (place.files / "hold").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def may_remove(place: Place) -> Iterator[bool]:
    """Tell whether files may go away now; nobody can begin to hold them until the end."""
    with (place.files / "hold").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
