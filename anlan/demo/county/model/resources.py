"""Things an officer looks up: shelters, teams, harbours, vessels, key sites, cameras, zones.

Keys are those of the tables named in the docstrings (``anlan.codes``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shapely.geometry import MultiPolygon


@dataclass(frozen=True, slots=True)
class Shelter:
    """A shelter (避灾安置场所).

    Tables: ``level`` shelter-levels, ``stay`` shelter-classes, ``space`` shelter-spaces,
    ``structure`` house-structures, ``facilities`` shelter-facilities, ``status`` shelter-status.
    ``village`` is always the village it stands in; ``region`` is the region that keeps it (county,
    township or village by level). ``capacity`` is ``area_m2`` over ``per_person_m2`` rounded
    down; both None where never assessed. ``height_m`` is the ground. ``keeper`` is a post code.
    """

    code: str
    name: str
    level: str
    stay: str
    space: str
    region: str
    village: str
    address: str
    lon: float
    lat: float
    height_m: float
    building: str
    structure: str
    seismic: float | None
    area_m2: float | None
    per_person_m2: float
    capacity: int | None
    facilities: tuple[str, ...]
    supplies: str
    opens_when: str
    status: str
    assessed_on: date | None
    keeper: str | None


@dataclass(frozen=True, slots=True)
class Team:
    """A rescue team.

    Tables: ``kind`` team-classes, ``skills`` team-skills, ``grade`` team-grades (social forces
    only), ``status`` team-status. ``equipment`` pairs a name with a count. ``leader`` is a post
    code. ``response_min`` is minutes from order to leaving the base.
    """

    code: str
    name: str
    kind: str
    skills: tuple[str, ...]
    grade: str | None
    region: str
    village: str
    lon: float
    lat: float
    address: str
    members: int
    certified: int | None
    equipment: tuple[tuple[str, int], ...]
    leader: str | None
    duty_phone: str | None
    response_min: int
    insured: bool | None
    agreement: bool | None
    status: str


@dataclass(frozen=True, slots=True)
class Harbour:
    """A fishing harbour; ``grade`` is central, first, second or third (LABELS harbour-grade).

    ``lon, lat`` is the quay on land, ``basin`` a point on the water in front of it.
    """

    code: str
    name: str
    grade: str
    village: str
    lon: float
    lat: float
    basin: tuple[float, float]
    berths: int
    wind_grade: int


@dataclass(frozen=True, slots=True)
class Vessel:
    """A fishing vessel with one position.

    Tables: ``kind`` vessel-kinds, ``gear`` fishing-gears, ``status`` vessel-states. ``harbour``
    is a harbour code, ``village`` its owner's village, ``keeper`` the post that keeps contact.
    ``course_deg`` (clockwise from north) and ``speed_kn`` are None in harbour.
    """

    code: str
    name: str
    kind: str
    gear: str | None
    harbour: str
    village: str
    length_m: float
    power_kw: float
    gross_tons: float
    crew: int
    skipper: str
    skipper_phone: str | None
    beidou: str | None
    keeper: str | None
    lon: float
    lat: float
    status: str
    course_deg: float | None
    speed_kn: float | None


@dataclass(frozen=True, slots=True)
class KeySite:
    """A place where many may be harmed at once; ``people`` on a working day, None = not known.

    Tables: ``kind`` key-site-kinds, ``hazards`` hazards. ``contact`` is a name.
    """

    code: str
    name: str
    kind: str
    village: str
    lon: float
    lat: float
    address: str
    people: int | None
    hazards: tuple[str, ...]
    contact: str | None
    contact_phone: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera; ``subject`` is the code of what it watches; bearing clockwise from north.

    Tables: ``kind`` camera-kinds, ``scene`` camera-scenes, ``status`` camera-states.
    """

    code: str
    name: str
    kind: str
    scene: str
    village: str
    lon: float
    lat: float
    bearing_deg: float
    subject: str | None
    status: str


@dataclass(frozen=True, slots=True)
class DangerZone:
    """Where people have to leave.

    Tables: ``kind`` danger-zone-kinds, ``hazards`` hazards, ``level`` danger-zone-levels,
    ``status`` danger-zone-status. ``lon, lat`` lies inside ``area`` and inside ``village``;
    ``area`` itself may reach over a village's border or the shore. ``rain_mm`` are triples
    (hours, prepare, leave). ``assembly`` is a point outside the zone. ``cause`` names the river,
    reservoir or sea wall, ``cause_code`` is its code. ``watcher``, ``transfer_lead`` (posts) and
    ``shelter`` may be None: a planted gap.
    """

    code: str
    name: str
    kind: str
    hazards: tuple[str, ...]
    level: str
    status: str
    village: str
    lon: float
    lat: float
    area: MultiPolygon
    area_m2: float
    households: int
    people: int
    rain_mm: tuple[tuple[int, float, float], ...]
    signal: str
    route: str
    assembly: tuple[float, float]
    cause: str
    cause_code: str | None
    shelter: str | None
    watcher: str | None
    transfer_lead: str | None
