"""Compare a list with the regions we have: what is new, what changed, what vanished."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.base.regions.pinyin import initials
from anlan.base.regions.services.reading import Line, Listing, level_of_stored

#: Columns of a stored row, in the order of the tuples here.
FIELDS = (
    "code", "name", "level", "parent_id", "initials", "lon", "lat", "population", "households",
    "valid_from", "valid_to", "successor",
)  # fmt: skip
_PLACE = {name: place for place, name in enumerate(FIELDS)}
_TOLD = ("lon", "lat", "population", "households", "valid_from", "valid_to", "successor")
_PARENT, _VALID_TO, _SUCCESSOR = _PLACE["parent_id"], _PLACE["valid_to"], _PLACE["successor"]

Stored = tuple[Any, ...]


@dataclass(frozen=True)
class MissingParent:
    """A region above others that neither the list nor the database has."""

    code: str
    example: str
    count: int


@dataclass
class Difference:
    """What an import would write. `changed` holds (before, after)."""

    added: list[Stored] = field(default_factory=list)
    changed: list[tuple[Stored, Stored]] = field(default_factory=list)
    unchanged: int = 0
    closed: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    missing: list[MissingParent] = field(default_factory=list)


@dataclass(frozen=True)
class Closing:
    """Whether to close what the list no longer has, from which day, and who follows."""

    vanished: bool = False
    day: date | None = None
    successors: dict[str, str] = field(default_factory=dict)


class Parents:
    """Finds the nearest region above that exists, and notes those that should but do not."""

    def __init__(self, known: set[str]) -> None:
        self._known = known
        self._found: dict[str, str | None] = {}
        self._missing: dict[str, MissingParent] = {}

    def of(self, code: str, level: int) -> str | None:
        """Find the parent of a stored code of a level."""
        if level == 1:
            return None
        stem = code[: scope.LENGTHS[level - 2]]
        if stem not in self._found:
            self._found[stem] = self._search(stem, code)
        if stem in self._missing:
            gap = self._missing[stem]
            self._missing[stem] = MissingParent(gap.code, gap.example, gap.count + 1)
        return self._found[stem]

    def _search(self, stem: str, code: str) -> str | None:
        nearest = scope.pad(stem)
        if nearest in self._known:
            return nearest
        self._missing[stem] = MissingParent(nearest, code, 0)
        above = scope.ancestors(nearest)
        return next((one for one in reversed(above) if one in self._known), None)

    def missing(self) -> list[MissingParent]:
        """List what is missing, by code."""
        return [gap for _, gap in sorted(self._missing.items())]


def compare(listing: Listing, closing: Closing) -> Difference:
    """Compare a sorted list with the stored regions, walking both in the order of codes."""
    known = {line.code for line in listing.lines}
    known.update(Region.objects.values_list("code", flat=True).iterator(chunk_size=20_000))
    parents = Parents(known)
    told = tuple(name for name in _TOLD if name in listing.columns)
    vanishing = _Vanishing(listing.lines, closing)
    difference = Difference()
    for line, before in _side_by_side(listing.lines, _stored()):
        if before is None:
            assert line is not None
            difference.added.append(_new(line, parents))
            continue
        after = list(before)
        after[_PARENT] = parents.of(before[0], before[2])
        if line is not None:
            _tell(after, line, told, difference)
        elif vanishing.takes(before):
            after[_VALID_TO] = vanishing.day
            difference.closed.append(before[0])
        if before[0] in closing.successors:
            after[_SUCCESSOR] = closing.successors[before[0]]
            after[_VALID_TO] = after[_VALID_TO] or vanishing.day
        _sort_in(difference, before, tuple(after), listed=line is not None)
    difference.missing = parents.missing()
    return difference


def _sort_in(difference: Difference, before: Stored, after: Stored, *, listed: bool) -> None:
    if after != before:
        difference.changed.append((before, after))
    elif listed:
        difference.unchanged += 1


def _stored() -> Iterator[Stored]:
    rows = Region.objects.order_by("code").values_list(*FIELDS).iterator(chunk_size=20_000)
    for row in rows:
        if row[9] is None and row[10] is None:
            yield row
        else:
            yield (
                *row[:9],
                row[9] and row[9].isoformat(),
                row[10] and row[10].isoformat(),
                row[11],
            )


def _side_by_side(lines: Iterable[Line], rows: Iterator[Stored]
                  ) -> Iterator[tuple[Line | None, Stored | None]]:  # fmt: skip
    row = next(rows, None)
    for line in lines:
        while row is not None and row[0] < line.code:
            yield None, row
            row = next(rows, None)
        if row is not None and row[0] == line.code:
            yield line, row
            row = next(rows, None)
        else:
            yield line, None
    while row is not None:
        yield None, row
        row = next(rows, None)


def _new(line: Line, parents: Parents) -> Stored:
    return (
        line.code, line.name, line.level, parents.of(line.code, line.level), initials(line.name),
        *line[3:9], line.successor or "",
    )  # fmt: skip


def _tell(after: list[Any], line: Line, told: tuple[str, ...], difference: Difference) -> None:
    if line.name != after[1]:
        after[1], after[4] = line.name, initials(line.name)
    for name in told:
        value = getattr(line, name)
        if value is not None:  # an empty cell does not unsay what is known
            after[_PLACE[name]] = value
    if after[_VALID_TO] is not None and "valid_to" not in told:
        after[_VALID_TO], after[_SUCCESSOR] = None, ""
        difference.reopened.append(line.code)


class _Vanishing:
    """Decides which stored regions a newer list has dropped.

    A list speaks only about what lies under its own topmost regions, and only about the levels it
    has: a county's list closes nothing in the next county, and a list of villages no grid cell.
    """

    def __init__(self, lines: list[Line], closing: Closing) -> None:
        self.day = closing.day.isoformat() if closing.day else None
        self._on = closing.vanished
        self._levels = {line.level for line in lines}
        self._tops: list[str] = []
        for line in lines:
            if not self._tops or not line.code.startswith(self._tops[-1]):
                self._tops.append(scope.prefix(line.code))

    def takes(self, before: Stored) -> bool:
        """Tell whether a stored row that the list lacks is to be closed."""
        if not self._on or before[_VALID_TO] is not None:
            return False
        level = level_of_stored(before[0])
        return level in self._levels and any(before[0].startswith(top) for top in self._tops)
