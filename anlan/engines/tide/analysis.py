"""Harmonic constants from a record of levels, by least squares with each moment's nodal factors."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.tide.astronomy import Floats
from anlan.engines.tide.constituents import waves
from anlan.engines.tide.prediction import Constants
from anlan.kernel.errors import Invalid

_HOUR_MS: Final = 3_600_000
_AT_ONCE: Final = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What a record says.

    amplitude_error: metres, (n,), one standard deviation, for noise that is white: real surge is
    not, so it is a lower bound. residual: metres, root of the mean square of what is left.
    values: how many levels counted.
    """

    constants: Constants
    amplitude_error: Floats
    residual: float
    values: int


def separable(names: Sequence[str], hours: float, *, turns: float = 1.0) -> tuple[str, ...]:
    """Tell which constituents a record of `hours` can hold apart, in the order given.

    Rayleigh's criterion: two waves part by at least `turns` within the record, and each turns as
    often itself. Where two cannot be told apart the one named earlier stays, so name the large
    ones first.
    """
    laid = waves(names)
    least = 360.0 * turns / hours
    kept: list[int] = []
    speeds = laid.speeds()
    for index, speed in enumerate(speeds):
        if speed >= least and all(abs(speed - speeds[other]) >= least for other in kept):
            kept.append(index)
    return tuple(laid.names[index] for index in kept)


def analyse(times: NDArray[np.int64], levels: Floats, names: Sequence[str]) -> Fit:
    """Find mean, amplitudes and lags of `names` in levels (t,) in metres; NaN is left out.

    `Invalid` when the record is too short to hold two of the waves apart (see `separable`), or
    has fewer values than unknowns.
    """
    valid = np.isfinite(levels)
    moments, heights = times[valid], levels[valid]
    unknowns = 2 * len(names) + 1
    if len(heights) <= unknowns:
        raise Invalid(
            f"有效潮位只有 {len(heights)} 个，{len(names)} 个分潮至少要 {unknowns + 1} 个"
        )
    _ask_separable(names, (moments.max() - moments.min()) / _HOUR_MS)
    normal, right = _normal(moments, heights, names)
    found = np.linalg.solve(normal, right)
    cosine, sine = found[1::2], found[2::2]
    amplitude = np.hypot(cosine, sine)
    left = float(heights @ heights - found @ right)
    variance = max(left, 0.0) / (len(heights) - unknowns)
    spread = np.diag(np.linalg.inv(normal))[1:] * variance
    weight = np.stack((cosine, sine)) / np.where(amplitude > 0, amplitude, 1.0)
    return Fit(
        constants=Constants(
            waves(names).names,
            amplitude,
            np.mod(np.degrees(np.arctan2(sine, cosine)), 360.0),
            float(found[0]),
        ),
        amplitude_error=np.sqrt(weight[0] ** 2 * spread[0::2] + weight[1] ** 2 * spread[1::2]),
        residual=float(np.sqrt(max(left, 0.0) / len(heights))),
        values=len(heights),
    )


def _ask_separable(names: Sequence[str], hours: float) -> None:
    laid = waves(names)
    order = np.argsort(laid.speeds())
    speeds = laid.speeds()[order]
    if len(speeds) and speeds[0] * hours < 360.0:
        raise Invalid(f"潮位只有 {hours:.0f} 小时，不到分潮 {laid.names[order[0]]} 的一个周期")
    for one, two in pairwise(range(len(order))):
        if (speeds[two] - speeds[one]) * hours < 360.0:
            near = f"{laid.names[order[one]]} 与 {laid.names[order[two]]}"
            raise Invalid(f"潮位只有 {hours:.0f} 小时，分不开分潮 {near}")


def _normal(
    times: NDArray[np.int64], levels: Floats, names: Sequence[str]
) -> tuple[Floats, Floats]:
    """Add up the normal equations in pieces: mean first, then cosine and sine of each wave."""
    laid = waves(names)
    size = 2 * len(names) + 1
    normal, right = np.zeros((size, size)), np.zeros(size)
    for start in range(0, len(times), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        factor, argument = laid.at(times[part])
        columns = np.ones((size, factor.shape[1]))
        columns[1::2] = factor * np.cos(argument)
        columns[2::2] = factor * np.sin(argument)
        normal += columns @ columns.T
        right += columns @ levels[part]
    return normal, right
