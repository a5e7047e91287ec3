"""Tide, surge and waves at the county's shore.

The tide is that of Kanmen's harmonic constants (TICON-4, CC BY 4.0), smaller and later from harbour
to harbour as the register of tide points has it. The surge is the quick product: the surge engine
runs the storm over still water of the region's shelf on cells of about seven kilometres, from a day
and a half before the landfall to a day after it, and what it lifts at the nearest sea is added to
the tide; before and after that nothing is. Tide and surge on shallow ground take from each other,
which adding them leaves out: within a tenth or two.

Waves are Kahma and Calkoen's of 1992 (J. Phys. Oceanogr. 22, 1389) for a fetch of 150 km, broken
where they are higher than 0.55 of the depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan import codes
from anlan.demo import sea
from anlan.demo.county import County
from anlan.demo.county.model import Station
from anlan.demo.days import air as summer
from anlan.demo.days import noise
from anlan.demo.days.recording import in_ms
from anlan.demo.sheets import tide_points
from anlan.demo.storms.air import Blown
from anlan.demo.storms.reading import Storm
from anlan.engines import surge
from anlan.engines.surge import Grid
from anlan.engines.tide import Constants, predict
from anlan.engines.typhoon import vortex_of

Floats = NDArray[np.float64]

HOUR_MS: Final = 3_600_000
#: Hours around the landfall in which the surge is reckoned, and in which the storm sets in.
BEFORE_H, AFTER_H, GROWS_H = 36, 24, 6.0
#: Cells of the region's map put together: a fifteenth of a degree.
CELLS: Final = 2
#: Cells shallower than this are shore and not sea, m.
SEA_M: Final = -2.0
GAUGES_S: Final = 600.0
FETCH_M: Final = 150_000.0
GRAVITY: Final = 9.81
BREAKS: Final = 0.55


@dataclass(frozen=True)
class StormSea:
    """The sea under a storm; ``places`` tells the column of each station in ``blown``."""

    county: County
    storm: Storm
    blown: Blown
    places: dict[str, int]

    def tide(self, station: Station, place: int, hours: Floats) -> Floats:
        """Tide level in m over the 1985 datum."""
        (told,) = (one for one in tide_points(self.county) if one["station"] == station.code)
        times = in_ms(self.storm.start) + np.round(hours * HOUR_MS).astype(np.int64)
        level = predict(self._constants, times - round(told["later"] * 60_000))
        lifted = self.surge(station.code, hours)
        own = noise.wander(self.storm.seed, f"sea{place}", hours, 0.03, every_h=2)
        return np.asarray(told["mean"] + told["ratio"] * level + lifted + own)

    def surge(self, port: str, hours: Floats) -> Floats:
        """Tell what the storm lifts at a tide station, m."""
        times = in_ms(self.storm.start) + hours * HOUR_MS
        return np.interp(times, *self._surges[port], left=0.0, right=0.0)

    def waves(self, station: Station, hours: Floats) -> tuple[Floats, Floats, Floats]:
        """Significant height in m, period in s, temperature of the water."""
        calm, calm_s, warm = summer.waves(hours, self.storm.seed, station.code)
        wind = np.interp(hours, self.blown.hours, self.blown.speed[:, self.places[station.code]])
        height, period = grown(wind)
        at = np.array([station.lon]), np.array([station.lat])
        depth = max(-float(self.county.terrain.at(*at)[0]), 5.0)
        rough = 1 + 0.05 * noise.jitter(self.storm.seed, f"{station.code}storm", hours.size, 1.0)
        both = np.minimum(np.hypot(calm, height * rough), BREAKS * depth)
        return both, np.where(height > calm, period, calm_s), warm

    @cached_property
    def _constants(self) -> Constants:
        table = {
            str(row.text("constituent")): (row.number("amplitude") or 0.0, row.number("lag") or 0.0)
            for row in codes.table("tide-constants")
            if row.text("station") == sea.LIKE
        }
        return Constants.of(table)[0]

    @cached_property
    def _surges(self) -> dict[str, tuple[NDArray[np.int64], Floats]]:
        ports = {one.code: (one.lon, one.lat) for one in self.county.stations if one.kind == "tide"}
        return surges(self.county, self.storm, ports)


def surges(
    county: County, storm: Storm, ports: dict[str, tuple[float, float]]
) -> dict[str, tuple[NDArray[np.int64], Floats]]:
    """Run the storm over still water: times (ms) and what it lifts at each port, m."""
    grid = region(county)
    landfall = in_ms(storm.landfall.at)
    first = max(landfall - BEFORE_H * HOUR_MS, int(storm.path.times[0]))
    last = min(landfall + AFTER_H * HOUR_MS, int(storm.path.times[-1]))
    moments = np.arange(first, last + 1, 600_000, dtype=np.int64)
    mesh = surge.mesh_over((grid.x, grid.y), (0.1, 0.1))
    seconds = (moments - first) / 1000.0
    air = Growing(surge.StormAir(*mesh, seconds, vortex_of(storm.path, moments)))
    found = surge.run(
        surge.Inputs(
            grid, float(seconds[-1]), sides=_open(grid), manning=0.022, air=air,
            gauges={code: wet_near(grid, at) for code, at in ports.items()},
            settings=surge.Settings(gauges_every=GAUGES_S, fastest=30.0),
        )
    )  # fmt: skip
    return {
        code: (first + np.round(one.times * 1000).astype(np.int64), one.level)
        for code, one in found.gauges.items()
    }


@dataclass(frozen=True, slots=True)
class Growing:
    """A storm that sets in over some hours: a blow from nowhere would ring through the basin."""

    air: surge.StormAir

    @property
    def x(self) -> Floats:
        """Give the columns of the mesh."""
        return self.air.x

    @property
    def y(self) -> Floats:
        """Give the rows of the mesh."""
        return self.air.y

    def at(self, time: float) -> surge.Moment:
        """Tell the air `time` seconds after the start."""
        now = self.air.at(time)
        part = min(time / (GROWS_H * 3600), 1.0)
        around = self.air.vortex.around
        calm = around + part * (now.pressure - around)
        return surge.Moment(part * now.east, part * now.north, calm)


def region(county: County) -> Grid:
    """Lay out the shelf off the county on coarse cells."""
    ground = sea.heights(county.terrain)[::-1]
    rows, columns = (length // CELLS for length in ground.shape)
    blocks = ground[: rows * CELLS, : columns * CELLS].reshape(rows, CELLS, columns, CELLS)
    cell = sea.STEP * CELLS
    return surge.grid_of(
        blocks.mean(axis=(1, 3)), corner=(sea.WEST, sea.SOUTH), cell=(cell, cell), geographic=True
    )


def wet_near(grid: Grid, at: tuple[float, float]) -> tuple[float, float]:
    """Find the middle of the cell of the open sea that is nearest to a place."""
    x, y = np.meshgrid(grid.x, grid.y)
    narrow = np.cos(np.radians(at[1]))
    away = np.where(open_sea(grid), np.hypot((x - at[0]) * narrow, y - at[1]), np.inf)
    nearest = np.unravel_index(int(np.argmin(away)), away.shape)
    return float(x[nearest]), float(y[nearest])


def open_sea(grid: Grid) -> NDArray[np.bool_]:
    """Tell which cells hang together with the deepest: a bay cut off on coarse cells is none."""
    wet = grid.bed < SEA_M
    found = np.zeros_like(wet)
    found[np.unravel_index(int(np.argmin(grid.bed)), wet.shape)] = True
    before = 0
    while before < int(found.sum()):
        before = int(found.sum())
        for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
            beside = np.roll(found, step, axis)
            edge = [slice(None), slice(None)]
            edge[axis] = slice(0, 1) if step == 1 else slice(-1, None)
            beside[tuple(edge)] = False
            found |= beside & wet
    return found


def _open(grid: Grid) -> surge.Sides:
    """Let the sea out where a side has any."""
    edges = (grid.bed[:, 0], grid.bed[:, -1], grid.bed[0], grid.bed[-1])
    return surge.Sides(*(surge.open_side() if (one < 0).any() else surge.wall() for one in edges))


def grown(wind: Floats) -> tuple[Floats, Floats]:
    """Tell significant height (m) and peak period (s) of waves under winds, m/s."""
    strong = np.maximum(wind, 1.0)
    reach = GRAVITY * FETCH_M / strong**2
    height = 4 * np.sqrt(5.2e-7 * reach**0.9) * strong**2 / GRAVITY
    turns = 2.1804 * reach**-0.27 * GRAVITY / strong
    return np.where(wind > 1.0, height, 0.0), 1 / turns
