"""Dam sites: narrow reaches with room behind them, and the levels of their reservoirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon

from . import frame, outline
from .catchments import Drainage
from .frame import Floats
from .model import Reservoir
from .names import Namer
from .rivers import RiverMap
from .terrain import Ground

Ints = NDArray[np.int64]

#: Kind, how many, catchment km2, dam heights m, total capacity m3 (SL 252 classes).
CLASSES: Final = (
    ("medium", 1, (24.0, 70.0), (38.5, 44.2, 51.6, 58.0), (1.2e7, 7e7)),
    ("small-1", 5, (4.0, 20.0), (21.3, 26.5, 32.8, 38.4), (1.1e6, 9.5e6)),
    ("small-2", 6, (1.0, 3.6), (11.2, 13.6, 16.5, 20.1), (1.2e5, 9.5e5)),
)
#: Share of the dam's height at the dead, typhoon, plum-rain, normal, design and check level.
LEVELS: Final = (0.30, 0.76, 0.80, 0.84, 0.91, 0.95)
APART_KM: Final = 4.5
LOWEST_DAM_M: Final = 27.0
REACH_KM: Final = 22.0


@dataclass(frozen=True, slots=True)
class Site:
    """A dam at a cell: bed and dam height in metres, lake cells at normal level."""

    kind: str
    dam: int
    bed: float
    height: float
    lake: Ints
    curve: tuple[tuple[float, float], ...]


def choose(ground: Ground, water: Drainage, seed: int) -> tuple[Site, ...]:
    """Twelve dam sites at least 4.5 km apart, the medium reservoir first."""
    rng = frame.stream(seed, "reservoirs")
    donors = _Donors(ground)
    upstream, height = ground.upstream_km2.ravel(), ground.elevation.ravel()
    sites: list[Site] = []
    for kind, count, catchment, dams, capacity in CLASSES:
        fits = water.channel & (upstream > catchment[0]) & (upstream < catchment[1])
        fits &= (height > LOWEST_DAM_M) & (height < 320) & water.mainland.ravel()
        cells = rng.permutation(np.flatnonzero(fits))[:160]
        rated = []
        for cell in cells.tolist():
            start = int(rng.integers(len(dams) - 1))
            site = _best(donors, kind, cell, (dams[start:], capacity))
            if site is not None:
                rated.append((-site.curve[-1][1] / site.height**3, cell, site))
        taken = 0
        for _, cell, site in sorted(rated, key=lambda r: r[:2]):
            if taken < count and all(_apart(cell, other.dam) > APART_KM for other in sites):
                sites.append(site)
                taken += 1
    return tuple(sites)


def describe(
    sites: tuple[Site, ...],
    ground: Ground,
    rivers: RiverMap,
    villages: tuple[Ints, list[str]],
    namer: Namer,
) -> tuple[Reservoir, ...]:
    """Give each site its name, levels and the villages below it.

    ``villages`` are the flat label raster and the codes of its labels.
    """
    label, codes = villages
    shapes = outline.polygons(_lakes(sites), len(sites), tolerance=0.0004)
    rows = []
    for number, site in enumerate(sites):
        below = _villages_below(site.dam, ground, label)
        river = int(rivers.river_of[site.dam])
        levels = [round(site.bed + share * site.height, 2) for share in LEVELS]
        lon, lat = frame.cell_lonlat(site.dam)
        code = f"{frame.CODE}-K{number + 1:02d}"
        rows.append(
            Reservoir(
                code=code,
                name=namer.place(("水库",)),
                size=site.kind,
                lon=float(lon),
                lat=float(lat),
                lake=MultiPolygon(shapes[number]),
                village=codes[int(label[site.dam])],
                river=rivers.rivers[river].code if river >= 0 else None,
                catchment_km2=round(float(ground.upstream_km2.ravel()[site.dam]), 2),
                capacity_m3=round(volume_at(site.curve, levels[5]), -2),
                dead_level_m=levels[0],
                normal_level_m=levels[3],
                meiyu_limit_m=levels[2],
                typhoon_limit_m=levels[1],
                design_level_m=levels[4],
                check_level_m=levels[5],
                dam_crest_m=round(site.bed + site.height, 2),
                dam_height_m=site.height,
                dam=_dam(number, site),
                safety="3" if number == 8 else "2" if number % 5 == 4 else "1",
                built=1958 + (number * 7) % 46,
                curve=site.curve,
                villages_below=tuple(codes[k] for k in below),
                administrative=f"{code}-xz",
                technical=f"{code}-js",
                patrol=f"{code}-xc",
            )
        )
    return tuple(rows)


def volume_at(curve: tuple[tuple[float, float], ...], level: float) -> float:
    """Volume in m3 at a level, linear between the points of the curve."""
    return float(np.interp(level, [c[0] for c in curve], [c[1] for c in curve]))


def _dam(number: int, site: Site) -> str:
    if site.kind == "medium":
        return "faced-rockfill"
    return ("earth", "masonry", "earth", "gravity")[number % 4]


def _lakes(sites: tuple[Site, ...]) -> Ints:
    label = np.full(frame.ROWS * frame.COLS, -1, dtype=np.int64)
    for number, site in enumerate(sites):
        label[site.lake] = number
    return label.reshape(frame.ROWS, frame.COLS)


class _Donors:
    """Cells that flow into each cell, as one sorted array."""

    def __init__(self, ground: Ground) -> None:
        receiver = ground.flow.receiver
        self.sorted = np.argsort(receiver, kind="stable")
        self.first = np.searchsorted(receiver[self.sorted], np.arange(receiver.size + 1))
        self.height: Floats = ground.elevation.ravel().astype(float)

    def behind(self, dam: int, level: float) -> Ints:
        """Cells upstream of a dam that lie below a level."""
        found, front = [], [dam]
        while front:
            cell = front.pop()
            for donor in self.sorted[self.first[cell] : self.first[cell + 1]].tolist():
                if donor != cell and self.height[donor] < level:
                    found.append(donor)
                    front.append(donor)
        return np.array(found, dtype=np.int64)


def _best(
    donors: _Donors,
    kind: str,
    dam: int,
    limits: tuple[tuple[float, ...], tuple[float, float]],
) -> Site | None:
    """Take the lowest dam that gives the class's capacity, None when no height does."""
    heights, (least, most) = limits
    bed = float(donors.height[dam])
    lake = donors.behind(dam, bed + heights[-1])
    if lake.size < 4:
        return None
    for height in heights:
        levels = np.linspace(bed, bed + height, 11)
        depth = np.clip(levels[:, None] - donors.height[lake][None, :], 0, None)
        volume = depth.sum(axis=1) * frame.CELL_KM2 * 1e6
        if least <= np.interp(bed + LEVELS[5] * height, levels, volume) <= most:
            curve = tuple(
                (round(float(a), 2), round(float(b), 0))
                for a, b in zip(levels, volume, strict=True)
            )
            wet = lake[donors.height[lake] < bed + LEVELS[3] * height]
            return Site(kind, dam, round(bed, 2), height, wet, curve) if wet.size else None
    return None


def _apart(a: int, b: int) -> float:
    (lon_a, lat_a), (lon_b, lat_b) = frame.cell_lonlat(a), frame.cell_lonlat(b)
    return float(np.hypot((lon_a - lon_b) * frame.KM_PER_LON, (lat_a - lat_b) * frame.KM_PER_LAT))


def _villages_below(dam: int, ground: Ground, label: Ints) -> list[int]:
    """Labels met on the way down within 22 km, nearest first."""
    receiver = ground.flow.receiver
    met: list[int] = []
    cell, km = dam, 0.0
    while km < REACH_KM:
        onward = int(receiver[cell])
        if onward == cell:
            break
        km += _apart(cell, onward)
        cell = onward
        village = int(label[cell])
        if village >= 0 and village not in met:
            met.append(village)
    return met
