"""Which keys (stream number, time) are taken, and the newest value of each stream.

Rows in time order are recognised by two numbers a stream, its newest and its oldest time. Only rows
in between are looked up: in a hash of the rows still in memory, made when first asked for, and in
what is closed.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.engines.series import Columns, Flags, Numbers, Times, Values
from anlan.sense.store import kernels
from anlan.sense.store.checks import check
from anlan.sense.store.interface import CHANGED, FRESH, NEVER, SAME, Heads, Marks, Sifted
from anlan.sense.store.rows import Rows

#: After every time a value can have.
ALWAYS: Final = np.iinfo(np.int64).max

#: One stream's head as it is kept in the store, 30 bytes.
HEAD: Final = np.dtype(
    [("number", "<i4"), ("oldest", "<i8"), ("time", "<i8"), ("value", "<f8"), ("flags", "<u2")]
)

#: Finds keys in what is closed: (number, time) to (found, value).
Closed = Callable[[Numbers, Times], tuple[Marks, Values]]


class Newest:
    """Oldest and newest time, newest value and flags of each stream; arrays by number."""

    def __init__(self) -> None:
        self.oldest: Times = np.empty(0, np.int64)
        self.time: Times = np.empty(0, np.int64)
        self.value: Values = np.empty(0, np.float64)
        self.flags: Flags = np.empty(0, np.uint16)

    def reach(self, number: Numbers) -> None:
        """Make room for these numbers."""
        if not len(number):
            return
        size, has = int(number.max()) + 1, len(self.time)
        if size <= has:
            return
        more = max(size, 2 * has, 1024) - has
        self.oldest = np.concatenate([self.oldest, np.full(more, ALWAYS, np.int64)])
        self.time = np.concatenate([self.time, np.full(more, NEVER, np.int64)])
        self.value = np.concatenate([self.value, np.zeros(more)])
        self.flags = np.concatenate([self.flags, np.zeros(more, np.uint16)])

    def doubtful(self, number: Numbers, time: Times) -> Marks:
        """Mark rows that may be taken; the others certainly are not."""
        self.reach(number)
        return kernels.doubtful(number, time, self.time, self.oldest)

    def within(self, number: Numbers, time: Times) -> Marks:
        """Mark keys between their stream's oldest and newest: each for itself."""
        self.reach(number)
        return np.asarray((time >= self.oldest[number]) & (time <= self.time[number]))

    def advance(self, columns: Columns) -> None:
        """Take rows in that were stored."""
        self.reach(columns.number)
        kernels.advance(
            columns.number, columns.time, columns.value, columns.flags,
            self.oldest, self.time, self.value, self.flags,
        )  # fmt: skip

    def heads(self) -> Heads:
        """Give the newest value of every stream."""
        number = np.flatnonzero(self.time > NEVER)
        return Heads(
            number.astype(np.int32), self.time[number], self.value[number], self.flags[number]
        )

    def dump(self) -> bytes:
        """Write the heads."""
        number = np.flatnonzero(self.time > NEVER)
        rows = np.empty(len(number), HEAD)
        rows["number"] = number
        for name in ("oldest", "time", "value", "flags"):
            rows[name] = getattr(self, name)[number]
        return rows.tobytes()

    @staticmethod
    def load(body: bytes) -> "Newest":
        """Read what `dump` wrote."""
        rows = np.frombuffer(body, HEAD)
        made, number = Newest(), np.ascontiguousarray(rows["number"])
        made.reach(number)
        for name in ("oldest", "time", "value", "flags"):
            getattr(made, name)[number] = rows[name]
        return made


