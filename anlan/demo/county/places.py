"""Labels of the base map: seats, villages, islands, summits, waters."""

from __future__ import annotations

import numpy as np

from . import frame
from .model import Harbour, Island, Place, Reservoir
from .names import Namer
from .regions import RegionMap
from .sites import lookouts
from .spots import Spots
from .terrain import Ground

#: Waters by their place in the raster (km east, km north): name, kind, rank.
_WATERS = (
    ("云屿洋", "sea", 2, (76.0, 63.0)),
    ("星屿洋", "sea", 3, (66.0, 26.5)),
    ("澜湾", "bay", 3, (52.0, 53.5)),
    ("枫汀湾", "bay", 3, (50.0, 34.0)),
    ("鹭鸣湾", "bay", 4, (50.5, 58.5)),
)


def label(
    spots: Spots,
    things: tuple[tuple[Island, ...], tuple[Reservoir, ...], tuple[Harbour, ...]],
    ground: Ground,
    namer: Namer,
) -> tuple[Place, ...]:
    """Every label, the most important first."""
    islands, reservoirs, harbours = things
    rows = [*_seats(spots.regions), *_waters(ground)]
    for island in islands:
        point = island.area.representative_point()
        rank = 4 if island.area_km2 > 5 else 5 if island.area_km2 > 1 else 7
        at = (round(point.x, 6), round(point.y, 6))
        rows.append(Place(island.name, "island", rank, *at, island.township))
    for _, at in lookouts(spots):
        rows.append(Place(namer.place(("尖", "山", "岗", "峰")), "peak", 6, *at, None))
    for reservoir in reservoirs:
        rank = 5 if reservoir.size == "medium" else 7
        at = (reservoir.lon, reservoir.lat)
        rows.append(Place(reservoir.name, "reservoir", rank, *at, reservoir.village))
    for harbour in harbours:
        rank = 5 if harbour.grade in {"central", "first"} else 7
        rows.append(Place(harbour.name, "harbour", rank, harbour.lon, harbour.lat, harbour.village))
    return tuple(sorted(rows, key=lambda p: (p.rank, p.kind, p.name, p.lon)))


def _seats(regions: RegionMap) -> list[Place]:
    county = regions.county
    rows = [Place(county.name, "county-seat", 1, county.lon, county.lat, county.code)]
    for town in regions.townships:
        rank = 3 if town.kind == "subdistrict" else 2
        rows.append(Place(town.name, "township-seat", rank, town.lon, town.lat, town.code))
    large = float(np.quantile([v.population for v in regions.villages], 0.75))
    for village in regions.villages:
        rank = 6 if village.population > large else 7 if village.population > 1200 else 8
        rows.append(Place(village.name, "village", rank, village.lon, village.lat, village.code))
    return rows


def _waters(ground: Ground) -> list[Place]:
    """Names of waters; one that another seed's land has covered is left out."""
    rows = []
    for name, kind, rank, (u, v) in _WATERS:
        lon, lat = frame.rounded(*frame.lonlat(u, v))
        if not ground.land.ravel()[frame.cell_at(lon, lat)]:
            rows.append(Place(name, kind, rank, float(lon), float(lat), None))
    return rows
