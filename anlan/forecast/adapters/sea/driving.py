"""The runs behind a surge: the tide alone, then the storm on top of the same tide.

The first holds the tide at the sides and remembers how fast it passes them. The second lets that
tide in by level and speed, so that what the storm sends out leaves and is not thrown back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.surge import (
    Air,
    Grid,
    Inputs,
    Moment,
    Outputs,
    Ring,
    Sea,
    Settings,
    Sides,
    StormAir,
    mesh_over,
    run,
    run_nested,
)
from anlan.engines.surge.air import AROUND_PA
from anlan.engines.typhoon import Track, vortex_of
from anlan.forecast.adapters.contract import Request
from anlan.forecast.adapters.folder import Folder
from anlan.forecast.adapters.sea.ground import Shore
from anlan.forecast.adapters.sea.tides import still_sides, tidal_sides
from anlan.forecast.adapters.shapes import Floats, SideTide, Times
from anlan.forecast.adapters.storm import is_wide

HOUR_S: Final = 3600.0
#: The tide needs so long from still water until it is as it always is.
SPIN_H: Final = 18.0
MESH_DEG: Final = 0.1
GAUGES_S: Final = 300.0
FRAMES_S: Final = 1800.0
#: Faster water than this, m/s, is a run out of hand.
FASTEST: Final = 30.0
Places = Mapping[str, tuple[float, float]]
Cells = tuple[NDArray[np.int64], NDArray[np.int64]]
NOWHERE: Final[Cells] = (np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What both runs share.

    begun: when the storm sets in, ms; the runs start `spin_s` before it and end after `until`
    seconds of their own. sea: mean sea level, m. gauges, near: points on the coarse and the fine
    grid.
    """

    outer: Grid
    shore: Shore | None
    begun: int
    spin_s: float
    until: float
    sea: float
    gauges: Places
    near: Places
    manning: float
    fastest: float

    @property
    def start(self) -> int:
        """When the runs start, ms."""
        return self.begun - round(self.spin_s * 1000)


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """One run: the coarse part and the nest, and levels at watched cells of the nest.

    times: seconds, (t,); levels: (t, n), NaN where dry.
    """

    outer: Outputs
    inner: Outputs | None
    times: Floats
    levels: Floats

    @property
    def stopped(self) -> str:
        """Why it came to no end; "" when it did."""
        near = self.inner.stopped if self.inner is not None else ""
        return self.outer.stopped or near

    @property
    def reached(self) -> float:
        """Until when both parts are sound, seconds."""
        parts = [self.outer] if self.inner is None else [self.outer, self.inner]
        return min(one.state.time for one in parts)


class Looker:
    """Levels at cells of the nest, noted every so often."""

    def __init__(self, cells: Cells, folder: Folder, share: tuple[float, float],
                 until: float) -> None:  # fmt: skip
        self.cells = cells
        self.times: list[float] = []
        self.levels: list[Floats] = []
        self._folder, self._share, self._until = folder, share, until
        self._told = 0.0

    def __call__(self, time: float, sea: Sea) -> None:
        """Note the levels, and tell how far the run is."""
        if not self.times or time >= self.times[-1] + GAUGES_S:
            self.times.append(time)
            self.levels.append(np.asarray(sea.levels()[self.cells], dtype=np.float64))
        if time >= self._told + HOUR_S:
            self._told = time
            low, high = self._share
            self._folder.progress(low + (high - low) * time / self._until)

    def ran(self, outer: Outputs, inner: Outputs | None) -> Ran:
        """Put the run together; what was noted after its last sound state is dropped."""
        times = np.array(self.times)
        count = len(self.cells[0])
        levels = np.array(self.levels).reshape(len(times), count)
        whole = Ran(outer, inner, times, levels)
        sound = times <= whole.reached
        return replace(whole, times=times[sound], levels=levels[sound])


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """Air that sets in slowly: calm at the start, all of it after `within` seconds."""

    air: Air
    within: float

    @property
    def x(self) -> Floats:
        """Give the columns of the mesh."""
        return self.air.x

    @property
    def y(self) -> Floats:
        """Give the rows of the mesh."""
        return self.air.y

    def at(self, time: float) -> Moment:
        """Tell the air `time` seconds after the start."""
        there = self.air.at(time)
        part = min(max(time / max(self.within, 1.0), 0.0), 1.0)
        pressure = AROUND_PA + part * (there.pressure - AROUND_PA)
        return Moment(part * there.east, part * there.north, pressure)


