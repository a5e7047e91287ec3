"""The sea around the demo county, far beyond its raster: a shelf that nobody measured.

The county is invented and so is its sea: it falls off from a line drawn along the coast of eastern
China as that shelf does, and meets the county's own heights where the raster has them.
"""

from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from anlan.demo.county.geotiff import write
from anlan.demo.county.model.land import Terrain

Floats = NDArray[np.float64]

#: Where bathymetry lies in a workspace (see the model ``surge``).
SEA: Final = Path("forecast") / "grids" / "sea.tif"
WEST, SOUTH, EAST, NORTH = 118.0, 24.0, 127.0, 33.0
STEP: Final = 1 / 30
#: The line, from south to north; the sea is to its east.
COAST: Final = (
    (117.5, 23.6), (118.7, 24.6), (119.7, 25.9), (120.6, 27.0), (121.35, 28.1), (121.95, 29.0),
    (122.15, 30.2), (121.95, 31.5), (121.0, 32.9), (120.5, 34.0),
)  # fmt: skip
#: km off the line and the height of the ground there, m: land behind it, the shelf, the trough.
FALL: Final = (
    (-200.0, 600.0), (-20.0, 60.0), (-1.0, 3.0), (1.0, -4.0), (20.0, -12.0), (60.0, -35.0),
    (150.0, -62.0), (300.0, -105.0), (420.0, -180.0), (480.0, -1100.0), (700.0, -2200.0),
)  # fmt: skip
KM_PER_DEG: Final = 111.2


def write_sea(terrain: Terrain, path: Path) -> None:
    """Write the heights and depths of the region as a GeoTIFF for the surge model."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, heights(terrain).astype(np.float32), west=WEST, north=NORTH, step=STEP)


def heights(terrain: Terrain) -> Floats:
    """Tell the ground of the region, m, north row first."""
    lon = WEST + (np.arange(round((EAST - WEST) / STEP)) + 0.5) * STEP
    lat = NORTH - (np.arange(round((NORTH - SOUTH) / STEP)) + 0.5) * STEP
    x, y = np.meshgrid(lon * np.cos(np.radians(28.5)), lat)
    line = shapely.LineString([(one * np.cos(np.radians(28.5)), other) for one, other in COAST])
    away = shapely.distance(line, shapely.points(x, y)) * KM_PER_DEG
    at = np.interp(lat, [one[1] for one in COAST], [one[0] for one in COAST])
    off = np.where(lon[None, :] >= at[:, None], away, -away)
    away_km, height = np.array(FALL).T
    ground = np.interp(off, away_km, height)
    return _with_county(ground, terrain)


def _with_county(ground: Floats, terrain: Terrain) -> Floats:
    """Lay the county's own heights over the region's, mean by mean."""
    many = round(STEP / terrain.step)
    rows, columns = (length // many for length in terrain.elevation.shape)
    cut = terrain.elevation[: rows * many, : columns * many].astype(np.float64)
    mean = cut.reshape(rows, many, columns, many).mean(axis=(1, 3))
    row, column = round((NORTH - terrain.north) / STEP), round((terrain.west - WEST) / STEP)
    whole = ground.copy()
    whole[row : row + rows, column : column + columns] = mean
    return whole
