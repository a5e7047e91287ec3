"""What rules look at: single figures of a stream, and the state of several streams together."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.demo.county import frame
from anlan.demo.county.model import Station, Stream
from anlan.sense.rules.limits import resolve
from anlan.sense.rules.spec import Condition, Spec

from . import judging

#: Levels of a tailings pond's points, mildest first, and their ranks.
COLOURS: Final = (("blue", 4), ("yellow", 3), ("orange", 2), ("red", 1))
#: Worse than no level at all.
NONE: Final = 9


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What rules may judge of a stream: good values as they were measured; ms since 1970 UTC."""

    stream: Stream
    station: Station
    time: judging.Times
    value: judging.Floats


def slowest(rows: Sequence[Seen]) -> int:
    """Tell the longest interval of some streams, ms."""
    return max((one.stream.interval_s for one in rows), default=0) * 1000


def figure_of(rule: Spec, one: Seen) -> judging.Floats:
    """Work out what a rule compares with its limits."""
    window = (rule.window_s or 3600) * 1000
    if rule.kind == "sum" or (rule.kind == "count" and rule.window_s):
        return judging.sums(one.time, one.value, window)
    if rule.kind == "rate":
        turn = judging.rises if rule.op.startswith(">") else judging.falls
        return turn(one.time, one.value, window)
    return one.value


def bar_of(rule: Spec, condition: Condition, one: Seen, on: date) -> judging.Bar | None:
    """Set the bar of a condition for a stream; None when it lacks the level."""
    if condition.limit is None:
        return None
    limit = resolve(condition.limit, dict(one.stream.levels), on, one.stream.quantity)
    if limit is None:
        return None
    hold = rule.hold_s if condition.hold_s is None else condition.hold_s
    return judging.Bar(rule.op, limit, rule.hysteresis, hold * 1000)


def pond(rule: Spec, rows: Sequence[Seen]) -> list[judging.Stay]:
    """Judge a pond over time: of its items, each of its points."""
    grid = np.unique(np.concatenate([one.time for one in rows]))
    items: dict[str, list[NDArray[np.int64]]] = defaultdict(list)
    for one in rows:
        items[one.stream.item or one.stream.quantity].append(_levels(one, grid))
    worst = np.full(grid.size, float(NONE))
    for k in range(grid.size):
        by_item = [
            judging.aggregated([int(point[k]) for point in points if point[k]])
            for points in items.values()
        ]
        worst[k] = judging.carried([one for one in by_item if one is not None]) or NONE
    found: list[judging.Stay] = []
    for _, level in COLOURS:
        bar = judging.Bar("<=", float(level), 0.0, rule.hold_s * 1000)
        found += judging.stays(grid, worst, bar, level)
    return found


def _levels(one: Seen, grid: judging.Times) -> NDArray[np.int64]:
    """Level of a point at each time of a grid, 0 none; the newest value stands."""
    at = np.searchsorted(one.time, grid, side="right") - 1
    value = one.value[np.maximum(at, 0)]
    level = np.zeros(grid.size, np.int64)
    levels = dict(one.stream.levels)
    if any(colour not in levels for colour, _ in COLOURS):
        return level
    falls = levels["blue"] > levels["red"]
    for colour, rank in COLOURS:
        level[(value <= levels[colour]) if falls else (value >= levels[colour])] = rank
    return np.where(at >= 0, level, 0)


def crowd(rule: Spec, rows: Sequence[Seen], on: date) -> list[judging.Stay]:
    """Judge whether so many neighbours are beyond the limit at once, anywhere."""
    found: list[judging.Stay] = []
    for condition in rule.conditions:
        single: list[list[judging.Stay]] = []
        for one in rows:
            bar = bar_of(rule, condition, one, on)
            stays = judging.stays(one.time, figure_of(rule, one), bar, None) if bar else []
            single.append(stays)
        found += _together(rule, rows, single, condition.level)
    return found


def _together(
    rule: Spec, rows: Sequence[Seen], single: Sequence[list[judging.Stay]], level: int | None
) -> list[judging.Stay]:
    moments = sorted({at for stays in single for one in stays for at in (one.entered, one.left)})
    times = [int(at) for at in moments if at < math.inf]
    if not times:
        return []
    grid = np.array(times, dtype=np.int64)
    inside = np.zeros((len(rows), grid.size), bool)
    for row, stays in enumerate(single):
        for one in stays:
            inside[row] |= (grid >= one.entered) & (grid < one.left)
    counts = _near(rule, rows).astype(int) @ inside
    crowded = (counts >= (rule.need or 0)).any(axis=0).astype(float)
    return judging.stays(grid, crowded, judging.Bar(">=", 1.0, 0.0, rule.hold_s * 1000), level)


def _near(rule: Spec, rows: Sequence[Seen]) -> NDArray[np.bool_]:
    """Tell who is whose neighbour, oneself included."""
    if rule.radius_m is None:
        return np.ones((len(rows), len(rows)), bool)
    u, v = frame.uv(
        np.array([one.station.lon for one in rows]), np.array([one.station.lat for one in rows])
    )
    apart = np.hypot(u[:, None] - u[None, :], v[:, None] - v[None, :])
    return np.asarray(apart * 1000 <= rule.radius_m)
