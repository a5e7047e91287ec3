"""Finding ground: points of a village on dry land, likelier near roads and gentle slopes."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from anlan.engines.geo import terrain as flowing

from . import frame, paths
from .catchments import Drainage
from .frame import Floats
from .model import Region
from .regions import RegionMap
from .roads import Tracks
from .settle import Lie
from .terrain import Ground

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Ground a shelter must not lie below, m: what stands on the plain when the sluices are shut.
FLOOD_LEVEL_M: Final = 2.4


class Spots:
    """Picks points; everything is reckoned on the block grid and checked against the polygons."""

    def __init__(
        self, ground: Ground, water: Drainage, lie: Lie, regions: RegionMap, tracks: Tracks
    ) -> None:
        self.lie = lie
        self.regions = regions
        self.ground = ground
        self.height: Floats = ground.elevation.ravel().astype(float)
        shape = paths.block_shape()
        self.village: Ints = paths.blocks(regions.allotment.village).max(axis=2).ravel()
        self._grid_label: Ints = paths.blocks(regions.allotment.grid).max(axis=2).ravel()
        road = np.zeros(shape[0] * shape[1], dtype=bool)
        road[lie.net.block[lie.net.ends[:, tracks.rank >= 0].ravel()]] = True
        cell = (frame.CELL_M[0] * paths.BLOCK / 1000, frame.CELL_M[1] * paths.BLOCK / 1000)
        self.road_km: Floats = flowing.distance(road.reshape(shape), cell=cell).ravel()
        built = (lie.fit + 0.01) * np.exp(-self.road_km / 0.22) * (lie.fit > 0)
        self.built: Floats = np.where(lie.slope < 24, built, 0.02 * built)
        order = np.argsort(self.village, kind="stable")
        bounds = np.searchsorted(self.village[order], np.arange(len(regions.villages) + 1))
        self._blocks = [order[a:b] for a, b in pairwise(bounds.tolist())]
        self._dry = ~lie.lake
        self._land = water.county.ravel()
        for region in (*regions.villages, *regions.grids):
            shapely.prepare(region.area)
        self._grids = [
            np.flatnonzero(regions.allotment.village_of == k) for k in range(len(regions.villages))
        ]

    def blocks(self, village: int) -> Ints:
        """Blocks of a village by its row."""
        return self._blocks[village]

    def pick(
        self, village: int, count: int, rng: np.random.Generator, *, weight: Floats | None = None
    ) -> tuple[Floats, Floats]:
        """``count`` points on dry land inside a village, likelier where people build.

        ``weight`` multiplies the likelihood, one number per block of :meth:`blocks`.
        """
        home = self.regions.villages[village]
        return self._draw((self._blocks[village], home), count, rng, weight)

    def pick_in_grid(
        self, grid: int, count: int, rng: np.random.Generator
    ) -> tuple[Floats, Floats]:
        """``count`` points on dry land inside a grid cell given by its row."""
        village = int(self.regions.allotment.village_of[grid])
        blocks = self._blocks[village]
        mine = blocks[self._grid_label[blocks] == grid]
        home = self.regions.grids[grid]
        u, v = frame.uv(home.lon, home.lat)
        away = np.hypot(self.lie.u[mine] - u, self.lie.v[mine] - v)
        # Hamlets: most doors within half a kilometre of the cell's centre, along the roads.
        hamlet = np.exp(-away / 0.45) * np.exp(-self.road_km[mine] / 0.15) + 1e-4
        return self._draw((mine, home), count, rng, hamlet)

    def _draw(
        self,
        where: tuple[Ints, Region],
        count: int,
        rng: np.random.Generator,
        weight: Floats | None,
    ) -> tuple[Floats, Floats]:
        blocks, home = where
        share = self.built[blocks] * self._dry[blocks]
        if weight is not None and (share * weight).sum() > 0:
            share = share * weight
        share = share / share.sum() if share.sum() > 0 else np.full(blocks.size, 1 / blocks.size)
        lon, lat = np.empty(0), np.empty(0)
        for _ in range(8):
            draw = rng.choice(blocks, int((count - lon.size) * 1.4) + 4, p=share)
            x, y = self._jitter(draw, rng)
            fits = shapely.contains_xy(home.area, x, y) & self._land[frame.cell_at(x, y)]
            lon, lat = np.concatenate([lon, x[fits]]), np.concatenate([lat, y[fits]])
            if lon.size >= count:
                return lon[:count], lat[:count]
        missing = count - lon.size
        return (
            np.concatenate([lon, np.full(missing, home.lon)]),
            np.concatenate([lat, np.full(missing, home.lat)]),
        )

    def _jitter(self, blocks: Ints, rng: np.random.Generator) -> tuple[Floats, Floats]:
        row, col = np.divmod(blocks, paths.block_shape()[1])
        step = frame.STEP * paths.BLOCK
        x = frame.WEST + (col + rng.uniform(0.05, 0.95, blocks.size)) * step
        y = frame.NORTH - (row + rng.uniform(0.05, 0.95, blocks.size)) * step
        return frame.rounded(x, y)

    def inside(self, village: int, lon: Floats, lat: Floats) -> Mask:
        """Whether points lie in the village's polygon and on a land cell of the county."""
        area = self.regions.villages[village].area
        held = shapely.contains_xy(area, lon, lat)
        return np.asarray(held & self._land[frame.cell_at(lon, lat)])

    def height_at(self, lon: Floats, lat: Floats) -> Floats:
        """Ground height in metres."""
        return np.asarray(self.height[frame.cell_at(lon, lat)])

    def village_at(self, lon: float, lat: float) -> int:
        """Row of the village whose polygon holds a point, -1 when none does."""
        row = int(self.regions.allotment.village.ravel()[frame.cell_at(lon, lat)])
        if row >= 0 and shapely.contains_xy(self.regions.villages[row].area, lon, lat):
            return row
        return -1

    def grid_cells(self, village: int) -> Ints:
        """Rows of a village's grid cells."""
        return self._grids[village]

    def grid_rows(self, village: int, lon: Floats, lat: Floats) -> Ints:
        """Row of the grid cell that holds each point of a village."""
        rows = self._grids[village]
        found = np.full(lon.size, rows[0], dtype=np.int64)
        for row in rows.tolist():
            found[shapely.contains_xy(self.regions.grids[row].area, lon, lat)] = row
        return found


