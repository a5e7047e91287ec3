"""What may be stored at all."""

import numpy as np

from anlan.engines.series import Columns


def check(columns: Columns) -> None:
    """Refuse rows that have no stream or no value: whoever hands them over has a mistake in it.

    Raises
    ------
    ValueError
        A number below 0, or a value that is not finite.
    """
    if not len(columns):
        return
    if int(columns.number.min()) < 0:
        raise ValueError("a row without a stream cannot be stored")
    if not np.isfinite(columns.value).all():
        raise ValueError("a value that is not finite cannot be stored")
