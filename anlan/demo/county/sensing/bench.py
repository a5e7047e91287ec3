"""The bench on which stations are put together: numbers them, finds their village and gateway."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import shapely

from anlan.demo.county import frame, names
from anlan.demo.county.model import County, Gateway, Region, Station, Stream
from anlan.demo.county.zones import stem

Levels = tuple[tuple[str, float], ...]
#: Office numbers of gateways begin here in ``names.phone``.
_PHONES: Final = 700_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of station: who owns it, how it is called and how it reports.

    ``letters`` stand in its codes; ``office`` is a short name of ``units.OFFICES``. Stations
    report through a gateway of their township, of the whole county, or each through its own.
    """

    key: str
    letters: str
    office: str
    title: str
    way: str
    shared: str
    source: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a station stands and what it watches."""

    lon: float
    lat: float
    subject: str | None = None
    keeper: str | None = None
    zero_m: float | None = None
    water: str = ""


@dataclass(frozen=True, slots=True)
class Meter:
    """An instrument: what it measures, in which unit it sends, how often, its range and levels."""

    short: str
    quantity: str
    unit: str
    interval_s: int
    range: tuple[float, float] | None = None
    levels: Levels = ()
    name: str = ""
    added: float | None = None
    position: str = ""
    depth_m: float | None = None
    item: str = ""


@dataclass
class Bench:
    """Collects gateways, stations and streams of one county."""

    county: County
    gateways: dict[str, Gateway] = field(default_factory=dict)
    stations: list[Station] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    _count: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.villages: tuple[Region, ...] = self.county.level("village")
        self._tree = shapely.STRtree([village.area for village in self.villages])
        self._towns = {town.code: town for town in self.county.level("township")}
        self._posts = {post.code for post in self.county.posts}

    def village_at(self, lon: float, lat: float) -> Region:
        """Find the village that holds a point; over water the nearest one."""
        return self.villages[int(self._tree.nearest(shapely.Point(lon, lat)))]

    def rng(self, *keys: object) -> np.random.Generator:
        """Open a random stream for one part of the sensing."""
        return frame.stream(self.county.seed, "sensing", *keys)

    def put(self, kind: Kind, name: str, spot: Spot, meters: tuple[Meter, ...]) -> Station:
        """Set up a station with its instruments."""
        village = self.village_at(spot.lon, spot.lat)
        number = self._count[kind.key] = self._count.get(kind.key, 0) + 1
        code = f"{frame.CODE}-{kind.letters}{number:03d}"
        keeper = spot.keeper if spot.keeper in self._posts else None
        station = Station(
            code=code, name=name, kind=kind.key, unit=f"{frame.CODE}-{kind.office}",
            gateway=self._gateway(kind, village, (code, name)).code, village=village.code,
            lon=round(spot.lon, 6), lat=round(spot.lat, 6), subject=spot.subject, keeper=keeper,
            zero_m=spot.zero_m, water=spot.water, source=kind.source,
        )  # fmt: skip
        self.stations.append(station)
        self.streams += [_stream(code, meter) for meter in meters]
        return station

    def _gateway(self, kind: Kind, village: Region, own: tuple[str, str]) -> Gateway:
        town = self._towns.get(village.parent or "")
        if kind.shared == "station" or town is None:
            code, name, at = f"{own[0]}-GW", f"{own[1]}上报网关", village
        elif kind.shared == "county":
            code, name = f"{frame.CODE}-GW-{kind.letters}", f"{kind.title}接入网关"
            at = self.county.level("county")[0]
        else:
            code = f"{frame.CODE}-GW-{kind.letters}-{town.code[6:]}"
            name, at = f"{town.name}{kind.title}网关", town
        if code not in self.gateways:
            watch = f"{frame.CODE}-{kind.office}-zb1"
            self.gateways[code] = Gateway(
                code=code, name=name, unit=f"{frame.CODE}-{kind.office}",
                keeper=watch if watch in self._posts else None,
                phone=names.phone(_PHONES + len(self.gateways), office=True), region=at.code,
                place=at.name, way=kind.way,
            )  # fmt: skip
        return self.gateways[code]

    def finish(self) -> County:
        """Give the county with everything that was put up."""
        return replace(
            self.county, gateways=tuple(self.gateways.values()), stations=tuple(self.stations),
            streams=tuple(self.streams),
        )  # fmt: skip


def _stream(station: str, meter: Meter) -> Stream:
    low, high = meter.range or (None, None)
    return Stream(
        code=f"{station}-{meter.short}", name=meter.name, station=station,
        quantity=meter.quantity, unit=meter.unit, added=meter.added,
        interval_s=meter.interval_s, low=low, high=high, levels=meter.levels,
        position=meter.position, depth_m=meter.depth_m, item=meter.item,
    )  # fmt: skip


def rounded(levels: dict[str, float], digits: int = 2) -> Levels:
    """Turn levels into what a stream keeps."""
    return tuple((kind, round(float(value), digits)) for kind, value in levels.items())


def spread(
    points: list[tuple[float, float]], count: int, taken: list[tuple[float, float]]
) -> list[int]:
    """Pick points one after another, each the farthest from all before and from ``taken``."""
    if not points:
        return []
    at = np.array([frame.uv(*point) for point in points])
    chosen: list[int] = []
    gap = np.full(len(points), 1e9)
    for other in taken:
        gap = np.minimum(gap, np.hypot(*(at - frame.uv(*other)).T))
    while len(chosen) < min(count, len(points)):
        row = int(np.argmax(gap))
        chosen.append(row)
        gap = np.minimum(gap, np.hypot(*(at - at[row]).T))
        gap[row] = -1.0
    return chosen


Put = Callable[[Bench], None]

__all__ = ["Bench", "Kind", "Levels", "Meter", "Put", "Spot", "rounded", "spread", "stem"]
