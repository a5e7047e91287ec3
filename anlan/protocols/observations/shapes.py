"""What every decoder makes of a body: columns, and a reason for each element that is none."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.kernel.errors import Invalid


@dataclass(frozen=True, slots=True, order=True)
class Rejection:
    """One element that is not stored: its place in what was sent (from 0), and why, in Chinese."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """Observations as columns of equal length, in the order they were sent.

    Elements that could not be read are not among them; `rejected` has those, by index.
    """

    #: Every stream code that occurs, once; as sent.
    codes: list[str]
    #: Place of each element's code in `codes`; int32.
    stream: NDArray[np.int32]
    #: Milliseconds since 1970 UTC; parts of a millisecond are cut off. int64.
    time: NDArray[np.int64]
    #: Always finite; float64, in the unit sent.
    value: NDArray[np.float64]
    #: Index of each element in what was sent; int32, rising. Reasons given later name this one.
    index: NDArray[np.int32]
    #: How many elements were sent; ``len(index) + len(rejected)``.
    sent: int
    #: In order of index.
    rejected: list[Rejection]
    #: Units that senders named, once each; "" is never among them.
    units: list[str]
    #: Place in `units`, -1 where the sender named none; None when nobody named any.
    unit: NDArray[np.integer[Any]] | None = None

    def __len__(self) -> int:
        return len(self.time)


class Malformed(Invalid):
    """A body of which nothing can be read: not JSON, no header row, a missing column (HTTP 400)."""

    code = "malformed"
    status = 400


class TooLarge(Invalid):
    """A body with more bytes or more observations than one body may have (HTTP 413)."""

    code = "too-large"
    status = 413


#: The largest body, in bytes, and the most observations in one.
MOST_BYTES = 32 * 1024 * 1024
MOST_OBSERVATIONS = 500_000
#: The longest stream code, in characters.
LONGEST_CODE = 64
#: Times outside are rejected: a clock that was never set, or a year in the wrong calendar.
EARLIEST_MS = -2_208_988_800_000  # 1900-01-01
LATEST_MS = 4_102_444_800_000  # 2100-01-01
TOO_MANY = f"一次最多 {MOST_OBSERVATIONS} 条观测，请分批上报"
