"""What the sea threatens besides vessels: rafts, gates in the walls, works, spots by the water.

Each draws from a random stream of its own, so that the county was the same before they came.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from . import frame, names
from .model import (
    BuildingSite,
    FishRaft,
    Harbour,
    KeySite,
    Region,
    ScenicSpot,
    Seawall,
    Shelter,
    Sluice,
)
from .terrain import Ground

RAFTS: Final = 96
#: Kind of raft, its share, cages, huts and people on it.
_RAFTS: Final = (
    ("timber", 0.34, (8, 36), (1, 2), (2, 6)),
    ("plastic", 0.42, (16, 72), (1, 2), (1, 5)),
    ("deep-cage", 0.12, (4, 12), (0, 1), (0, 3)),
    ("platform", 0.04, (20, 60), (1, 3), (4, 14)),
    ("longline", 0.08, (0, 0), (0, 1), (0, 2)),
)
#: km between a raft and the basin of the harbour it belongs to, at most.
_BAY_KM: Final = 3.2
#: Kind of gate, its share, how it is closed, metres below the crest, minutes and hands.
_GATES: Final = (
    ("dry-gate", 0.5, ("boards", "hand", "sandbags"), (1.6, 3.0), (40, 120), (3, 8)),
    ("passage", 0.25, ("boards", "sandbags"), (1.2, 2.4), (60, 180), (4, 10)),
    ("tide-gate", 0.15, ("electric", "hydraulic"), (5.0, 7.0), (15, 40), (1, 2)),
    ("culvert", 0.1, ("hand", "electric"), (4.5, 6.5), (20, 60), (1, 3)),
)
_GATE_WORDS: Final = {
    "dry-gate": "旱闸", "passage": "通道口", "tide-gate": "挡潮闸", "culvert": "涵闸",
}  # fmt: skip
#: Metres of wall for each gate.
_WALL_M: Final = 1500.0
_PHASES: Final = ("pit", "frame", "frame", "fitting", "road")
_COASTS: Final = ("beach", "rocks", "harbour", "tideland")


def moor(
    ground: Ground,
    harbours: tuple[Harbour, ...],
    shelters: tuple[Shelter, ...],
    seed: int,
) -> tuple[FishRaft, ...]:
    """Moor 96 rafts on the water near the harbours of villages; the larger the more of them."""
    rng = frame.stream(seed, "rafts")
    berths = np.array([one.berths for one in harbours], dtype=float)
    home = rng.choice(len(harbours), RAFTS, p=berths / berths.sum())
    owners = names.people(rng, np.ones(RAFTS, dtype=bool), rng.integers(1960, 1992, RAFTS))
    safe = _shelter_of(shelters)
    rows: list[FishRaft] = []
    for k in range(RAFTS):
        harbour = harbours[int(home[k])]
        kind, _, *spans = _RAFTS[int(rng.choice(len(_RAFTS), p=[one[1] for one in _RAFTS]))]
        cages, huts, people = (int(rng.integers(a, b + 1)) for a, b in spans)
        lon, lat = _on_water(ground, harbour, rng)
        number = len([one for one in rows if one.village == harbour.village]) + 1
        bay = harbour.name.removesuffix("渔港").removesuffix("中心").removesuffix("一级") + "湾"
        rows.append(
            FishRaft(
                code=f"{frame.CODE}-P{k + 1:03d}",
                name=f"{bay}{number}号渔排",
                kind=kind,
                village=harbour.village,
                mooring=bay,
                # Of a few nobody knows how many are aboard: the register must say so.
                people=None if rng.random() < 0.04 else people,
                weak=int(rng.random() < 0.2) if people > 1 else 0,
                cages=cages or None,
                huts=huts,
                owner=owners[k],
                owner_phone=None if rng.random() < 0.03 else names.phone(5_000_000 + k),
                keeper=f"{harbour.village}-vl",
                shelter=safe.get(harbour.village),
                landing_min=float(20 + 5 * int(rng.integers(0, 15))),
                lon=lon,
                lat=lat,
            )
        )
    return tuple(rows)


def _shelter_of(shelters: tuple[Shelter, ...]) -> dict[str, str]:
    """Name the first usable village shelter of each village."""
    found: dict[str, str] = {}
    for one in shelters:
        if one.status != "out-of-use" and one.level == "village":
            found.setdefault(one.village, one.code)
    return found


def _on_water(ground: Ground, harbour: Harbour, rng: np.random.Generator) -> tuple[float, float]:
    """Find a point on the water within some three kilometres of a harbour's basin."""
    land = ground.land.ravel()
    u, v = frame.uv(*harbour.basin)
    for _ in range(200):
        away, turn = _BAY_KM * np.sqrt(rng.random()), rng.uniform(0, 2 * np.pi)
        lon, lat = frame.lonlat(
            np.array([u + away * np.cos(turn)]), np.array([v + away * np.sin(turn)])
        )
        inside = _inside_raster(float(lon[0]), float(lat[0]))
        if inside and not land[int(frame.cell_at(lon, lat)[0])]:
            x, y = frame.rounded(lon, lat)
            return float(x[0]), float(y[0])
    return harbour.basin


