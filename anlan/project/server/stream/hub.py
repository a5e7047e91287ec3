"""The thread that reads the journal and hands each browser what it may see."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

import structlog
from django.db import Error, connection

from anlan.base.jobs.wake import POLL_SECONDS, Listener
from anlan.base.permissions.logins import renewed
from anlan.project.server.stream.clients import Client
from anlan.project.server.stream.feed import (
    LONGEST_REPLAY,
    Memory,
    News,
    head,
    read_after,
    reload_frame,
    same_ears,
    told,
)
from anlan.web.counters import STREAMS

log = structlog.get_logger("anlan.stream")

#: After news so long nothing is told, so that a thousand browsers are not woken for every entry;
#: what comes alone is told at once.
GATHER_S = 0.05
#: How often it is looked whether the listeners may still listen.
RENEW_S = 10.0


class Hub:
    """Reads once for all browsers of this process."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._clients: set[Client] = set()
        self._joining: SimpleQueue[Client] = SimpleQueue()
        self._leaving: SimpleQueue[Client] = SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)
        self._memory: Memory | None = None
        self._renewed = time.monotonic()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Let every browser go; they come back to another process and resume."""
        self._stopping.set()
        self._thread.join(2.0)

    def join(self, client: Client) -> None:
        """Begin to tell a browser; from any thread."""
        self._joining.put(client)

    def leave(self, client: Client) -> None:
        """Stop telling a browser; from any thread."""
        self._leaving.put(client)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with Listener("sealed") as listener:
                    self._listen(listener)
            except (Error, OSError):
                log.exception("the stream lost the journal")
                with contextlib.suppress(Error):
                    connection.close()
                self._stopping.wait(1.0)
        for client in self._clients:
            self._tell(client.close)
        connection.close()

    def _listen(self, listener: Listener) -> None:
        if self._memory is None:
            self._memory = Memory(head())
        while not self._stopping.is_set():
            listener.wait(GATHER_S if self._joining.qsize() else POLL_SECONDS)
            self._leave_all()
            self._join_all(self._memory)
            if time.monotonic() - self._renewed > RENEW_S:
                self._renew()
            if self._publish(self._memory):
                self._stopping.wait(GATHER_S)

    def _publish(self, memory: Memory) -> bool:
        """Tell what is new; whether there was anything."""
        before = memory.seq
        while news := read_after(memory.seq):
            memory.add(news)
            self._spread(news)
        return memory.seq > before

    def _spread(self, news: list[News]) -> None:
        reckoned: dict[object, bytes] = {}
        for client in self._clients:
            ears = same_ears(client.login.actor)
            frames = reckoned.get(ears)
            if frames is None:
                frames = reckoned[ears] = told(news, client.login.actor)
            if frames:
                self._tell(client.push, frames)

    def _join_all(self, memory: Memory) -> None:
        with contextlib.suppress(Empty):
            while True:
                client = self._joining.get_nowait()
                self._clients.add(client)
                self._replay(client, memory)
        STREAMS.set(len(self._clients))

    def _replay(self, client: Client, memory: Memory) -> None:
        after = client.after
        if after is None or after == memory.seq:
            return
        if after > memory.seq or memory.seq - after > LONGEST_REPLAY:
            self._tell(client.push, reload_frame(memory.seq))
            return
        frames = told(memory.after(after), client.login.actor)
        if frames:
            self._tell(client.push, frames)

    def _leave_all(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                self._clients.discard(self._leaving.get_nowait())

    def _renew(self) -> None:
        """Look whether every listener still may; an open stream counts as use."""
        self._renewed = time.monotonic()
        for client in list(self._clients):
            login = renewed(client.login)
            if login is None:
                self._clients.discard(client)
                self._tell(client.close)
            else:
                client.login = login

    def _tell(self, deed: Callable[..., None], *given: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(deed, *given)
