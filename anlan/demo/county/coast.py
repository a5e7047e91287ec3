"""The shore: coastline, islands, sea walls, fishing harbours."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiPolygon, box

from . import frame, outline
from .catchments import Drainage
from .frame import Floats
from .model import Harbour, Island, Seawall
from .names import Namer
from .regions import RegionMap
from .settle import around
from .terrain import Ground

Ints = NDArray[np.int64]

#: Ground lower than this (m) behind the shore needs a wall.
POLDER_M: Final = 4.2
_STEP_M: Final = 160.0
#: Islets have rocks, not walls.
_SHORTEST_SHORE_M: Final = 16_000.0
_HARBOURS: Final = (("central", 1), ("first", 2), ("second", 5), ("third", 10))
_BERTHS: Final = {"central": 420, "first": 220, "second": 110, "third": 50}
_WIND: Final = {"central": 13, "first": 12, "second": 11, "third": 10}
_TITLES: Final = {"central": "中心渔港", "first": "一级渔港", "second": "渔港", "third": "渔港"}


def land_and_shore(regions: RegionMap) -> tuple[MultiPolygon, tuple[LineString, ...]]:
    """All land of the raster, and its shore without the raster's frame."""
    land = outline.merge([regions.county.area, regions.neighbour])
    west, north = frame.WEST, frame.NORTH
    east, south = west + frame.COLS * frame.STEP, north - frame.ROWS * frame.STEP
    inner = box(west, south, east, north).buffer(-frame.STEP * 1.5, join_style="mitre")
    lines = []
    for polygon in land.geoms:
        if inner.contains(polygon):
            lines.append(LineString(polygon.exterior))
            continue
        cut = shapely.line_merge(polygon.exterior.intersection(inner))
        lines += [p for p in shapely.get_parts(cut) if p.geom_type == "LineString"]
    return land, tuple(lines)


def islands(
    ground: Ground, water: Drainage, regions: RegionMap, namer: Namer
) -> tuple[Island, ...]:
    """Islands of the county, the large ones first."""
    parts = sorted(regions.county.area.geoms, key=lambda p: -p.area)[1:]
    seats = [(v.lon, v.lat) for v in regions.villages]
    height = ground.elevation.ravel()
    top = np.zeros(int(water.patch.max()) + 1)
    inside = np.flatnonzero(water.patch.ravel() >= 0)
    np.maximum.at(top, water.patch.ravel()[inside], height[inside])
    rows = []
    for number, part in enumerate(parts):
        point = part.representative_point()
        cell = frame.cell_at(point.x, point.y)
        town = regions.allotment.town_of[regions.allotment.village.ravel()[cell]]
        size = frame.area_km2(part)
        lived_in = bool(shapely.contains_xy(part, *np.array(seats).T).any())
        rows.append(
            Island(
                code=f"{frame.CODE}-D{number + 1:02d}",
                name="星屿岛" if number == 0 else namer.island(large=size > 4),
                area=part,
                area_km2=round(size, 4),
                top_m=round(float(top[water.patch.ravel()[cell]]), 1),
                township=regions.townships[int(town)].code,
                inhabited=lived_in,
            )
        )
    return tuple(rows)


def seawalls(
    ground: Ground, shore: tuple[LineString, ...], regions: RegionMap, namer: Namer
) -> tuple[Seawall, ...]:
    """Walls along every shore with polder land behind it for 800 m and more."""
    rows: list[Seawall] = []
    behind = _land_behind(ground)
    label = regions.allotment.village
    for line in shore:
        length = frame.length_m(line)
        if length < _SHORTEST_SHORE_M:
            continue
        at = np.linspace(0, 1, max(2, int(length / _STEP_M) + 1))
        points = shapely.get_coordinates(shapely.line_interpolate_point(line, at, normalized=True))
        cells = frame.cell_at(points[:, 0], points[:, 1])
        village = _near_label(label, cells)
        low = (behind.ravel()[cells] < POLDER_M) & (village >= 0)
        for start, stop in _runs(low):
            if (stop - start) * _STEP_M < 800:
                continue
            for first in range(start, stop - 3, 40):
                last = min(stop - 1, first + 40)
                rows.append(
                    _wall(
                        len(rows),
                        points[first : last + 1],
                        regions,
                        (village[first : last + 1], namer),
                    )
                )
    return tuple(rows)


def _wall(number: int, points: Floats, regions: RegionMap, named: tuple[Ints, Namer]) -> Seawall:
    village, namer = named
    line = LineString(np.column_stack(frame.rounded(*points.T))).simplify(0.0002)
    grade = (2, 3, 3, 4)[number % 4]
    met = list(dict.fromkeys(village[village >= 0].tolist()))
    return Seawall(
        code=f"{frame.CODE}-H{number + 1:02d}",
        name=namer.place(("海塘", "塘坝海塘", "围海塘")),
        line=line,
        length_m=round(frame.length_m(line), 1),
        crest_m={2: 8.6, 3: 7.4, 4: 6.3}[grade],
        standard_years={2: 100, 3: 50, 4: 20}[grade],
        grade=grade,
        villages=tuple(regions.villages[k].code for k in met),
    )


