"""After keys were destroyed: leave nothing of them in the database's own leftovers.

SQLite overwrites what is deleted (``secure_delete``), but the write-ahead log still holds the old
pages until a checkpoint empties it. PostgreSQL keeps dead rows until ``VACUUM``; ``FULL`` writes
the table anew, so that no old page remains in its files.
"""

import re
import time
from typing import Any

from django.db import OperationalError, connection, transaction

from anlan.base.jobs.services import enqueue

JOB = "vault.scrub"
#: How long to wait for readers before leaving the rest to the job.
PATIENCE_MS = 2000


def scrub_after_commit() -> None:
    """Scrub once the present transaction has committed; a job makes sure of it."""
    enqueue(JOB, by="system:vault")
    transaction.on_commit(scrub, robust=True)


def scrub() -> bool:
    """Scrub now; False when readers were in the way and it must be tried again."""
    if connection.in_atomic_block:
        return False
    return _vacuum() if connection.vendor == "postgresql" else _truncate_log()


def _truncate_log() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, _, _ = cursor.fetchone()
        finally:
            cursor.execute("PRAGMA busy_timeout=10000")
    return not busy


def _vacuum() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{PATIENCE_MS}ms'")
        try:
            return all(_written_anew(cursor, table) for table in ("vault_key", "vault_token"))
        except OperationalError:  # somebody reads; the job comes again
            return False
        finally:
            cursor.execute("RESET lock_timeout")


def _written_anew(cursor: Any, table: str) -> bool:
    """Write the table anew; False when rows that are gone had to stay in it.

    They have to while anybody in the database, a backup or a statistician, still sees the time
    before; PostgreSQL says so only when it is asked to be verbose.
    """
    until = time.monotonic() + PATIENCE_MS / 1000
    while (stayed := _stayed(cursor, table)) and time.monotonic() < until:
        time.sleep(0.1)
    return not stayed


def _stayed(cursor: Any, table: str) -> int:
    told: list[str] = []

    def listen(notice: Any) -> None:
        told.extend(re.findall(r"\A\D*(\d+)", notice.message_detail or ""))

    wire: Any = connection.connection
    wire.add_notice_handler(listen)
    try:
        cursor.execute(f"VACUUM (FULL, VERBOSE) {table}")
    finally:
        wire.remove_notice_handler(listen)
    # Nothing told is nothing known, and what is not known is not gone.
    return sum(map(int, told)) if told else 1
