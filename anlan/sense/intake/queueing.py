"""What waits for the next commit: bounded, in the order it came, live and back-filled apart."""

import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from anlan.kernel.errors import Unavailable
from anlan.protocols.observations import Decoded
from anlan.sense.intake.directory import Owner
from anlan.sense.receipts import Receipt

#: Observations that may wait; more are refused, so that senders keep them and try again.
MOST_WAITING: Final = 2_000_000
#: Observations of one commit, unless a single body has more.
MOST_TOGETHER: Final = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Submission:
    """One body on its way."""

    decoded: Decoded
    owner: Owner | None
    received_ms: int
    backfill: bool
    answer: "Future[Receipt]" = field(default_factory=Future)


class Queue:
    """Filled by the doors, emptied by the committing thread."""

    def __init__(self) -> None:
        self._came = threading.Condition()
        self._waiting: deque[Submission] = deque()
        self._rows = 0
        self._closed = self._knocked = False

    def put(self, submission: Submission) -> None:
        """Queue a body; `Unavailable` when too much waits already or the intake is ending."""
        with self._came:
            if self._closed or self._rows > MOST_WAITING:
                raise Unavailable("接入服务正忙，请稍后重发", retry=True)
            self._waiting.append(submission)
            self._rows += len(submission.decoded)
            self._came.notify()

    def take(self, timeout_s: float) -> list[Submission]:
        """Take what is to be committed together; empty when nothing came in time."""
        with self._came:
            if not self._waiting and not self._closed and not self._knocked:
                self._came.wait(timeout_s)
            self._knocked = False
            group: list[Submission] = []
            rows = 0
            while self._waiting and self._fits(group, rows):
                group.append(self._waiting.popleft())
                rows += len(group[-1].decoded)
            self._rows -= rows
            return group

    def knock(self) -> None:
        """Wake whoever waits to take something, though nothing came."""
        with self._came:
            self._knocked = True
            self._came.notify()

    def _fits(self, group: list[Submission], rows: int) -> bool:
        following = self._waiting[0]
        if not group:
            return True
        alike = following.backfill == group[0].backfill
        return alike and rows + len(following.decoded) <= MOST_TOGETHER

    def close(self) -> None:
        """Take nothing more in; what waits is still given out."""
        with self._came:
            self._closed = True
            self._came.notify()

    @property
    def ended(self) -> bool:
        """Whether it was closed and is empty."""
        with self._came:
            return self._closed and not self._waiting

    @property
    def rows(self) -> int:
        """How many observations wait."""
        with self._came:
            return self._rows
