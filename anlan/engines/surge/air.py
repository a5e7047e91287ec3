"""What the air does to the water: wind, pressure and rain on a mesh of their own.

The mesh may be much coarser than the cells: storms are smooth where coasts are not.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.engines.surge.layout import Floats, Whole
from anlan.engines.typhoon.profile import Outer
from anlan.engines.typhoon.vortex import AROUND_HPA, Vortex, field
from anlan.kernel.errors import Invalid

#: kg/m3, as in the typhoon engine; sea water.
AIR_DENSITY: Final = 1.15
WATER_DENSITY: Final = 1025.0
#: Garratt 1977, Mon. Wea. Rev. 105, 915: Cd = (0.75 + 0.067 U) 1e-3; not above 2.5e-3 (Powell et
#: al. 2003, Nature 422, 279: it stops to grow above 30 m/s or so).
_DRAG: Final = (0.75e-3, 0.067e-3, 2.5e-3)
#: Pa; where the pressure is this, the still level is the level of the datum.
AROUND_PA: Final = AROUND_HPA * 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Air at one moment on a mesh (my, mx).

    east, north: m/s at ten metres. pressure: Pa at sea level. rain: m/s of water. stress: Pa to the
    east and north, where it is known by itself; the wind then does nothing.
    """

    east: Floats
    north: Floats
    pressure: Floats
    rain: Floats | None = None
    stress: tuple[Floats, Floats] | None = None


class Air(Protocol):
    """Air over a run: a mesh in the grid's coordinates, and its state at any second of the run."""

    @property
    def x(self) -> Floats:
        """Columns of the mesh, rising; at least two."""

    @property
    def y(self) -> Floats:
        """Rows of the mesh, rising; at least two."""

    def at(self, time: float) -> Moment:
        """Tell the air `time` seconds after the start."""


@dataclass(frozen=True, slots=True, eq=False)
class GriddedAir:
    """Air from a product on a grid, straight in time between its moments.

    times: seconds after the start, rising, (t,). east, north, pressure, rain and both of stress, as
    in `Moment`: (t, my, mx).
    """

    x: Floats
    y: Floats
    times: Floats
    east: Floats
    north: Floats
    pressure: Floats
    rain: Floats | None = None
    stress: tuple[Floats, Floats] | None = None

    def at(self, time: float) -> Moment:
        """Tell the air `time` seconds after the start; before and behind, the nearest moment."""
        last = len(self.times) - 1
        low = int(np.clip(np.searchsorted(self.times, time, side="right") - 1, 0, max(last - 1, 0)))
        high = min(low + 1, last)
        gap = float(self.times[high] - self.times[low])
        part = min(max((time - float(self.times[low])) / gap, 0.0), 1.0) if gap else 0.0

        def now(field: Floats) -> Floats:
            return np.asarray((1 - part) * field[low] + part * field[high])

        east, north, pressure = (now(one) for one in (self.east, self.north, self.pressure))
        fallen = None if self.rain is None else now(self.rain)
        told = None if self.stress is None else (now(self.stress[0]), now(self.stress[1]))
        return Moment(east, north, pressure, fallen, told)


@dataclass(frozen=True, slots=True, eq=False)
class StormAir:
    """Air of a typhoon over a grid in degrees.

    vortex: the storm at `times`, seconds after the start, rising, (t,). Between them everything
    that describes the storm goes straight: a storm that moves does not fade and grow again.
    """

    x: Floats
    y: Floats
    times: Floats
    vortex: Vortex

    def at(self, time: float) -> Moment:
        """Tell the storm's wind and pressure `time` seconds after the start."""
        storm = self.vortex
        lon, lat, deficit, radius, peaked, east, north = (
            np.atleast_1d(np.interp(time, self.times, part))
            for part in (
                storm.lon, storm.lat, storm.deficit, storm.radius, storm.peaked, storm.east,
                storm.north,
            )
        )  # fmt: skip
        wide = storm.outer
        outer = wide and Outer(
            *(np.atleast_1d(np.interp(time, self.times, part))
              for part in (wide.distance, wide.exponent))
        )  # fmt: skip
        now = Vortex(lon, lat, deficit, radius, peaked, east, north, storm.around, outer=outer)
        return Moment(*field(now, 0, *np.meshgrid(self.x, self.y)))


def drag(speed: Floats) -> Floats:
    """Tell the drag coefficient of the sea for a wind speed, m/s.

    >>> drag(np.array([10.0, 20.0, 40.0])).round(6).tolist()
    [0.00142, 0.00209, 0.0025]
    """
    base, growth, most = _DRAG
    return np.minimum(base + growth * speed, most)


def stress(east: Floats, north: Floats, density: float = WATER_DENSITY) -> tuple[Floats, Floats]:
    """Tell the wind stress over the density of water, m2/s2, to the east and north."""
    speed = np.hypot(east, north)
    weight = AIR_DENSITY / density * drag(speed) * speed
    return weight * east, weight * north


def push(moment: Moment, density: float) -> tuple[Floats, Floats]:
    """Tell what drives the water at a moment, m2/s2: the stress that is told, or the wind's."""
    if moment.stress is None:
        return stress(moment.east, moment.north, density)
    return moment.stress[0] / density, moment.stress[1] / density


def mesh_over(
    centres: tuple[Floats, Floats], spacing: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Lay the axes of a mesh of about `spacing` over cells with these middles (x, y)."""
    axes = []
    for middle, step in zip(centres, spacing, strict=True):
        count = max(int(np.ceil((middle[-1] - middle[0]) / step)) + 1, 2)
        axes.append(np.linspace(middle[0], max(middle[-1], middle[0] + 1e-6), count))
    return axes[0], axes[1]


def footing(axis: Floats, middle: Floats) -> tuple[Whole, Floats]:
    """Tell for each cell which mesh line lies before it, and its share of the way to the next.

    Cells outside the mesh take its edge.
    """
    if len(axis) < 2 or (np.diff(axis) <= 0).any():
        raise Invalid("风压网格的坐标应递增，每向至少两个")
    low = np.clip(np.searchsorted(axis, middle, side="right") - 1, 0, len(axis) - 2)
    part = np.clip((middle - axis[low]) / (axis[low + 1] - axis[low]), 0.0, 1.0)
    return low.astype(np.int64), part


def sound(moment: Moment, time: float) -> Moment:
    """Give the moment back, or refuse it when a value is not known or cannot be."""
    limits = [("风速", moment.east, 150.0), ("风速", moment.north, 150.0)]
    limits += [("风应力", one, 100.0) for one in moment.stress or ()]
    for name, values, most in limits:
        _refuse(name, ~(np.abs(values) <= most), time)
    _refuse("气压", ~((moment.pressure > 80_000.0) & (moment.pressure < 110_000.0)), time)
    if moment.rain is not None:
        _refuse("雨强", ~((moment.rain >= 0.0) & (moment.rain < 1e-3)), time)
    return moment


def _refuse(name: str, wrong: NDArray[np.bool_], time: float) -> None:
    if wrong.any():
        j, i = np.argwhere(wrong)[0]
        raise Invalid(
            f"第 {time / 3600:.1f} 小时风压网格第 {j + 1} 行第 {i + 1} 列的{name}不可用，"
            "请检查单位和缺测"
        )
