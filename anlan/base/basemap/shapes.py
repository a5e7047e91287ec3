"""Lines and areas in memory, drawn into tiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.engines.geo.tiles import Cut, ShapeIndex, Tile
from anlan.protocols import mvt

Integers = NDArray[np.int64]
Columns = Mapping[str, Sequence[mvt.Value | None]]

#: Areas and lines below this many tile units (half a pixel) are not drawn.
LEAST = 4.0


@dataclass
class Part:
    """Features for one layer of a tile: geometries and the properties of their inputs."""

    geometry: mvt.Geometry
    columns: Columns
    size: int


@dataclass
class ShapeTable:
    """Shapes with their properties and the zoom from which each is drawn."""

    index: ShapeIndex
    columns: Columns
    minzoom: Integers

    def parts(self, tile: Tile, *, seen: NDArray[np.bool_] | None = None) -> list[Part]:
        """Draw the shapes of a tile: lines, then areas; `seen` (n,) leaves others out."""
        wanted = self.index.near(tile, least=LEAST)
        keep = self.minzoom[wanted] <= tile.z
        if seen is not None:
            keep &= seen[wanted]
        wanted = wanted[keep]
        if not len(wanted):
            return []
        lines, rings = self.index.cut(tile, wanted)
        columns = pick(self.columns, wanted)
        drawn = (mvt.lines(_paths(lines)), mvt.polygons(_paths(rings)))
        return [Part(shape, columns, len(wanted)) for shape in drawn if len(shape)]


def pick(columns: Columns, wanted: Integers) -> dict[str, list[Any]]:
    """Take some rows of columns."""
    places = wanted.tolist()
    return {name: [values[place] for place in places] for name, values in columns.items()}


def draw(name: str, parts: Sequence[Part]) -> bytes:
    """Write the parts as one layer; a column that a part lacks is not there for its features."""
    parts = [part for part in parts if len(part.geometry)]
    if not parts:
        return b""
    firsts = np.cumsum([0, *(part.size for part in parts)]).tolist()
    names = dict.fromkeys(name for part in parts for name in part.columns)
    columns = {
        name: [value for part in parts for value in part.columns.get(name) or [None] * part.size]
        for name in names
    }
    pairs = [(part.geometry, first) for part, first in zip(parts, firsts, strict=False)]
    return mvt.layer(name, mvt.join(pairs), columns)


def _paths(cut: Cut) -> mvt.Paths:
    return mvt.Paths(cut.xy, cut.starts, cut.features, cut.outer)
