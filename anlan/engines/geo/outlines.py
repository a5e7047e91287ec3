"""Outlines of few points that cover the shape they stand for: no village falls out of a warning.

The usual simplification (Douglas-Peucker) cuts corners on both sides. Here only two steps are
taken, and both only add ground: a dent is bridged by the chord across it, and a short edge is
replaced by the point in which its neighbours meet. The step that adds the least area is taken
first, until few enough points are left.
"""

import heapq
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from anlan.engines.geo.shapes import BadShape
from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]

#: Corners below which a ring is not reduced.
FEWEST: Final = 4
#: Corners up to which steps are tried one by one; more are thinned first.
_MOST_STEPPED: Final = 1_000
#: How far new corners are pushed out, so that rounding leaves nothing outside (degrees; 0.1 mm).
_PUSH: Final = 1e-9
_DENT, _EDGE = 0, 1


def covering(shape: BaseGeometry, most: int) -> BaseGeometry:
    """Find an outline of at most `most` points that covers a shape.

    Parameters
    ----------
    shape : Polygon or MultiPolygon, degrees
        Holes are filled.
    most : int
        Points of all rings together, the closing points counted, as channels count them.

    Returns
    -------
    Polygon or MultiPolygon, valid, that covers `shape`. A shape without holes that has few enough
    points is returned as it is.

    Raises
    ------
    BadShape
        When the shape has no area.
    Invalid
        When its parts are so many that five points each are too many: send it in several pieces.
    """
    filled = _filled(shape)
    parts = shapely.get_parts(filled)
    if shapely.get_num_coordinates(filled) <= most:
        return filled
    if most < len(parts) * (FEWEST + 1):
        raise Invalid(f"范围有 {len(parts)} 块，{most} 个点不够，请分几次发")
    enough = max(_MOST_STEPPED, 2 * most)
    outlines = [
        _Rings([_thinned(part, enough) for part in parts]).reduced(most),
        _bluntly(parts, most, enough),
    ]
    fitting = [one for one in outlines if one is not None and _covers(one, filled, most)]
    if not fitting:
        raise Invalid(f"范围的形状在 {most} 个点以内画不下，请分几次发")
    return min(fitting, key=lambda one: float(one.area))


def growth(shape: BaseGeometry, outline: BaseGeometry) -> float:
    """Tell by what part of its area an outline is larger than the shape (0.05: five percent)."""
    return float(outline.area / shape.area - 1.0)


