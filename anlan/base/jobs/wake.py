"""Wake-up after commit, so that nobody has to poll fast.

Embedded, every listener binds a datagram socket of its own in ``DIR/wake/``; a signal is one
datagram of a few bytes to each. On PostgreSQL it is ``NOTIFY``, which is sent at commit. Either
may be lost: every listener also looks by itself twice a second.

Topics in use: ``journal`` (entries to chain), ``sealed`` (entries chained), ``outbox``, ``jobs``,
``alerts`` (one went out, or ended).
"""

import contextlib
import os
import select
import socket
import time
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction

from anlan.base.jobs.leadership import raw_connection
from anlan.kernel import workspace
from anlan.kernel.ids import new_id

#: How long a listener sleeps at most when nobody wakes it.
POLL_SECONDS = 0.5
CHANNEL = "anlan_wake"


def signal(*topics: str) -> None:
    """Wake whoever listens to these topics once the present transaction has committed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for topic in topics:
                cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, topic])
        return
    for topic in topics:
        if not _is_pending(topic):
            transaction.on_commit(_Send(topic), robust=True)


class _Send:
    """One datagram round; compared by topic, so that a transaction signals each topic once."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.__qualname__ = f"wake.signal({topic})"  # Django names a failing hook by it

    def __call__(self) -> None:
        send(self.topic)


def _is_pending(topic: str) -> bool:
    if not connection.in_atomic_block:
        return False
    # A hook of a savepoint that may yet be rolled back does not stand for the whole transaction.
    open_now = set(connection.savepoint_ids)
    waiting: list[tuple[set[str], object, bool]] = list(connection.run_on_commit)  # type: ignore[arg-type] # its stubs are of an older Django
    return any(
        isinstance(hook, _Send) and hook.topic == topic and savepoints <= open_now
        for savepoints, hook, _ in waiting
    )


def send(topic: str) -> None:
    """Send the datagrams now; a listener that died is tidied away, one that is busy is skipped."""
    home = _home()
    try:
        names = [path.name for path in home.iterdir()]
    except FileNotFoundError:
        return
    with _Folder(home) as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for name in names:
            try:
                sender.sendto(topic.encode(), folder.address(name))
            except ConnectionRefusedError:
                with contextlib.suppress(FileNotFoundError):
                    (home / name).unlink()
            except OSError:  # its queue is full (it is awake anyway), or it has just gone
                continue


def _home() -> Path:
    return workspace.directory() / "wake"


class _Folder:
    """Addresses sockets below a folder whose path may be longer than an address may be."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._descriptor = -1

    def __enter__(self) -> "_Folder":
        self._descriptor = os.open(self._home, os.O_RDONLY | os.O_DIRECTORY)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def address(self, name: str) -> str:
        return f"/proc/self/fd/{self._descriptor}/{name}"


class Listener:
    """Hears signals on some topics. One thread or event loop uses one listener.

    A database that went away is asked again at every `wait`; until it answers, waiting is polling.
    """

    def __init__(self, *topics: str) -> None:
        self.topics = frozenset(topics)
        self._notified: Any = None
        self._socket: socket.socket | None = None
        if connection.vendor == "postgresql":
            self._notified = _listen()
        else:
            self._socket, self._path = _bind()

    def fileno(self) -> int:
        """Tell the descriptor that becomes readable on a signal (for an event loop)."""
        return int(self._socket.fileno() if self._socket else self._notified.fileno())

    def wait(self, seconds: float = POLL_SECONDS) -> set[str]:
        """Sleep until one of the topics is signalled or the time is over; return what was heard.

        What is signalled on other topics, which every listener gets, does not end the sleep.
        """
        until = time.monotonic() + seconds
        while True:
            left = max(until - time.monotonic(), 0)
            if self._socket is None and not self._is_listening():
                time.sleep(left)
                return set()
            ready, _, _ = select.select([self.fileno()], [], [], left)
            heard = self.heard() if ready else set()
            if heard or time.monotonic() >= until:
                return heard

    def heard(self) -> set[str]:
        """Take what has been signalled so far, without waiting."""
        heard = self._datagrams() if self._socket else self._notifications()
        return heard & self.topics

    def _datagrams(self) -> set[str]:
        heard = set()
        if self._socket is not None:
            with contextlib.suppress(BlockingIOError):
                while True:
                    heard.add(self._socket.recv(64).decode(errors="replace"))
        return heard

    def _is_listening(self) -> bool:
        if self._notified is None or self._notified.closed:
            with contextlib.suppress(DatabaseError, OSError, *_lost()):
                self._notified = _listen()
        return self._notified is not None and not self._notified.closed

    def _notifications(self) -> set[str]:
        if self._notified is None:
            return set()
        try:
            return {note.payload for note in self._notified.notifies(timeout=0)}
        except _lost():
            self._notified.close()
            return set()

    def close(self) -> None:
        """Stop listening."""
        if self._socket is not None:
            self._socket.close()
            self._path.unlink(missing_ok=True)
        if self._notified is not None:
            self._notified.close()

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _lost() -> tuple[type[Exception], ...]:
    """Name what a lost PostgreSQL connection raises."""
    import psycopg

    return (psycopg.Error,)


def _bind() -> tuple[socket.socket, Path]:
    home = _home()
    home.mkdir(exist_ok=True)
    path = home / new_id()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    with _Folder(home) as folder:
        listener.bind(folder.address(path.name))
    listener.setblocking(False)
    return listener, path


def _listen() -> Any:
    listening = raw_connection()  # Django's own may be inside a transaction
    listening.execute(f"LISTEN {CHANNEL}")
    return listening
