"""One height raster as a GeoTIFF."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

_DOUBLE: Final = 12
_SHORT: Final = 3
#: Key, location, count, value: geographic model, cells are areas, EPSG:4326, degrees.
_GEO_KEYS: Final = (
    (1, 1, 0, 4),
    (1024, 0, 1, 2),
    (1025, 0, 1, 1),
    (2048, 0, 1, 4326),
    (2054, 0, 1, 9102),
)


def write(
    path: Path, values: NDArray[np.float32], *, west: float, north: float, step: float
) -> None:
    """Write float32 cells, north row first, in EPSG:4326, deflated, in tiles of 256.

    The same raster gives the same bytes: no date and no program name is written.

    Source: OGC GeoTIFF 1.1 (19-008r4), tags 33550, 33922, 34735.
    """
    import tifffile

    keys = [number for row in _GEO_KEYS for number in row]
    tifffile.imwrite(
        path,
        np.ascontiguousarray(values, dtype=np.float32),
        photometric="minisblack",
        compression="zlib",
        tile=(256, 256),
        metadata=None,
        software=False,
        extratags=[
            (33550, _DOUBLE, 3, (step, step, 0.0), True),
            (33922, _DOUBLE, 6, (0.0, 0.0, 0.0, west, north, 0.0), True),
            (34735, _SHORT, len(keys), tuple(keys), True),
        ],
    )
