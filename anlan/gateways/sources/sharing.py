"""Several machines, one database: who pulls a source now, and where all read how far it came.

Embedded there is one machine: its ingest process holds a lock on a file, and the states lie in a
file of their own (`states`). On PostgreSQL each source has an advisory lock, freed when whoever
pulled it dies or loses the database, and the states lie in tables, so that the next machine goes
on where the last one stopped.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from zlib import crc32

from django.db import DatabaseError, connection, transaction

from anlan.base.jobs.leadership import raw_connection
from anlan.gateways.sources.models import SourceState, SourceTry
from anlan.gateways.sources.states import (
    FILE,
    MOST_TRIES,
    Attempt,
    State,
    States,
    read_attempt,
    read_state,
    text_of,
)
from anlan.kernel.errors import Unavailable

#: Where states, the lock and requests of the web processes lie.
FOLDER: Final = "sources"
#: First half of the advisory locks' keys, of no other lock of ours ("anso"); the second is the
#: source's.
LOCKS: Final = 0x616E736F


class Book(Protocol):
    """Where states are kept."""

    def get(self, key: str) -> State:
        """Read one source's state; a fresh one where it was never tried."""

    def all(self) -> dict[str, State]:
        """Read every source's state."""

    def save(self, key: str, state: State, attempt: Attempt | None = None) -> None:
        """Keep a state, and the try that led to it; durable on return."""

    def tries(self, key: str, most: int = 50) -> list[Attempt]:
        """List the newest tries of a source, the newest first."""


class Claims(Protocol):
    """Who pulls what."""

    def hold(self, key: str) -> bool:
        """Take a source if nobody pulls it; tell whether it is ours (still)."""

    def release(self) -> None:
        """Let others pull."""


class FileClaims:
    """One process of one machine pulls everything; a second one waits until it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def hold(self, key: str) -> bool:  # noqa: ARG002 - all of them or none
        """Take all sources if nobody pulls here."""
        if self._descriptor is not None:
            return True
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let another process pull."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class DatabaseClaims:
    """A lock a source in the database; a lost connection loses them all. Used by one thread."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._held: set[str] = set()

    def hold(self, key: str) -> bool:
        """Take one source if no machine pulls it."""
        import psycopg

        try:
            if self._connection is None:
                self._connection = raw_connection()
            if key in self._held:
                self._connection.execute("SELECT 1")
                return True
            taken = self._connection.execute(
                "SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, _signed(crc32(key.encode()))]
            ).fetchone()
        except psycopg.OperationalError:
            self.release()
            return False
        if taken[0]:
            self._held.add(key)
        return bool(taken[0])

    def release(self) -> None:
        """Let other machines pull."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._held.clear()


def _signed(word: int) -> int:
    return word - (1 << 32) if word >= 1 << 31 else word


class SharedStates:
    """The states in the database. One writer a source, any number of readers."""

    def get(self, key: str) -> State:
        """Read one source's state; a fresh one where it was never tried."""
        with _reached():
            body = SourceState.objects.filter(pk=key).values_list("body", flat=True).first()
        return State() if body is None else read_state(body)

    def all(self) -> dict[str, State]:
        """Read every source's state."""
        with _reached():
            rows = SourceState.objects.values_list("key", "body")
            return {key: read_state(body) for key, body in rows}

    def save(self, key: str, state: State, attempt: Attempt | None = None) -> None:
        """Keep a state, and the try that led to it; durable on return."""
        with _reached(), transaction.atomic():
            body = text_of(asdict(state))
            SourceState.objects.update_or_create(key=key, defaults={"body": body})
            if attempt is None:
                return
            SourceTry.objects.create(key=key, body=text_of(asdict(attempt)))
            mine = SourceTry.objects.filter(key=key)
            newest = mine.order_by("-id").values_list("id", flat=True)
            for last in newest[MOST_TRIES : MOST_TRIES + 1]:
                mine.filter(id__lte=last).delete()

    def tries(self, key: str, most: int = 50) -> list[Attempt]:
        """List the newest tries of a source, the newest first."""
        with _reached():
            rows = SourceTry.objects.filter(key=key).order_by("-id")
            return [read_attempt(body) for body in rows.values_list("body", flat=True)[:most]]


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        connection.close()  # it may be the connection that is broken
        raise Unavailable("数据库暂时不可用，来源的进度没有读写") from error


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who pulls, and where it is kept how far they came."""

    book: Book
    claims: Claims


def alone(home: Path) -> Sharing:
    """One machine: files of the workspace."""
    return Sharing(States(home / FOLDER / FILE), FileClaims(home / FOLDER))


def sharing_of(home: Path) -> Sharing:
    """Share a workspace's sources out as its database allows."""
    if connection.vendor == "postgresql":
        return Sharing(SharedStates(), DatabaseClaims())
    return alone(home)
