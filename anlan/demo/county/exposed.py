"""The forty villages kept in full, where their houses stand, and who of them is in danger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from . import frame
from .frame import Floats
from .model import DangerZone
from .regions import RegionMap
from .spots import Spots

Ints = NDArray[np.int64]

FULL_VILLAGES: Final = 40
#: People of all forty together at scale 1, at most.
MOST_PEOPLE: Final = 57_000
_SIZES: Final = np.array([1, 2, 3, 4, 5, 6])
_SIZE_SHARE: Final = np.array([0.21, 0.35, 0.21, 0.13, 0.07, 0.03])


@dataclass(frozen=True, slots=True)
class Houses:
    """One entry per household: rows of village and grid cell, front door, people registered."""

    village: Ints
    grid: Ints
    lon: Floats
    lat: Floats
    size: Ints
    zones: list[tuple[str, ...]]


def choose(regions: RegionMap, zones: tuple[DangerZone, ...], scale: int) -> list[int]:
    """Rows of the forty villages with most households in danger for their size."""
    threat = {village.code: 0 for village in regions.villages}
    for zone in zones:
        threat[zone.village] += zone.households
    ranked = []
    for row, village in enumerate(regions.villages):
        if regions.setting[row] not in {"urban", "town"}:
            bonus = {"island": 0.05, "hill": 0.04, "coast": 0.02}.get(regions.setting[row], 0.0)
            share = threat[village.code] / scale / max(1, village.households) + bonus
            ranked.append((-share, row))
    chosen: list[int] = []
    people = 0
    for _, row in sorted(ranked):
        size = regions.villages[row].population
        left = FULL_VILLAGES - len(chosen)
        # Keep room for villages of ordinary size behind this one.
        if left and people + size + (left - 1) * 1000 <= MOST_PEOPLE:
            chosen.append(row)
            people += size
    return sorted(chosen, key=lambda row: regions.villages[row].code)


def house(
    spots: Spots, rows: list[int], zones: tuple[DangerZone, ...], seed: int, scale: int
) -> Houses:
    """Place every household of the chosen villages, some of them inside the danger zones."""
    rng = frame.stream(seed, "houses")
    by_village: dict[str, list[DangerZone]] = {}
    for zone in zones:
        by_village.setdefault(zone.village, []).append(zone)
    parts: list[tuple[Ints, Ints, Floats, Floats, Ints]] = []
    for row in rows:
        for grid in spots.grid_cells(row).tolist():
            region = spots.regions.grids[grid]
            count, people = region.households * scale, region.population * scale
            lon, lat = spots.pick_in_grid(grid, count, rng)
            sizes = _sizes(count, people, rng)
            here = np.full(count, row), np.full(count, grid)
            own = by_village.get(spots.regions.villages[row].code, [])
            _into_zones((lon, lat), [z for z in own if _in_grid(spots, grid, z)], spots, grid, rng)
            parts.append((*here, lon, lat, sizes))
    village, grid_of, lon, lat, size = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    inside = _zones_of(zones, lon, lat)
    return Houses(village, grid_of, lon, lat, size, inside)


def _sizes(count: int, people: int, rng: np.random.Generator) -> Ints:
    """Household sizes from 1 to 8 that add up to ``people``."""
    sizes = rng.choice(_SIZES, count, p=_SIZE_SHARE)
    while (gap := people - int(sizes.sum())) != 0:
        fits = np.flatnonzero(sizes < 8) if gap > 0 else np.flatnonzero(sizes > 1)
        if fits.size == 0:
            # More people than eight a household: only absurd inputs come here.
            sizes[0] += gap
            break
        some = rng.permutation(fits)[: abs(gap)]
        sizes[some] += int(np.sign(gap))
    return np.asarray(sizes, dtype=np.int64)


def _in_grid(spots: Spots, grid: int, zone: DangerZone) -> bool:
    return bool(shapely.contains_xy(spots.regions.grids[grid].area, zone.lon, zone.lat))


def _into_zones(
    at: tuple[Floats, Floats],
    zones: list[DangerZone],
    spots: Spots,
    grid: int,
    rng: np.random.Generator,
) -> None:
    """Move households of a grid cell into its zones, in place: a third, one at least for each."""
    lon, lat = at
    free = rng.permutation(lon.size).tolist()
    spare = lon.size // 3
    area = spots.regions.grids[grid].area
    for zone in zones:
        west, south, east, north = zone.area.bounds
        wanted = min(max(1, min(zone.households, spare)), len(free))
        spare -= wanted
        x, y = frame.rounded(
            rng.uniform(west, east, wanted * 12 + 30), rng.uniform(south, north, wanted * 12 + 30)
        )
        fits = shapely.contains_xy(zone.area, x, y) & shapely.contains_xy(area, x, y)
        fits &= spots.height_at(x, y) > 0
        chosen = np.flatnonzero(fits)[:wanted]
        doors = [(x[k], y[k]) for k in chosen.tolist()] or [(zone.lon, zone.lat)] * bool(wanted)
        for door in doors:
            moved = free.pop()
            lon[moved], lat[moved] = door


def _zones_of(zones: tuple[DangerZone, ...], lon: Floats, lat: Floats) -> list[tuple[str, ...]]:
    tree = shapely.STRtree([zone.area for zone in zones])
    points, hits = tree.query(shapely.points(lon, lat), predicate="intersects")
    inside: list[tuple[str, ...]] = [()] * lon.size
    for point, hit in sorted(zip(points.tolist(), hits.tolist(), strict=True)):
        inside[point] = (*inside[point], zones[hit].code)
    return inside


def counts(
    houses: Houses, zones: tuple[DangerZone, ...], full: set[str]
) -> dict[str, tuple[int, int]]:
    """Households and people found in each zone of the villages kept in full."""
    found = {zone.code: [0, 0] for zone in zones if zone.village in full}
    for codes, size in zip(houses.zones, houses.size.tolist(), strict=True):
        for code in codes:
            if code in found:
                found[code][0] += 1
                found[code][1] += size
    return {code: (pair[0], pair[1]) for code, pair in found.items()}
