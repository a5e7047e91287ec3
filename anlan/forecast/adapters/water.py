"""A station's water: tide, surge and what the last values measured add; levels it reaches."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.tide import Constants, predict
from anlan.forecast.adapters.contract import StationOutlook
from anlan.forecast.adapters.shapes import Floats, TidePoint, Times

HOUR_MS: Final = 3_600_000
#: The bias is the middle of the residuals of so many hours, if there are so many of them ...
BIAS_HOURS: Final = 3.0
LEAST_VALUES: Final = 6
#: Residuals that spread wider than this, m between their quarters, are no weather: the constants or
#: the gauge's zero are wrong, and to add their middle would make it worse.
WIDEST: Final = 0.6
#: ... and the newest is not older than this.
NEWEST_HOURS: Final = 2.0


def astronomical(point: TidePoint, times: Times) -> Floats:
    """Predict the tide of a station, m above its datum; `Invalid` for a wave nobody knows."""
    constants, _ = Constants.of({name: (height, lag) for name, height, lag in point.waves})
    moved = times - round(point.later_min * 60_000)
    return point.mean + point.ratio * predict(constants, moved)


@dataclass(frozen=True, slots=True, eq=False)
class Bias:
    """What the last values measured say of a forecast; `value` NaN when they say nothing.

    wild: they say something, but nothing that can be believed.
    """

    value: float
    measured: int
    wild: bool = False


def bias_of(times: Times, residual: Floats, based_at: int) -> Bias:
    """Tell how far the forecast lay beside the last values, m: the middle of their residuals.

    The middle, not the mean: one bad reading in an hour must not lift a whole coast.
    """
    near = (times > based_at - BIAS_HOURS * HOUR_MS) & (times <= based_at) & np.isfinite(residual)
    count = int(near.sum())
    if count < LEAST_VALUES or times[near].max() < based_at - NEWEST_HOURS * HOUR_MS:
        return Bias(float("nan"), count)
    low, middle, high = np.quantile(residual[near], (0.25, 0.5, 0.75))
    if high - low > WIDEST:
        return Bias(float("nan"), count, wild=True)
    return Bias(float(middle), count)


def fading(times: Times, based_at: int, memory_h: float) -> Floats:
    """Tell how much of a bias still holds at `times`: all before, e times less after `memory_h`."""
    lead = np.maximum(times - based_at, 0) / HOUR_MS
    return np.asarray(np.exp(-lead / memory_h))


def reached(times: Times, values: Floats, levels: Mapping[str, float]) -> dict[str, int]:
    """Tell when each level is reached first; a level that is not reached is not in the answer.

    A level is reached from its value on, as GB/T 19721.1 counts (达到或超过).
    """
    found = {}
    for kind, level in levels.items():
        beyond = np.flatnonzero(values >= level)  # unknown values reach nothing
        if len(beyond):
            found[kind] = int(times[beyond[0]])
    return found


def outlook(
    point: TidePoint, times: Times, level: Floats, bias: Bias, *, lower_bound: bool, why: str
) -> StationOutlook:
    """Sum up what a station comes to; `times` are those ahead."""
    known = np.isfinite(level)
    peak = int(np.nanargmax(level)) if known.any() else -1
    return StationOutlook(
        station=point.station,
        quantity="tide-level",
        unit="m",
        peak=None if peak < 0 else round(float(level[peak]), 3),
        peak_at=None if peak < 0 else int(times[peak]),
        bias=None if np.isnan(bias.value) else round(bias.value, 3),
        measured=bias.measured,
        reached=reached(times, level, point.levels),
        levels=point.levels,
        lower_bound=lower_bound,
        why=why,
    )


def known_between(times: Times, at: Times, values: Floats) -> Floats:
    """Carry a series to `times`; outside of it, and between unknown values, nothing is known."""
    sound: NDArray[np.bool_] = np.isfinite(values)
    if sound.sum() < 2:
        return np.full(len(times), np.nan)
    return np.interp(times, at[sound], values[sound], left=np.nan, right=np.nan)
