"""The shallow-water core: cells a second on one core, and the products a county asks for.

The bed is a coast that rises from the sea to dry land under a moving wave, with friction and
wetting. A sixth of the cells is dry ground, over most of which the core need not go:
`updates_per_s_core` and its like count the cells of the grid, the figures that begin with `wet`
only those that hold water. Full physics adds a turning storm's wind and pressure, told anew every
minute of the run, the turn of the earth, a tide at the open side, and maxima noted every minute:
that alone costs four in a hundred. ANUGA and
GeoClaw are run where a Python has them (``ANLAN_BENCH_ANUGA`` and ``ANLAN_BENCH_GEOCLAW`` name
them): seconds of one core that each needs for the same error in the same bowl.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from anlan.engines import surge
from anlan.engines.surge import GriddedAir, Inputs, Settings, Sides, level_side, open_side
from bench import _bowl, _coast

ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "5"))
SIDE, STEPS = 1_000, 120
#: Longer than any run of the core, s.
NEVER = 1e9
#: Places in what `rate` tells.
GRID, WET = 0, 1


def run() -> dict[str, Any]:
    """Measure after the compiler's first minute."""
    surge.warm()
    plain, full, single = [], [], []
    for _ in range(ROUNDS):
        plain.append(rate(full=False))
        full.append(rate(full=True))
        single.append(rate(full=False, precise=False))
    peer = _bowl.against_peers()
    products = {name: timed(getattr(_coast, name)) for name in ("county", "fast", "members")}
    return {
        "figures": {
            "updates_per_s_core": median(plain, GRID),
            "full_physics_per_s_core": median(full, GRID),
            "updates_per_s_core_float32": median(single, GRID),
            "wet_updates_per_s_core": median(plain, WET),
            "wet_full_physics_per_s_core": median(full, WET),
            "county_72h_s": products["county"]["seconds"],
            "fast_2km_s": products["fast"]["seconds"],
            "members_20_s": products["members"]["seconds"],
            **{
                f"ratio_{name}": peer["ratios"][name]
                for name in ("anuga", "geoclaw")
                if name in peer["ratios"]
            },
        },
        "peers": peer["peers"],
        "ratios": peer["ratios"],
        "settings": {
            "cells": SIDE * SIDE,
            "steps": STEPS,
            "by_round": [
                [round(one[GRID] / 1e6, 1) for one in row] for row in (plain, full, single)
            ],
            "wet_share": round(plain[0][WET] / plain[0][GRID], 3),
            **products,
            "peer": peer["said"],
        },
    }


def median(rounds: list[tuple[float, float]], which: int) -> int:
    """Tell the middle of all rounds."""
    return round(statistics.median(one[which] for one in rounds))


def timed(product: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Make a product in rounds, three at most, and tell how long it took, inputs to fields."""
    took = []
    for _ in range(min(ROUNDS, 3)):
        begun = time.perf_counter()
        told = product()
        took.append(round(time.perf_counter() - begun, 1))
    return {"seconds": round(statistics.median(took), 1), "by_round": took, **told}


def rate(*, full: bool, precise: bool = True) -> tuple[float, float]:
    """Tell how many cells one core moves in a second of its time, set-up left out.

    All of the grid, then those that hold water, on the mean of start and end.
    """
    x, y = np.meshgrid(np.linspace(0, 1, SIDE), np.linspace(0, 1, SIDE))
    bed = 24 * x - 20 + 0.8 * np.sin(20 * y)
    wave = 1.5 * np.exp(-100 * ((x - 0.3) ** 2 + (y - 0.5) ** 2))
    grid = surge.grid_of(bed, cell=(50.0, 50.0))
    settings = Settings(
        single=not precise, maxima_every=60.0 if full else NEVER, air_every=60.0, longest=1.8,
        gauges_every=60.0,
    )  # fmt: skip
    sides, air = Sides(), None
    if full:
        tide = level_side(lambda second: 0.5 * np.sin(1.4e-4 * second))
        sides = Sides(west=tide, south=open_side())
        air = storm(grid)
    marks: list[float] = []
    found = surge.run(
        Inputs(
            grid,
            1.8 * STEPS,
            level=np.maximum(wave, bed),
            sides=sides,
            air=air,
            coriolis=7e-5 if full else None,
            settings=settings,
        ),
        watch=lambda _second, _sea: marks.append(time.thread_time()),
    )
    steps = len(marks) - 2
    a_second = steps / (marks[-1] - marks[1])
    begun = int((wave > bed).sum())
    wet = (begun + int((found.state.h > settings.dry).sum())) / 2
    return SIDE * SIDE * a_second, wet * a_second


def storm(grid: surge.Grid) -> GriddedAir:
    """Lay a storm that crosses the grid over a mesh of 5 km."""
    x, y = surge.mesh_over((grid.x, grid.y), (5_000.0, 5_000.0))
    times = np.arange(0.0, 3_600.0, 300.0)
    east, north, pressure = [], [], []
    for second in times:
        across, up = np.meshgrid(x - 8.0 * second, y - 25_000.0)
        away = np.hypot(across, up) + 1.0
        speed = 40.0 * np.minimum(away / 2e4, 2e4 / away)
        east.append(-speed * up / away)
        north.append(speed * across / away)
        pressure.append(101_000.0 - 5_000.0 * np.exp(-away / 4e4))
    return GriddedAir(x, y, times, np.array(east), np.array(north), np.array(pressure))