def blob(
    lon: float, lat: float, size: tuple[float, float, float], rng: np.random.Generator
) -> shapely.Polygon:
    """Draw an irregular patch: half axes in metres and the turn of the long one from east, rad."""
    long, short, turn = size
    angle = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    radius = rng.uniform(0.78, 1.12, angle.size)
    x, y = long * radius * np.cos(angle), short * radius * np.sin(angle)
    east = (x * np.cos(turn) - y * np.sin(turn)) / (frame.KM_PER_LON * 1000)
    north = (x * np.sin(turn) + y * np.cos(turn)) / (frame.KM_PER_LAT * 1000)
    return shapely.Polygon(np.column_stack(frame.rounded(lon + east, lat + north)))


def thin_out(
    candidates: Ints, lie: Lie, count: int, apart_km: float, rng: np.random.Generator
) -> list[int]:
    """Up to ``count`` blocks of a shuffled list that keep a distance; closer if they must."""
    shuffled = rng.permutation(candidates)
    gap = apart_km
    while True:
        chosen: list[int] = []
        for block in shuffled.tolist():
            if len(chosen) == count:
                break
            far = np.hypot(lie.u[chosen] - lie.u[block], lie.v[chosen] - lie.v[block])
            if not chosen or far.min() > gap:
                chosen.append(block)
        if len(chosen) == count or gap < 0.05:
            return chosen
        gap *= 0.8
