"""Rain that sets slopes going: intensity against duration.

A threshold is a power law I = a D^-b, I in mm/h, D in hours, that holds between two durations; the
laws themselves are rows of a code table. A county with a list of its own slides can fit its own.

Source of the fit: Brunetti et al. 2010, Nat. Hazards Earth Syst. Sci. 10, 447 (frequentist method).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.engines.basin.villages import steps_in
from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Law:
    """I = scale D^-exponent, valid for durations of `shortest` to `longest` hours."""

    scale: float
    exponent: float
    shortest: float
    longest: float

    def intensity(self, hours: ArrayLike) -> Floats:
        """Tell the least mean rain, mm/h, over `hours`.

        >>> Law(14.82, 0.39, 0.167, 500).intensity([1, 6, 24, 72]).round(3).tolist()
        [14.82, 7.368, 4.291, 2.796]
        """
        return np.asarray(self.scale * np.asarray(hours, dtype=np.float64) ** -self.exponent)


@dataclass(frozen=True, slots=True, eq=False)
class Threat:
    """Rain as a share of the threshold, (..., t), and for which duration, hours, (..., t)."""

    share: Floats
    hours: Floats


def threat(
    rain: ArrayLike, step: float, law: Law, durations: Sequence[float] | None = None
) -> Threat:
    """Tell the greatest share of the threshold among all times that end with each step.

    rain: (..., t) mm a step of `step` seconds. One and more means that slides are to be expected
    somewhere. durations: hours that are asked; every one that the series holds where none are
    named, which costs its square. Times that reach beyond the series or over a step nobody measured
    (NaN) are left out; where none is left the share is not known.
    """
    fallen = np.asarray(rain, dtype=np.float64)
    if (fallen < 0).any():
        raise Invalid("雨量不能为负")
    best, when = (np.full(fallen.shape, np.nan) for _ in range(2))
    total = np.concatenate((np.zeros((*fallen.shape[:-1], 1)), np.cumsum(fallen, axis=-1)), axis=-1)
    lost = np.cumsum(np.isnan(fallen), axis=-1)
    if lost[..., -1].any():
        total[..., 1:] = np.cumsum(np.nan_to_num(fallen), axis=-1)
    missing = np.concatenate((np.zeros((*lost.shape[:-1], 1), dtype=lost.dtype), lost), axis=-1)
    many = fallen.shape[-1]
    wanted = range(1, many + 1) if durations is None else [steps_in(one, step) for one in durations]
    for steps in (one for one in wanted if one <= many):
        hours = steps * step / 3600.0
        if not law.shortest <= hours <= law.longest:
            continue
        depth = total[..., steps:] - total[..., :-steps]
        depth = np.where(missing[..., steps:] == missing[..., :-steps], depth, np.nan)
        part = depth / (hours * float(law.intensity(hours)))
        behind = best[..., steps - 1 :]
        better = part > np.nan_to_num(behind, nan=-1.0)
        when[..., steps - 1 :] = np.where(better, hours, when[..., steps - 1 :])
        best[..., steps - 1 :] = np.fmax(behind, part)
    return Threat(best, when)


def fit(hours: ArrayLike, intensity: ArrayLike, *, share: float = 0.05) -> Law:
    """Fit a law below which `share` of the slides lie, from those a county has on its list.

    hours, intensity: (n,) of the rain that set each slide going, h and mm/h. Least squares on the
    logarithms, then lowered by the normal distribution of what is left. Fewer than twenty slides
    make no law: `Invalid`.
    """
    long, strong = np.asarray(hours, dtype=np.float64), np.asarray(intensity, dtype=np.float64)
    if len(long) < 20 or long.shape != strong.shape:
        raise Invalid(f"率定至少要 20 次滑坡，现有 {len(long)} 次")
    if not ((long > 0) & (strong > 0)).all() or np.ptp(long) == 0 or not 0 < share < 1:
        raise Invalid("历时和雨强都要大于零，历时不能全相同，比例在 0 到 1 之间")
    slope, level = np.polyfit(np.log10(long), np.log10(strong), 1)
    left = np.log10(strong) - slope * np.log10(long) - level
    lowered = level + NormalDist().inv_cdf(share) * left.std(ddof=2)
    return Law(float(10**lowered), float(-slope), float(long.min()), float(long.max()))
