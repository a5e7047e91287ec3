"""Danger zones: steep slopes, streams, polders, dams, old houses, low ground."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Point
from shapely.ops import substring

from . import frame, outline
from .model import DangerZone, Reservoir, River, Seawall
from .regions import RegionMap
from .spots import Spots, blob, thin_out

Ints = NDArray[np.int64]

TOTAL: Final = 420
_GEOHAZARDS: Final = 150
_FLASH_FLOODS: Final = 112
_LOWLANDS: Final = 58
HAZARDS: Final[dict[str, tuple[str, ...]]] = {
    "geohazard": ("geological", "rainstorm"),
    "flash-flood": ("flash-flood", "rainstorm"),
    "outside-seawall": ("storm-surge", "typhoon", "sea-wave", "tsunami"),
    "below-reservoir": ("dam-danger", "flood"),
    "unsafe-houses": ("typhoon", "gale", "rainstorm"),
    "lowland": ("rainstorm", "waterlogging", "flood"),
}
_SIGNALS: Final = ("敲锣三长两短", "手摇警报器长鸣", "村广播大喇叭", "敲锣并上门")
_LEVELS: Final = ("high", "medium", "medium", "low")


class _Maker:
    """Collects zones and numbers them."""

    def __init__(self, spots: Spots, seed: int, scale: int) -> None:
        self.spots = spots
        self.rng = frame.stream(seed, "zones")
        self.scale = scale
        self.zones: list[DangerZone] = []
        self._names: dict[str, int] = {}

    def add(
        self,
        kind: str,
        at: tuple[float, float],
        area: Any,
        label: tuple[str, str, str | None],
        homes: tuple[int, int],
    ) -> bool:
        """Add a zone around a point; False when the point is in no village.

        ``label`` is what the zone is called after its village, its cause and the cause's code;
        ``homes`` the range of households at scale 1.
        """
        row = self.spots.village_at(*at)
        if row < 0 or not area.contains(Point(at)):
            return False
        village = self.spots.regions.villages[row]
        rng = self.rng
        households = int(rng.integers(homes[0], homes[1] + 1)) * self.scale
        title, cause, cause_code = label
        shape = outline.as_multi(area)
        self.zones.append(
            DangerZone(
                code=f"{frame.CODE}-W{len(self.zones) + 1:04d}",
                name=self._unique(stem(village.name) + title),
                kind=kind,
                hazards=HAZARDS[kind],
                level=_LEVELS[int(rng.integers(4))],
                status="treating" if rng.random() < 0.06 else "active",
                village=village.code,
                lon=at[0],
                lat=at[1],
                area=shape,
                area_m2=round(frame.area_km2(shape) * 1e6, 0),
                households=households,
                people=round(households * float(rng.uniform(2.2, 3.0))),
                rain_mm=_rain(kind, rng),
                signal=_SIGNALS[int(rng.integers(len(_SIGNALS)))],
                route="",
                assembly=(village.lon, village.lat),
                cause=cause,
                cause_code=cause_code,
                shelter=None,
                watcher=None,
                transfer_lead=None,
            )
        )
        return True

    def _unique(self, name: str) -> str:
        number = self._names[name] = self._names.get(name, 0) + 1
        return name if number == 1 else f"{name}{number}"


def stem(name: str) -> str:
    """Cut 村 or 社区 off a village's name."""
    return name.removesuffix("村").removesuffix("社区")


def _rain(kind: str, rng: np.random.Generator) -> tuple[tuple[int, float, float], ...]:
    """Hours, prepare and leave in mm, rising with the hours."""
    if kind not in {"flash-flood", "geohazard"}:
        return ()
    base = float(rng.uniform(0.85, 1.25))
    steps = ((1, 35, 50), (3, 60, 85), (6, 85, 120))
    if kind == "geohazard":
        steps = ((1, 30, 45), (24, 80, 130), (72, 150, 220))
    return tuple((h, float(round(a * base)), float(round(b * base))) for h, a, b in steps)


def mark(
    spots: Spots,
    waters: tuple[tuple[River, ...], tuple[Reservoir, ...], tuple[Seawall, ...]],
    seed: int,
    scale: int,
) -> tuple[DangerZone, ...]:
    """All 420 zones; people counts are estimates until the households are known."""
    rivers, reservoirs, walls = waters
    make = _Maker(spots, seed, scale)
    _slopes(make)
    _streams(make, rivers)
    for wall in walls:
        _outside(make, wall, spots.regions)
    for reservoir in reservoirs:
        _below(make, reservoir)
    _low(make)
    _old_houses(make, TOTAL - len(make.zones))
    return tuple(make.zones)


def _slopes(make: _Maker) -> None:
    spots, lie, rng = make.spots, make.spots.lie, make.rng
    fits = (lie.slope > 14) & (lie.slope < 38) & (spots.road_km < 0.3) & (spots.village >= 0)
    fits &= (lie.height < 420) & ~lie.lake
    titles = ("滑坡隐患点", "崩塌隐患点", "滑坡隐患点", "泥石流隐患点", "斜坡隐患点")
    taken = 0
    for block in thin_out(np.flatnonzero(fits), lie, _GEOHAZARDS + 60, 0.7, rng):
        lon, lat = _middle(make, block)
        size = (float(rng.uniform(60, 150)), float(rng.uniform(35, 70)), float(rng.uniform(0, 3.1)))
        area = blob(lon, lat, size, rng)
        title = "后山" * int(rng.random() < 0.4) + titles[int(rng.integers(5))]
        slope = f"坡度约{lie.slope[block]:.0f}度的人工切坡"
        if taken < _GEOHAZARDS:
            taken += make.add("geohazard", (lon, lat), area, (title, slope, None), (1, 9))


