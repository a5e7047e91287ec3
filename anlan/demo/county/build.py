"""The order in which the county grows: land, water, seats, borders, roads, things, people."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from . import (
    allot,
    catchments,
    coast,
    exposed,
    families,
    ferries,
    fleet,
    frame,
    graph,
    households,
    offshore,
    outline,
    paths,
    places,
    posts,
    regions,
    reservoirs,
    rivers,
    roads,
    sensing,
    settle,
    shelters,
    sites,
    spots,
    teams,
    terrain,
    units,
    zones,
)
from .model import Basin, County, Region, Terrain
from .names import Namer


@dataclass(frozen=True, slots=True)
class _Land:
    """What the later steps stand on."""

    ground: terrain.Ground
    water: catchments.Drainage
    rivers: rivers.RiverMap
    sites: tuple[reservoirs.Site, ...]
    lie: settle.Lie
    regions: regions.RegionMap
    tracks: roads.Tracks
    roads: graph.RoadMap


def generate(*, seed: int = 339901, scale: int = 1) -> County:
    """Grow the whole county.

    The same seed and scale give the same county to the byte. ``scale`` (1 or more) multiplies
    people, households, shelters and vessels; the land, the regions and the posts stay.
    """
    if scale < 1:
        raise ValueError(f"scale must be 1 or more, not {scale}")
    namer = Namer(seed)
    land = _grow(seed, namer)
    found = spots.Spots(land.ground, land.water, land.lie, land.regions, land.tracks)
    codes = land.regions.village_codes()
    whole, shore = coast.land_and_shore(land.regions)
    isles = coast.islands(land.ground, land.water, land.regions, namer)
    walls = coast.seawalls(land.ground, shore, land.regions, namer)
    ports = coast.harbours(land.ground, land.regions)
    label = land.regions.allotment.village.ravel()
    dams = reservoirs.describe(land.sites, land.ground, land.rivers, (label, codes), namer)
    low = graph.low_spots(land.roads, land.ground.elevation)
    danger = zones.mark(found, (land.rivers.rivers, dams, walls), seed, scale)
    safe = shelters.keep(found, danger, namer, seed, scale)
    danger = posts.assign(danger, safe, land.regions, seed)
    key = sites.key_sites(found, land.roads, ports, namer, seed)
    crews = teams.muster(found, sites.firms(key), seed)
    full = exposed.choose(land.regions, danger, scale)
    kept = tuple(codes[row] for row in full)
    book = units.found(land.regions)
    roster = posts.fill(book, land.regions, posts.Charges(dams, danger, safe, crews), kept, seed)
    houses = exposed.house(found, full, danger, seed, scale)
    people = families.beget(houses, found, seed)
    groups = families.special(people, houses.size, frame.stream(seed, "groups"))
    residents = families.residents(people, groups, households.codes(houses, found), seed)
    homes = households.describe(houses, people, residents, (found, safe), seed)
    danger = zones.with_people(danger, exposed.counts(houses, danger, set(kept)))
    watched = {
        "reservoir": dams,
        "harbour": ports,
        "river": [river for river in land.rivers.rivers if river.order >= 3],
        "seawall": walls,
        "road": low,
        "geohazard": sites.by_size(danger),
        "forest": sites.lookouts(found),
        "key-site": [site for site in key if site.kind == "hazchem"],
        "street": [(v.name, (v.lon, v.lat)) for v in land.regions.villages if v.code[9:] == "001"],
    }
    bare = County(
        invented=True,
        seed=seed,
        scale=scale,
        code=frame.CODE,
        name=frame.NAME,
        terrain=Terrain(land.ground.elevation, frame.WEST, frame.NORTH, frame.STEP),
        regions=tuple(_scaled(region, scale) for region in land.regions.all()),
        land=whole,
        coastline=shore,
        islands=isles,
        seawalls=walls,
        rivers=land.rivers.rivers,
        basins=_basins(land, namer),
        reservoirs=dams,
        road_nodes=land.roads.nodes,
        road_edges=land.roads.edges,
        low_spots=low,
        ferries=ferries.lines(land.ground, land.lie, land.roads, land.regions, isles),
        places=places.label(found, (isles, dams, ports), land.ground, namer),
        units=book.units,
        persons=tuple(roster.persons),
        posts=tuple(roster.posts),
        shelters=safe,
        teams=crews,
        harbours=ports,
        vessels=fleet.launch(land.ground, land.regions, ports, seed, scale),
        key_sites=key,
        cameras=sites.cameras(found, watched, seed),
        danger_zones=danger,
        full_villages=kept,
        households=homes,
        residents=residents,
        rafts=offshore.moor(land.ground, ports, safe, seed),
        sluices=offshore.gates(walls, seed),
        building_sites=offshore.works(key, seed),
        scenic_spots=offshore.spots(key, land.regions.villages, seed),
    )
    return sensing.equip(bare)


def _grow(seed: int, namer: Namer) -> _Land:
    ground = terrain.build(seed)
    water = catchments.drain(ground)
    streams = rivers.trace(ground, water, namer)
    dams = reservoirs.choose(ground, water, seed)
    lie = settle.survey(ground, water, dams)
    seats = settle.seats(lie, seed)
    shares = allot.allot(ground, water, lie, seats, seed)
    areas = regions.describe(ground, shares, lie, seats, (seed, namer))
    tracks = roads.lay_out(lie, seats, shares, streams, seed)
    village_at = paths.blocks(shares.village).max(axis=2).ravel()
    network = graph.build(tracks, lie, village_at, areas.village_codes())
    return _Land(ground, water, streams, dams, lie, areas, tracks, network)


def _scaled(region: Region, scale: int) -> Region:
    if scale == 1:
        return region
    return replace(
        region, population=region.population * scale, households=region.households * scale
    )


def _basins(land: _Land, namer: Namer) -> tuple[Basin, ...]:
    """Small basins with their polygons, channels and townships, those upstream first."""
    cells = catchments.basins(land.ground, land.water)
    count = cells.outlet.size
    shape = land.ground.land.shape
    areas = outline.polygons(cells.label.reshape(shape), count, tolerance=0.0008)
    height = land.ground.elevation.ravel()
    inside = cells.label >= 0
    size = np.bincount(cells.label[inside], minlength=count)
    mean = np.bincount(cells.label[inside], weights=height[inside], minlength=count) / size
    upstream = land.ground.upstream_km2.ravel()
    town = land.regions.allotment.town_of[land.regions.allotment.village.ravel()[cells.outlet]]
    rows = []
    for k in range(count):
        outlet = int(cells.outlet[k])
        km, slope = _main_channel(outlet, land.water.main, height)
        lon, lat = frame.cell_lonlat(outlet)
        river = int(land.rivers.river_of[outlet])
        below = int(cells.downstream[k])
        rows.append(
            Basin(
                code=f"{frame.CODE}-X{k + 1:02d}",
                name=namer.place(("小流域",)),
                area=areas[k],
                area_km2=round(frame.area_km2(areas[k]), 3),
                catchment_km2=round(float(upstream[outlet]), 3),
                outlet=(float(lon), float(lat)),
                channel_km=km,
                channel_slope=slope,
                mean_height_m=round(float(mean[k]), 1),
                river=land.rivers.rivers[river].code if river >= 0 else None,
                downstream=f"{frame.CODE}-X{below + 1:02d}" if below >= 0 else None,
                township=land.regions.townships[int(town[k])].code,
            )
        )
    return tuple(rows)


def _main_channel(
    outlet: int, main: NDArray[np.int64], height: NDArray[np.float32]
) -> tuple[float, float]:
    """Length in km and mean slope of the main channel above a cell."""
    way = [outlet]
    while main[way[-1]] >= 0:
        way.append(int(main[way[-1]]))
    lon, lat = frame.cell_lonlat(np.array(way))
    u, v = frame.uv(lon, lat)
    km = float(np.hypot(np.diff(u), np.diff(v)).sum())
    fall = float(height[way[-1]] - height[outlet])
    return round(km, 2), round(fall / max(km * 1000, 1), 5)
