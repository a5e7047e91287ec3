"""Threads that run Django. Each keeps its own database connections for good."""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

import structlog
from django.db import connections

log = structlog.get_logger("anlan.web")

Job = Callable[[], None]
T = TypeVar("T")

#: Connections are looked at again when nothing used them for so long (PostgreSQL restarted).
IDLE_S = 1.0
#: Whoever was answered a moment ago asks the next at once: so long they are waited for, and only
#: as many as came side by side before.
GATHER_S = 0.003


class Lane:
    """A queue and the threads that work it off. `put` may be called from any thread."""

    def __init__(self, name: str, *, threads: int, limit: int) -> None:
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._limit = limit
        self._threads = [
            threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def put(self, job: Job) -> bool:
        """Queue a job; False when so many wait that another would only wait in vain."""
        if self._queue.qsize() >= self._limit:
            return False
        self._queue.put(job)
        return True

    def stop(self, timeout_s: float) -> None:
        """Finish what is queued, but not longer than this."""
        for _ in self._threads:
            self._queue.put(None)
        until = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        last = time.monotonic()
        while (job := self._queue.get()) is not None:
            if time.monotonic() - last > IDLE_S:
                _look_after_connections()
            try:
                job()
            except Exception:
                log.exception("a request broke its lane")
                _look_after_connections()
            last = time.monotonic()
        connections.close_all()


class Gathering(Generic[T]):
    """A lane of one thread that takes at once all that waits. `put` may be called from any thread.

    For what shares a commit: one by one, each would wait for the disk alone.
    """

    def __init__(
        self, name: str, work: Callable[[list[T]], None], *, most: int, limit: int
    ) -> None:
        self._queue: SimpleQueue[T | None] = SimpleQueue()
        self._work = work
        self._most, self._limit = most, limit
        #: How many were side by side when the last were done.
        self._expected = 1
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, one: T) -> bool:
        """Queue something; False when so many wait that another would only wait in vain."""
        if self._queue.qsize() >= self._limit:
            return False
        self._queue.put(one)
        return True

    def stop(self, timeout_s: float) -> None:
        """Finish what is queued, but not longer than this."""
        self._queue.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        last = time.monotonic()
        while (first := self._queue.get()) is not None:
            waiting, ended = self._gather(first)
            if time.monotonic() - last > IDLE_S:
                _look_after_connections()
            try:
                self._work(waiting)
            except Exception:
                log.exception("what came together broke its lane")
                _look_after_connections()
            self._expected = len(waiting) + self._queue.qsize()
            last = time.monotonic()
            if ended:
                break
        connections.close_all()

    def _gather(self, first: T) -> tuple[list[T], bool]:
        """Take what is there, and wait a little for as many as before; whether it is the end."""
        found, until = [first], time.monotonic() + GATHER_S
        while len(found) < self._most:
            wait = until - time.monotonic() if len(found) < self._expected else 0.0
            try:
                one = self._queue.get(timeout=wait) if wait > 0 else self._queue.get_nowait()
            except Empty:
                break
            if one is None:
                return found, True
            found.append(one)
        return found, False


def _look_after_connections() -> None:
    """Drop connections that broke; the next query opens new ones."""
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