def _middle(make: _Maker, block: int) -> tuple[float, float]:
    lie = make.spots.lie
    lon, lat = frame.rounded(*frame.lonlat(lie.u[block], lie.v[block]))
    return float(lon), float(lat)


def _streams(make: _Maker, rivers: tuple[River, ...]) -> None:
    """Reaches through settled valleys: 300 to 700 m of stream, 40 to 70 m to each side."""
    spots, lie, rng = make.spots, make.spots.lie, make.rng
    fits = (lie.height > 14) & (lie.height < 330) & (lie.stream_km < 0.25) & (spots.village >= 0)
    fits &= (spots.built > np.quantile(spots.built[spots.village >= 0], 0.72)) & ~lie.on_island
    tree = shapely.STRtree([river.line for river in rivers])
    taken = 0
    for block in thin_out(np.flatnonzero(fits & ~lie.lake), lie, _FLASH_FLOODS * 2, 0.9, rng):
        here = Point(_middle(make, block))
        river = rivers[int(tree.nearest(here))]
        along = river.line.project(here)
        at = river.line.interpolate(along)
        if taken == _FLASH_FLOODS or here.distance(at) > 0.005:
            continue
        half = float(rng.uniform(0.0016, 0.0036))
        reach = substring(river.line, max(0, along - half), along + half)
        area = shapely.set_precision(reach.buffer(float(rng.uniform(0.0004, 0.0007))), 1e-6)
        lon, lat = frame.rounded(at.x, at.y)
        label = ("山洪危险区", river.name, river.code)
        taken += make.add("flash-flood", (float(lon), float(lat)), area, label, (4, 26))


def _outside(make: _Maker, wall: Seawall, regions: RegionMap) -> None:
    area = shapely.set_precision(wall.line.buffer(0.0012), 1e-6)
    homes = {village.code: village for village in regions.villages}
    for code in wall.villages[:2]:
        part = area.intersection(homes[code].area)
        if part.area < 1e-6:
            continue
        point = part.representative_point()
        at = (round(point.x, 6), round(point.y, 6))
        strip = area.intersection(Point(at).buffer(0.02))
        strip = max(shapely.get_parts(strip), key=lambda p: p.area)
        if make.add("outside-seawall", at, strip, ("海塘外养殖区", wall.name, wall.code), (2, 14)):
            return


def _below(make: _Maker, reservoir: Reservoir) -> None:
    """Valley floor for 3 km below the dam, one zone for each of the first two villages."""
    receiver = make.spots.ground.flow.receiver
    cell, way = int(frame.cell_at(reservoir.lon, reservoir.lat)), []
    for _ in range(36):
        way.append(cell)
        cell = int(receiver[cell])
    lon, lat = frame.cell_lonlat(np.array(way[1:]))
    flood = LineString(np.column_stack([lon, lat])).simplify(0.0006).buffer(0.0011)
    flood = shapely.set_precision(flood, 1e-6)
    done = 0
    for village in make.spots.regions.villages:
        part = flood.intersection(village.area)
        if done == 2 or part.area < 2e-5:
            continue
        part = max(shapely.get_parts(part), key=lambda p: p.area)
        point = part.representative_point()
        at = (round(point.x, 6), round(point.y, 6))
        label = (reservoir.name + "下游", reservoir.name, reservoir.code)
        done += make.add("below-reservoir", at, part, label, (8, 40))


def _low(make: _Maker) -> None:
    spots, lie, rng = make.spots, make.spots.lie, make.rng
    fits = (lie.height < 4.2) & (lie.sea_km > 0.4) & (spots.village >= 0) & (lie.fit > 0.4)
    fits &= (spots.road_km < 0.3) & ~lie.on_island
    taken = 0
    for block in thin_out(np.flatnonzero(fits), lie, _LOWLANDS + 30, 0.9, rng):
        lon, lat = _middle(make, block)
        size = (float(rng.uniform(120, 260)), float(rng.uniform(80, 160)), float(rng.uniform(0, 3)))
        label = ("低洼易涝区", f"地面高程{lie.height[block]:.1f}米", None)
        if taken < _LOWLANDS:
            taken += make.add("lowland", (lon, lat), blob(lon, lat, size, rng), label, (10, 60))


def _old_houses(make: _Maker, count: int) -> None:
    spots, rng = make.spots, make.rng
    rows = [k for k, s in enumerate(spots.regions.setting) if s != "urban"]
    while count > 0:
        row = rows[int(rng.integers(len(rows)))]
        lon, lat = spots.pick(row, 1, rng)
        at = (float(lon[0]), float(lat[0]))
        size = (float(rng.uniform(35, 80)), float(rng.uniform(25, 60)), float(rng.uniform(0, 3)))
        label = ("危旧房片区", "建于1970年代的砖木、石木房屋", None)
        count -= make.add("unsafe-houses", at, blob(*at, size, rng), label, (2, 12))


def with_people(
    zones: tuple[DangerZone, ...], counts: dict[str, tuple[int, int]]
) -> tuple[DangerZone, ...]:
    """Put counted households and people where they were counted."""
    return tuple(
        replace(z, households=counts[z.code][0], people=counts[z.code][1])
        if z.code in counts
        else z
        for z in zones
    )
