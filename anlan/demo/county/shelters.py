"""Shelters: on safe ground of every village, larger ones for townships and the county."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from . import frame
from .frame import Floats
from .model import DangerZone, Shelter
from .names import Namer
from .spots import FLOOD_LEVEL_M, Spots
from .zones import stem

Ints = NDArray[np.int64]

TOTAL: Final = 600
_COUNTY: Final = ("体育中心", "职业技术学校", "第一中学", "文化中心", "实验小学", "党校")
_TOWN: Final = ("中心小学", "初级中学", "文化活动中心")
_VILLAGE: Final = ("文化礼堂", "小学", "村办公楼", "老年活动中心", "幼儿园", "祠堂", "党群服务中心")
_STRUCTURES: Final = ("steel-concrete", "brick-concrete", "brick-concrete", "steel-concrete")
_FACILITIES: Final = (
    "generator", "bedding", "washing", "medical", "kitchen", "network", "broadcast",
    "fire-safety", "accessible", "nursing", "parking", "video", "heating",
)  # fmt: skip
_RULES: Final = {
    "county": ("short", 3.0, (1500.0, 7200.0)),
    "township": ("short", 3.0, (480.0, 1600.0)),
    "village": ("emergency", 1.5, (90.0, 420.0)),
}


def keep(
    spots: Spots, zones: tuple[DangerZone, ...], namer: Namer, seed: int, scale: int
) -> tuple[Shelter, ...]:
    """600 shelters (times scale), each in its village, above flood level, outside every zone."""
    rng = frame.stream(seed, "shelters")
    danger = shapely.STRtree([zone.area.buffer(0.0001) for zone in zones])
    rows: list[Shelter] = []
    names: dict[str, int] = {}
    for village, level, title in _plan(spots, scale, rng):
        lon, lat = _safe(spots, village, danger, rng)
        number = names[title] = names.get(title, 0) + 1
        name = title if number == 1 else f"{title}（{number}号）"
        at = (len(rows), village, level, name)
        rows.append(_shelter(at, (lon, lat), (spots, namer), rng))
    return tuple(rows)


def _plan(spots: Spots, scale: int, rng: np.random.Generator) -> list[tuple[int, str, str]]:
    """Village row, level and name of every shelter."""
    regions = spots.regions
    row_of = {village.code: k for k, village in enumerate(regions.villages)}
    seats = [_seat_row(spots, k, row_of) for k in range(len(regions.townships))]
    plan = [(seats[k % 3], "county", f"云屿县{title}") for k, title in enumerate(_COUNTY)]
    for k, town in enumerate(regions.townships):
        short = town.name.removesuffix("街道").removesuffix("镇").removesuffix("乡")
        mine = np.flatnonzero(regions.allotment.town_of == k)
        extra = rng.permutation(mine)[:2].tolist()
        plan += [
            (row, "township", f"{short}{title}")
            for row, title in zip((seats[k], *extra), _TOWN, strict=True)
        ]
    left = TOTAL * scale - len(plan)
    people = np.array([v.population for v in regions.villages], dtype=float)
    counts = 1 + frame.apportion(np.sqrt(people), left - people.size)
    for row, count in enumerate(counts.tolist()):
        name = stem(regions.villages[row].name)
        first = int(rng.integers(len(_VILLAGE)))
        for k in range(count):
            title = _VILLAGE[(first + k) % len(_VILLAGE)]
            plan.append((row, "village", name + title.removeprefix("村" if k else "")))
    return plan


def _seat_row(spots: Spots, town: int, row_of: dict[str, int]) -> int:
    seat = spots.regions.townships[town]
    mine = [v for v in spots.regions.villages if v.parent == seat.code]
    best = min(mine, key=lambda v: (frame.apart_km((v.lon, v.lat), (seat.lon, seat.lat)), v.code))
    return row_of[best.code]


def _safe(
    spots: Spots, village: int, danger: shapely.STRtree, rng: np.random.Generator
) -> tuple[float, float]:
    """Find a point outside every zone and above the flood level; the highest found when none is."""
    blocks = spots.blocks(village)
    gentle = np.exp(-((spots.lie.slope[blocks] / 12) ** 2))
    high = np.clip(spots.lie.height[blocks] - FLOOD_LEVEL_M, 0.02, 2)
    best: tuple[float, float, float] | None = None
    for _ in range(6):
        lon, lat = spots.pick(village, 40, rng, weight=gentle * high)
        hit = np.unique(danger.query(shapely.points(lon, lat), predicate="intersects")[0])
        clear = np.ones(lon.size, dtype=bool)
        clear[hit] = False
        height = spots.height_at(lon, lat)
        good = np.flatnonzero(clear & (height >= FLOOD_LEVEL_M))
        if good.size:
            return float(lon[good[0]]), float(lat[good[0]])
        for k in np.flatnonzero(clear).tolist():
            if best is None or height[k] > best[0]:
                best = (float(height[k]), float(lon[k]), float(lat[k]))
    if best is None:
        raise AssertionError(spots.regions.villages[village].name)
    return best[1], best[2]


def _shelter(
    at: tuple[int, int, str, str],
    point: tuple[float, float],
    parts: tuple[Spots, Namer],
    rng: np.random.Generator,
) -> Shelter:
    number, village, level, name = at
    spots, namer = parts
    home = spots.regions.villages[village]
    stay, per_person, (least, most) = _RULES[level]
    outdoor = level != "village" and rng.random() < 0.12
    # A few were never assessed: their capacity is unknown, and the register must say so.
    assessed = rng.random() > 0.012
    area = round(float(rng.uniform(least, most)) * (3 if outdoor else 1))
    code = f"{frame.CODE}-B{number + 1:04d}"
    count = int(rng.integers(2, 7)) + 3 * (level != "village")
    extras = [_FACILITIES[k] for k in sorted(rng.permutation(len(_FACILITIES))[:count].tolist())]
    height = float(spots.height_at(np.array([point[0]]), np.array([point[1]]))[0])
    day = date(int(rng.integers(2022, 2026)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
    region = {"county": frame.CODE, "township": home.parent or frame.CODE}.get(level, home.code)
    return Shelter(
        code=code,
        name=name + ("避灾安置场所" if level == "county" else "避灾安置点"),
        level=level,
        stay=stay,
        space="outdoor" if outdoor else "indoor",
        region=region,
        village=home.code,
        address=f"{home.name}{namer.street()}{int(rng.integers(1, 299))}号",
        lon=point[0],
        lat=point[1],
        height_m=round(height, 2),
        building=name,
        structure=_STRUCTURES[int(rng.integers(4))],
        seismic=float(6 + int(rng.random() < 0.3)) if rng.random() > 0.05 else None,
        area_m2=float(area) if assessed else None,
        per_person_m2=per_person,
        capacity=int(area / per_person) if assessed else None,
        facilities=("water", "power", "toilet", *extras),
        supplies="棉被{}床、折叠床{}张、饮用水{}箱".format(*rng.integers(5, 80, 3).tolist()),
        opens_when="乡镇（街道）发布人员转移指令时",
        status=_status(assessed, rng),
        assessed_on=day if assessed else None,
        keeper=f"{code}-gl",
    )


def _status(assessed: bool, rng: np.random.Generator) -> str:
    if assessed and rng.random() < 0.015:
        return "out-of-use"
    return "ready" if rng.random() < 0.03 else "idle"


def nearest(
    shelters: tuple[Shelter, ...], points: tuple[Floats, Floats], village: str
) -> list[Shelter]:
    """Shelter for each point: the nearest usable one of its village, else of the county."""
    usable = [s for s in shelters if s.status != "out-of-use" and s.capacity is not None]
    own = [s for s in usable if s.village == village] or usable
    u, v = frame.uv(*points)
    at = np.array([frame.uv(s.lon, s.lat) for s in own])
    gap = np.hypot(u[:, None] - at[:, 0], v[:, None] - at[:, 1])
    return [own[k] for k in np.argmin(gap, axis=1).tolist()]
