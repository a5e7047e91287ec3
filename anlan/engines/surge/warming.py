"""Have the kernels compiled before an urgent run asks for them."""

import numpy as np

from anlan.engines.surge.air import GriddedAir
from anlan.engines.surge.grid import grid_of
from anlan.engines.surge.running import run
from anlan.engines.surge.sides import Sides, discharge_side, level_side, open_side
from anlan.engines.surge.state import Inputs, Settings


def warm() -> None:
    """Run every kernel once, in both precisions; half a minute the first time, then moments."""
    still = np.zeros((1, 2, 2))
    axis = np.array([0.0, 1000.0])
    air = GriddedAir(axis, axis, np.zeros(1), still, still, still + 101_000.0, still)
    sides = Sides(open_side(), level_side(0.0), discharge_side(0.0))
    for single in (False, True):
        settings = Settings(single=single)
        grid = grid_of(np.full((6, 6), -5.0), cell=(100.0, 100.0))
        run(Inputs(grid, 20.0, sides=sides, air=air, gauges={"": (99.0, 99.0)}, settings=settings))
