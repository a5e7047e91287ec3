"""The desk: a thread that writes what the rules said as alarms, in order, until it is written."""

import threading
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from django.db import connection

from anlan.sense.bindings import Change

log = structlog.get_logger("anlan.sense")

#: How long a failed write waits, at first and at most.
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 10.0

Write = Callable[[Sequence[Change]], object]
Deed = Callable[[], object]


class Desk:
    """Writes changes in the order they were told. A failure is tried again, never dropped."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._told = threading.Condition()
        self._changes: list[Change] = []
        self._deeds: list[Deed] = []
        self._busy = False
        self._ended = threading.Event()
        self._failure = ""
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Write what waits, as far as the time allows; the rest is told anew after a restart."""
        self._ended.set()
        with self._told:
            self._told.notify()
        self._thread.join(timeout_s)

    def tell(self, changes: Sequence[Change]) -> None:
        """Hand changes over; never waits."""
        if not changes:
            return
        with self._told:
            self._changes += changes
            self._told.notify()

    def ask(self, deed: Deed) -> None:
        """Have a deed done after everything told so far."""
        with self._told:
            self._deeds.append(deed)
            self._told.notify()

    @property
    def idle(self) -> bool:
        """Whether everything told has been written."""
        with self._told:
            return not (self._changes or self._deeds or self._busy)

    @property
    def failure(self) -> str:
        """Why the last write failed; "" while writing works."""
        return self._failure

    @property
    def waiting(self) -> int:
        """How many changes wait."""
        with self._told:
            return len(self._changes)

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            with self._told:
                while not (self._changes or self._deeds or self._ended.is_set()):
                    self._told.wait()
                if not (self._changes or self._deeds):
                    break
                changes, deeds = self._changes, self._deeds
                self._changes, self._deeds, self._busy = [], [], True
            try:
                if changes:
                    self._write(changes)
                changes = []
                while deeds:
                    deeds[0]()
                    deeds.pop(0)
            except Exception as error:
                # Whatever it was, the alarm must not be lost: it stays first in the queue.
                log.exception("alarms were not written", changes=len(changes))
                self._later(changes, deeds, f"{type(error).__name__}: {error}")
                if self._ended.wait(wait_s):
                    break
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
                continue
            wait_s = FIRST_WAIT_S
            self._failure = ""
            with self._told:
                self._busy = False
        connection.close()

    def _later(self, changes: list[Change], deeds: list[Deed], why: str) -> None:
        connection.close()  # it may be the connection that is broken
        with self._told:
            self._changes = [*changes, *self._changes]
            self._deeds = [*deeds, *self._deeds]
            self._busy = False
            self._failure = why
