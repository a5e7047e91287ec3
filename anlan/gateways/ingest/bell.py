"""Futures of other threads, told to the event loop: many at one waking."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

Listener = Callable[["Future[T]"], None]


class Bell:
    """Calls listeners in the loop when futures are done. One waking serves a whole commit."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._done: list[Callable[[], None]] = []

    def when_done(self, future: "Future[T]", listener: "Listener[T]") -> None:
        """Call the listener in the loop once the future is done; in the order they are done."""
        future.add_done_callback(lambda done: self._ring(lambda: listener(done)))

    def _ring(self, tell: Callable[[], None]) -> None:
        with self._lock:
            self._done.append(tell)
            first = len(self._done) == 1
        if first and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        with self._lock:
            done, self._done = self._done, []
        for tell in done:
            tell()
