"""Stage from flow at a section, by the table that was measured or reckoned there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rating:
    """A rating curve: stage m (k,) and the flow m3/s (k,) that passes there, both rising."""

    stage: Floats
    flow: Floats

    @property
    def highest(self) -> float:
        """Tell the greatest flow of the table, m3/s; beyond it a stage is only an estimate."""
        return float(self.flow[-1])


def rating_of(stage: ArrayLike, flow: ArrayLike) -> Rating:
    """Take a table of two points or more; `Invalid` when either column does not rise."""
    level, passing = np.asarray(stage, dtype=np.float64), np.asarray(flow, dtype=np.float64)
    if level.ndim != 1 or level.shape != passing.shape or len(level) < 2:
        raise Invalid("水位流量关系至少要两个点，两列一样长")
    rising = (np.diff(level) > 0) & (np.diff(passing) > 0)
    if not rising.all() or passing[0] < 0:
        at = int(np.flatnonzero(~rising)[0]) + 2 if not rising.all() else 1
        raise Invalid(f"水位流量关系的第 {at} 个点不对：水位和流量都要逐点增大，流量不能为负")
    return Rating(level, passing)


def channel_rating(
    bed: float, depth: float, *, width: float, slope: float, roughness: float
) -> Rating:
    """Reckon a curve where nobody measured one: a wide channel under Manning's law.

    bed: m, its level. depth: m, how far up the curve is wanted. width: m; slope: no unit;
    roughness: s/m^(1/3).
    """
    if min(depth, width, slope, roughness) <= 0:
        raise Invalid("断面的水深、宽度、坡降和糙率都要大于零")
    deep = np.linspace(0.0, depth, 41)
    flow = width * deep ** (5.0 / 3.0) * np.sqrt(slope) / roughness
    return Rating(bed + deep, flow)


def stage_of(rating: Rating, flow: ArrayLike) -> Floats:
    """Tell the stage, m, at flows of any shape; a flow not known (NaN) stays unknown.

    Straight between the points. Below the table the lowest stage stands. Above it flow is taken to
    grow with the 5/3 power of the depth above the lowest point, as in a wide channel: a straight
    line would make the floods nobody ever measured too high by metres.
    """
    passing = np.asarray(flow, dtype=np.float64)
    within = np.interp(passing, rating.flow, rating.stage)
    top = rating.stage[-1] - rating.stage[0]
    above = rating.stage[0] + top * (np.maximum(passing, 0.0) / rating.highest) ** 0.6
    return np.where(passing > rating.highest, above, within)


def flow_of(rating: Rating, stage: ArrayLike) -> Floats:
    """Tell the flow, m3/s, at stages of any shape: the inverse of `stage_of`."""
    level = np.asarray(stage, dtype=np.float64)
    within = np.interp(level, rating.stage, rating.flow)
    top = rating.stage[-1] - rating.stage[0]
    part = np.maximum(level - rating.stage[0], 0.0) / top
    return np.where(level > rating.stage[-1], rating.highest * part ** (5.0 / 3.0), within)
