"""What happens at the four sides of a grid, told as numbers or as functions of time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from anlan.engines.surge import layout
from anlan.engines.surge.layout import OUT_EAST, OUT_LEVEL, OUT_NORTH, Field, Floats, Whole
from anlan.engines.tide import Constants, predict
from anlan.kernel.errors import Invalid

#: A number, one value per cell of the side from south to north or west to east, or what gives
#: either at a second of the run.
Told = float | Floats | Callable[[float], float | Floats]

NAMES: Final = ("西边界", "东边界", "南边界", "北边界")


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side: its kind (`layout.WALL`, `OPEN`, `LEVEL`, `DISCHARGE`) and what is told of it."""

    kind: int
    level: Told | None = None
    east: Told = 0.0
    north: Told = 0.0
    inflow: Told = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """The four sides; walls unless said otherwise."""

    west: Side = field(default_factory=lambda: Side(layout.WALL))
    east: Side = field(default_factory=lambda: Side(layout.WALL))
    south: Side = field(default_factory=lambda: Side(layout.WALL))
    north: Side = field(default_factory=lambda: Side(layout.WALL))

    def each(self) -> tuple[Side, Side, Side, Side]:
        """Give them in the kernels' order."""
        return self.west, self.east, self.south, self.north


def wall() -> Side:
    """Let nothing through."""
    return Side(layout.WALL)


def open_side(level: Told | None = None, east: Told = 0.0, north: Told = 0.0) -> Side:
    """Let waves out, and in what comes with `level` (m) and velocities (m/s) from outside.

    Without a level: that of the run's start. Levels of sides are told as under ordinary air; what a
    low lifts comes on top by itself. A level alone is that of a wave that enters
    together with its reflection: half of it comes in, and what leaves is not held back.
    """
    return Side(layout.OPEN, level, east, north)


def level_side(level: Told) -> Side:
    """Hold the level (m), as at a sea so large that the run does not move it: the tide."""
    return Side(layout.LEVEL, level)


def discharge_side(inflow: Told) -> Side:
    """Let so much water in, m2/s (m3/s per metre of side); below zero takes it out.

    The level of the outermost cell is off by about the fall of the river over a cell.
    """
    return Side(layout.DISCHARGE, inflow=inflow)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Values at moments, straight between them: times (t,) in seconds, values (t,) or (t, n)."""

    times: Floats
    values: Floats

    def __post_init__(self) -> None:
        if len(self.times) != len(self.values) or (np.diff(self.times) <= 0).any():
            raise Invalid("边界过程的时间应递增，与数值一样多")
        if not np.isfinite(self.values).all():
            first = float(self.times[np.argwhere(~np.isfinite(self.values))[0, 0]])
            raise Invalid(f"边界过程在第 {first / 3600:.2f} 小时没有数值")

    def __call__(self, time: float) -> float | Floats:
        """Tell the value at `time`; before and behind, that at the nearest end."""
        if self.values.ndim == 1:
            return float(np.interp(time, self.times, self.values))
        high = int(np.clip(np.searchsorted(self.times, time), 1, len(self.times) - 1))
        start, end = float(self.times[high - 1]), float(self.times[high])
        part = min(max((time - start) / (end - start), 0.0), 1.0)
        return np.asarray((1 - part) * self.values[high - 1] + part * self.values[high])


def tide_side(constants: Constants, start_ms: int, until: float, *, every: float = 60.0) -> Side:
    """Hold the level that harmonic constants give from `start_ms` (UTC) for `until` seconds.

    every: seconds between the moments reckoned; a metre of M2 is off by 9e-6 m between minutes.
    """
    times = np.arange(0.0, until + 2 * every, every)
    moments = start_ms + np.round(times * 1000).astype(np.int64)
    return level_side(Series(times, predict(constants, moments)))


def kinds_of(sides: Sides) -> Whole:
    """Give the kinds in the kernels' order."""
    return np.array([side.kind for side in sides.each()], dtype=np.int64)


def tell(sides: Sides, time: float, still: tuple[Field, ...], out: Field) -> str:
    """Write what the sides are at `time` into `out`; what is wrong with them comes back, or "".

    still: levels of the cells of each side at the start.
    """
    for number, side in enumerate(sides.each()):
        if side.kind == layout.WALL:
            continue
        count = len(still[number])
        part = slice(2, count + 2)
        discharge = side.kind == layout.DISCHARGE
        values: tuple[Any, ...] = (
            still[number] if side.level is None else _now(side.level, time),
            _now(side.inflow if discharge else side.east, time),
            _now(side.north, time),
        )
        for row, value in zip((OUT_LEVEL, OUT_EAST, OUT_NORTH), values, strict=True):
            if np.ndim(value) and len(value) != count:
                raise Invalid(f"{NAMES[number]}有 {count} 格，给了 {len(value)} 个值")
            out[number, row, part] = value
        if not np.isfinite(out[number, :, part]).all():
            return f"{NAMES[number]}在第 {time / 3600:.2f} 小时没有数值"
    return ""


def _now(told: Told, time: float) -> float | Floats:
    return told(time) if callable(told) else told
