"""Things an officer looks up: shelters, teams, harbours, vessels, key sites, cameras, zones."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry import MultiPolygon


@dataclass(frozen=True, slots=True)
class Shelter:
    """A shelter (避灾安置场所).

    ``level`` is county, township or village; ``shelter_class`` emergency (紧急), short (短期) or
    long (长期). ``capacity`` is effective area over ``per_person_m2``; None where never assessed.
    ``assessed`` is the year of the last assessment, None = never. ``keeper_post`` is a post code.
    ``status`` is ready, preparing or out-of-use.
    """

    code: str
    name: str
    level: str
    shelter_class: str
    indoor: bool
    region: str
    village: str
    address: str
    lon: float
    lat: float
    height_m: float
    building: str
    seismic: int | None
    effective_area_m2: float | None
    per_person_m2: float
    capacity: int | None
    facilities: tuple[str, ...]
    status: str
    assessed: int | None
    keeper_post: str | None


@dataclass(frozen=True, slots=True)
class Team:
    """A rescue team; ``kind`` by domain.md 8.3, ``grade`` 1 to 3 only for social forces.

    ``equipment`` pairs a name with a count. ``response_min`` is minutes to leave the base.
    """

    code: str
    name: str
    kind: str
    speciality: str
    grade: int | None
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
    status: str


@dataclass(frozen=True, slots=True)
class Harbour:
    """A fishing harbour; ``grade`` is central, first, second or third (中心 一级 二级 三级)."""

    code: str
    name: str
    grade: str
    village: str
    lon: float
    lat: float
    berths: int
    wind_grade: int


@dataclass(frozen=True, slots=True)
class Vessel:
    """A fishing vessel with one position.

    ``kind`` is trawler, gillnet, stow-net, purse-seine, cage-pot, longline, carrier or leisure.
    ``at_sea`` False means moored in its harbour. ``course_deg`` clockwise from north and
    ``speed_kn`` are None in harbour. ``skipper_phone`` may be None.
    """

    code: str
    name: str
    kind: str
    harbour: str
    village: str
    length_m: float
    power_kw: float
    gross_tons: float
    crew: int
    skipper: str
    skipper_phone: str | None
    beidou: str | None
    lon: float
    lat: float
    at_sea: bool
    course_deg: float | None
    speed_kn: float | None


@dataclass(frozen=True, slots=True)
class KeySite:
    """A place where many may be harmed at once; ``people`` on a working day, None = not known."""

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


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera; ``subject`` is the code of what it watches; bearing clockwise from north."""

    code: str
    name: str
    kind: str
    village: str
    lon: float
    lat: float
    bearing_deg: float
    subject: str | None
    online: bool


@dataclass(frozen=True, slots=True)
class DangerZone:
    """Where people have to leave.

    ``kind`` is geohazard (地质隐患点), flash-flood (山洪危险区), outside-seawall (海塘外),
    below-reservoir (库下), unsafe-house (危旧房) or waterlogging (低洼易涝); ``level`` is
    low, medium, high or very-high. ``lon, lat`` lies inside ``area``. ``rain_mm`` are the
    thresholds (hours, prepare, leave) of a flash-flood or geohazard zone. ``cause`` is the code
    of the river, reservoir or seawall. ``watcher_post`` and ``shelter`` may be None: a gap.
    """

    code: str
    name: str
    kind: str
    hazard: str
    level: str
    village: str
    lon: float
    lat: float
    area: MultiPolygon
    area_m2: float
    households: int
    people: int
    rain_mm: tuple[tuple[int, float, float], ...]
    assembly_point: tuple[float, float]
    cause: str | None
    shelter: str | None
    watcher_post: str | None
