"""The products of a county's surge forecast: a made coast under a real storm with a real tide.

Land rises in the west, the shelf falls to the east, islands and a bay lie between; the storm is
Lekima (2019) and the tide that of Kanmen, so that depths, speeds and steps are those of Zhejiang.
"""

from dataclasses import replace
from typing import Any, Final

import numpy as np

from anlan.codes import lookup
from anlan.engines.surge import (
    Inputs,
    Outputs,
    Settings,
    Sides,
    StormAir,
    grid_of,
    mesh_over,
    open_side,
    run,
    run_members,
    run_nested,
    tide_side,
    wall,
)
from anlan.engines.surge.layout import Floats
from anlan.engines.tide import Constants, predict
from anlan.engines.typhoon import vortex_of
from bench.typhoon import HOUR_MS, forecast

HOURS, WORKERS, MEMBERS = 72, 2, 20
#: Where the coast is that the storm comes to.
SHORE: Final = (121.3, 28.1)
_DEGREE_KM: Final = 111.195
#: The storm waits far out for so long, that the tide may settle.
_WAITS: Final = 12 * 3600.0
_START: Final = 1_565_308_800_000


def county() -> dict[str, Any]:
    """Run 500 m over 200 km and in it 100 m over 30 km, side by side."""
    outer, inner = sea(200.0, 0.5, west=60.0), sea(30.0, 0.1, west=10.0)
    inner = replace(inner, sides=Sides(wall(), open_side(), open_side(), open_side()))
    coarse, fine = run_nested(outer, inner)
    return {"outer": told(coarse), "inner": told(fine)}


def fast() -> dict[str, Any]:
    """Run 2 km over 600 km in single precision."""
    return told(run(quick(0.0)))


def members() -> dict[str, Any]:
    """Run the quick product for twenty storms that come ashore elsewhere."""
    runs = [quick(shift) for shift in np.linspace(-1.0, 1.0, MEMBERS)]
    found = dict(run_members(runs, told, workers=WORKERS))
    return {"highest_m": [found[number]["highest_m"] for number in range(MEMBERS)]}


def quick(shift: float) -> Inputs:
    """Lay out the quick product for a storm shifted so many degrees to the north.

    Its sides lie at the edge of the shelf, where the tide is half of that at the coast.
    """
    plain = sea(600.0, 2.0, west=150.0, shift=shift)
    edge = open_side(plain.sides.east.level)
    sides = Sides(wall(), edge, edge, edge)
    return replace(plain, sides=sides, settings=replace(plain.settings, single=True))


def told(found: Outputs) -> dict[str, Any]:
    """Tell of a run what shows that it is one."""
    if found.stopped:
        raise RuntimeError(found.stopped)
    ny, nx = found.depth_max.shape
    return {
        "cells": ny * nx,
        "steps": found.steps,
        # A film of water on a slope is no level.
        "highest_m": round(float(found.level_max[found.depth_max > 0.3].max()), 2),
        "flooded_cells": int((np.isfinite(found.arrival) & (found.state.begun == 0.0)).sum()),
    }


def sea(width: float, cell: float, *, west: float, shift: float = 0.0) -> Inputs:
    """Lay out a square of so many km with cells of so many km; `west` km of it lie inland."""
    count = round(width / cell)
    lon, lat = SHORE
    dx, dy = cell / _DEGREE_KM / np.cos(np.radians(lat)), cell / _DEGREE_KM
    corner = (lon - west / cell * dx, lat - count / 2 * dy)
    x, y = np.meshgrid((np.arange(count) + 0.5) * cell - west, (np.arange(count) + 0.5) * cell)
    grid = grid_of(ground(x, y - width / 2), corner=corner, cell=(dx, dy), geographic=True)
    until = HOURS * 3600.0
    tide = tide_side(constants(), _START, until)
    begun = float(predict(constants(), np.array([_START]))[0])
    return Inputs(
        grid,
        until,
        level=begun,
        sides=Sides(wall(), tide, tide, tide),
        air=storm((grid.x, grid.y), shift),
        gauges={"shore": (lon + 0.02, lat)},
        settings=Settings(maxima_every=60.0, gauges_every=300.0, frames_every=3600.0),
    )


def ground(x: Floats, y: Floats) -> Floats:
    """Tell the height of the made coast, m, `x` km off it and `y` km along it."""
    shelf = np.where(x < 0, -0.6 * x, -90.0 * (1 - np.exp(-np.maximum(x, 0.0) / 60.0)))
    bay = -6.0 * np.exp(-((y / 6.0) ** 2)) / (1 + np.exp(-(x + 8.0)))
    isles = 60.0 * np.exp(-(((x - 18.0) / 2.5) ** 2) - (((np.abs(y) - 12.0) / 4.0) ** 2))
    return np.asarray(shelf + bay + isles + 0.5 * np.sin(x * 2.1) * np.cos(y * 1.7))


def storm(centres: tuple[Floats, Floats], shift: float) -> StormAir:
    """Lay the storm over cells with these middles, on a mesh of a twentieth of a degree."""
    track = forecast()
    times = np.arange(track.times[0], track.times[-1] + 1, HOUR_MS // 2)
    vortex = vortex_of(track, times)
    vortex = replace(vortex, lat=vortex.lat + shift)
    x, y = mesh_over(centres, (0.05, 0.05))
    return StormAir(x, y, _WAITS + (times - times[0]) / 1000.0, vortex)


def constants() -> Constants:
    """Take the tide of Kanmen from the code table, about mean sea level."""
    table = {
        row.extra["constituent"]: (row.extra["amplitude"], row.extra["lag"])
        for row in lookup.table("tide-constants").rows
        if row.extra["station"] == "kanmen"
    }
    return Constants.of(table)[0]
