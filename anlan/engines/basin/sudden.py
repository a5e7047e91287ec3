"""Water that rises or falls as no rain explains: a landslide dam, its breach, a gate, a dyke.

In August 2019 a slide dammed the stream above Shanzao village; ten minutes after it broke the
water in the village stood metres higher. Rain thresholds do not see that. A gauge does, if its
change is set against what the rain can do.

Sources: Costa and Schuster 1988, Geol. Soc. Am. Bull. 100, 1054 (peak of landslide dams, a power of
the energy of what is held; the coefficients as cited, the paper's own print was not at hand [M]);
Froehlich 1995, J. Water Resour. Plann. Manage. 121, 90 (peak of earth dams; as HEC-RAS has it, and
met by Teton in the tests).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: N/m3
_WATER_WEIGHT: Final = 9806.65


@dataclass(frozen=True, slots=True)
class Watch:
    """How a change must look to be told.

    window: seconds over which levels are compared. margin: m, what waves, floating wood and a
    gauge's own noise do. factor: how often the explained change must be outdone; models of small
    basins are easily wrong by half. hold: readings in a row, so that one misreading tells nothing.
    """

    window: float = 1800.0
    margin: float = 0.3
    factor: float = 2.0
    hold: int = 2


@dataclass(frozen=True, slots=True, eq=False)
class Surprises:
    """What the gauges did, (s, t) each.

    rise, fall: beyond what rain explains, long enough. beyond: m, change less the greatest (least)
    explained one; NaN where not known.
    """

    rise: Mask
    fall: Mask
    beyond: Floats


def surprises(stage: ArrayLike, explained: ArrayLike, step: float, watch: Watch) -> Surprises:
    """Set observed stages (s, t) m against those explained by rain (s, m, t) m, by member.

    A rise is one that outdoes the greatest rise of any member; a fall is one that outdoes the
    greatest fall: then water is being held back above. Where nothing is explained (NaN) a gauge is
    set against water that stands still, so a rise there still tells. Readings that are missing
    (NaN) break a row.
    """
    seen, told = np.asarray(stage, dtype=np.float64), np.asarray(explained, dtype=np.float64)
    if told.ndim != 3 or told.shape[0] != seen.shape[0] or told.shape[2] != seen.shape[1]:
        raise Invalid("实测水位与推算水位的站数或时刻数不一致")
    back = round(watch.window / step)
    if back < 1 or watch.hold < 1:
        raise Invalid("比较的时间不能短于一个时段，连续次数至少一次")
    change = _change(seen, back)
    by_rain = np.nan_to_num(_change(told, back))
    most, least = by_rain.max(axis=1), by_rain.min(axis=1)
    rises = change > watch.factor * np.maximum(most, 0.0) + watch.margin
    falls = change < watch.factor * np.minimum(least, 0.0) - watch.margin
    beyond = np.where(change >= 0, np.maximum(change - most, 0.0), np.minimum(change - least, 0.0))
    return Surprises(_held(rises, watch.hold), _held(falls, watch.hold), beyond)


def landslide_dam_peak(volume: ArrayLike, height: ArrayLike) -> Floats:
    """Guess the peak, m3/s, when a slide that holds `volume` m3, `height` m deep, breaks.

    Q = 0.0158 (weight x volume x height)^0.41; cases scatter by a factor of ten.
    """
    energy = _WATER_WEIGHT * np.asarray(volume, dtype=np.float64) * np.asarray(height)
    return np.asarray(0.0158 * energy**0.41)


def earth_dam_peak(volume: ArrayLike, height: ArrayLike) -> Floats:
    """Guess the peak, m3/s, when an earth dam fails: Q = 0.607 V^0.295 h^1.24, V in m3, h in m."""
    water = np.asarray(volume, dtype=np.float64)
    return np.asarray(0.607 * water**0.295 * np.asarray(height, dtype=np.float64) ** 1.24)


def _change(level: Floats, back: int) -> Floats:
    """Tell the change over `back` steps; not known for the first ones."""
    change = np.full(level.shape, np.nan)
    change[..., back:] = level[..., back:] - level[..., :-back]
    return change


def _held(found: Mask, hold: int) -> Mask:
    """Keep what was found `hold` times in a row, from the last of them on."""
    kept = found.copy()
    for back in range(1, hold):
        kept[..., back:] &= found[..., :-back]
        kept[..., :back] = False
    return kept
