"""Panels put together from the lines of a figure: what stands there adds up to the figure as well.

A panel reads nothing itself. It takes the lines its figure was read with, puts those together that
share a column, and adds up others; unknown stays unknown.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from anlan.govern.wall.selectors import nature, people
from anlan.govern.wall.selectors.figure import Behind, Cell, Figure, Told, total

#: Groups of one panel that are told; a screen shows fewer still, and says how many more there are.
MOST: Final = 60


@dataclass(frozen=True)
class Panel:
    """A figure's lines, put together by one of their columns."""

    key: str
    figure: Figure
    #: Column whose like are put together.
    by: str
    #: Columns of a group told as its foremost line has them.
    told: Sequence[str]
    #: Columns added up.
    added: Sequence[str]
    #: Column with the greatest of which a group, and its foremost line, comes first.
    first: str

    def groups(self, behind: Behind) -> list[dict[str, Cell]]:
        """Put the lines together, the group with the most first; what is not known comes last."""
        at = {one.key: place for place, one in enumerate(self.figure.columns)}
        together: dict[Cell, list[Sequence[Cell]]] = defaultdict(list)
        for line in behind.lines:
            together[line[at[self.by]]].append(line)
        found: list[dict[str, Cell]] = []
        for key, lines in together.items():
            foremost = min(lines, key=lambda line: _rank(line[at[self.first]]))
            found.append(
                {self.by: key}
                | {one: foremost[at[one]] for one in self.told}
                | {one: total(lines, at[one], "sum") for one in self.added}
            )
        return sorted(found, key=lambda one: (*_rank(one[self.first]), str(one[self.by])))

    def as_json(self, told: Told) -> dict[str, Any]:
        """Tell it to a face."""
        behind = told.behind
        found = self.groups(behind)
        why = behind.unknown or ("", "")
        return {
            "key": self.key, "figure": self.figure.key, "why": why[0], "why_en": why[1],
            "at_least": behind.at_least, "stale": behind.stale, "as_of": behind.as_of,
            "source": self.figure.source, "source_en": self.figure.source_en,
            "rows": found[:MOST], "count": len(found),
        }  # fmt: skip


def _rank(cell: Cell) -> tuple[bool, float]:
    return (False, -float(cell)) if isinstance(cell, int | float) else (True, 0.0)


_LIMITS = tuple(one.key for one in nature.LIMITS)
_GAUGED = ("station", "kind", "region", "value", *_LIMITS, "above", "margin", "at")

PANELS: Final[tuple[Panel, ...]] = (
    Panel("moving", people.MOVING, "town_code", ("town",),
          ("due", "moved", "waiting", "unknown"), "waiting"),
    Panel("calls", people.CALLS, "town_code", ("town",), ("called", "count", "late"), "count"),
    Panel("levels", people.CALLS, "level", ("rank",), ("called", "count", "late"), "rank"),
    Panel("vessels", nature.VESSELS, "harbour", (), ("out", "lost", "unknown", "crew"), "out"),
    Panel("stations", nature.STATIONS, "gauge", _GAUGED, (), "margin"),
    Panel("reservoirs", nature.RESERVOIRS, "gauge", _GAUGED, (), "margin"),
    Panel("surge", nature.SURGE, "gauge", ("station", "peak", "peak_at", "grade", *_LIMITS,
          "based_at"), (), "peak"),
)  # fmt: skip
