"""Shallow water on grids: storm surge, tsunami, dam break and flood by one core.

Metres, seconds, m/s and m2/s; rows go from south to north, columns from west to east. The core
solves the shallow-water equations to second order, keeps water at rest at rest and never makes
or loses any; of the sphere it leaves out u v tan(lat) / R, under a hundredth of the turn of the
earth where currents are under 5 m/s. See `kernels_rows` for the scheme and its sources.
"""

from anlan.engines.surge.air import Air, GriddedAir, Moment, StormAir, mesh_over
from anlan.engines.surge.grid import Grid, against_marks, grid_of
from anlan.engines.surge.members import run_members
from anlan.engines.surge.nesting import Ring, run_nested
from anlan.engines.surge.running import Watch, run
from anlan.engines.surge.sea import Sea
from anlan.engines.surge.sides import (
    Series,
    Side,
    Sides,
    discharge_side,
    level_side,
    open_side,
    tide_side,
    wall,
)
from anlan.engines.surge.state import Gauge, Inputs, Outputs, Settings, State
from anlan.engines.surge.warming import warm

__all__ = [
    "Air",
    "Gauge",
    "Grid",
    "GriddedAir",
    "Inputs",
    "Moment",
    "Outputs",
    "Ring",
    "Sea",
    "Series",
    "Settings",
    "Side",
    "Sides",
    "State",
    "StormAir",
    "Watch",
    "against_marks",
    "discharge_side",
    "grid_of",
    "level_side",
    "mesh_over",
    "open_side",
    "run",
    "run_members",
    "run_nested",
    "tide_side",
    "wall",
    "warm",
]
