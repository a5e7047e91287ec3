"""Doubts about values, carried from commit to commit."""

import numpy as np
from numpy.typing import NDArray

from anlan.engines.series import LATE, Columns
from anlan.sense.intake.directory import Directory


class Checking:
    """Flags what may be doubted; knows the streams' ranges. Used by one thread."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def take(self, directory: Directory) -> None:
        """Go on with other streams."""
        self._directory = directory

    def dump(self) -> bytes:
        """Write down what was seen."""
        return b""

    def load(self, blob: bytes) -> None:
        """Go on from what somebody wrote down."""

    def see(self, columns: Columns, now_ms: int) -> None:
        """Take note of rows that were flagged before."""

    def flag(self, columns: Columns, now_ms: int, *, backfill: bool) -> NDArray[np.uint16]:  # noqa: ARG002
        """Flag rows sorted by number and time, (n,)."""
        return np.full(len(columns), LATE if backfill else 0, np.uint16)
