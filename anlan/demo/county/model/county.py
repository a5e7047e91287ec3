"""The county as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shapely.geometry import LineString, MultiPolygon

from .land import Place, Region, Terrain
from .offshore import BuildingSite, FishRaft, ScenicSpot, Sluice
from .people import Person, Post, Unit
from .population import Households, Residents
from .resources import Camera, DangerZone, Harbour, KeySite, Shelter, Team, Vessel
from .sensing import Gateway, Station, Stream
from .transport import Ferry, LowSpot, RoadEdge, RoadNode
from .water import Basin, Island, Reservoir, River, Seawall


@dataclass(frozen=True, slots=True, eq=False)
class County:
    """Everything the demo county holds; ``invented`` is always True and must be shown.

    ``regions`` lists the county first, then townships, villages and grid cells, parents before
    children. ``land`` is all land of the raster, the neighbours' too; ``coastline`` are its
    shores, closed round islands and open where the raster cuts them.
    ``full_villages`` are the codes whose households and residents are kept in full.
    """

    invented: Literal[True]
    seed: int
    scale: int
    code: str
    name: str
    terrain: Terrain
    regions: tuple[Region, ...]
    land: MultiPolygon
    coastline: tuple[LineString, ...]
    islands: tuple[Island, ...]
    seawalls: tuple[Seawall, ...]
    rivers: tuple[River, ...]
    basins: tuple[Basin, ...]
    reservoirs: tuple[Reservoir, ...]
    road_nodes: tuple[RoadNode, ...]
    road_edges: tuple[RoadEdge, ...]
    low_spots: tuple[LowSpot, ...]
    ferries: tuple[Ferry, ...]
    places: tuple[Place, ...]
    units: tuple[Unit, ...]
    persons: tuple[Person, ...]
    posts: tuple[Post, ...]
    shelters: tuple[Shelter, ...]
    teams: tuple[Team, ...]
    harbours: tuple[Harbour, ...]
    vessels: tuple[Vessel, ...]
    key_sites: tuple[KeySite, ...]
    cameras: tuple[Camera, ...]
    danger_zones: tuple[DangerZone, ...]
    full_villages: tuple[str, ...]
    households: Households
    residents: Residents
    gateways: tuple[Gateway, ...] = ()
    stations: tuple[Station, ...] = ()
    streams: tuple[Stream, ...] = ()
    rafts: tuple[FishRaft, ...] = ()
    sluices: tuple[Sluice, ...] = ()
    building_sites: tuple[BuildingSite, ...] = ()
    scenic_spots: tuple[ScenicSpot, ...] = ()

    def level(self, level: str) -> tuple[Region, ...]:
        """Regions of one level: county, township, village or grid."""
        return tuple(region for region in self.regions if region.level == level)
