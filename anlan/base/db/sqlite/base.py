"""Django's SQLite back end with the write discipline of this house.

Every atomic block is a write transaction (``BEGIN IMMEDIATE``, set by the settings) and first takes
a blocking lock on ``write.lock`` beside the database. SQLite's own busy handler polls with growing
naps, so that of four writers one starves for seconds; the lock's queue is short and nearly fair.
WAL with ``synchronous=FULL``: a commit that returned has reached the disk.
"""

import fcntl
import os
import time
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

#: Read by every process at connect; secure_delete overwrites what is deleted (personal data).
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=67108864",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA wal_autocheckpoint=8000",
)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that queues for the write lock before it begins to write."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate: int | None = None
        self._gate_held = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the database and set it to this house's discipline."""
        connection = super().get_new_connection(conn_params)
        for pragma in PRAGMAS:
            connection.execute(pragma)
        self._gate = _open_gate(conn_params["database"])
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        self._take_gate()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._free_gate()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._free_gate()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._free_gate()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._free_gate()
            if self._gate is not None:
                os.close(self._gate)
                self._gate = None

    def _take_gate(self) -> None:
        if self._gate is not None and not self._gate_held:
            fcntl.flock(self._gate, fcntl.LOCK_EX)
            self._gate_held = True

    def _free_gate(self) -> None:
        if self._gate is not None and self._gate_held:
            fcntl.flock(self._gate, fcntl.LOCK_UN)
            self._gate_held = False
            # Without this breath the releasing process often takes the lock again at once and the
            # waiting ones starve.
            time.sleep(0)


def _open_gate(database: str) -> int | None:
    """Open the lock file beside a database; None for databases in memory."""
    if ":memory:" in database or "mode=memory" in database:
        return None
    path = Path(database).parent / "write.lock"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
