"""From raw columns to `Decoded`: what no decoder may let through, and everything in order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.protocols.observations.elements import (
    NOT_FINITE,
    OUT_OF_RANGE,
    Reading,
    fault_of_code,
)
from anlan.protocols.observations.shapes import (
    EARLIEST_MS,
    LATEST_MS,
    LONGEST_CODE,
    Decoded,
    Rejection,
)


@dataclass
class Columns:
    """Elements read in bulk, not yet looked at: ranges, names, finite values."""

    codes: list[str]
    stream: NDArray[np.int32]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    index: NDArray[np.int32]
    units: list[str]
    unit: NDArray[np.int32]

    def take(self, keep: NDArray[np.bool_] | NDArray[np.int64]) -> None:
        """Keep some rows, or put them in another order."""
        self.stream, self.time, self.value = self.stream[keep], self.time[keep], self.value[keep]
        self.index, self.unit = self.index[keep], self.unit[keep]


def settle(
    columns: Columns,
    odd: Sequence[tuple[int, Reading]],
    rejected: list[Rejection],
    sent: int,
) -> Decoded:
    """Reject what is out of range, add what was read one by one, sort by index."""
    rejected += _look_at(columns)
    if odd:
        _add(columns, odd)
    rejected.sort()
    return Decoded(
        codes=columns.codes,
        stream=columns.stream,
        time=columns.time,
        value=columns.value,
        index=columns.index,
        sent=sent,
        rejected=rejected,
        units=columns.units,
        unit=columns.unit if columns.units else None,
    )


def _look_at(columns: Columns) -> list[Rejection]:
    """Drop the rows that cannot stand; tell why."""
    found: list[Rejection] = []
    if not _all_well(columns.codes):
        faults = [fault_of_code(code) for code in columns.codes]
        bad = np.array([bool(fault) for fault in faults])[columns.stream]
        places = zip(columns.index[bad].tolist(), columns.stream[bad].tolist(), strict=True)
        found += [Rejection(index, faults[code]) for index, code in places]
        columns.take(~bad)
    for reason, is_good in ((OUT_OF_RANGE, _in_range), (NOT_FINITE, _finite)):
        good = is_good(columns)
        if not good.all():
            found += [Rejection(index, reason) for index in columns.index[~good].tolist()]
            columns.take(good)
    return found


def _all_well(codes: list[str]) -> bool:
    """Whether no code has a fault, without asking each: bodies name thousands."""
    return (
        "".join(codes).isprintable()
        and all(codes)
        and max(map(len, codes), default=0) <= LONGEST_CODE
    )


def _in_range(columns: Columns) -> NDArray[np.bool_]:
    return (columns.time >= EARLIEST_MS) & (columns.time < LATEST_MS)


def _finite(columns: Columns) -> NDArray[np.bool_]:
    return np.isfinite(columns.value)


def _add(columns: Columns, odd: Sequence[tuple[int, Reading]]) -> None:
    codes = {code: place for place, code in enumerate(columns.codes)}
    units = {unit: place for place, unit in enumerate(columns.units)}
    stream = [codes.setdefault(one.code, len(codes)) for _, one in odd]
    unit = [units.setdefault(one.unit, len(units)) if one.unit else -1 for _, one in odd]
    columns.codes, columns.units = list(codes), list(units)
    columns.stream = np.append(columns.stream, np.array(stream, np.int32))
    columns.time = np.append(columns.time, np.array([one.time for _, one in odd], np.int64))
    columns.value = np.append(columns.value, np.array([one.value for _, one in odd]))
    columns.index = np.append(columns.index, np.array([index for index, _ in odd], np.int32))
    columns.unit = np.append(columns.unit, np.array(unit, np.int32))
    columns.take(np.argsort(columns.index, kind="stable"))