def _filled(shape: BaseGeometry) -> BaseGeometry:
    """Drop the holes, and unite what overlaps."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    rings = (
        shapely.Polygon(shapely.get_exterior_ring(part)) for part in parts if not part.is_empty
    )
    # The two halves of a bow tie cancel out: of a crossed ring the area says nothing.
    solid = [one if one.is_valid else _enclosed(one) for one in rings]
    solid = [one for one in solid if one.area > 0]
    if not solid:
        raise BadShape("范围没有面积")
    if len(solid) == 1 and not _holed(solid[0]):
        return solid[0]
    united = shapely.union_all(solid)
    again = [part for part in shapely.get_parts(united) if part.geom_type == "Polygon"]
    if any(map(_holed, again)):
        return _filled(shapely.MultiPolygon(again))
    return again[0] if len(again) == 1 else shapely.MultiPolygon(again)


def _holed(part: BaseGeometry) -> bool:
    return part.geom_type != "Polygon" or bool(shapely.get_num_interior_rings(part))


def _enclosed(crossed: BaseGeometry) -> BaseGeometry:
    """Give all ground that a ring which crosses itself encloses, however often it goes round."""
    lines = shapely.node(shapely.get_exterior_ring(crossed))
    faces = shapely.union_all(shapely.get_parts(shapely.polygonize([lines])))
    return shapely.buffer(faces, _PUSH, join_style="mitre")  # crossings are rounded


def _thinned(part: BaseGeometry, enough: int) -> Floats:
    """Give the corners of a ring, counter-clockwise; of a huge one those of a slightly wider one.

    Steps are tried against every corner, so that they are worth it only where few are.
    """
    extent = max(np.ptp(shapely.get_coordinates(part), axis=0))
    tolerance = extent * 1e-4
    thin = part
    while shapely.get_num_coordinates(thin) > enough:
        # What Douglas-Peucker moves by less than the tolerance, the same width put around holds.
        rough = shapely.simplify(part, tolerance)
        wide = shapely.buffer(rough, tolerance * 1.01, join_style="mitre", mitre_limit=2.0)
        thin = shapely.Polygon(shapely.get_exterior_ring(wide))
        tolerance *= 2
    ring = shapely.get_coordinates(shapely.orient_polygons(thin))[:-1]
    return np.asarray(ring, dtype=np.float64)


def _covers(outline: BaseGeometry, shape: BaseGeometry, most: int) -> bool:
    return (
        bool(outline.is_valid)
        and int(shapely.get_num_coordinates(outline)) <= most
        and bool(outline.covers(shape))
    )


def _bluntly(parts: NDArray[np.object_], most: int, enough: int) -> BaseGeometry | None:
    """Cover each part by its convex hull, reduced: coarser, and there is always a step to take.

    Of a round shape, or with very few points, it is even the tighter of the two.
    """
    hulls = shapely.convex_hull(parts)
    while True:
        united = shapely.get_parts(shapely.union_all(hulls))
        if len(united) == len(hulls):
            break
        hulls = shapely.convex_hull(united)
    outline = _Rings([_thinned(part, enough) for part in hulls], free=True).reduced(most)
    return None if outline is None else shapely.union_all(shapely.get_parts(outline))


class _Rings:
    """Rings as one linked list of corners; steps wait in a heap by the area they add.

    `free` rings may grow into each other.
    """

    def __init__(self, rings: list[Floats], *, free: bool = False) -> None:
        self._at = np.concatenate(rings)
        sizes = [len(ring) for ring in rings]
        self._ring = np.repeat(np.arange(len(rings)), sizes)
        self._left = np.array(sizes)
        starts = np.cumsum([0, *sizes[:-1]])
        self._next = np.arange(1, len(self._at) + 1)
        self._next[starts + np.array(sizes) - 1] = starts
        self._before = np.empty_like(self._next)
        self._before[self._next] = np.arange(len(self._at))
        self._alive = np.ones(len(self._at), dtype=bool)
        #: How often a corner has changed: a step planned before that is no longer the same.
        self._changes = [0] * len(self._at)
        self._heap: list[tuple[float, int, int, int]] = []
        self._free = free

    def reduced(self, most: int) -> BaseGeometry | None:
        """Take steps until few enough points are left; None when no step is possible before."""
        for corner in range(len(self._at)):
            self._plan(corner)
        while int(self._left.sum()) + len(self._left) > most:
            if not self._heap:
                return None
            _, kind, corner, changes = heapq.heappop(self._heap)
            if self._changes[corner] == changes and self._alive[corner]:
                self._take(kind, corner)
        polygons = [self._polygon(number) for number in range(len(self._left))]
        return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)

    def _polygon(self, number: int) -> BaseGeometry:
        first = int(np.flatnonzero(self._alive & (self._ring == number))[0])
        order, corner = [first], int(self._next[first])
        while corner != first:
            order.append(corner)
            corner = int(self._next[corner])
        return shapely.Polygon(self._at[order])

    def _plan(self, corner: int) -> None:
        """Put the steps at a corner into the heap: bridge it, drop the edge behind it."""
        before, after = self._before[corner], self._next[corner]
        turn = _turn(self._at[before], self._at[corner], self._at[after])
        changes = self._changes[corner]
        if turn <= 0:
            heapq.heappush(self._heap, (-turn / 2, _DENT, corner, changes))
            return
        meeting = self._meeting(corner)
        if meeting is not None:
            added = abs(_turn(self._at[corner], self._at[after], meeting)) / 2
            heapq.heappush(self._heap, (added, _EDGE, corner, changes))

    def _meeting(self, corner: int) -> Floats | None:
        """Find where the neighbours of the edge behind a corner meet outside, None: nowhere."""
        after = self._next[corner]
        start, first = self._at[self._before[corner]], self._at[corner]
        second, end = self._at[after], self._at[self._next[after]]
        if _turn(first, second, end) <= 0:
            return None
        ahead, back = first - start, second - end
        across = ahead[0] * back[1] - ahead[1] * back[0]
        if across >= 0:  # they part, or run side by side
            return None
        gap = second - first
        far = (gap[0] * back[1] - gap[1] * back[0]) / across
        if not far > 0:
            return None
        point = first + far * ahead
        out = point - (first + second) / 2
        size = float(np.hypot(*out))
        if not np.isfinite(point).all() or (np.abs(point) > (180.0, 90.0)).any() or size == 0:
            return None
        return np.asarray(point + out / size * _PUSH, dtype=np.float64)

    def _take(self, kind: int, corner: int) -> None:
        ring = self._ring[corner]
        if self._left[ring] <= FEWEST:
            return
        before, after = int(self._before[corner]), int(self._next[corner])
        if kind == _DENT:
            if not self._open(before, corner, after, self._at[corner]):
                return
            self._unlink(corner)
            touched = (before, after)
        else:
            meeting = self._meeting(corner)
            if meeting is None or not self._open(corner, -1, after, meeting):
                return
            self._at[corner] = meeting
            self._unlink(after)
            touched = (before, corner)
        self._again(touched)

    def _unlink(self, corner: int) -> None:
        before, after = self._before[corner], self._next[corner]
        self._next[before], self._before[after] = after, before
        self._alive[corner] = False
        self._left[self._ring[corner]] -= 1

    def _again(self, touched: tuple[int, int]) -> None:
        """Plan anew what the step changed: corners whose edge or whose next edge is another."""
        near = {touched[0], touched[1], int(self._before[touched[0]]), int(self._next[touched[1]])}
        near.add(int(self._before[self._before[touched[0]]]))
        for corner in near:
            self._changes[corner] += 1
            self._plan(corner)

    def _open(self, first: int, middle: int, last: int, apex: Floats) -> bool:
        """Tell whether the triangle to be added holds and crosses nothing of any ring."""
        if self._free:
            return True
        a, b = self._at[first], self._at[last]
        low = np.minimum(np.minimum(a, b), apex)
        high = np.maximum(np.maximum(a, b), apex)
        starts = np.flatnonzero(self._alive)
        ends = self._next[starts]
        p, q = self._at[starts], self._at[ends]
        near = ((np.maximum(p, q) >= low) & (np.minimum(p, q) <= high)).all(axis=1)
        own = np.array([first, middle, last])
        near &= ~(np.isin(starts, own) & np.isin(ends, own))
        starts, ends, p, q = starts[near], ends[near], p[near], q[near]
        if not len(starts):
            return True
        corners = shapely.Polygon([a, b, apex])
        edges = shapely.linestrings(np.stack([p, q], axis=1))
        touching = edges[~(np.isin(starts, own) | np.isin(ends, own))]
        if len(touching) and bool(shapely.intersects(corners, touching).any()):
            return False
        joined = edges[np.isin(starts, own) | np.isin(ends, own)]
        return not bool(shapely.relate_pattern(corners, joined, "T********").any())


def _turn(a: Floats, b: Floats, c: Floats) -> float:
    """Tell twice the area of a triangle, positive when it turns left."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