def storm_over(grid: Grid, track: Track, times: Times, spin_s: float) -> Air:
    """Lay the storm over a grid; it grows while the tide does."""
    mesh = mesh_over((grid.x, grid.y), (MESH_DEG, MESH_DEG))
    seconds = spin_s + (times - times[0]) / 1000.0
    vortex = vortex_of(track, times, wide=is_wide(track))
    return Grown(StormAir(*mesh, seconds, vortex), spin_s)


def alone(folder: Folder, told: Setting, air: Air) -> Ran:
    """Run the storm over still water, without tide and without nest."""
    looks = Looker(NOWHERE, folder, (0.0, 1.0), told.until)
    outer = run(_inputs(told, told.outer, still_sides(told.outer), air), watch=looks)
    return Ran(outer, None, np.zeros(0), np.zeros((0, 0)))


def together(
    folder: Folder,
    told: Setting,
    nodes: tuple[SideTide, ...],
    air: tuple[Air, Air | None],
    cells: Cells,
) -> tuple[Ran, Ran]:
    """Run the tide alone and the storm on top of it: what either came to.

    air: over the coarse grid and over the nest. `Invalid` when the tide does not cover the sides.
    """
    span = (told.start, told.until)
    sides = tidal_sides(told.outer, nodes, span, told.spin_s, told.sea)
    ring = Ring(told.outer, _rim(told.outer), GAUGES_S)
    calm = _both(told, (sides, ring), (None, None),
                 Looker(cells, folder, (0.0, 0.5), told.until))  # fmt: skip
    ring.close()
    if calm.stopped:
        return calm, calm
    stormy = _both(told, (ring.sides(sides), None), air,
                   Looker(cells, folder, (0.5, 1.0), told.until))  # fmt: skip
    return calm, stormy


def _rim(grid: Grid) -> Grid:
    """Give a grid whose sides lie a hair inside those of another: its outermost cells are there."""
    hair = 1e-6
    return replace(
        grid, west=grid.west + hair * grid.dx, south=grid.south + hair * grid.dy,
        dx=grid.dx * (1 - 2 * hair), dy=grid.dy * (1 - 2 * hair),
    )  # fmt: skip


def _both(
    told: Setting,
    outside: tuple[Sides, Ring | None],
    air: tuple[Air | None, Air | None],
    looks: Looker,
) -> Ran:
    sides, ring = outside
    note = ring.note if ring is not None else None
    outer = _inputs(told, told.outer, sides, air[0])
    if told.shore is None:

        def seen(time: float, sea: Sea) -> None:
            looks(time, sea)
            if note is not None:
                note(time, sea)

        return looks.ran(run(outer, watch=seen), None)
    inner = _inputs(told, told.shore.grid, still_sides(told.shore.grid), air[1], near=True)
    coarse, fine = run_nested(outer, inner, watch=looks, watch_outer=note)
    return looks.ran(coarse, fine)


def _inputs(
    told: Setting, grid: Grid, sides: Sides, air: Air | None, *, near: bool = False
) -> Inputs:
    settings = Settings(
        gauges_every=GAUGES_S, maxima_every=60.0 if near else 600.0, fastest=told.fastest,
        frames_every=None if near else FRAMES_S, rise=0.1,
    )  # fmt: skip
    return Inputs(
        grid, told.until, level=told.sea, sides=sides, manning=told.manning, air=air,
        gauges=told.near if near else told.gauges, settings=settings,
    )  # fmt: skip


def setting_of(request: Request, name: str, otherwise: float) -> float:
    """Give a setting of the run as a number."""
    return float(request.settings.get(name, otherwise))
