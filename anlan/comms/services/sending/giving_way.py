"""Giving way: what is turned to people is written down before anything of it is sent.

Both are work for the same interpreter and the same disk. When the sender does not take its part
meanwhile, all that an alert asks for is on record sooner, and the last of it leaves no later.
"""

import time

from anlan.base.jobs.selectors import goes_first
from anlan.base.obligations.events import RungsReached
from anlan.base.outbox.selectors import waits

#: So long a message waits at most for others to be queued.
LONGEST_S = 2.0


class GivingWay:
    """Tells the sender, each time it would go on, whether to wait instead."""

    def __init__(self) -> None:
        #: Since when it has been waiting, or would have been; None when nothing is being queued.
        self._since: float | None = None

    def is_due(self) -> bool:
        """Tell whether messages are about to be queued, and have not been for too long."""
        if not goes_first() and not waits(RungsReached):
            self._since = None
            return False
        now = time.monotonic()
        if self._since is None:
            self._since = now
        return now - self._since < LONGEST_S
