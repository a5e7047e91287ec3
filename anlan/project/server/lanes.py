"""Threads that run Django. Each keeps its own database connections for good."""

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

import structlog
from django.db import connections

log = structlog.get_logger("anlan.web")

Job = Callable[[], None]

#: Connections are looked at again when nothing used them for so long (PostgreSQL restarted).
IDLE_S = 1.0


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


def _look_after_connections() -> None:
    """Drop connections that broke; the next query opens new ones."""
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
