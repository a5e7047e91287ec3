"""The sender's work in the database, done by two hands where the database bears it.

Taking messages in hand and writing down what became of them is half our own work and half the
server's. PostgreSQL serves several connections side by side, so that one hand reckons while the
server works for the other. On SQLite one writes at a time, and what a caller's transaction has
written nobody else sees: there each piece is done at once, by the sender's own thread.
"""

import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

from django.db import connection

T = TypeVar("T")

#: Told to the sender's thread: what it has to do next.
News = SimpleQueue[Callable[[], None]]

HANDS = 2


class Hands:
    """Threads with a connection each, for as long as one stretch of sending lasts."""

    def __init__(self, news: News) -> None:
        self._news = news
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.may_help = (
            connection.features.has_select_for_update_skip_locked and not connection.in_atomic_block
        )

    @property
    def are_begun(self) -> bool:
        """Whether the threads have been started."""
        return bool(self._threads)

    def begin(self) -> None:
        """Start the threads."""
        for number in range(HANDS):
            thread = threading.Thread(target=self._run, name=f"comms hand {number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def do(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do a piece of work; `then`, or the error it raised, comes to the sender's thread."""
        self._tasks.put(partial(self._do, work, then))

    def close(self) -> None:
        """Let what is begun end, and the threads with it."""
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()
        self._threads = []

    def _run(self) -> None:
        try:
            while (task := self._tasks.get()) is not None:
                task()
        finally:
            connection.close()

    def _do(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        try:
            done = work()
        except BaseException as error:  # noqa: BLE001 - the sender's thread raises it
            self._news.put(partial(_raise, error))
        else:
            self._news.put(partial(then, done))


def _raise(error: BaseException) -> None:
    raise error
