"""What is checked of each stream, what is remembered of it, and the flags that come of both."""

from __future__ import annotations

import struct
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.series import Columns, Flags

#: Clocks of devices run ahead by less.
AHEAD_MS: Final = 10 * 60 * 1000
#: What was measured longer ago came late, unless its stream reports more rarely still.
LATE_MS: Final = 60 * 60 * 1000

NEVER: Final = -(2**62)
KEPT: Final = 9
MAGIC: Final = b"anlan-checks-2\n"


@dataclass(frozen=True, slots=True, eq=False)
class Checks:
    """What to check, by stream number, (m,) each; a number beyond them is not checked.

    low, high: what the instrument can read, NaN unknown. rate_per_min: fastest change, in the
    quantity's unit, NaN unknown. leap: of what may change at once, how far a single value may
    leave the others and still be believed, NaN any. Where neither is known standing apart is not
    checked. stuck_s: so long without any change is a fault, NaN never; stuck_least_s: so long is
    one already where the stream has never rested nearly as long, NaN never. expected_s: interval
    of reports, NaN unknown. lengths: the value is a length, which people send in metres,
    centimetres and millimetres; zero: what is added to what they send.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    rate_per_min: NDArray[np.float64]
    leap: NDArray[np.float64]
    stuck_s: NDArray[np.float64]
    stuck_least_s: NDArray[np.float64]
    expected_s: NDArray[np.float64]
    lengths: NDArray[np.bool_]
    zero: NDArray[np.float64]

    def __len__(self) -> int:
        """Tell how many numbers are covered."""
        return len(self.low)


@dataclass(slots=True, eq=False)
class State:
    """What is remembered of each stream, so that batches may be cut anywhere."""

    last_time: NDArray[np.int64]
    last_value: NDArray[np.float64]
    #: When the value last changed, how often it did, and the longest it rested lately, ms.
    since: NDArray[np.int64]
    changes: NDArray[np.int64]
    rested: NDArray[np.float64]
    #: The last values nobody doubted, (m, KEPT), and how many they are, and the newest's time.
    kept: NDArray[np.float64]
    count: NDArray[np.int64]
    kept_time: NDArray[np.int64]
    #: A value that stood apart; NaN when the last one did not.
    held: NDArray[np.float64]

    @staticmethod
    def fresh(size: int) -> State:
        """Begin with nothing seen."""
        return State(
            last_time=np.full(size, NEVER, np.int64),
            last_value=np.full(size, np.nan),
            since=np.full(size, NEVER, np.int64),
            changes=np.zeros(size, np.int64),
            rested=np.zeros(size),
            kept=np.full((size, KEPT), np.nan),
            count=np.zeros(size, np.int64),
            kept_time=np.full(size, NEVER, np.int64),
            held=np.full(size, np.nan),
        )

    def __len__(self) -> int:
        """Tell how many numbers there is room for."""
        return len(self.last_time)

    def resized(self, size: int) -> State:
        """Give the same state with room for so many numbers."""
        made = State.fresh(size)
        common = min(size, len(self))
        for field in fields(self):
            getattr(made, field.name)[:common] = getattr(self, field.name)[:common]
        return made

    def dump(self) -> bytes:
        """Write the state down, 156 bytes a stream."""
        body = (getattr(self, field.name).tobytes() for field in fields(self))
        return MAGIC + struct.pack("<q", len(self)) + b"".join(body)

    @staticmethod
    def load(blob: bytes) -> State:
        """Read a state back; `ValueError` when the bytes are none."""
        start = len(MAGIC) + 8
        if not blob.startswith(MAGIC) or len(blob) < start:
            raise ValueError("not the state of the checks")
        (size,) = struct.unpack_from("<q", blob, len(MAGIC))
        made = State.fresh(size if 0 <= size < 1 << 31 else 0)
        for field in fields(made):
            array: NDArray[Any] = getattr(made, field.name)
            if start + array.nbytes > len(blob):
                raise ValueError("the state of the checks is cut off")
            read = np.frombuffer(blob, array.dtype, array.size, start).reshape(array.shape)
            array[...] = read
            start += array.nbytes
        return made


def flag(
    columns: Columns, checks: Checks, state: State, now_ms: int, *, backfill: bool = False
) -> Flags:
    """Flag observations and remember them; gives bits of `series.flags`, (n,).

    Parameters
    ----------
    columns
        Sorted by number, then time. Numbers beyond `checks` or `state` are not allowed.
    now_ms
        When they came. LATE: out of the stream's order, over an hour old (three intervals for
        streams that report more rarely), or `backfill`.

    Notes
    -----
    SPIKE is Hampel's filter over the last nine undoubted values (four scaled median absolute
    deviations), and only where the quantity cannot have changed so fast, or leapt so far: a value
    that stands apart is doubted once, and believed when the next one stands on the same side, so
    that a flood or a leak that jumps is late by one value and never hidden. UNIT marks lengths
    100 or 1000 times off.

    STUCK is judged by the stream's own habit: how long a gauge rests depends on its water, its
    noise and the last digit it shows. Once it has changed twenty times, four times the longest
    rest of the last days is too long, if that is between `stuck_least_s` and `stuck_s`. A value
    that does not change cannot cross a limit, so a doubt too early hides no alarm.

    Source: Hampel 1974, J. Am. Stat. Assoc. 69, 383-393; Pearson et al. 2016, EURASIP J. Adv.
    Signal Process., eq. 2-4.
    """
    from anlan.engines.quality import kernels

    minute = 60_000.0
    return kernels.check(
        columns.number, columns.time, columns.value, now_ms, backfill,
        checks.low, checks.high, checks.rate_per_min / minute, checks.leap,
        _ms(checks.stuck_s), _ms(checks.stuck_least_s), _ms(checks.expected_s), checks.lengths,
        checks.zero, AHEAD_MS, LATE_MS,
        state.last_time, state.last_value, state.since, state.changes, state.rested,
        state.kept, state.count, state.kept_time, state.held,
    )  # fmt: skip


def note(columns: Columns, checks: Checks, state: State, now_ms: int) -> None:
    """Remember observations that were flagged before, as after a restart."""
    flag(columns, checks, state, now_ms)


def _ms(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.where(np.isnan(seconds), 0, seconds * 1000).astype(np.int64)
