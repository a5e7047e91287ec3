"""What a store of observations promises, whichever it is.

A key is (stream number, time): the first value that came for it stays the value. Sift a batch with
`Store.sift`, append what is fresh, hand changed values to `Store.revise`; the rest were duplicates.
`known` and `values_at` answer the same question in two steps. Times are ms since 1970 UTC, and
every span is half-open: ``[since, until)``.

One process writes (the second is refused with `Conflict`), any number read. In the writing process
one thread appends; another may run `maintain` meanwhile.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.engines.series import Buckets, Columns

Marks = NDArray[np.bool_]

#: Verdicts of `Sifted`.
FRESH: Final = 0
SAME: Final = 1
CHANGED: Final = 2

#: Before every time a value can have: no value is known.
NEVER: Final = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, eq=False)
class Sifted:
    """What becomes of each row of a batch, (n,): `FRESH`, `SAME` as stored, or `CHANGED`.

    Of rows of one batch with one key the first is looked at, the others are compared with it.
    """

    verdict: NDArray[np.int8]

    @property
    def fresh(self) -> Marks:
        """Rows to append."""
        return np.asarray(self.verdict == FRESH)

    @property
    def same(self) -> Marks:
        """Rows that came before with the same value: duplicates."""
        return np.asarray(self.verdict == SAME)

    @property
    def changed(self) -> Marks:
        """Rows that came before with another value: revisions."""
        return np.asarray(self.verdict == CHANGED)


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """The newest value of each stream that has one, by number."""

    number: NDArray[np.int32]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    flags: NDArray[np.uint16]

    def __len__(self) -> int:
        """Count the streams."""
        return len(self.number)


@dataclass(frozen=True, slots=True, eq=False)
class Revisions:
    """Values that came later for keys already taken, by time and then by arrival."""

    time: NDArray[np.int64]
    value: NDArray[np.float64]
    received_ms: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the revisions."""
        return len(self.time)


@dataclass(frozen=True, slots=True, eq=False)
class Commit:
    """One group commit as it was appended."""

    seq: int
    received_ms: int
    columns: Columns
    note: bytes


@dataclass(frozen=True)
class Retention:
    """How many days observations and hourly roll-ups are kept; None is for ever.

    `by_number` overrides `raw_days` for single streams. What is dropped leaves the roll-ups as
    they are.
    """

    raw_days: int | None = None
    hourly_days: int | None = None
    by_number: Mapping[int, int] = field(default_factory=dict)
    #: PostgreSQL only: days of this age and older are kept in files; None for never.
    cold_days: int | None = None


@dataclass(frozen=True)
class Report:
    """What one call of `maintain` did."""

    #: Rows moved out of the log.
    closed: int = 0
    #: Files (days, partitions) written anew from several.
    compacted: int = 0
    #: Files (partitions) dropped because nobody keeps their rows any longer.
    dropped: int = 0
    #: Commits given up before every keeper had seen them (see `Store.keep`).
    unseen: int = 0
    #: More is due: call again soon.
    more: bool = False
    #: Partitions that became files.
    cooled: int = 0


class Reader(Protocol):
    """Questions, from any process. Safe for several threads; one answers at a time."""

    def raw(self, number: int, since_ms: int, until_ms: int, limit: int | None = None) -> Columns:
        """Give one stream's observations by time; with `limit` the first ones.

        A value with a revision carries the flag REVISED.
        """

    def revisions(self, number: int, since_ms: int, until_ms: int) -> Revisions:
        """Give what came later for keys already taken."""

    def buckets(
        self,
        numbers: ArrayLike,
        since_ms: int,
        until_ms: int,
        every_ms: int,
        *,
        origin_ms: int = 0,
    ) -> Buckets:
        """Reduce streams to every bucket ``origin + k * every`` that the span touches.

        Values with a flag of `series.BAD` are left out. Buckets of whole hours from a whole hour
        come from roll-ups, others from the observations. Sorted by number, then start; an empty
        bucket has no row.
        """

    def scan(self, numbers: ArrayLike, since_ms: int, until_ms: int) -> Iterator[Columns]:
        """Give streams' observations sorted by number, then time, in pieces of whole streams."""

    def heads(self) -> Heads:
        """Give the newest value of every stream."""

    def kept(self, key: str) -> bytes | None:
        """Give back what `Store.keep` put there last."""

    def close(self) -> None:
        """Let go of files and connections."""


class Store(Reader, Protocol):
    """Deeds and questions of the one writing process."""

    def append(self, columns: Columns, received_ms: int, *, note: bytes = b"") -> int:
        """Store rows that `sift` found fresh; durable on return.

        Returns the commit's sequence number, greater than every one before.

        Raises
        ------
        ValueError
            A number or time out of bounds (see `checks`) or a value that is not finite: nothing
            is stored.
        Unavailable
            The disk is full or the database away: nothing is stored, and trying again may help.
        """

    def sift(self, columns: Columns) -> Sifted:
        """Tell fresh rows from duplicates and revisions, exactly. Fast for rows in time order."""

    def known(self, number: ArrayLike, time: ArrayLike) -> Marks:
        """Tell which keys are taken, (n,), exactly."""

    def values_at(self, number: ArrayLike, time: ArrayLike) -> NDArray[np.float64]:
        """Give the values at keys, (n,); NaN where none is known."""

    def revise(self, columns: Columns, received_ms: int) -> int:
        """Keep changed values beside the first ones; returns how many were news. Durable."""

    def after(self, seq: int) -> Iterator[Commit]:
        """Give the commits after a sequence number that are still held, in order."""

    def keep(self, key: str, body: bytes, *, seq: int | None = None) -> None:
        """Keep a small body under a key; durable on return.

        With `seq` the key is a keeper: it has digested the commits up to `seq`, and `after` goes on
        giving later ones until its next call. The slowest keeper decides.
        """

    def forget(self, key: str) -> None:
        """Drop a kept body, and what was held back for it."""

    def maintain(self, now_ms: int, retention: Retention | None = None) -> Report:
        """Close what is due, roll up, compact, drop what nobody keeps: one piece of work a call.

        Call it every few seconds from a thread of its own; appending goes on meanwhile.
        """

    def crowded(self) -> bool:
        """Tell whether so many rows wait in memory that `maintain` should come before its time."""
