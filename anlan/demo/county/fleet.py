"""Fishing vessels: who fishes how, from which harbour, and where each one is now."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import frame, names
from .frame import Floats
from .model import Harbour, Vessel
from .regions import RegionMap
from .terrain import Ground

Ints = NDArray[np.int64]

TOTAL: Final = 1400
AT_SEA: Final = 0.46
#: Kind, gear, share, length m, kW per metre, crew.
KINDS: Final = (
    ("fishing", "trawl", 0.17, (26.0, 43.0), 8.6, (7, 12)),
    ("fishing", "gillnet", 0.27, (12.0, 33.0), 6.2, (4, 9)),
    ("fishing", "stow-net", 0.15, (14.0, 34.0), 6.0, (4, 9)),
    ("fishing", "purse-seine", 0.05, (30.0, 46.0), 8.8, (12, 20)),
    ("fishing", "pot", 0.12, (12.0, 36.0), 6.6, (4, 10)),
    ("fishing", "longline", 0.06, (11.0, 24.0), 5.4, (3, 7)),
    ("fishing-support", "carrier", 0.06, (22.0, 42.0), 7.6, (5, 9)),
    ("farming", "farming", 0.09, (6.5, 13.0), 3.6, (1, 3)),
    ("leisure-fishing", None, 0.03, (10.0, 17.0), 6.5, (2, 4)),
)
#: Fishing grounds reach beyond the raster: degrees west, south, east, north.
GROUNDS: Final = (122.05, 27.55, 123.35, 29.15)


def launch(
    ground: Ground, regions: RegionMap, harbours: tuple[Harbour, ...], seed: int, scale: int
) -> tuple[Vessel, ...]:
    """1,400 vessels times scale."""
    rng = frame.stream(seed, "fleet")
    count = TOTAL * scale
    kind = rng.choice(len(KINDS), count, p=np.array([k[2] for k in KINDS]))
    berths = np.array([h.berths for h in harbours], dtype=float)
    home = rng.choice(len(harbours), count, p=berths / berths.sum())
    low, high = (np.array([k[3][side] for k in KINDS])[kind] for side in (0, 1))
    length = np.round(low + (high - low) * rng.beta(2, 2.4, count), 1)
    small = length < 14
    out = rng.random(count) < np.where(small, 0.3, AT_SEA)
    lon, lat = _moorings(ground, harbours, home, rng)
    far_lon, far_lat = _at_sea(ground, length, rng)
    lon, lat = np.where(out, far_lon, lon), np.where(out, far_lat, lat)
    skippers = names.people(rng, np.ones(count, dtype=bool), rng.integers(1962, 1995, count))
    powers = length * np.array([k[4] for k in KINDS])[kind] * rng.uniform(0.8, 1.15, count)
    villages = _home_villages(regions, harbours)
    rows = []
    for i in range(count):
        row = KINDS[int(kind[i])]
        harbour = harbours[int(home[i])]
        near = villages[int(home[i])]
        village = near[int(rng.integers(len(near)))]
        sailing = bool(out[i])
        rows.append(
            Vessel(
                code=f"{frame.CODE}{100_000 + i:07d}",
                name=f"云屿渔{10_001 + i:05d}",
                kind=row[0],
                gear=row[1],
                harbour=harbour.code,
                village=village,
                length_m=float(length[i]),
                power_kw=float(round(powers[i])),
                gross_tons=float(round(0.0105 * length[i] ** 2.75, 1)),
                crew=int(rng.integers(row[5][0], row[5][1] + 1)),
                skipper=skippers[i],
                skipper_phone=None if rng.random() < 0.01 else names.phone(2_000_000 + i),
                beidou=None if small[i] else f"{200_000 + i:06d}",
                keeper=f"{village}-vl",
                lon=float(lon[i]),
                lat=float(lat[i]),
                status=_status(sailing, rng),
                course_deg=float(int(rng.integers(0, 360))) if sailing else None,
                speed_kn=round(float(rng.gamma(4, 1.1)), 1) if sailing else None,
            )
        )
    return tuple(rows)


def _status(sailing: bool, rng: np.random.Generator) -> str:
    draw = rng.random()
    if sailing:
        return "returning" if draw < 0.15 else "unknown" if draw < 0.16 else "at-sea"
    return "repairing" if draw < 0.03 else "ashore" if draw < 0.06 else "in-harbour"


def _home_villages(regions: RegionMap, harbours: tuple[Harbour, ...]) -> list[list[str]]:
    """Coastal villages of the harbour's township, the harbour's own first and likeliest."""
    found = []
    for harbour in harbours:
        town = harbour.village[:9]
        near = [v.code for v in regions.villages if v.coastal and v.parent == town]
        found.append([harbour.village] * 3 + [code for code in near if code != harbour.village])
    return found


def _moorings(
    ground: Ground, harbours: tuple[Harbour, ...], home: Ints, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Find a berth on the water within some 600 m of the harbour's basin."""
    sea = ~ground.land.ravel()
    lon, lat = np.empty(home.size), np.empty(home.size)
    for number, harbour in enumerate(harbours):
        mine = np.flatnonzero(home == number)
        row, col = divmod(int(frame.cell_at(*harbour.basin)), frame.COLS)
        near = [
            r * frame.COLS + c
            for r in range(max(0, row - 6), min(frame.ROWS, row + 7))
            for c in range(max(0, col - 6), min(frame.COLS, col + 7))
            if sea[r * frame.COLS + c]
        ]
        cells = np.array(near)[rng.integers(0, len(near), mine.size)]
        lon[mine], lat[mine] = _inside_cells(cells, rng)
    return lon, lat


def _at_sea(ground: Ground, length: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Put small boats near home, the others on the grounds inside and east of the raster."""
    u, _ = frame.grid_uv()
    deep = np.flatnonzero((~ground.land & (ground.elevation < -3) & (u > 50)).ravel())
    lon, lat = _inside_cells(deep[rng.integers(0, deep.size, length.size)], rng)
    west, south, east, north = GROUNDS
    away = (length > 18) & (rng.random(length.size) < 0.72)
    span = rng.beta(1.4, 2.2, length.size)
    lon = np.where(away, west + (east - west) * span, lon)
    lat = np.where(away, south + (north - south) * rng.beta(2.2, 2.2, length.size), lat)
    return frame.rounded(lon, lat)


def _inside_cells(cells: Ints, rng: np.random.Generator) -> tuple[Floats, Floats]:
    row, col = np.divmod(cells, frame.COLS)
    lon = frame.WEST + (col + rng.uniform(0.05, 0.95, cells.size)) * frame.STEP
    lat = frame.NORTH - (row + rng.uniform(0.05, 0.95, cells.size)) * frame.STEP
    return frame.rounded(lon, lat)
