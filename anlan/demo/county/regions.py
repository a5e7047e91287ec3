"""Regions: codes, names, polygons and people of county, townships, villages and grid cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon

from . import frame, outline, paths
from .allot import Allotment
from .model import Region
from .names import Namer
from .settle import Lie, Seats
from .terrain import Ground

Ints = NDArray[np.int64]

#: Kind and code of the fourteen townships in the order of ``Seats.towns``.
TOWNSHIPS: Final = (
    *(("subdistrict", f"{n:03d}") for n in (1, 2, 3)),
    *(("town", f"{n:03d}") for n in range(100, 108)),
    *(("rural-township", f"{n:03d}") for n in (200, 201, 202)),
)
URBAN_NAMES: Final = ("云津街道", "澜城街道", "望潮街道")
COAST_NAMES: Final = ("澜港镇", "石帆镇", "银涂镇", "望舟镇", "听涛镇", "归帆镇", "潮鸣镇")
INLAND_NAMES: Final = ("鹭塘镇", "樟浦镇", "枫汀镇", "鹤桥镇", "稻香镇", "清泾镇", "梅垟镇")
OTHER_NAMES: Final = ("星屿镇", "竹岚乡", "望岭乡", "东碇乡")
#: People per village by setting, before all is scaled to the county's 620,000.
PEOPLE: Final = {
    "urban": 6600.0,
    "town": 5200.0,
    "plain": 3000.0,
    "coast": 2500.0,
    "valley": 1700.0,
    "hill": 1050.0,
    "island": 1400.0,
}
PER_HOUSEHOLD: Final = 2.62


@dataclass(frozen=True, slots=True)
class RegionMap:
    """Regions with what other parts look up.

    ``villages`` and ``grids`` are in the order of the labels of ``allotment``; ``setting`` is
    urban, town, plain, coast, valley, hill or island per village. ``neighbour`` is the land of
    the raster that is not the county's.
    """

    allotment: Allotment
    county: Region
    townships: tuple[Region, ...]
    villages: tuple[Region, ...]
    grids: tuple[Region, ...]
    setting: tuple[str, ...]
    neighbour: MultiPolygon

    def village_codes(self) -> list[str]:
        """Codes in the order of the labels."""
        return [village.code for village in self.villages]

    def all(self) -> tuple[Region, ...]:
        """Parents before children, each level by code."""
        rows = [self.county]
        for level in (self.townships, self.villages, self.grids):
            rows += sorted(level, key=lambda region: region.code)
        return tuple(rows)


def describe(
    ground: Ground, allotment: Allotment, lie: Lie, seats: Seats, streams: tuple[int, Namer]
) -> RegionMap:
    """Name, number and people every region at scale 1."""
    seed, namer = streams
    rng = frame.stream(seed, "people")
    setting = _settings(allotment, lie, seats)
    count = allotment.grid_seat.size
    # Land next door is one more label, so that the county's border and coast are drawn once.
    labels = np.where((allotment.grid < 0) & ground.land, count, allotment.grid)
    *grid_shapes, neighbour = outline.polygons(labels, count + 1)
    village_codes = _village_codes(allotment, setting)
    grid_people, grid_homes = _people(allotment, lie, setting, rng)
    grids = _grids(allotment, village_codes, grid_shapes, (grid_people, grid_homes))
    grids = [_flagged(g, lie, seats, allotment, k) for k, g in enumerate(grids)]
    villages = []
    for row, code in enumerate(village_codes):
        mine = [g for g, owner in zip(grids, allotment.village_of, strict=True) if owner == row]
        community = int(code[9:]) < 200
        name = namer.community() if setting[row] == "urban" else namer.village(_word(setting[row]))
        title = (name + "社区") if community else (name + "村")
        kind = "community" if community else "village"
        seat = mine[0].lon, mine[0].lat
        villages.append(_parent(code, ("village", kind, title), mine, seat))
    townships = _townships(allotment, villages, lie, seats)
    seat = townships[0].lon, townships[0].lat
    county = _parent(frame.CODE, ("county", "county", frame.NAME), townships, seat)
    named = _grid_names(grids, villages, allotment)
    return RegionMap(
        allotment, county, tuple(townships), tuple(villages), named, setting, neighbour
    )


def _settings(allotment: Allotment, lie: Lie, seats: Seats) -> tuple[str, ...]:
    words = []
    for row, block in enumerate(seats.villages.tolist()):
        if lie.on_island[block]:
            word = "island"
        elif allotment.town_of[row] < 3 and lie.height[block] < 30:
            word = "urban"
        elif row in seats.towns:
            word = "town"
        elif lie.sea_km[block] < 1.3 and lie.height[block] < 40:
            word = "coast"
        elif lie.height[block] < 12:
            word = "plain"
        else:
            word = "hill" if lie.height[block] > 120 else "valley"
        words.append(word)
    return tuple(words)


def _word(setting: str) -> str:
    return "plain" if setting == "town" else setting


def _village_codes(allotment: Allotment, setting: tuple[str, ...]) -> list[str]:
    """Twelve digits: communities from 001, villages from 200, counted within the township."""
    codes = []
    used: dict[tuple[int, bool], int] = {}
    for row, town in enumerate(allotment.town_of.tolist()):
        community = setting[row] in {"urban", "town"}
        number = used.get((town, community), 0)
        used[(town, community)] = number + 1
        codes.append(f"{frame.CODE}{TOWNSHIPS[town][1]}{(1 if community else 200) + number:03d}")
    return codes


def _people(
    allotment: Allotment, lie: Lie, setting: tuple[str, ...], rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """People and households of every grid cell; people add up to the county's."""
    weight = np.array([PEOPLE[word] for word in setting])
    weight = weight * rng.lognormal(0, 0.22, weight.size)
    village_people = frame.apportion(weight, frame.POPULATION)
    seat = _block_of(allotment.grid_seat)
    pull = (0.15 + lie.fit[seat]) * rng.uniform(0.6, 1.3, seat.size)
    first = np.r_[True, allotment.village_of[1:] != allotment.village_of[:-1]]
    pull = pull * np.where(first, 1.6, 1.0)
    people = np.zeros(seat.size, dtype=np.int64)
    for row, total in enumerate(village_people.tolist()):
        mine = np.flatnonzero(allotment.village_of == row)
        people[mine] = frame.apportion(pull[mine], total)
    homes = np.round(people / (PER_HOUSEHOLD * rng.uniform(0.93, 1.07, people.size)))
    return people, np.maximum(1, homes).astype(np.int64)


