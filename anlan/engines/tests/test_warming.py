"""Whoever is warm has everything compiled: no urgent run waits for the compiler.

Counted in a process of its own, in which nothing else has compiled anything before.
"""

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from anlan.engines import surge, typhoon
from anlan.engines.surge import Inputs, Settings, Sides, grid_of


def signatures() -> dict[str, int]:
    """Count how many kinds of arguments each kernel is compiled for."""
    modules = [name for name in sys.modules if name.startswith("anlan.engines.")]
    return {
        f"{module}.{name}": len(one.signatures)
        for module in modules
        for name, one in vars(sys.modules[module]).items()
        if hasattr(one, "signatures") and getattr(one, "__module__", "") == module
    }


def seas() -> None:
    """Run the sea in every way a document or an adapter can ask for."""
    for single in (False, True):
        for geographic in (False, True):
            size = 0.1 if geographic else 1000.0
            grid = grid_of(
                np.tile(np.linspace(-20.0, 5.0, 12), (8, 1)), cell=(size, size),
                geographic=geographic,
            )  # fmt: skip
            inner = grid_of(
                np.full((6, 6), -8.0), corner=(2 * size, 2 * size), cell=(size / 3, size / 3),
                geographic=geographic,
            )  # fmt: skip
            for manning in (0.0, 0.03, np.full(grid.bed.shape, 0.03)):
                inputs = _sea(grid, manning, single=single)
                half = surge.run(inputs)
                surge.run(_sea(grid, manning, single=single, start=half.state, until=240.0))
            surge.run_nested(
                _sea(grid, 0.03, single=single),
                Inputs(inner, 120.0, sides=Sides(*[surge.open_side()] * 4),
                       settings=Settings(single=single)),
            )  # fmt: skip
        line = grid_of(np.full((1, 20), -5.0), cell=(100.0, 100.0))
        surge.run(Inputs(line, 60.0, settings=Settings(single=single)))


def _sea(
    grid: surge.Grid, manning: float | np.ndarray, *, single: bool,
    start: surge.State | None = None, until: float = 120.0,
) -> Inputs:  # fmt: skip
    x, y = surge.mesh_over((grid.x, grid.y), (3 * grid.dx, 3 * grid.dy))
    still = np.zeros((2, len(y), len(x)))
    air = surge.GriddedAir(x, y, np.array([0.0, 60.0]), still + 9.0, still, still + 101e3, still)
    west = surge.Series(np.array([0.0, 60.0]), np.zeros((2, 8)))
    sides = Sides(surge.open_side(west), surge.wall(), surge.level_side(0.0),
                  surge.discharge_side(1.0))  # fmt: skip
    return Inputs(
        grid, until, level=np.zeros(grid.bed.shape), east=0.1, start=start, sides=sides,
        manning=manning, air=air, coriolis=1e-4, gauges={"": (float(grid.x[2]), float(grid.y[2]))},
        settings=Settings(single=single, frames_every=60.0),
    )  # fmt: skip


def storms() -> None:
    """Draw members and count their winds as the adapter does, on threads and without."""
    track = typhoon.track_of(
        [
            typhoon.Fix(hour * 3_600_000, 124.0 - hour / 6, 25.0 + hour / 6, 40.0, 955.0)
            for hour in range(0, 48, 6)
        ]
    )
    past = typhoon.Errors(
        np.array([0.0, 24.0, 48.0]), np.array([0.0, 70.0, 120.0]), np.array([0.0, 4.0, 6.0])
    )
    members = typhoon.ensemble_of(track, track.times, past, members=20, seed=1)
    lon, lat = np.meshgrid(np.linspace(118, 124, 20), np.linspace(25, 30, 20))
    for workers in (1, 2):
        typhoon.exceedance(
            members, lon.ravel(), lat.ravel(), np.array([17.2, 24.5, 32.7]), workers=workers
        )


def compiled_late(warm: Callable[[], None], work: Callable[[], None]) -> dict[str, int]:
    """Tell what is compiled while working that was not when warm."""
    warm()
    before = signatures()
    assert before
    work()
    return {name: many for name, many in signatures().items() if many != before.get(name)}


@pytest.mark.parametrize(("warm", "work"), [(surge.warm, seas), (typhoon.warm, storms)])
def test_whoever_is_warm_has_nothing_left_to_compile(
    warm: Callable[[], None], work: Callable[[], None]
) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        assert alone.submit(compiled_late, warm, work).result() == {}
