"""How much of the rain runs off: the curve number, made wet or dry by the days before.

Source: USDA Soil Conservation Service, National Engineering Handbook, section 4 (1972); conversion
between moisture classes after Chow, Maidment and Mays, Applied Hydrology (1988), p. 149. Curve
numbers are for class II, the ordinary state, and a loss before runoff of a fifth of the storage.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]

#: Share of the storage that fills before anything runs off.
_INITIAL: Final = 0.2
#: Share of the index that is left after a day: 0.85 in humid Zhejiang. [M]
DAILY_KEEP: Final = 0.85
#: Antecedent rain index, mm, at which a basin counts as dry, ordinary and wet. [M]
_DRY, _ORDINARY, _WET = 15.0, 35.0, 70.0


def antecedent(daily: ArrayLike, *, keep: float = DAILY_KEEP) -> Floats:
    """Tell the antecedent rain index, mm, after days of rain (..., days), the last one yesterday.

    Each day counts `keep` of what it counted the day before. A day nobody measured (NaN) makes the
    index unknown: a basin must not be taken for dry because a gauge was broken.
    """
    rain = np.asarray(daily, dtype=np.float64)
    weight = keep ** np.arange(rain.shape[-1], 0, -1.0)
    return np.asarray(rain @ weight)


def curve_number(ordinary: ArrayLike, index: ArrayLike) -> Floats:
    """Move a class II curve number to the wetness that `index` (mm) tells; arrays broadcast.

    Class I = 4.2 CN / (10 - 0.058 CN), class III = 23 CN / (10 + 0.13 CN), and straight between.
    """
    middle = np.asarray(ordinary, dtype=np.float64)
    if not ((middle > 0) & (middle <= 100)).all():
        raise Invalid("曲线数 CN 应在 0 到 100 之间")
    dry = 4.2 * middle / (10 - 0.058 * middle)
    wet = 23.0 * middle / (10 + 0.13 * middle)
    wetness = np.asarray(index, dtype=np.float64)
    below = dry + (middle - dry) * (wetness - _DRY) / (_ORDINARY - _DRY)
    above = middle + (wet - middle) * (wetness - _ORDINARY) / (_WET - _ORDINARY)
    moved = np.where(wetness < _ORDINARY, below, above)
    return np.asarray(np.clip(moved, dry, wet))


def runoff(rain: ArrayLike, number: ArrayLike) -> Floats:
    """Tell how much of each step's rain runs off, mm, for rain (..., t) mm a step.

    number: curve number, broadcast against rain without its last axis. The rain before counts: what
    a step gives is what the whole gives with it, less what it gave without. Rain not known (NaN)
    makes what follows unknown.

    >>> runoff([100.0], 80.0).round(3).tolist()
    [50.539]
    """
    fallen = np.asarray(rain, dtype=np.float64)
    if (fallen < 0).any():
        raise Invalid("雨量不能为负")
    total = np.cumsum(fallen, axis=-1)
    storage = 25400.0 / np.asarray(number, dtype=np.float64)[..., None] - 254.0
    beyond = np.maximum(total - _INITIAL * storage, 0.0)
    # Of rain that fills nothing yet nothing runs off; the sum below is never nought but where the
    # storage and the rain both are.
    run = beyond**2 / np.maximum(beyond + storage, 1e-12)
    return np.asarray(np.diff(run, axis=-1, prepend=0.0))
