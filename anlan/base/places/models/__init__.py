"""Shelters, waters, danger zones, sites, vessels and cameras: what others build on."""

from anlan.base.places.models.cameras import Camera
from anlan.base.places.models.sea import FishRaft, Vessel
from anlan.base.places.models.shelters import Shelter
from anlan.base.places.models.sites import BuildingSite, KeySite, ScenicSpot
from anlan.base.places.models.waters import Reservoir, Sluice
from anlan.base.places.models.zones import DangerZone

__all__ = [
    "BuildingSite",
    "Camera",
    "DangerZone",
    "FishRaft",
    "KeySite",
    "Reservoir",
    "ScenicSpot",
    "Shelter",
    "Sluice",
    "Vessel",
]