def _inside_raster(lon: float, lat: float) -> bool:
    east, south = frame.WEST + frame.COLS * frame.STEP, frame.NORTH - frame.ROWS * frame.STEP
    return frame.WEST < lon < east and south < lat < frame.NORTH


def gates(walls: tuple[Seawall, ...], seed: int) -> tuple[Sluice, ...]:
    """Put a gate into every kilometre and a half of wall, its sill below the crest."""
    rng = frame.stream(seed, "sluices")
    rows: list[Sluice] = []
    for wall in walls:
        count = max(1, round(wall.length_m / _WALL_M))
        for k in range(count):
            share = (k + 0.5) / count
            point = wall.line.interpolate(share, normalized=True)
            kind, _, means, below, minutes, hands = _GATES[
                int(rng.choice(len(_GATES), p=[one[1] for one in _GATES]))
            ]
            village = wall.villages[min(int(share * len(wall.villages)), len(wall.villages) - 1)]
            sill = round(wall.crest_m - float(rng.uniform(*below)), 1)
            rows.append(
                Sluice(
                    code=f"{frame.CODE}-Q{len(rows) + 1:03d}",
                    name=f"{wall.name}{k + 1}号{_GATE_WORDS[kind]}",
                    kind=kind,
                    wall=wall.name,
                    wall_code=wall.code,
                    village=village,
                    sill_m=None if rng.random() < 0.03 else sill,
                    width_m=float(int(rng.integers(3, 13))),
                    means=means[int(rng.integers(len(means)))],
                    closing_min=float(5 * round(int(rng.integers(minutes[0], minutes[1] + 1)) / 5)),
                    hands=int(rng.integers(hands[0], hands[1] + 1)),
                    keeper=f"{village}-vd",
                    status="faulty" if rng.random() < 0.03 else "open",
                    lon=round(point.x, 6),
                    lat=round(point.y, 6),
                )
            )
    return tuple(rows)


def works(sites: tuple[KeySite, ...], seed: int) -> tuple[BuildingSite, ...]:
    """Tell sheds and cranes of the key sites that are being built."""
    rng = frame.stream(seed, "works")
    rows = []
    for site in sites:
        if site.kind != "construction":
            continue
        phase = _PHASES[int(rng.integers(len(_PHASES)))]
        sheds = int(rng.integers(1, 7))
        tall = phase in ("pit", "frame", "fitting")
        rows.append(
            BuildingSite(
                site=site.code,
                builder=site.name.removesuffix("建设项目工地") + "建设有限公司",
                phase=phase,
                sheds=sheds,
                # One did not tell how many sleep there.
                shed_people=_sleeping(rng, sheds, site.people),
                tower_cranes=int(rng.integers(1, 5)) if tall else 0,
                hoists=int(rng.integers(0, 4)) if phase in ("frame", "fitting") else 0,
                pit_m=float(int(rng.integers(4, 14))) if phase == "pit" else 0.0,
            )
        )
    return tuple(rows)


def _sleeping(rng: np.random.Generator, sheds: int, people: int | None) -> int | None:
    """Draw how many sleep in the sheds: no more than there are people, as far as that is known."""
    silent, many = rng.random() < 0.08, sheds * int(rng.integers(6, 24))
    if silent:
        return None
    return many if people is None else min(many, people)


def spots(
    sites: tuple[KeySite, ...], villages: tuple[Region, ...], seed: int
) -> tuple[ScenicSpot, ...]:
    """Tell how the scenic areas by the sea are closed; those inland are none of these."""
    rng = frame.stream(seed, "scenic")
    home = {one.code: one for one in villages}
    rows = []
    for site in sites:
        village = home[site.village]
        if site.kind != "scenic" or not (village.coastal or village.island):
            continue
        shore = _COASTS[int(rng.integers(len(_COASTS)))]
        rows.append(
            ScenicSpot(
                site=site.code,
                water="island" if village.island else shore,
                capacity=int(rng.integers(4, 60)) * 100,
                entrances=int(rng.integers(1, 5)),
                closing_min=float(30 * int(rng.integers(1, 9))),
                closes_when="启动海上防台风Ⅳ级应急响应，或海浪黄色以上预警",
                keeper=f"{site.village}-vd",
            )
        )
    return tuple(rows)
