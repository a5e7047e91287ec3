"""Rafts in the bays, gates in the walls, building sites and scenic spots by the water.

Keys are those of the tables named in the docstrings (``anlan.codes``).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FishRaft:
    """A moored raft; ``people`` aboard in the season, None = not known.

    Table: ``kind`` fish-raft-kinds. ``village`` keeps it, ``keeper`` is a post code, ``shelter``
    the code of the shelter its people go to.
    """

    code: str
    name: str
    kind: str
    village: str
    mooring: str
    people: int | None
    weak: int
    cages: int | None
    huts: int
    owner: str
    owner_phone: str | None
    keeper: str
    shelter: str | None
    landing_min: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Sluice:
    """A gate in a sea wall; ``sill_m`` is where water comes in, None = not known.

    Tables: ``kind`` sluice-kinds, ``means`` sluice-means, ``status`` sluice-states. ``keeper`` is
    the code of the post that closes it.
    """

    code: str
    name: str
    kind: str
    wall: str
    wall_code: str
    village: str
    sill_m: float | None
    width_m: float
    means: str
    closing_min: float
    hands: int
    keeper: str
    status: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class BuildingSite:
    """What stands on a key site that is being built. Table: ``phase`` building-phases."""

    site: str
    builder: str
    phase: str
    sheds: int
    shed_people: int | None
    tower_cranes: int
    hoists: int
    pit_m: float


@dataclass(frozen=True, slots=True)
class ScenicSpot:
    """How a scenic key site by the water is closed. Table: ``water`` scenic-waters."""

    site: str
    water: str
    capacity: int
    entrances: int
    closing_min: float
    closes_when: str
    keeper: str
