"""Finding single keys in closed files: only row groups that can hold them are read, once."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

import numpy as np
import structlog
from numpy.typing import NDArray

from anlan.engines.series import Columns, Numbers, Times, Values
from anlan.sense.store import kernels
from anlan.sense.store.interface import Marks
from anlan.sense.store.segments.files import Damaged, Filed, Files

log = structlog.get_logger("anlan.sense.store")

#: Row groups remembered, 360 kB each.
REMEMBERED: Final = 128


class Lookup:
    """Knows the writer's files. Not safe for two threads."""

    def __init__(self, files: Files, filed: Iterable[Filed]) -> None:
        self._reader = files
        self.files = {one.name: one for one in filed}
        self._groups: OrderedDict[tuple[str, int], Columns] = OrderedDict()
        self._damaged: set[str] = set()

    def replace(self, gone: Iterable[Filed], came: Iterable[Filed]) -> None:
        """Follow a change of the manifest."""
        for one in gone:
            self.files.pop(one.name, None)
        names = {one.name for one in gone}
        for key in [key for key in self._groups if key[0] in names]:
            del self._groups[key]
        self.files.update((one.name, one) for one in came)

    def find(self, number: Numbers, time: Times) -> tuple[Marks, Values]:
        """Tell which keys are in a file, and their values (NaN where not)."""
        found = np.zeros(len(number), np.bool_)
        values = np.full(len(number), np.nan)
        if not len(number):
            return found, values
        ends = (int(number.min()), int(number.max()), int(time.min()), int(time.max()))
        for filed in self.files.values():
            if not _overlaps(filed, ends) or filed.name in self._damaged:
                continue
            try:
                self._in_file(filed, number, time, (found, values))
            except Damaged as error:
                # Its rows cannot be told from new ones: better twice after a repair than refused.
                self._damaged.add(filed.name)
                log.exception("keys are no longer looked up in a file", detail=error.detail)
        return found, values

    def _in_file(
        self, filed: Filed, number: Numbers, time: Times, answer: tuple[Marks, Values]
    ) -> None:
        found, values = answer
        ask = np.flatnonzero(
            ~found & (time >= filed.since_ms) & (time <= filed.until_ms)
            & (number >= filed.first_number) & (number <= filed.last_number)
        )  # fmt: skip
        first = np.searchsorted(filed.groups["last"], number[ask], "left")
        last = np.searchsorted(filed.groups["first"], number[ask], "right") - 1
        for group in _between(first, last):
            bounds = filed.groups[group]
            here = ask[(first <= group) & (last >= group)]
            here = here[(time[here] >= bounds["since"]) & (time[here] <= bounds["until"])]
            if not len(here):
                continue
            rows = self._group(filed, group)
            at = kernels.seek(rows.number, rows.time, number[here], time[here])
            hit = at >= 0
            found[here[hit]] = True
            values[here[hit]] = rows.value[at[hit]]

    def _group(self, filed: Filed, group: int) -> Columns:
        key = (filed.name, group)
        rows = self._groups.get(key)
        if rows is None:
            rows = self._groups[key] = self._reader.read(filed, np.array([group]))
            if len(self._groups) > REMEMBERED:
                self._groups.popitem(last=False)
        self._groups.move_to_end(key)
        return rows


def _overlaps(filed: Filed, ends: tuple[int, int, int, int]) -> bool:
    low, high, since, until = ends
    return (
        filed.first_number <= high
        and filed.last_number >= low
        and filed.since_ms <= until
        and filed.until_ms >= since
    )


def _between(first: NDArray[np.intp], last: NDArray[np.intp]) -> list[int]:
    """List the groups in any of the ranges [first, last]."""
    if not len(first):
        return []
    edges = np.zeros(int(last.max()) + 2, np.int64)
    wide = last >= first
    np.add.at(edges, first[wide], 1)
    np.add.at(edges, last[wide] + 1, -1)
    return np.flatnonzero(np.cumsum(edges)).tolist()
