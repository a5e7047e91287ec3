"""Things that change one by one, kept for drawing: a large part at rest, a small one fresh.

A hundred thousand rows take a quarter of a second to make ready; a changed row must not. So the
rows read first stay as they are, those changed since are struck out there and stand in a second,
small table, until it grows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import numpy as np

from anlan.base.basemap.layers import View
from anlan.base.basemap.points import PointTable, Ranks, Value, part, seen
from anlan.base.basemap.shapes import ShapeTable, draw
from anlan.engines.geo.tiles import ShapeIndex, Tile

#: From this zoom on areas are drawn; before, each is the point it has.
AREAS_FROM: Final = 10
#: So many fresh rows, and all are made ready anew.
FRESH: Final = 5_000


class Thing(NamedTuple):
    """One row: what a tile tells of it (in the order of the names given to `Things`), and where.

    `version` counts its changes; `shape` is a line or area in WGS-84 degrees.
    """

    id: str
    region: str
    lon: float
    lat: float
    version: int
    values: tuple[Value, ...]
    shape: Any = None


class Things:
    """All the things of one layer."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        self._name = name
        self._columns = ("id", *columns)
        self._rows: dict[str, Thing] = {}
        self._mark = 0
        self._ranks = Ranks()
        self._rest = _Ready.of((), self)
        self._fresh = self._rest
        self._changed: dict[str, Thing | None] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def stamp(self) -> str:
        """What the drawn things are: equal in every process that has read the same rows."""
        return f"{self._name}.{len(self._rows)}.{self._mark:016x}"

    def replace(self, things: Iterable[Thing]) -> None:
        """Take these and forget all others."""
        self._rows = {thing.id: thing for thing in things}
        self._mark = 0
        for thing in self._rows.values():
            self._mark ^= _mark(thing)
        self._settle()

    def change(self, touched: Iterable[str], things: Iterable[Thing]) -> None:
        """Take these instead of the touched ones; a touched one that is not among them is gone."""
        now = {thing.id: thing for thing in things}
        for key in {*touched, *now}:
            before, after = self._rows.pop(key, None), now.get(key)
            if before:
                self._mark ^= _mark(before)
            if after:
                self._mark ^= _mark(after)
                self._rows[key] = after
            self._changed[key] = after
        if len(self._changed) > FRESH:
            self._settle()
            return
        self._rest.strike(self._changed)
        fresh = [thing for thing in self._changed.values() if thing]
        self._fresh = _Ready.of(fresh, self)

    def draw(self, tile: Tile, view: View) -> bytes:
        """Draw a tile: points at every zoom, lines and areas from `AREAS_FROM` on."""
        ready = (self._rest, self._fresh) if self._changed else (self._rest,)
        parts = [part([one.points for one in ready], tile, view)]
        if tile.z >= AREAS_FROM:
            for one in ready:
                parts += one.shapes.parts(tile, seen=one.shown(view))
        return draw(self._name, parts)

    def _settle(self) -> None:
        # In the order of ids: then every process leads a heap by the same thing.
        self._rest = _Ready.of([self._rows[key] for key in sorted(self._rows)], self)
        self._fresh, self._changed = self._rest, {}

    def table(self, things: Sequence[Thing]) -> tuple[PointTable, dict[str, list[Value]]]:
        """Make the points of some things, and their columns."""
        columns: dict[str, list[Value]] = {"id": [thing.id for thing in things]}
        for place, name in enumerate(self._columns[1:]):
            columns[name] = [thing.values[place] for thing in things]
        lon, lat = [thing.lon for thing in things], [thing.lat for thing in things]
        codes = [thing.region for thing in things]
        return PointTable(lon, lat, codes, columns, self._ranks), columns


def _mark(thing: Thing) -> int:
    """Fold a thing's id and version, so that marks of many can be joined in any order."""
    text = f"{thing.id} {thing.version}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


@dataclass
class _Ready:
    """Some things made ready for drawing."""

    points: PointTable
    shapes: ShapeTable
    #: For each shape the place of its thing among the points.
    owners: Any
    places: dict[str, int]

    @classmethod
    def of(cls, things: Sequence[Thing], home: Things) -> "_Ready":
        points, columns = home.table(things)
        owners = [place for place, thing in enumerate(things) if thing.shape is not None]
        shapes = ShapeTable(
            ShapeIndex([things[place].shape for place in owners]),
            {name: [values[place] for place in owners] for name, values in columns.items()},
            np.full(len(owners), AREAS_FROM, dtype=np.int64),
        )
        places = {thing.id: place for place, thing in enumerate(things)}
        return cls(points, shapes, np.array(owners, dtype=np.int64), places)

    def strike(self, gone: Iterable[str]) -> None:
        """Draw these no more."""
        places = [self.places[key] for key in gone if key in self.places]
        self.points.alive[places] = False

    def shown(self, view: View) -> Any:
        """Mark the shapes that stand and that a view shows."""
        alive = self.points.alive[self.owners]
        visible = seen(self.points.codes[self.owners], view)
        return alive if visible is None else alive & visible
