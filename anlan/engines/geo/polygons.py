"""Which polygon holds a point: an index in memory over many polygons."""

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

Indexes = NDArray[np.int64]


class PolygonIndex:
    """Finds the polygons that hold points; where several do, the one of the highest rank.

    Parameters
    ----------
    polygons : (n,) sequence of Polygon or MultiPolygon, degrees
    ranks : (n,) integers
        For nested polygons the depth: a village outranks its township. Equal ranks go to the
        polygon given first, so that a point on a shared border always finds the same side.
    """

    def __init__(self, polygons: ArrayLike, ranks: ArrayLike) -> None:
        #: The polygons themselves, in the given order, prepared.
        self.polygons: NDArray[np.object_] = np.asarray(polygons, dtype=object).reshape(-1)
        self._ranks = np.asarray(ranks, dtype=np.int64).reshape(-1)
        if len(self._ranks) != len(self.polygons):
            raise ValueError("as many ranks as polygons are needed")
        shapely.prepare(self.polygons)
        self._tree = shapely.STRtree(self.polygons)

    def __len__(self) -> int:
        return len(self.polygons)

    def holding(self, lon: float, lat: float) -> Indexes:
        """List the polygons that hold one point (their border included), highest rank first."""
        near = np.sort(self._tree.query(shapely.Point(lon, lat)))
        held = near[shapely.intersects_xy(self.polygons[near], lon, lat)]
        return np.asarray(held[np.argsort(-self._ranks[held], kind="stable")], dtype=np.int64)

    def deepest(self, lon: ArrayLike, lat: ArrayLike) -> Indexes:
        """Find for (n,) points the holding polygon of highest rank; -1 where there is none."""
        x, y = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
        found = np.full(len(x), -1, dtype=np.int64)
        points, near = self._tree.query(shapely.points(x, y))
        held = shapely.intersects_xy(self.polygons[near], x[points], y[points])
        points, near = points[held], near[held]
        # The last write wins, so the best candidate of each point is written last.
        order = np.lexsort((-near, self._ranks[near], points))
        found[points[order]] = near[order]
        return found

    def touching(self, shape: BaseGeometry) -> Indexes:
        """List the polygons that share at least a point with a geometry."""
        return np.sort(np.asarray(self._tree.query(shape, predicate="intersects"), dtype=np.int64))
