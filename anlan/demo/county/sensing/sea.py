"""Tide stations at the larger harbours and wave buoys off the coast."""

from __future__ import annotations

from typing import Final

import numpy as np

from anlan.demo.county import frame
from anlan.demo.county.model import County

from .bench import Bench, Kind, Meter, Spot, rounded

TIDE: Final = Kind("tide", "CW", "hy", "潮位观测", "csv", "county", "县海洋与渔业局海洋观测网")
WAVE: Final = Kind("wave", "FB", "hy", "海浪浮标", "csv", "station", "县海洋与渔业局海洋观测网")

TIDES: Final = 5
BUOYS: Final = 2
#: Degrees a buoy stays off the edge of the known sea.
EDGE: Final = 0.05
#: The four warning tides (警戒潮位) over the county's usual spring high water, m.
WARNING_TIDES: Final = {
    "tide-blue": 3.6, "tide-yellow": 4.0, "tide-orange": 4.4, "tide-red": 4.9,
}  # fmt: skip


def put_up(bench: Bench) -> None:
    """Tides in order of the harbours' size; buoys where the sea is deepest, apart."""
    for number, port in enumerate(bench.county.harbours[:TIDES]):
        more = 0.1 * number
        levels = rounded({kind: value + more for kind, value in WARNING_TIDES.items()})
        lon, lat = port.basin
        meter = Meter("T", "tide-level", "cm" if number == 1 else "m", 300, (-5.0, 7.0), levels)
        spot = Spot(lon, lat, port.code, None, -5.0, "东海")
        bench.put(TIDE, f"{_stem(port.name)}潮位站", spot, (meter,))
    for number, (lon, lat) in enumerate(_deep(bench.county)):
        meters = (
            Meter("H", "wave-height", "m", 600, (0.0, 20.0), position="海面"),
            Meter("TP", "wave-period", "s", 600, (0.0, 30.0), position="海面"),
            Meter("WT", "sea-temperature", "degC", 600, (-2.0, 40.0), depth_m=0.5),
        )
        bench.put(WAVE, f"{('东', '东南')[number % 2]}海{number + 1}号浮标", Spot(lon, lat), meters)


def _stem(name: str) -> str:
    for grade in ("中心渔港", "一级渔港", "渔港"):
        name = name.removesuffix(grade)
    return name


def _deep(county: County) -> list[tuple[float, float]]:
    """Deepest waters, at least fifteen kilometres apart."""
    height = county.terrain.elevation
    chosen: list[tuple[float, float]] = []
    for cell in np.argsort(height, axis=None, kind="stable").tolist():
        if len(chosen) == BUOYS or height.flat[cell] > -5:
            break
        lon, lat = (float(c) for c in _middle(county, cell))
        west, south, east, north = county.terrain.bounds
        if not (west + EDGE < lon < east - EDGE and south + EDGE < lat < north - EDGE):
            continue
        if all(frame.apart_km((lon, lat), other) > 15 for other in chosen):
            chosen.append((lon, lat))
    return chosen


def _middle(county: County, cell: int) -> tuple[float, float]:
    terrain = county.terrain
    row, col = divmod(cell, terrain.elevation.shape[1])
    return (terrain.west + (col + 0.5) * terrain.step, terrain.north - (row + 0.5) * terrain.step)
