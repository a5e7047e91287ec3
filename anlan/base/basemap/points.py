"""Points in memory, drawn into tiles: thinned where they would cover each other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.base.basemap.layers import View
from anlan.base.basemap.shapes import Part
from anlan.base.regions import scope
from anlan.engines.geo.tiles import Tile, project, thin
from anlan.protocols import mvt

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Value = mvt.Value | None

#: Below this zoom points that share a square of so many tile units (16 pixels) become one.
APART_FROM: Final = 14
SQUARE: Final = 128

#: Columns of which a heap tells the value when all its points share it.
ALIKE: tuple[str, ...] = ("kind", "status")


def numbers(codes: Sequence[str]) -> Integers:
    """Turn region codes into integers of 15 digits, which compare as the codes do."""
    return np.array([int(code.ljust(scope.GRID, "0")) for code in codes], dtype=np.int64)


def seen(codes: Integers, view: View) -> Flags | None:
    """Mark the rows (codes as of `numbers`) that a view shows; None when it shows all."""
    if "" in view.prefixes:
        return None
    marked = np.isin(codes, numbers(view.shared))
    for trimmed in view.prefixes:
        step = 10 ** (scope.GRID - len(trimmed))
        low = int(trimmed) * step
        marked |= (codes >= low) & (codes < low + step)
    return marked


@dataclass
class Ranks:
    """Gives equal values equal numbers, over all tables that share it."""

    known: dict[Value, int] = field(default_factory=dict)

    def of(self, values: Sequence[Value]) -> Integers:
        """Give each value its number."""
        known = self.known
        return np.array([known.setdefault(value, len(known)) for value in values], dtype=np.int64)


class PointTable:
    """Points with what a tile tells of each, and the region each lies in."""

    def __init__(
        self,
        lon: Sequence[float],
        lat: Sequence[float],
        codes: Sequence[str],
        columns: dict[str, list[Value]],
        ranks: Ranks,
    ) -> None:
        self.x, self.y = project(lon, lat)
        self.codes = numbers(codes)
        self.columns = columns
        self.alike = {name: ranks.of(columns[name]) for name in ALIKE if name in columns}
        #: Rows taken out since; the others are drawn.
        self.alive = np.ones(len(self.x), dtype=np.bool_)

    def inside(self, tile: Tile, view: View) -> Integers:
        """Find the points in a tile that a view shows."""
        left, top, right, bottom = tile.box()
        found = np.flatnonzero(
            (self.x >= left) & (self.x < right) & (self.y >= top) & (self.y < bottom) & self.alive
        )
        shown = seen(self.codes[found], view)
        return np.asarray(found if shown is None else found[shown], dtype=np.int64)


def part(tables: Sequence[PointTable], tile: Tile, view: View) -> Part:
    """Draw the points of a tile.

    A heap of several points has `count` and, where all agree, `kind` and `status`; it lies where
    its first point lies. A single point has no `count` but all its columns.
    """
    picked = [(table, table.inside(tile, view)) for table in tables]
    x, y = tile.units(
        np.concatenate([table.x[found] for table, found in picked]),
        np.concatenate([table.y[found] for table, found in picked]),
    )
    if tile.z >= APART_FROM:
        everyone = np.arange(len(x))
        return Part(mvt.points(x, y), _columns(picked, everyone), len(x))
    heaps = thin(x, y, SQUARE)
    columns = _columns(picked, heaps.first)
    single = heaps.counts == 1
    for name in columns:
        told = single
        if name in ALIKE:
            ranks = np.concatenate([table.alike[name][found] for table, found in picked])
            same = np.bincount(heaps.group, weights=ranks == ranks[heaps.first][heaps.group])
            told = same == heaps.counts
        columns[name] = [
            value if tell else None
            for value, tell in zip(columns[name], told.tolist(), strict=True)
        ]
    columns["count"] = [count if count > 1 else None for count in heaps.counts.tolist()]
    return Part(mvt.points(x[heaps.first], y[heaps.first]), columns, len(heaps.first))


def _columns(
    picked: Sequence[tuple[PointTable, Integers]], wanted: Integers
) -> dict[str, list[Value]]:
    """Take the columns of some of the picked points, counted over all tables."""
    names = picked[0][0].columns
    found: dict[str, list[Value]] = {name: [] for name in names}
    ends = np.cumsum([0, *(len(places) for _, places in picked)])
    where = np.searchsorted(ends, wanted, "right") - 1
    for number, place in zip(where.tolist(), (wanted - ends[where]).tolist(), strict=True):
        table, places = picked[number]
        row = places[place]
        for name in names:
            found[name].append(table.columns[name][row])
    return found
