"""What may be stored at all."""

from typing import Final

import numpy as np

from anlan.engines.series import Columns

#: Streams a store can have: memory and `latest.mmap` hold an entry for each number below.
NUMBERS: Final = 1 << 24
#: The years 1 to 9999, which every store and every reader of its files can write.
FIRST_MS: Final = -62_135_596_800_000
LAST_MS: Final = 253_402_300_799_999


def check(columns: Columns) -> None:
    """Refuse rows that have no stream, no time or no value: a door must not let them through.

    Raises
    ------
    ValueError
        A number or a time out of bounds, or a value that is not finite.
    """
    if not len(columns):
        return
    if int(columns.number.min()) < 0 or int(columns.number.max()) >= NUMBERS:
        raise ValueError("a row without a stream cannot be stored")
    if int(columns.time.min()) < FIRST_MS or int(columns.time.max()) > LAST_MS:
        raise ValueError("a time outside the years 1 to 9999 cannot be stored")
    if not np.isfinite(columns.value).all():
        raise ValueError("a value that is not finite cannot be stored")
