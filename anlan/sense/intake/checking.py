"""Doubts about values, carried from commit to commit: the checks of the streams at work."""

import numpy as np
import structlog
from numpy.typing import NDArray

from anlan import codes
from anlan.codes import quantities
from anlan.engines import quality
from anlan.engines.quality import Checks, State
from anlan.engines.series import Columns, Flags
from anlan.sense.intake.directory import Directory

log = structlog.get_logger("anlan.sense")


class Checking:
    """Flags what may be doubted. Used by one thread."""

    def __init__(self, directory: Directory) -> None:
        self._checks = checks_of(directory)
        self._state = State.fresh(len(self._checks))

    def take(self, directory: Directory) -> None:
        """Go on with other streams; what was seen of each stays."""
        self._checks = checks_of(directory)
        self._state = self._state.resized(len(self._checks))

    def warm(self, now_ms: int) -> None:
        """Have the kernels ready before anybody waits for them."""
        self.flag(Columns.empty(), now_ms, backfill=False)

    def dump(self) -> bytes:
        """Write down what was seen."""
        return self._state.dump()

    def load(self, blob: bytes) -> None:
        """Go on from what somebody wrote down; what cannot be read is begun anew, and said."""
        try:
            self._state = State.load(blob).resized(len(self._checks))
        except ValueError:
            log.exception("the state of the checks could not be read; they begin anew")

    def see(self, columns: Columns, now_ms: int) -> None:
        """Take note of rows that were flagged before; streams that are gone are left out."""
        known = columns.number < len(self._checks)
        rows = columns.take(known).sorted()
        quality.note(rows, self._checks, self._state, now_ms)

    def flag(self, columns: Columns, now_ms: int, *, backfill: bool) -> Flags:
        """Flag rows sorted by number and time, (n,)."""
        return quality.flag(columns, self._checks, self._state, now_ms, backfill=backfill)


def checks_of(directory: Directory) -> Checks:
    """Lay out what is checked of each stream; an instrument's own range narrows the quantity's."""
    streams = directory.streams
    size = len(directory.factor)
    kinds = [quantities.get(row.quantity) for row in streams.rows]

    def by_number(name: str) -> NDArray[np.float64]:
        laid = np.full(size, np.nan)
        told = [getattr(kind, name, None) for kind in kinds]
        laid[streams.number] = [np.nan if one is None else one for one in told]
        return laid

    low, high = by_number("low"), by_number("high")
    own = streams.number
    low[own] = np.where(np.isnan(streams.low), low[own], streams.low)
    high[own] = np.where(np.isnan(streams.high), high[own], streams.high)
    spread = high - low
    high += np.nan_to_num(by_number("over_share")) * np.nan_to_num(spread)
    expected = np.full(size, np.nan)
    expected[own] = streams.interval_s
    lengths = np.zeros(size, np.bool_)
    lengths[own] = [
        kind is not None and kind.unit == "m" and kind.kind == "level" for kind in kinds
    ]
    return Checks(
        low=low,
        high=high,
        rate_per_min=by_number("rate_per_min"),
        leap=by_number("leap_share") * _measure(directory, spread),
        stuck_s=by_number("stuck_after_s"),
        stuck_least_s=by_number("stuck_least_s"),
        expected_s=expected,
        lengths=lengths,
        zero=directory.added,
    )


def _measure(directory: Directory, spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tell what a leap is measured by: the lowest level a value may rise to, else the range."""
    upper = {
        row.code
        for row in codes.table("stream-level-kinds")
        if row.text("direction") == "up" and row.text("against") == "value"
    }
    found = spread.copy()
    for row in directory.streams.rows:
        levels = [value for kind, value in row.levels.items() if kind in upper and value > 0]
        if levels:
            found[row.number] = min(levels)
    return found
