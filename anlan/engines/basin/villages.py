"""How near a village is to 准备转移 and 立即转移, by the rain that has fallen and is forecast.

Thresholds are of the village: rain, mm, within one, three or six hours, less when the ground is
wet. Source of the method: SL 666-2014, rain thresholds reckoned back from the flow at which the
first house floods.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: What a village is told; -1 where it is not known.
UNKNOWN: Final = -1
CALM: Final = 0
PREPARE: Final = 1
LEAVE: Final = 2

_HALVINGS: Final = 40


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """Rain that means something in each village.

    hours: (k,) how long the rain takes. wetness: (w,) mm of antecedent index, rising, that the
    columns are for; one alone means that the village's thresholds know no wetness. prepare, leave:
    mm, (v, w, k); NaN where a village has none for that time.
    """

    hours: Floats
    wetness: Floats
    prepare: Floats
    leave: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Nearness:
    """Rain as a share of the thresholds, (v, ..., t); one and more means reached.

    hours: for which time the rain is nearest to 立即转移, (v, ..., t). state: what follows from
    both, by the numbers above.
    """

    prepare: Floats
    leave: Floats
    hours: Floats
    state: Ints


def thresholds_of(
    hours: ArrayLike, wetness: ArrayLike, prepare: ArrayLike, leave: ArrayLike
) -> Thresholds:
    """Take the villages' tables; `Invalid` names the first village whose table cannot be."""
    found = Thresholds(
        *(np.asarray(part, dtype=np.float64) for part in (hours, wetness, prepare, leave))
    )
    shape = (len(found.wetness), len(found.hours))
    if found.prepare.shape[1:] != shape or found.leave.shape != found.prepare.shape:
        raise Invalid("雨量预警指标要按村、土壤湿度、时段三个方向排列")
    if (np.diff(found.wetness) <= 0).any() or (found.hours <= 0).any():
        raise Invalid("时段要大于零，土壤湿度要由干到湿")
    wrong = (found.prepare <= 0) | (found.leave < found.prepare)
    wrong[:, 1:] |= np.diff(found.leave, axis=1) > 0
    bad = np.flatnonzero(wrong.any(axis=(1, 2)))
    if len(bad):
        raise Invalid(
            f"第 {bad[0] + 1} 个村的雨量预警指标不对：要大于零，"
            "立即转移不小于准备转移，土壤越湿不能越大"
        )
    return found


def nearness(rain: ArrayLike, step: float, thresholds: Thresholds, index: ArrayLike) -> Nearness:
    """Tell how near each village is at the end of every step of rain (v, ..., t) mm a step.

    step: seconds. index: antecedent rain, mm, (v,), before the first step; not known (NaN) counts
    as the wettest, because the village may be. Rain before the first step is not known here: begin
    the series as early as the longest time. A step nobody measured (NaN) leaves the windows over
    it unknown, unless what is known reaches the threshold already.
    """
    fallen = np.asarray(rain, dtype=np.float64)
    if (fallen < 0).any():
        raise Invalid("雨量不能为负")
    prepare, leave = _at_wetness(thresholds, index)
    shape = (-1,) + (1,) * (fallen.ndim - 1)
    best = [np.full(fallen.shape, np.nan) for _ in range(3)]
    for column, hours in enumerate(thresholds.hours):
        known, whole = _within(fallen, steps_in(float(hours), step))
        ahead = known / leave[:, column].reshape(shape)
        ready = known / prepare[:, column].reshape(shape)
        ahead, ready = (np.where(whole | (part >= 1), part, np.nan) for part in (ahead, ready))
        best[2] = np.where(ahead > np.nan_to_num(best[1], nan=-1.0), hours, best[2])
        best[0], best[1] = np.fmax(best[0], ready), np.fmax(best[1], ahead)
    return Nearness(best[0], best[1], best[2], _state(best[0], best[1]))


def first_at(state: ArrayLike, least: int) -> Ints:
    """Tell the first step, of (..., t), at which `state` is `least` or more; -1 for never."""
    reached = np.asarray(state) >= least
    return np.where(reached.any(axis=-1), reached.argmax(axis=-1), -1)


def share_of_members(state: ArrayLike, least: int) -> Floats:
    """Tell which share of the members (v, m, t) reaches `least` at any step, (v,).

    Members that are unknown throughout are left out; NaN where all are.
    """
    found = np.asarray(state)
    reached = (found >= least).any(axis=2)
    counted = reached | (found != UNKNOWN).any(axis=2)
    total = counted.sum(axis=1)
    return np.where(total > 0, (reached & counted).sum(axis=1) / np.maximum(total, 1), np.nan)


def critical_rain(
    peak: Callable[[Floats], Floats], flow: ArrayLike, hours: float, step: float
) -> Floats:
    """Reckon back which even rain, mm within `hours`, brings each village's flow (v,) m3/s.

    peak: tells the greatest flow (v,) for rain (v, t) mm a step, and must not fall when rain grows.
    NaN where a metre of rain does not bring it: there is no threshold for that time.
    """
    wanted = np.asarray(flow, dtype=np.float64)
    steps = steps_in(hours, step)

    def greatest(depth: Floats) -> Floats:
        return peak(np.repeat(depth[:, None] / steps, steps, axis=1))

    low, high = np.zeros(len(wanted)), np.full(len(wanted), 1000.0)
    never = greatest(high) < wanted
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = greatest(middle) >= wanted
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(never, np.nan, high)


def steps_in(hours: float, step: float) -> int:
    """Count the steps, seconds, of some hours; `Invalid` where they are no whole number."""
    steps = hours * 3600.0 / step
    if steps < 1 or abs(steps - round(steps)) > 1e-6:
        raise Invalid(f"{hours:g} 小时不是时段长（{step / 60:g} 分钟）的整数倍")
    return round(steps)


def _within(fallen: Floats, steps: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Sum what is known of the last `steps`, and tell where all of it is known."""
    return _running(np.nan_to_num(fallen), steps), _running(np.isnan(fallen) * 1.0, steps) == 0


def _running(values: Floats, steps: int) -> Floats:
    total = np.cumsum(values, axis=-1)
    total[..., steps:] -= total[..., :-steps].copy()
    return total


def _at_wetness(thresholds: Thresholds, index: ArrayLike) -> tuple[Floats, Floats]:
    """Read both tables at each village's wetness, (v, k): straight between, flat beyond."""
    wet = thresholds.wetness
    moist = np.nan_to_num(np.asarray(index, dtype=np.float64), nan=wet[-1])
    moist = np.broadcast_to(moist, thresholds.leave.shape[:1])
    if len(wet) == 1:
        return thresholds.prepare[:, 0], thresholds.leave[:, 0]
    low = np.clip(np.searchsorted(wet, moist, side="right") - 1, 0, len(wet) - 2)
    part = np.clip((moist - wet[low]) / (wet[low + 1] - wet[low]), 0.0, 1.0)[:, None]
    row = np.arange(len(moist))
    prepare, leave = (
        table[row, low] * (1 - part) + table[row, low + 1] * part
        for table in (thresholds.prepare, thresholds.leave)
    )
    return prepare, leave


def _state(prepare: Floats, leave: Floats) -> Ints:
    reached = np.where(leave >= 1, LEAVE, np.where(prepare >= 1, PREPARE, CALM))
    # Reached is reached whatever else is not known; calm needs both known.
    unknown = (np.isnan(prepare) | np.isnan(leave)) & (reached < LEAVE)
    return np.where(unknown & (reached == CALM), UNKNOWN, reached)
