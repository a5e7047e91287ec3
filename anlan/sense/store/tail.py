"""What a reading process remembers of the log, so that it reads each commit once."""

from collections import deque
from collections.abc import Callable, Iterable

import numpy as np

from anlan.engines.series import Columns, Numbers
from anlan.sense.store.interface import Marks
from anlan.sense.store.packing import unpack
from anlan.sense.store.rows import Rows

#: Gives (seq, rows, body) of the commits after a sequence number, in order.
Fetch = Callable[[int], Iterable[tuple[int, int, bytes]]]


class Tail:
    """The open rows as of the last look. Not safe for two threads."""

    def __init__(self) -> None:
        self._rows = Rows()
        self._commits: deque[tuple[int, int]] = deque()
        self._seen = 0

    def sync(self, closed: int, fetch: Fetch) -> Columns:
        """Let go of what is closed, read what is new, give what is open."""
        gone = 0
        while self._commits and self._commits[0][0] <= closed:
            gone += self._commits.popleft()[1]
        self._rows.drop(gone)
        self._seen = max(self._seen, closed)
        fresh = list(fetch(self._seen))
        if fresh:
            self._rows.append(unpack(body for _, _, body in fresh))
            self._commits.extend((seq, rows) for seq, rows, _ in fresh)
            self._seen = fresh[-1][0]
        return self._rows.view()


def pick(columns: Columns, numbers: Numbers, since_ms: int, until_ms: int) -> Columns:
    """Choose the rows of some streams (sorted numbers, none twice) in [since, until)."""
    low, high = int(numbers[0]), int(numbers[-1])
    fit = (columns.number >= low) & (columns.number <= high)
    fit &= (columns.time >= since_ms) & (columns.time < until_ms)
    chosen = columns.take(fit)
    if len(numbers) == high - low + 1:
        return chosen
    return chosen.take(member(chosen.number, numbers))


def member(number: Numbers, wanted: Numbers) -> Marks:
    """Mark the numbers that are wanted (sorted, none twice); all lie between its ends."""
    low, high = int(wanted[0]), int(wanted[-1])
    if high - low > 1 << 22:
        return np.asarray(np.isin(number, wanted))
    table = np.zeros(high - low + 1, np.bool_)
    table[wanted - low] = True
    return np.asarray(table[number - low])
