"""Map tiles on arrays: Web Mercator, thinning of points, clipping of lines and areas.

The world is the square [0, 1] x [0, 1], x from 180 W eastward and y from 85.05 N *southward*, as
slippy-map tiles count (Spherical Mercator, EPSG:3857 divided by the earth's girth). A tile's own
units go from 0 to `EXTENT`.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Geometries = NDArray[np.object_]

EXTENT: Final = 4096
#: Lines and areas are drawn this far beyond the tile, so that its edges do not show.
BUFFER: Final = 64
#: Where Web Mercator ends.
MAX_LATITUDE: Final = 85.0511287798066
FINEST: Final = 22


@dataclass(frozen=True)
class Tile:
    """One square of the world at a zoom."""

    z: int
    x: int
    y: int

    def exists(self) -> bool:
        """Tell whether the zoom has such a tile."""
        return 0 <= self.z <= FINEST and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z

    @property
    def unit(self) -> float:
        """Size of a tile unit in the world square."""
        return 1.0 / (EXTENT << self.z)

    def box(self, buffer: int = 0) -> tuple[float, float, float, float]:
        """Give left, top, right, bottom in the world square, `buffer` tile units wider."""
        size, margin = 1.0 / (1 << self.z), buffer * self.unit
        left, top = self.x * size, self.y * size
        return left - margin, top - margin, left + size + margin, top + size + margin

    def units(self, x: Floats, y: Floats) -> tuple[Integers, Integers]:
        """Turn world places into whole tile units."""
        scale = float(EXTENT << self.z)
        across = np.rint(x * scale - self.x * EXTENT)
        return across.astype(np.int64), np.rint(y * scale - self.y * EXTENT).astype(np.int64)


def project(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Turn degrees into world places.

    >>> tuple(map(float, project(0.0, 0.0)))
    (0.5, 0.5)
    """
    sine = np.sin(np.radians(np.clip(np.asarray(lat, float), -MAX_LATITUDE, MAX_LATITUDE)))
    x = np.asarray(lon, float) / 360.0 + 0.5
    return x, 0.5 - np.log((1.0 + sine) / (1.0 - sine)) / (4.0 * np.pi)


def unproject(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Turn world places into degrees."""
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * np.asarray(y, float)))))
    return (np.asarray(x, float) - 0.5) * 360.0, lat


def project_shapes(shapes: ArrayLike) -> Geometries:
    """Turn geometries in degrees into geometries in the world square."""

    def onto(degrees: Floats) -> Floats:
        return np.column_stack(project(degrees[:, 0], degrees[:, 1]))

    return np.asarray(shapely.transform(np.asarray(shapes, dtype=object), onto), dtype=object)


@dataclass(frozen=True)
class Thinned:
    """Points left after thinning: which inputs stand for their neighbours, and for how many."""

    first: Integers
    counts: Integers
    #: For each input its place in `first`.
    group: Integers


def thin(x: Integers, y: Integers, cell: int) -> Thinned:
    """Keep one of the points that share a square of `cell` tile units: the one given first.

    No point is lost: the counts add up to the number given. Points lie in the tile, 0 to `EXTENT`.
    """
    side = EXTENT // cell + 1
    squares = (y // cell) * side + x // cell
    counts = np.bincount(squares, minlength=side * side)
    # The last write wins, so writing backwards leaves the first point of each square.
    first = np.zeros(side * side, dtype=np.int64)
    first[squares[::-1]] = np.arange(len(squares), dtype=np.int64)[::-1]
    used = np.flatnonzero(counts)
    place = np.zeros(side * side, dtype=np.int64)
    place[used] = np.arange(len(used))
    return Thinned(first[used], counts[used].astype(np.int64), place[squares])


@dataclass(frozen=True)
class Cut:
    """Lines or rings of many geometries within a tile, in tile units.

    ``xy`` (m, 2); ``starts`` (p + 1,) where each path begins; ``features`` (p,) the geometry of
    each path, ascending; ``outer`` (p,) whether a ring is an outer one (empty for lines).
    """

    xy: Integers
    starts: Integers
    features: Integers
    outer: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def __len__(self) -> int:
        return len(self.features)


def cut(tile: Tile, shapes: Geometries) -> tuple[Cut, Cut]:
    """Cut geometries in the world square to a tile; give its lines and its rings."""
    clipped = shapely.clip_by_rect(shapes, *tile.box(BUFFER))
    scale = float(EXTENT << tile.z)
    corner = np.array([tile.x, tile.y], dtype=np.float64) * EXTENT
    scaled = shapely.transform(clipped, lambda xy: xy * scale - corner)
    parts, source = shapely.get_parts(scaled, return_index=True)
    depth = 0
    while (kinds := shapely.get_type_id(parts)).size and (kinds > 3).any() and depth < 3:
        parts, inner = shapely.get_parts(parts, return_index=True)
        source, depth = source[inner], depth + 1
    dimension = shapely.get_dimensions(parts)
    solid = ~shapely.is_empty(parts)
    lines, areas = (dimension == 1) & solid, (dimension == 2) & solid
    return _lines(parts[lines], source[lines]), _rings(parts[areas], source[areas])


def _lines(parts: Geometries, source: Integers) -> Cut:
    return Cut(*_paths(parts), source.astype(np.int64))


def _rings(parts: Geometries, source: Integers) -> Cut:
    rings, polygon = shapely.get_rings(parts, return_index=True)
    outer = np.ones(len(rings), dtype=np.bool_)
    outer[1:] = polygon[1:] != polygon[:-1]
    return Cut(*_paths(rings), source[polygon].astype(np.int64), outer)


def _paths(parts: Geometries) -> tuple[Integers, Integers]:
    places, path = shapely.get_coordinates(parts, return_index=True)
    counts = np.bincount(path, minlength=len(parts))
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return np.rint(places).astype(np.int64), starts


class ShapeIndex:
    """Geometries in the world square, found by tile and simplified to what its zoom can show.

    Parameters
    ----------
    shapes : (n,) geometries in degrees
    """

    #: Simplified to this many tile units: an eighth of a pixel of a 512 pixel tile.
    TOLERANCE: Final = 1.0
    #: From this zoom on geometries are drawn as they are.
    EXACT: Final = 15

    def __init__(self, shapes: ArrayLike) -> None:
        self._exact = project_shapes(shapes).reshape(-1)
        self._tree = shapely.STRtree(self._exact)
        self._simple: dict[int, Geometries] = {}
        box = shapely.bounds(self._exact).reshape(-1, 4)
        self._size = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])

    def __len__(self) -> int:
        return len(self._exact)

    def near(self, tile: Tile, *, least: float = 0.0) -> Integers:
        """List the geometries whose box meets a tile and is at least `least` tile units wide."""
        found = np.sort(self._tree.query(shapely.box(*tile.box(BUFFER))))
        return np.asarray(found[self._size[found] >= least * tile.unit], dtype=np.int64)

    def cut(self, tile: Tile, wanted: Integers) -> tuple[Cut, Cut]:
        """Cut some geometries to a tile: lines and rings; their features count within `wanted`."""
        return cut(tile, self._at(tile.z)[wanted])

    def _at(self, zoom: int) -> Geometries:
        if zoom >= self.EXACT:
            return self._exact
        if zoom not in self._simple:
            tolerance = self.TOLERANCE / (EXTENT << zoom)
            simple: Any = shapely.simplify(self._exact, tolerance, preserve_topology=True)
            self._simple[zoom] = np.asarray(simple, dtype=object)
        return self._simple[zoom]
