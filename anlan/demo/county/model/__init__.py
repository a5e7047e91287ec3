"""The contract of the demo county: frozen dataclasses and column tables, no logic but sums.

Everything is invented. Coordinates are WGS-84 (lon, lat) degrees with six decimals, heights are
metres in the 1985 national datum, lengths metres, areas as the field name says. Keys are those of
the tables of ``anlan.codes`` named in each docstring; ``LABELS`` holds the few that have none.
``None`` means "not known" and is planted on purpose in a few rows.
"""

from .county import County
from .labels import LABELS
from .land import Place, Region, Terrain
from .offshore import BuildingSite, FishRaft, ScenicSpot, Sluice
from .people import Person, Phone, Post, Unit
from .population import Households, Residents
from .resources import Camera, DangerZone, Harbour, KeySite, Shelter, Team, Vessel
from .sensing import Gateway, Station, Stream
from .transport import Ferry, LowSpot, RoadEdge, RoadNode
from .water import Basin, Island, Reservoir, River, Seawall

__all__ = [
    "LABELS",
    "Basin",
    "BuildingSite",
    "Camera",
    "County",
    "DangerZone",
    "Ferry",
    "FishRaft",
    "Gateway",
    "Harbour",
    "Households",
    "Island",
    "KeySite",
    "LowSpot",
    "Person",
    "Phone",
    "Place",
    "Post",
    "Region",
    "Reservoir",
    "Residents",
    "River",
    "RoadEdge",
    "RoadNode",
    "ScenicSpot",
    "Seawall",
    "Shelter",
    "Sluice",
    "Station",
    "Stream",
    "Team",
    "Terrain",
    "Unit",
    "Vessel",
]
