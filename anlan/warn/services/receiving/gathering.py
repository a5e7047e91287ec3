"""Messages that come while others are being committed share the next commit.

A commit waits some milliseconds for the disk, however many rows it has; a storm sends hundreds of
messages at once. Each caller still waits until its own message is durable, and gets its own answer.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from anlan.base.permissions.actor import Actor
from anlan.warn.services.receiving.intake import BATCH, Inbound, Taken, receive_alerts


@dataclass(eq=False)
class _Waiting:
    """One message and whoever waits for it."""

    inbound: Inbound
    by: Actor
    done: threading.Event = field(default_factory=threading.Event)
    taken: Taken | None = None
    error: Exception | None = None


class Gatherer:
    """Takes messages from several threads; one of them commits for all that wait."""

    def __init__(self) -> None:
        self._queue: list[_Waiting] = []
        self._queued = threading.Lock()
        self._turn = threading.Lock()

    def receive(self, inbound: Inbound, by: Actor) -> Taken:
        """Take one message in; returns, or raises, when it is decided. See `receive_alerts`."""
        one = _Waiting(inbound, by)
        with self._queued:
            self._queue.append(one)
        with self._turn:
            while not one.done.is_set():  # nobody took it along
                self._work_off()
        if one.error is not None:
            raise one.error
        assert one.taken is not None
        return one.taken

    def _work_off(self) -> None:
        with self._queued:
            first = self._queue[0].by
            part = [one for one in self._queue if one.by == first][:BATCH]
            self._queue = [one for one in self._queue if one not in part]
        try:
            _receive(part)
        finally:
            for one in part:
                one.done.set()


def _receive(part: Sequence[_Waiting]) -> None:
    """Receive some messages of one actor; what breaks them all is found out one by one."""
    try:
        taken = receive_alerts(items=[one.inbound for one in part], by=part[0].by)
    except Exception as error:  # noqa: BLE001 - it is raised to whoever waits
        if len(part) == 1:
            part[0].error = error
            return
        for one in part:
            _receive([one])
        return
    for one, each in zip(part, taken, strict=True):
        one.taken = each


_gatherer = Gatherer()


def receive_gathered(*, inbound: Inbound, by: Actor) -> Taken:
    """Take one message in together with those that come at the same moment."""
    return _gatherer.receive(inbound, by)
