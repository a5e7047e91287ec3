"""Rain gauges, stage gauges of rivers and small basins, reservoirs."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

from anlan.demo.county import frame
from anlan.demo.county.model import Basin, DangerZone, Reservoir, River

from .bench import Bench, Kind, Levels, Meter, Spot, rounded, spread, stem

RAIN: Final = Kind(
    "rain", "YL", "sl", "雨量遥测", "mqtt", "township", "县水利局山洪灾害监测预警平台"
)
STAGE: Final = Kind(
    "river", "SW", "sl", "水位遥测", "mqtt", "township", "县水利局山洪灾害监测预警平台"
)
DAM: Final = Kind("reservoir", "SK", "sl", "水库遥测", "mqtt", "county", "县水利局水库安全监测平台")

RAIN_GAUGES: Final = 110
BASIN_GAUGES: Final = 30
#: A gauge warns the danger zones within so many kilometres.
SERVES_KM: Final = 6.0
RAIN_EVERY_S: Final = 300
STAGE_EVERY_S: Final = 300
#: Share of a main river's length at which its gauges stand; the lowest is above the tide.
ON_RIVERS: Final = (0.3, 0.55, 0.75)


def put_up(bench: Bench) -> None:
    """Rain first: the stage gauges take names that no rain gauge has."""
    _rain(bench)
    _basin_stages(bench)
    _river_stages(bench)
    for reservoir in bench.county.reservoirs:
        _dam(bench, reservoir)


def stage_m(catchment_km2: float) -> float:
    """Depth at the warning stage over the bed: larger streams have deeper beds."""
    return float(catchment_km2**0.22)


def _rain(bench: Bench) -> None:
    """One gauge in each small basin at the village nearest its mouth, the rest spread out."""
    seats = {village.code: (village.lon, village.lat) for village in bench.villages}
    taken: list[tuple[float, float]] = []
    for basin in bench.county.basins:
        shapely.prepare(basin.area)
        inside = [p for p in seats.values() if basin.area.contains(shapely.Point(p))]
        at = min(inside, key=lambda p: frame.apart_km(p, basin.outlet), default=None)
        if at is None:
            point = basin.area.representative_point()
            at = (point.x, point.y)
        _rain_gauge(bench, f"{basin.name.removesuffix('小流域')}雨量站", at, basin.code)
        taken.append(at)
    free = [code for code, at in seats.items() if at not in taken]
    rest = spread([seats[code] for code in free], RAIN_GAUGES - len(taken), taken)
    titles = {village.code: stem(village.name) for village in bench.villages}
    for row in rest:
        _rain_gauge(bench, f"{titles[free[row]]}雨量站", seats[free[row]], None)


def _rain_gauge(bench: Bench, name: str, at: tuple[float, float], basin: str | None) -> None:
    meter = Meter(
        "P", "rain", "mm", RAIN_EVERY_S, (0.0, 60.0), _thresholds(bench.county.danger_zones, at)
    )
    bench.put(RAIN, name, Spot(*at, subject=basin), (meter,))


def _thresholds(zones: tuple[DangerZone, ...], at: tuple[float, float]) -> Levels:
    """Rain that empties the most sensitive flash-flood zone the gauge serves; none far away."""
    near = [
        zone for zone in zones
        if zone.kind == "flash-flood" and frame.apart_km(at, (zone.lon, zone.lat)) < SERVES_KM
    ]  # fmt: skip
    if not near:
        return ()
    first = min(near, key=lambda zone: (zone.rain_mm[0][1], zone.code))
    levels: dict[str, float] = {}
    for hours, prepare, leave in first.rain_mm:
        levels |= {f"prepare-{hours}h": prepare, f"move-{hours}h": leave}
    return rounded(levels, 0)


def _basin_stages(bench: Bench) -> None:
    """Basins with the most danger zones get a stage gauge at their mouth."""
    zones = [zone for zone in bench.county.danger_zones if zone.kind == "flash-flood"]
    points = shapely.points([(zone.lon, zone.lat) for zone in zones])
    heads = [zone.people for zone in zones]
    ranked = []
    for basin in bench.county.basins:
        held = shapely.contains(basin.area, points) if zones else np.zeros(0, bool)
        ranked.append((-int(np.sum(np.array(heads)[held])), basin.code, basin))
    for _, _, basin in sorted(ranked, key=lambda r: r[:2])[:BASIN_GAUGES]:
        _basin_stage(bench, basin)


def _basin_stage(bench: Bench, basin: Basin) -> None:
    lon, lat = basin.outlet
    bed = _ground(bench, lon, lat)
    rivers = {river.code: river for river in bench.county.rivers}
    water = rivers[basin.river].name if basin.river in rivers else ""
    name = f"{basin.name.removesuffix('小流域')}水位站"
    _stage(bench, name, Spot(lon, lat, basin.code, water=water), (bed, basin.catchment_km2))


def _ground(bench: Bench, lon: float, lat: float) -> float:
    return float(bench.county.terrain.at(np.array([lon]), np.array([lat]))[0])


def _river_stages(bench: Bench) -> None:
    for river in bench.county.rivers:
        if river.main:
            for share in ON_RIVERS:
                _river_stage(bench, river, share)
    larger = [river for river in bench.county.rivers if not river.main and river.order >= 3]
    for river in larger[:3]:
        _river_stage(bench, river, 0.6)


def _river_stage(bench: Bench, river: River, share: float) -> None:
    point = river.line.interpolate(share, normalized=True)
    shares = [
        river.line.project(shapely.Point(p), normalized=True)
        for p in shapely.get_coordinates(river.line)
    ]
    bed = float(np.interp(share, shares, river.bed_m))
    catchment = catchment_at(river, share)
    village = bench.village_at(point.x, point.y)
    spot = Spot(point.x, point.y, river.code, water=river.name)
    _stage(bench, f"{river.name}{stem(village.name)}水文站", spot, (bed, catchment))


def catchment_at(river: River, share: float) -> float:
    """Catchment above a share of a river's length (Hack's law turned round), km2."""
    return float(river.catchment_km2 * share**1.7)


def _stage(bench: Bench, name: str, spot: Spot, section: tuple[float, float]) -> None:
    """Set up a stage gauge; every other one sends what its staff reads, above the gauge's zero."""
    bed, catchment = section
    zero = round(bed - 0.5, 2)
    depth = stage_m(catchment)
    warning = bed + depth
    levels = rounded(
        {"warning": warning, "guarantee": bed + 1.4 * depth, "historic": bed + 1.75 * depth}
    )
    staff = bench.rng("staff", name).random() < 0.5
    meter = Meter(
        "Z", "water-level", "m", STAGE_EVERY_S, (zero, round(bed + 2.2 * depth + 1.0, 2)), levels,
        added=zero if staff else None,
    )  # fmt: skip
    spot = Spot(spot.lon, spot.lat, spot.subject, None, zero, spot.water)
    bench.put(STAGE, name, spot, (meter,))