def _land_behind(ground: Ground) -> Floats:
    """Mean height of the land within some 500 m of every cell; high where there is none."""
    land = ground.land.astype(float)
    share = around(land, 6)
    total = around(np.where(ground.land, ground.elevation, 0).astype(float), 6)
    return np.where(share > 0.12, total / np.maximum(share, 1e-9), 99.0)


def _near_label(label: Ints, cells: Ints) -> Ints:
    """Label of a cell or of the first labelled cell within two cells of it, -1 when none."""
    row, col = np.divmod(cells, frame.COLS)
    found = np.full(cells.size, -1, dtype=np.int64)
    reach = sorted(
        ((i, j) for i in range(-2, 3) for j in range(-2, 3)),
        key=lambda s: (s[0] ** 2 + s[1] ** 2, s),
    )
    for i, j in reach:
        here = label[np.clip(row + i, 0, frame.ROWS - 1), np.clip(col + j, 0, frame.COLS - 1)]
        found = np.where(found < 0, here, found)
    return found


def _runs(flag: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Find runs of True, gaps of up to two closed."""
    closed = flag.copy()
    for gap in (1, 2):
        for k in range(gap, flag.size - gap):
            if not closed[k] and closed[k - gap : k].any() and closed[k + 1 : k + 1 + gap].any():
                closed[k] = True
    edge = np.diff(np.concatenate([[False], closed, [False]]).astype(int))
    starts, stops = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    return list(zip(starts.tolist(), stops.tolist(), strict=True))


def harbours(ground: Ground, regions: RegionMap) -> tuple[Harbour, ...]:
    """Fishing harbours in front of coastal villages, the central one at the first coast town."""
    quays = _quays(ground, regions)
    order = _harbour_order(quays, regions)
    rows: list[Harbour] = []
    grades = [grade for grade, count in _HARBOURS for _ in range(count)]
    for village in order:
        if len(rows) == len(grades):
            break
        quay, basin = quays[village]
        u, v = frame.uv(*frame.cell_lonlat(quay))
        near = [frame.uv(h.lon, h.lat) for h in rows]
        if near and min(np.hypot(u - a, v - b) for a, b in near) < 2.6:
            continue
        grade = grades[len(rows)]
        lon, lat = frame.cell_lonlat(quay)
        stem = regions.villages[village].name.removesuffix("村").removesuffix("社区")
        east, north = frame.cell_lonlat(basin)
        rows.append(
            Harbour(
                code=f"{frame.CODE}-G{len(rows) + 1:02d}",
                name=stem + _TITLES[grade],
                grade=grade,
                village=regions.villages[village].code,
                lon=float(lon),
                lat=float(lat),
                basin=(float(east), float(north)),
                berths=_BERTHS[grade],
                wind_grade=_WIND[grade],
            )
        )
    return tuple(rows)


def _quays(ground: Ground, regions: RegionMap) -> dict[int, tuple[int, int]]:
    """Per coastal village the shore cell nearest its seat and a sea cell off it."""
    label = regions.allotment.village.ravel()
    land = ground.land.ravel()
    found = {}
    shore = around((~ground.land).astype(float), 3).ravel() > 0.15
    for row, village in enumerate(regions.villages):
        if not village.coastal:
            continue
        seat = frame.cell_at(village.lon, village.lat)
        best = None
        for cell in _ring(int(seat), 22):
            if not shore[cell] or label[cell] != row:
                continue
            if shapely.contains_xy(village.area, *frame.cell_lonlat(cell)):
                sea = [s for s in _ring(cell, 3)[9:] if not land[s]]
                if len(sea) > 8:
                    best = (cell, sea[len(sea) // 2])
                    break
        if best is not None:
            found[row] = best
    return found


def _ring(cell: int, reach: int) -> list[int]:
    """Cells around a cell, nearest first."""
    row, col = divmod(cell, frame.COLS)
    steps = sorted(
        (i * i + j * j, i, j) for i in range(-reach, reach + 1) for j in range(-reach, reach + 1)
    )
    return [
        (row + i) * frame.COLS + col + j
        for _, i, j in steps
        if 0 <= row + i < frame.ROWS and 0 <= col + j < frame.COLS
    ]


def _harbour_order(quays: dict[int, tuple[int, int]], regions: RegionMap) -> list[int]:
    """Villages with quays: first coast town, island towns, then by people."""
    towns = regions.allotment.town_of
    first = [k for k, t in enumerate(regions.townships) if t.name == "澜港镇"]
    islands_at = [k for k, t in enumerate(regions.townships) if t.island]
    leads = []
    for town in [*first, *islands_at]:
        mine = [v for v in quays if towns[v] == town]
        mine.sort(key=lambda v: _from_seat(regions, town, v))
        leads += mine[:1]
    rest = sorted(quays, key=lambda v: (-regions.villages[v].population, v))
    return list(dict.fromkeys([*leads, *rest]))


def _from_seat(regions: RegionMap, town: int, village: int) -> float:
    seat, home = regions.townships[town], regions.villages[village]
    return frame.apart_km((seat.lon, seat.lat), (home.lon, home.lat))