def _block_of(cells: Ints) -> Ints:
    row, col = np.divmod(cells, frame.COLS)
    return np.asarray(row // paths.BLOCK * paths.block_shape()[1] + col // paths.BLOCK)


def _grids(
    allotment: Allotment,
    codes: list[str],
    shapes: list[MultiPolygon],
    counts: tuple[Ints, Ints],
) -> list[Region]:
    lon, lat = frame.cell_lonlat(allotment.grid_seat)
    rows = []
    number = 0
    for k, shape in enumerate(shapes):
        owner = int(allotment.village_of[k])
        number = number + 1 if k and allotment.village_of[k - 1] == owner else 1
        at = _inside(shape, float(lon[k]), float(lat[k]))
        rows.append(
            Region(
                code=f"{codes[owner]}{number:03d}",
                parent=codes[owner],
                level="grid",
                kind="grid",
                name=f"第{number}网格",
                lon=at[0],
                lat=at[1],
                area=shape,
                area_km2=round(frame.area_km2(shape), 4),
                population=int(counts[0][k]),
                households=int(counts[1][k]),
                coastal=False,
                island=False,
                urban_rural=None,
            )
        )
    return rows


def _inside(shape: MultiPolygon, lon: float, lat: float) -> tuple[float, float]:
    """Keep the point itself when the polygon holds it, else take a point that is inside."""
    if shapely.contains_xy(shape, lon, lat):
        return lon, lat
    point = shape.representative_point()
    return round(point.x, 6), round(point.y, 6)


def _flagged(grid: Region, lie: Lie, seats: Seats, allotment: Allotment, k: int) -> Region:
    block = int(_block_of(allotment.grid_seat[k : k + 1])[0])
    home = int(seats.villages[allotment.village_of[k]])
    near = bool(lie.sea_km[block] < 1.2)
    return replace(grid, coastal=near, island=bool(lie.on_island[home]))


def _parent(
    code: str, titles: tuple[str, str, str], children: list[Region], seat: tuple[float, float]
) -> Region:
    """Make a region of its children."""
    level, kind, name = titles
    shape = outline.merge([child.area for child in children])
    size = {"village": 9, "township": 6}.get(level)
    return Region(
        code=code,
        parent=code[:size] if size else None,
        level=level,
        kind=kind,
        name=name,
        lon=seat[0],
        lat=seat[1],
        area=shape,
        area_km2=round(frame.area_km2(shape), 4),
        population=sum(child.population for child in children),
        households=sum(child.households for child in children),
        coastal=any(child.coastal for child in children),
        island=all(child.island for child in children),
        urban_rural=_urban_rural(kind, code) if level == "village" else None,
    )


def _urban_rural(kind: str, code: str) -> str:
    """城乡分类代码: 111 core, 121 town centre, 122 around it, 220 village."""
    if code[6:9] < "100":
        return "111" if kind == "community" else "112"
    if kind == "community":
        return "121" if code[6:9] < "200" else "210"
    return "220"


def _townships(
    allotment: Allotment, villages: list[Region], lie: Lie, seats: Seats
) -> list[Region]:
    coast, inland, other = iter(COAST_NAMES), iter(INLAND_NAMES), iter(OTHER_NAMES)
    rows = []
    for number, (kind, code) in enumerate(TOWNSHIPS):
        block = int(seats.villages[seats.towns[number]])
        if number < len(URBAN_NAMES):
            name = URBAN_NAMES[number]
        elif kind == "town" and number < 10:
            name = next(coast if lie.sea_km[block] < 3.2 else inland)
        else:
            name = next(other)
        mine = [v for v, t in zip(villages, allotment.town_of, strict=True) if t == number]
        seat = villages[seats.towns[number]]
        titles = ("township", kind, name)
        rows.append(_parent(frame.CODE + code, titles, mine, (seat.lon, seat.lat)))
    return rows


def _grid_names(
    grids: list[Region], villages: list[Region], allotment: Allotment
) -> tuple[Region, ...]:
    named = []
    for grid, owner in zip(grids, allotment.village_of.tolist(), strict=True):
        named.append(replace(grid, name=villages[owner].name + grid.name))
    return tuple(named)
