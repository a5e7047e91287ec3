"""The base map's four themes and the regions, as sources of tiles."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from anlan.base.basemap.layers import View
from anlan.base.basemap.models import Drawing, Feature
from anlan.base.basemap.shapes import Part, ShapeTable, draw
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Boundary, Level, Region
from anlan.engines.geo.tiles import ShapeIndex, Tile, project
from anlan.protocols import mvt

#: From which zoom regions of a level are drawn.
ZOOM_OF_LEVEL: dict[int, int] = {
    Level.PROVINCE: 0, Level.CITY: 4, Level.COUNTY: 6, Level.TOWN: 8, Level.VILLAGE: 11,
    Level.GRID: 13,
}  # fmt: skip

POINT = 0


@dataclass
class Kept:
    """What is drawn from: shapes, and points with their properties and first zoom."""

    shapes: ShapeTable
    x: np.ndarray[tuple[int], np.dtype[np.float64]]
    y: np.ndarray[tuple[int], np.dtype[np.float64]]
    columns: dict[str, list[mvt.Value | None]]
    minzoom: np.ndarray[tuple[int], np.dtype[np.int64]]

    def parts(self, tile: Tile) -> list[Part]:
        """Draw a tile's points and shapes."""
        left, top, right, bottom = tile.box()
        found = np.flatnonzero(
            (self.minzoom <= tile.z)
            & (self.x >= left) & (self.x < right) & (self.y >= top) & (self.y < bottom)
        )  # fmt: skip
        columns = {
            name: [values[place] for place in found.tolist()]
            for name, values in self.columns.items()
        }
        points = mvt.points(*tile.units(self.x[found], self.y[found]))
        return [Part(points, columns, len(found)), *self.shapes.parts(tile)]


class Plain:
    """A source that everybody sees alike, kept in memory while its stamp stays the same."""

    def __init__(self, name: str, stamp: Callable[[], str], read: Callable[[], Kept]) -> None:
        self._name, self._ask, self._read = name, stamp, read
        self._lock = threading.Lock()
        self._kept: tuple[str, Kept] | None = None

    def stamp(self) -> str:
        """Tell the present state."""
        return self._ask()

    def draw(self, tile: Tile, view: View) -> bytes:  # noqa: ARG002 - all see the same
        """Draw a tile."""
        stamp = self._ask()
        with self._lock:
            # Without a stamp rows were written past the services: nothing may be kept.
            if self._kept is None or self._kept[0] != stamp or not stamp:
                self._kept = (stamp, self._read())
            kept = self._kept[1]
        return draw(self._name, kept.parts(tile))


def theme(key: str) -> Plain:
    """Make the source of a theme of the base map."""

    def stamp() -> str:
        return Drawing.objects.filter(theme=key).values_list("stamp", flat=True).first() or ""

    def read() -> Kept:
        rows = Feature.objects.filter(theme=key).order_by("rank", "id")
        listed = list(rows.values_list("wkb", "minzoom", "kind", "name", "rank"))
        columns: dict[str, list[mvt.Value | None]] = {
            "class": [row[2] or None for row in listed],
            "name": [row[3] or None for row in listed],
            "rank": [row[4] for row in listed],
        }
        return _kept([row[0] for row in listed], [row[1] for row in listed], columns)

    return Plain(key, stamp, read)


def borders() -> Plain:
    """Make the source of regions: their areas, and their names at their seats."""
    return Plain("regions", regions.edition, _read_borders)


def _read_borders() -> Kept:
    rows = list(
        Boundary.objects.filter(region__valid_to=None)
        .order_by("region__level", "region_id")
        .values_list("wkb", "region__level", "region_id", "region__name")
    )
    areas = ShapeTable(
        ShapeIndex(shapely.from_wkb([bytes(row[0]) for row in rows])),
        {
            "code": [row[2] for row in rows],
            "name": [row[3] for row in rows],
            "level": [row[1] for row in rows],
        },
        np.array([ZOOM_OF_LEVEL[row[1]] for row in rows], dtype=np.int64),
    )
    seats = list(
        Region.objects.filter(valid_to=None, lon__isnull=False, lat__isnull=False)
        .order_by("level", "code")
        .values_list("lon", "lat", "level", "code", "name")
    )
    places = np.array([row[:2] for row in seats], dtype=np.float64).reshape(-1, 2)
    x, y = project(places[:, 0], places[:, 1])
    columns: dict[str, list[mvt.Value | None]] = {
        "code": [row[3] for row in seats],
        "name": [row[4] for row in seats],
        "level": [row[2] for row in seats],
    }
    zooms = np.array([ZOOM_OF_LEVEL[row[2]] for row in seats], dtype=np.int64)
    return Kept(areas, x, y, columns, zooms)


def _kept(wkb: Sequence[Any], zooms: list[int], columns: dict[str, list[mvt.Value | None]]) -> Kept:
    """Sort features into points and shapes."""
    drawn = shapely.from_wkb([bytes(one) for one in wkb])
    is_point = shapely.get_type_id(drawn) == POINT
    minzoom = np.array(zooms, dtype=np.int64)

    def of(chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> dict[str, list[mvt.Value | None]]:
        places = np.flatnonzero(chosen).tolist()
        return {name: [values[place] for place in places] for name, values in columns.items()}

    shapes = ShapeTable(ShapeIndex(drawn[~is_point]), of(~is_point), minzoom[~is_point])
    places = drawn[is_point]
    x, y = project(shapely.get_x(places), shapely.get_y(places))
    return Kept(shapes, x, y, of(is_point), minzoom[is_point])