def _dam(bench: Bench, dam: Reservoir) -> None:
    levels = rounded(
        {
            "dead": dam.dead_level_m, "flood-limit-meiyu": dam.meiyu_limit_m,
            "flood-limit-typhoon": dam.typhoon_limit_m, "normal": dam.normal_level_m,
            "design": dam.design_level_m, "check": dam.check_level_m,
        }
    )  # fmt: skip
    bed = dam.dam_crest_m - dam.dam_height_m
    usual = round(0.4 + dam.dam_height_m**1.6 / 90, 1)
    seep = rounded(
        {"blue": 2.2 * usual, "yellow": 3 * usual, "orange": 4 * usual, "red": 6 * usual}, 1
    )
    meters = (
        Meter("Z", "reservoir-level", "m", 300, (round(bed, 2), dam.dam_crest_m), levels,
              position="坝前"),
        Meter("P", "rain", "mm", RAIN_EVERY_S, (0.0, 60.0), position="坝顶"),
        Meter("SL1", "seepage", "L/s", 900, (0.0, 60.0), seep, "1号量水堰", position="坝脚左侧"),
        Meter("SL2", "seepage", "L/s", 900, (0.0, 60.0), seep, "2号量水堰", position="坝脚右侧"),
    )  # fmt: skip
    spot = Spot(dam.lon, dam.lat, dam.code, dam.patrol, None, dam.name)
    bench.put(DAM, f"{dam.name}坝前站", spot, meters)
