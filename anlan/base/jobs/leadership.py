"""One leader a workspace: it chains the journal and starts what is scheduled.

Embedded it holds a flock on ``DIR/leader.lock``, which the kernel frees however it dies. On
PostgreSQL it holds an advisory lock on a connection of its own, freed when the connection ends.
"""

import fcntl
import os
from typing import Any

from django.db import connection

from anlan.kernel import workspace

#: "anlanlead" as a number: the advisory lock is per database, so any constant will do.
ADVISORY_LOCK = 0x616E6C616E
OURS = ("cursor_factory", "context", "prepare_threshold")


def raw_connection() -> Any:
    """Open a PostgreSQL connection outside Django's transactions, in autocommit."""
    import psycopg

    parameters = connection.get_connection_params()
    return psycopg.connect(
        **{key: value for key, value in parameters.items() if key not in OURS}, autocommit=True
    )


class FileLeadership:
    """Leadership by a lock on a file."""

    def __init__(self) -> None:
        self._descriptor: int | None = None

    def hold(self) -> bool:
        """Take the lock if it is free; tell whether we have it."""
        if self._descriptor is not None:
            return True
        path = workspace.directory() / "leader.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let another worker lead."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class AdvisoryLeadership:
    """Leadership by a lock in the database."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._held = False

    def hold(self) -> bool:
        """Take the lock if it is free; tell whether we have it (still: a lost connection loses)."""
        import psycopg

        try:
            if self._connection is None:
                self._connection, self._held = raw_connection(), False
            if self._held:
                self._connection.execute("SELECT 1")
                return True
            row = self._connection.execute(
                "SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK]
            ).fetchone()
        except psycopg.OperationalError:
            self.release()
            return False
        self._held = bool(row[0])
        return self._held

    def release(self) -> None:
        """Let another worker lead."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._held = None, False


Leadership = FileLeadership | AdvisoryLeadership


def leadership() -> Leadership:
    """Choose the kind that fits the database."""
    return AdvisoryLeadership() if connection.vendor == "postgresql" else FileLeadership()
