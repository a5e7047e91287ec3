"""Machine code of the checks: one pass over rows sorted by stream and time."""

import numpy as np
from numpy.typing import NDArray

from anlan.engines.compiled import compiled

#: Accepted values kept of each stream, the newest last in time; the filter needs `ENOUGH`.
KEPT = 9
ENOUGH = 5
#: Hampel's filter: median absolute deviations, made comparable to a standard deviation.
DEVIATIONS = 4.0
TO_SIGMA = 1.4826
#: Between values of twice these intervals one was due and did not come.
GAP = 2.5
#: How near a ratio must be to a power of ten to look like another unit.
NEAR = 0.02

#: So many changes tell how long a stream rests; so many times its longest rest is too long.
HABIT = 20
TIMES = 4.0
#: A rest is forgotten by half after so long.
FADES_MS = 3 * 86_400_000.0

NEVER = -(2**62)

RANGE, RATE, SPIKE, STUCK, GAP_BIT, FUTURE, LATE, UNIT = 1, 2, 4, 8, 16, 32, 64, 256


@compiled
def middle(values: NDArray[np.float64]) -> float:
    """Give the median; an even number of values gives the mean of the two in the middle."""
    ordered = np.sort(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[half])
    return float((ordered[half - 1] + ordered[half]) / 2)


@compiled
def is_scaled(x: float, usual: float) -> bool:
    """Tell whether a value is about 100 or 1000 times the usual, or that part of it."""
    if usual == 0.0 or x == 0.0:
        return False
    ratio = abs(x / usual)
    for power in (100.0, 1000.0):
        if abs(ratio / power - 1.0) < NEAR or abs(ratio * power - 1.0) < NEAR:
            return True
    return False


@compiled
def apart(
    x: float, kept: NDArray[np.float64], count: int, lengths: bool, zero: float
) -> tuple[bool, bool, float]:
    """Tell whether a value stands apart from those before it, looks scaled, and their median."""
    before = kept[:count]
    usual = middle(before)
    spread = middle(np.abs(before - usual)) * TO_SIGMA * DEVIATIONS
    far = abs(x - usual) > spread
    return far, far and lengths and is_scaled(x - zero, usual - zero), usual


@compiled
def is_stuck(rest: int, most: int, least: int, changes: int, rested: float) -> bool:
    """Tell whether a value that has not changed for `rest` ms rests too long."""
    if most > 0 and rest > most:
        return True
    return least > 0 and changes >= HABIT and rest > max(float(least), TIMES * rested)


@compiled
def check(
    number: NDArray[np.int32],
    time: NDArray[np.int64],
    value: NDArray[np.float64],
    now: int,
    backfill: bool,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    rate: NDArray[np.float64],
    leap: NDArray[np.float64],
    stuck: NDArray[np.int64],
    stuck_least: NDArray[np.int64],
    expected: NDArray[np.int64],
    lengths: NDArray[np.bool_],
    zero: NDArray[np.float64],
    ahead: int,
    long_ago: int,
    last_time: NDArray[np.int64],
    last_value: NDArray[np.float64],
    since: NDArray[np.int64],
    changes: NDArray[np.int64],
    rested: NDArray[np.float64],
    kept: NDArray[np.float64],
    count: NDArray[np.int64],
    kept_time: NDArray[np.int64],
    held: NDArray[np.float64],
) -> NDArray[np.uint16]:
    """Flag rows and move the state on. `rate` is per millisecond; times are milliseconds."""
    found = np.zeros(len(number), np.uint16)
    for i in range(len(number)):
        k, t, x = number[i], time[i], value[i]
        doubt = 0
        if backfill or t <= last_time[k] or now - t > max(long_ago, 3 * expected[k]):
            doubt |= LATE
        if t > now + ahead:
            doubt |= FUTURE
        outside = x < low[k] or x > high[k]  # unknown bounds are NaN: nothing is outside them
        if outside:
            doubt |= RANGE
        if t <= last_time[k] or doubt & FUTURE:
            # Out of order: its neighbours in time are not those at hand.
            found[i] = doubt
            continue
        if last_time[k] != NEVER:
            if expected[k] > 0 and t - last_time[k] > GAP * expected[k]:
                doubt |= GAP_BIT
            if x != last_value[k]:
                rest = float(last_time[k] - since[k])
                rested[k] = max(rest, rested[k] * 0.5 ** (float(t - since[k]) / FADES_MS))
                changes[k] += 1
                since[k] = t
            elif is_stuck(t - since[k], stuck[k], stuck_least[k], changes[k], rested[k]):
                doubt |= STUCK
            if not outside and abs(x - last_value[k]) > rate[k] * (t - last_time[k]):
                doubt |= RATE
        else:
            since[k] = t
        last_time[k], last_value[k] = t, x
        far, scaled, usual = False, False, 0.0
        if count[k] >= ENOUGH and (outside or rate[k] == rate[k] or leap[k] == leap[k]):
            # How far the quantity can have come; only who leapt further is looked at.
            reach = rate[k] * (t - kept_time[k]) if rate[k] == rate[k] else 0.0
            if leap[k] == leap[k]:
                reach = max(reach, leap[k])
            if abs(x - kept[k, count[k] - 1]) > reach:
                far, scaled, usual = apart(
                    x, kept[k], count[k], lengths[k], zero[k]
                )  # fmt: skip
        if scaled:
            doubt |= UNIT
        if far and not scaled and not outside:
            if held[k] == held[k] and (x - usual) * (held[k] - usual) > 0:
                # The second in a row on the same side: it is the water that rose.
                kept[k, 0] = held[k]
                count[k] = 1
                held[k] = np.nan
            else:
                doubt |= SPIKE
                held[k] = x
        elif not far:
            held[k] = np.nan
        if not doubt & (RANGE | SPIKE | UNIT):
            if count[k] == KEPT:
                for j in range(KEPT - 1):
                    kept[k, j] = kept[k, j + 1]
                count[k] = KEPT - 1
            kept[k, count[k]] = x
            count[k] += 1
            kept_time[k] = t
        found[i] = doubt
    return found
