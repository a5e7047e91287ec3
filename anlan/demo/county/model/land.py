"""Ground and administration: the height raster, regions with their polygons, labels of a map."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon


@dataclass(frozen=True, slots=True)
class Terrain:
    """Heights of land and sea bed on a regular lon/lat grid (WGS-84), north row first.

    ``elevation`` is float32 of shape (rows, cols), metres in the 1985 datum, negative below mean
    sea level; every cell has a value. ``west`` and ``north`` are the outer edges of the first
    cell, ``step`` the cell size in degrees (3 arc seconds, about 82 m by 92 m here).
    """

    elevation: NDArray[np.float32]
    west: float
    north: float
    step: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north edges in degrees."""
        rows, cols = self.elevation.shape
        return (self.west, self.north - rows * self.step, self.west + cols * self.step, self.north)

    def at(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float32]:
        """Height of the cell under each point; points outside take the nearest edge cell."""
        rows, cols = self.elevation.shape
        row = np.clip(((self.north - np.asarray(lat)) / self.step).astype(int), 0, rows - 1)
        col = np.clip(((np.asarray(lon) - self.west) / self.step).astype(int), 0, cols - 1)
        return np.asarray(self.elevation[row, col], dtype=np.float32)

    def write_geotiff(self, path: Path) -> None:
        """Write a deflate-compressed GeoTIFF in EPSG:4326 that any GIS opens in place."""
        from anlan.demo.county.geotiff import write

        write(path, self.elevation, west=self.west, north=self.north, step=self.step)


@dataclass(frozen=True, slots=True)
class Region:
    """An administrative region or a grid cell.

    ``level`` is county, township, village or grid; ``code`` has 6, 9, 12 or 15 digits and starts
    with ``parent``. ``kind`` is county, subdistrict (街道), town (镇), rural-township (乡),
    community (居委会), village (村委会) or grid. ``lon, lat`` is the seat, inside ``area``.
    ``population`` and ``households`` of children add up exactly to those of the parent.
    ``urban_rural`` is the three-digit 城乡分类代码 of villages, else None.
    """

    code: str
    parent: str | None
    level: str
    kind: str
    name: str
    lon: float
    lat: float
    area: MultiPolygon
    area_km2: float
    population: int
    households: int
    coastal: bool
    island: bool
    urban_rural: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A label of the base map; ``rank`` 1 is drawn first (county seat) and 8 last.

    ``kind`` is a key of LABELS place-kind.
    """

    name: str
    kind: str
    rank: int
    lon: float
    lat: float
    region: str | None