class Memory:
    """Rows that are in the log and not yet closed, and where each key lies among them."""

    def __init__(self) -> None:
        self.rows = Rows()
        self._slots: NDArray[np.int32] = np.full(1 << 10, -1, np.int32)
        self._entered = 0

    def find(self, number: Numbers, time: Times) -> NDArray[np.int64]:
        """Give the row of each key, -1 where there is none."""
        held = self.rows.view()
        if 2 * len(held) > len(self._slots):
            size = 1 << int(2 * len(held)).bit_length()
            self._slots, self._entered = np.full(size, -1, np.int32), 0
        if self._entered < len(held):
            kernels.fill(self._slots, held.number, held.time, self._entered)
            self._entered = len(held)
        return kernels.find(self._slots, held.number, held.time, number, time)


class FirstWins:
    """Decides which rows are first, over what is in memory and what is closed.

    The newest memory takes new rows; older ones are being closed. Not safe for two threads.
    """

    def __init__(self, newest: Newest, closed: Closed) -> None:
        self.newest = newest
        self.memories = [Memory()]
        self._closed = closed

    @property
    def open_rows(self) -> int:
        """Count the rows not yet closed."""
        return sum(len(memory.rows) for memory in self.memories)

    def admit(self, columns: Columns) -> None:
        """Take in rows that are stored."""
        self.memories[-1].rows.append(columns)
        self.newest.advance(columns)

    def freeze(self) -> list[Memory]:
        """Give the memories to close; new rows go to a new one."""
        frozen = self.memories
        self.memories = [*frozen, Memory()]
        return frozen

    def closed(self, frozen: Sequence[Memory]) -> None:
        """Let go of memories whose rows are closed now."""
        self.memories = [memory for memory in self.memories if memory not in frozen]

    def find(self, number: Numbers, time: Times) -> tuple[Marks, Values]:
        """Tell which keys are taken, and their values (NaN where not)."""
        found = np.zeros(len(number), np.bool_)
        values = np.full(len(number), np.nan)
        ask = np.flatnonzero(self.newest.within(number, time))
        for memory in self.memories:
            at = memory.find(number[ask], time[ask])
            hit = at >= 0
            found[ask[hit]] = True
            values[ask[hit]] = memory.rows.view().value[at[hit]]
            ask = ask[~hit]
            if not len(ask):
                return found, values
        found[ask], values[ask] = self._closed(number[ask], time[ask])
        return found, values

    def sift(self, columns: Columns) -> Sifted:
        """Tell fresh rows from duplicates and revisions."""
        verdict = np.full(len(columns), FRESH, np.int8)
        if not self.newest.doubtful(columns.number, columns.time).any():
            return Sifted(verdict)
        first = _first_of_batch(columns.number, columns.time)
        found, stored = self.find(columns.number, columns.time)
        stored = np.where(found, stored, columns.value[first])
        again = found | (first != np.arange(len(columns)))
        verdict[again] = np.where(stored[again] == columns.value[again], SAME, CHANGED)
        return Sifted(verdict)


def _first_of_batch(number: Numbers, time: Times) -> NDArray[np.int64]:
    slots = np.full(1 << int(2 * len(number)).bit_length(), -1, np.int32)
    kernels.fill(slots, number, time, 0)
    return kernels.find(slots, number, time, number, time)


class Sifting:
    """The questions about keys, for a store that lends its `FirstWins` to one thread at a time."""

    def _keys(self) -> AbstractContextManager[FirstWins]:
        raise NotImplementedError

    def sift(self, columns: Columns) -> Sifted:
        """See `interface.Store.sift`."""
        check(columns)
        with self._keys() as first:
            return first.sift(columns)

    def known(self, number: ArrayLike, time: ArrayLike) -> Marks:
        """See `interface.Store.known`."""
        return self._find(number, time)[0]

    def values_at(self, number: ArrayLike, time: ArrayLike) -> Values:
        """See `interface.Store.values_at`."""
        return self._find(number, time)[1]

    def _find(self, number: ArrayLike, time: ArrayLike) -> tuple[Marks, Values]:
        wanted = Columns.of(number, time, np.zeros(np.size(number)))
        check(wanted)
        with self._keys() as first:
            return first.find(wanted.number, wanted.time)
