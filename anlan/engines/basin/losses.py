"""How much of the rain runs off, made more or less by the days before.

Two ways, as counties keep one or the other in their books: the curve number, and an initial loss
followed by a constant one (初损后损法).

Source of the first: USDA Soil Conservation Service, National Engineering Handbook, section 4
(1972); conversion between moisture classes after Chow, Maidment and Mays, Applied Hydrology (1988),
p. 149. Curve numbers are for class II, the ordinary state, and a loss before runoff of a fifth of
the storage. Of the second: the same book, chapter 5, and the antecedent index capped at the storage
as Chinese flood handbooks have it (Pa <= Im).
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


def antecedent(daily: ArrayLike, *, keep: float = DAILY_KEEP, most: ArrayLike = np.inf) -> Floats:
    """Tell the antecedent rain index, mm, after days of rain (..., days), the last one yesterday.

    Each day counts `keep` of what it counted the day before, and the ground holds `most` mm at the
    utmost. A day nobody measured (NaN) makes the index unknown: a basin must not be taken for dry
    because a gauge was broken.
    """
    rain = np.asarray(daily, dtype=np.float64)
    if (rain < 0).any():
        raise Invalid("前期雨量不能为负")
    index = np.zeros(np.broadcast_shapes(rain.shape[:-1], np.shape(most)))
    for day in range(rain.shape[-1]):
        index = np.minimum(keep * (index + rain[..., day]), most)
    return np.asarray(index)


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
    total = np.cumsum(_fallen(rain), axis=-1)
    storage = 25400.0 / np.asarray(number, dtype=np.float64)[..., None] - 254.0
    beyond = np.maximum(total - _INITIAL * storage, 0.0)
    # Of rain that fills nothing yet nothing runs off; the sum below is never nought but where the
    # storage and the rain both are.
    run = beyond**2 / np.maximum(beyond + storage, 1e-12)
    return np.asarray(np.diff(run, axis=-1, prepend=0.0))


def rain_for(run: ArrayLike, number: ArrayLike) -> Floats:
    """Tell how much rain, mm, gives `run` mm of runoff: the inverse of `runoff` for one fall.

    >>> rain_for(50.539, 80.0).round(2).tolist()
    100.0
    """
    water = np.asarray(run, dtype=np.float64)
    storage = 25400.0 / np.asarray(number, dtype=np.float64) - 254.0
    beyond = (water + np.sqrt(water**2 + 4 * water * storage)) / 2
    return np.asarray(np.where(water > 0, beyond + _INITIAL * storage, 0.0))


def initial_constant(rain: ArrayLike, initial: ArrayLike, constant: ArrayLike) -> Floats:
    """Tell how much of each step's rain runs off, mm, for rain (..., t) mm a step.

    initial: mm taken before anything runs off. constant: mm that soak away in each step after
    that. Both broadcast against rain without its last axis; `initial_left` makes the first from
    the days before. Rain not known (NaN) makes what follows unknown.
    """
    fallen = _fallen(rain)
    first, later = np.asarray(initial, dtype=np.float64), np.asarray(constant, dtype=np.float64)
    if (first < 0).any() or (later < 0).any():
        raise Invalid("初损和后损都不能为负")
    beyond = np.maximum(np.cumsum(fallen, axis=-1) - first[..., None], 0.0)
    reaches_ground = np.diff(beyond, axis=-1, prepend=0.0)
    return np.asarray(np.maximum(reaches_ground - later[..., None], 0.0))


def initial_left(most: ArrayLike, index: ArrayLike) -> Floats:
    """Tell the initial loss, mm, that is left of `most` when the antecedent index is `index` mm."""
    return np.asarray(np.maximum(np.asarray(most) - np.asarray(index, dtype=np.float64), 0.0))


def _fallen(rain: ArrayLike) -> Floats:
    fallen = np.asarray(rain, dtype=np.float64)
    if (fallen < 0).any():
        raise Invalid("雨量不能为负")
    return fallen
