"""Lines of equal value through a field, for maps.

Marching squares: the four middles around a corner make a square, each side of which a line crosses
where the value lies between its ends. Source: Lorensen and Cline 1987, Comput. Graph. 21, 163, in
two dimensions; a saddle is parted by the mean of its four values.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from anlan.engines.grids.raster import Floats, Raster
from anlan.kernel.errors import Invalid

#: Sides of a square: south, east, north, west, as (corner, corner).
_SOUTH, _EAST, _NORTH, _WEST = 0, 1, 2, 3
_ENDS: Final = ((0, 1), (1, 2), (3, 2), (0, 3))
#: By which corners are high (bits 1 south-west, 2 south-east, 4 north-east, 8 north-west): pairs of
#: sides that a line joins. 5 and 10 are saddles with a low middle, 16 and 17 those with a high one.
_JOINED: Final[Mapping[int, tuple[tuple[int, int], ...]]] = {
    1: ((_WEST, _SOUTH),), 2: ((_SOUTH, _EAST),), 3: ((_WEST, _EAST),), 4: ((_EAST, _NORTH),),
    5: ((_WEST, _SOUTH), (_EAST, _NORTH)), 6: ((_SOUTH, _NORTH),), 7: ((_WEST, _NORTH),),
    8: ((_NORTH, _WEST),), 9: ((_NORTH, _SOUTH),), 10: ((_SOUTH, _EAST), (_NORTH, _WEST)),
    11: ((_NORTH, _EAST),), 12: ((_EAST, _WEST),), 13: ((_EAST, _SOUTH),), 14: ((_SOUTH, _WEST),),
    16: ((_WEST, _NORTH), (_EAST, _SOUTH)), 17: ((_SOUTH, _WEST), (_NORTH, _EAST)),
}  # fmt: skip


def contours(raster: Raster, values: Sequence[float]) -> list[BaseGeometry]:
    """Draw the lines of each value through the middles of a field (ny, nx); empty where none is.

    No line is drawn through a square that has a corner which is not known. A cell that has just
    the value counts as higher.
    """
    if raster.values.ndim != 2:
        raise Invalid("等值线只画一个场")
    return [_line(raster, float(value)) for value in values]


def contours_geojson(
    raster: Raster, values: Sequence[float], *, digits: int = 5, **properties: Any
) -> dict[str, Any]:
    """Write contours as a GeoJSON collection, one feature for each value that has a line.

    Every feature tells `value` and `unit`, and what else is given.
    """
    features = [
        {
            "type": "Feature",
            "properties": {"value": value, "unit": raster.unit, **properties},
            "geometry": json.loads(shapely.to_geojson(shapely.set_precision(line, 10.0**-digits))),
        }
        for value, line in zip(values, contours(raster, values), strict=True)
        if not line.is_empty
    ]
    return {"type": "FeatureCollection", "features": features}


def _line(raster: Raster, value: float) -> BaseGeometry:
    field = raster.values
    corners = np.stack((field[:-1, :-1], field[:-1, 1:], field[1:, 1:], field[1:, :-1]))
    high = corners >= value
    case = (high * np.array([1, 2, 4, 8])[:, None, None]).sum(axis=0)
    middle = corners.mean(axis=0) >= value
    case = np.where((case == 5) & middle, 16, np.where((case == 10) & middle, 17, case))
    case = np.where(np.isnan(corners).any(axis=0), 0, case)
    pieces = [
        _pieces(raster, corners, value, np.argwhere(case == number), joined)
        for number, pairs in _JOINED.items()
        for joined in pairs
    ]
    segments = np.concatenate(pieces)
    # A line that only touches a corner has no length.
    segments = segments[np.abs(segments[:, 0] - segments[:, 1]).max(axis=1) > 0]
    if not len(segments):
        return shapely.MultiLineString()
    return shapely.line_merge(shapely.multilinestrings(shapely.linestrings(segments)))


def _pieces(
    raster: Raster, corners: Floats, value: float, at: NDArray[np.int64], joined: tuple[int, int]
) -> Floats:
    """Cut one pair of sides of the squares `at` (n, 2): ends (n, 2, 2), as x and y."""
    row, column = at[:, 0], at[:, 1]
    ends = []
    for side in joined:
        first, last = (corners[corner][row, column] for corner in _ENDS[side])
        part = (value - first) / (last - first)
        # Both squares at a side reckon it from the same ends, so that their pieces meet exactly.
        along = np.stack((column + part, row + (side == _NORTH)), axis=1)
        up = np.stack((column + (side == _EAST), row + part), axis=1)
        ends.append(along if side in (_SOUTH, _NORTH) else up)
    index = np.stack(ends, axis=1)
    corner = np.array([raster.west + raster.dx / 2, raster.south + raster.dy / 2])
    return np.asarray(corner + index * np.array([raster.dx, raster.dy]))
