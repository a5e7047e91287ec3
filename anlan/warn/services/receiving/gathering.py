"""Messages that come while others are being committed share the next commit.

A commit waits some milliseconds for the disk, however many rows it has; a storm sends hundreds of
messages at once. Each caller still waits until its own message is durable, and gets its own answer.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from anlan.base.permissions.actor import Actor
from anlan.warn.services.receiving.intake import (
    BATCH,
    Inbound,
    Read,
    Refusal,
    Taken,
    keep_read,
    read_alerts,
)

#: Whoever was answered a moment ago sends the next at once: so long they are waited for, and only
#: as many as came side by side before.
GATHER_S = 0.003


@dataclass(eq=False)
class _Waiting:
    """One message and whoever waits for it."""

    read: Read | Refusal
    by: Actor
    done: threading.Event = field(default_factory=threading.Event)
    taken: Taken | None = None
    error: Exception | None = None


class Gatherer:
    """Takes messages from several threads; one of them commits for all that wait."""

    def __init__(self) -> None:
        self._queue: list[_Waiting] = []
        self._queued = threading.Condition()
        self._turn = threading.Lock()
        #: How many came side by side when the last commit was over.
        self._expected = 0

    def receive(self, inbound: Inbound, by: Actor) -> Taken:
        """Take one message in; returns, or raises, when it is decided. See `receive_alerts`.

        It is read before it waits, so that reading goes on while others are committed.
        """
        (read,) = read_alerts(items=[inbound], by=by)
        one = _Waiting(read, by)
        with self._queued:
            self._queue.append(one)
            self._queued.notify()
        with self._turn:
            while not one.done.is_set():  # nobody took it along
                self._work_off()
        if one.error is not None:
            raise one.error
        assert one.taken is not None
        return one.taken

    def _work_off(self) -> None:
        with self._queued:
            self._queued.wait_for(lambda: len(self._queue) >= self._expected, GATHER_S)
            first = self._queue[0].by
            part = [one for one in self._queue if one.by == first][:BATCH]
            self._queue = [one for one in self._queue if one not in part]
        try:
            _keep(part)
        finally:
            with self._queued:
                self._expected = len(part) + len(self._queue)
            for one in part:
                one.done.set()


def _keep(part: Sequence[_Waiting]) -> None:
    """Keep some messages of one actor; what breaks them all is found out one by one."""
    try:
        taken = keep_read(items=[one.read for one in part], by=part[0].by)
    except Exception as error:  # noqa: BLE001 - it is raised to whoever waits
        if len(part) == 1:
            part[0].error = error
            return
        for one in part:
            _keep([one])
        return
    for one, each in zip(part, taken, strict=True):
        one.taken = each


_gatherer = Gatherer()


def receive_gathered(*, inbound: Inbound, by: Actor) -> Taken:
    """Take one message in together with those that come at the same moment."""
    return _gatherer.receive(inbound, by)
