"""High and low waters, and the levels a coast is measured by, of a predicted tide."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.tide.astronomy import Floats
from anlan.engines.tide.prediction import Constants, predict
from anlan.kernel.errors import Invalid

_STEP_MS: Final = 20 * 60_000
_YEAR_MS: Final = 31_556_952_000


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """High and low waters in order of time: times (k,) ms, levels (k,) m, high (k,)."""

    times: NDArray[np.int64]
    levels: Floats
    high: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Datums:
    """Levels in metres above the zero of the constants.

    highest, lowest: astronomical tide (HAT, LAT). high, low: mean high and low water (MHW, MLW).
    mean: the mean of all predicted levels.
    """

    highest: float
    high: float
    mean: float
    low: float
    lowest: float


def turns(constants: Constants, start: int, end: int) -> Turns:
    """Find high and low waters from `start` to before `end` (ms), to some seconds and tenths of mm.

    The tide is reckoned every twenty minutes and a parabola laid through each turn. Double high
    waters of shallow coasts count as what they are: two highs with a low between.
    """
    times = np.arange(start - _STEP_MS, end + _STEP_MS, _STEP_MS, dtype=np.int64)
    found = _turns(times, predict(constants, times))
    inside = (found.times >= start) & (found.times < end)
    return Turns(found.times[inside], found.levels[inside], found.high[inside])


def datums(constants: Constants, start: int, *, years: int = 19) -> Datums:
    """Reckon the levels over `years` from `start` (ms); nineteen see every tilt of the moon's path.

    Mean high and low water are means of all turns, which is what tables print where the tide is
    half-daily.
    """
    times = np.arange(start, start + years * _YEAR_MS, _STEP_MS, dtype=np.int64)
    level = predict(constants, times)
    found = _turns(times, level)
    return Datums(
        highest=float(found.levels.max()),
        high=float(found.levels[found.high].mean()),
        mean=float(level.mean()),
        low=float(found.levels[~found.high].mean()),
        lowest=float(found.levels.min()),
    )


def springs(constants: Constants) -> tuple[float, float]:
    """Tell mean low and mean high water of springs (MLWS, MHWS), m, where the tide is half-daily.

    Then the waves of the moon and of the sun, M2 and S2, add up. `Invalid` where one is not told.

    Source: Admiralty Manual of Tides (Doodson and Warburg 1941), ch. 9.
    """
    told = dict(zip(constants.names, constants.amplitude.tolist(), strict=True))
    missing = [name for name in ("M2", "S2") if name not in told]
    if missing:
        raise Invalid(f"没有 {missing[0]}，算不出大潮平均高低潮位")
    both = told["M2"] + told["S2"]
    return constants.mean - both, constants.mean + both


def _turns(times: NDArray[np.int64], level: Floats) -> Turns:
    rise = np.sign(np.diff(level))
    at = np.flatnonzero(rise[1:] * rise[:-1] < 0) + 1
    before, here, after = level[at - 1], level[at], level[at + 1]
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend
    moments = times[at] + np.rint(shift * _STEP_MS).astype(np.int64)
    return Turns(times=moments, levels=here - 0.25 * (before - after) * shift, high=bend < 0)
