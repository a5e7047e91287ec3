"""H3 cells as signed 64-bit integers, for heat and aggregation.

The top bit of an H3 index is always 0, so it fits a database's bigint. Parents are bit arithmetic
on whole arrays: the resolution sits in bits 52 to 55, one base-7 digit per resolution in three
bits below, and unused digits are 7 (Uber H3, "Index representations").
"""

from typing import Final

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import ArrayLike, NDArray

Cells = NDArray[np.int64]

#: Resolution kept on every located row: about 15,000 m2, a hexagon of 76 m edges.
RESOLUTION: Final = 10

_RESOLUTION_SHIFT: Final = 52
_FINEST: Final = 15


def cell_of(lon: float, lat: float, resolution: int = RESOLUTION) -> int:
    """Find the cell of a point in degrees."""
    return int(h3.latlng_to_cell(lat, lon, resolution))


def cells_of(lon: ArrayLike, lat: ArrayLike, resolution: int = RESOLUTION) -> Cells:
    """Find the cells of (n,) points."""
    find = h3.latlng_to_cell
    pairs = zip(np.asarray(lat).tolist(), np.asarray(lon).tolist(), strict=True)
    return np.array([find(y, x, resolution) for y, x in pairs], dtype=np.int64)


def parents_of(cells: ArrayLike, resolution: int) -> Cells:
    """Find the cells that hold (n,) finer cells at a coarser `resolution`."""
    children = np.asarray(cells, dtype=np.int64)
    unused = np.int64((1 << 3 * (_FINEST - resolution)) - 1)
    cleared = children & ~np.int64(0xF << _RESOLUTION_SHIFT)
    return np.asarray(cleared | np.int64(resolution << _RESOLUTION_SHIFT) | unused)


def centres_of(cells: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give longitude and latitude of (n,) cells' middles."""
    middle = np.array([h3.cell_to_latlng(cell) for cell in np.asarray(cells).tolist()])
    middle = middle.reshape(-1, 2)
    return middle[:, 1], middle[:, 0]


def outline_of(cell: int) -> list[tuple[float, float]]:
    """List a cell's corners as (lon, lat), not closed."""
    return [(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]
