"""Which alarms a planned day must raise: its true course judged by the rules in force.

Faults of instruments raise nothing, so what a fault spoils is taken out before judging; a gateway
or station that falls silent is looked for in the plan itself.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anlan.demo.county import County
from anlan.demo.county.model import Station, Stream
from anlan.sense.rules.spec import Condition, Limit, Spec

from . import faults as wrong
from . import judging
from .course import Course
from .plan import Fault, Plan
from .recording import Due, in_ms
from .speaking import gateways_of

#: What lies further ahead of the clock than this is refused at the door, hours.
REFUSED_H: Final = 10 / 60
SPOILT: Final = ("stuck", "calibration", "scale", "away", "lost", "ahead")
SLACK_MS: Final = 60_000
SEASON: Final = "typhoon"
FORESEEN: Final = ("level", "rate", "sum", "silence", "tailings")


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What rules may judge of a stream: good values as they were measured; ms since 1970 UTC."""

    stream: Stream
    station: Station
    time: judging.Times
    value: judging.Floats


@dataclass(frozen=True, slots=True)
class Found:
    """A stay in an alarm's state, with the interval of the values it was found in."""

    stay: judging.Stay
    every_ms: int
    hazard: str


def foresees(rule: Spec) -> bool:
    """Tell whether this module can work out what a rule must raise."""
    limits = [one.limit for one in rule.conditions if one.limit is not None]
    return rule.kind in FORESEEN and not any(limit.table for limit in limits)


def due(
    county: County, plan: Plan, day: Sequence[Course], rules: Mapping[str, Spec]
) -> tuple[Due, ...]:
    """List the alarms a day must raise, each once, by the time they are raised."""
    seen = _seen(county, plan, day)
    end = in_ms(plan.start) + plan.hours * wrong.HOUR_MS
    found: list[Due] = []
    for code, rule in rules.items():
        mine = [one for one in seen if _looks_at(rule, one)]
        if rule.kind == "silence":
            found += _silences(code, rule, county, plan)
        else:
            found += _alarms(code, rule, _matters(rule, mine), end)
    return tuple(sorted(found, key=lambda one: (one.after, one.rule, one.matter)))


def _seen(county: County, plan: Plan, day: Sequence[Course]) -> list[Seen]:
    stations = {station.code: station for station in county.stations}
    gateways = gateways_of(county)
    start = in_ms(plan.start)
    kept = []
    for course in day:
        station = stations[course.stream.station]
        mine = wrong.of_stream(plan.faults, course.stream, gateways[course.stream.code].code)
        good = np.ones(course.hours.size, bool)
        for fault in mine:
            good &= ~_spoilt(fault, course)
        for upkeep in plan.upkeep:
            if upkeep.station == station.code:
                good &= (course.hours < upkeep.span[0]) | (course.hours >= upkeep.span[1])
        drifting = [fault for fault in mine if fault.kind == "drift"]
        value = wrong.shown(drifting, course.hours, course.value)
        time = start + np.round(course.hours * wrong.HOUR_MS).astype(np.int64)
        kept.append(Seen(course.stream, station, time[good], value[good]))
    return kept


def _spoilt(fault: Fault, course: Course) -> np.ndarray:
    """Tell which values nobody may judge."""
    if fault.kind == "spikes":
        rows = np.zeros(course.hours.size, bool)
        rows[wrong.spike_rows(fault, course.hours)] = True
        return rows
    if fault.kind not in SPOILT or (fault.kind == "ahead" and fault.size <= REFUSED_H):
        return np.zeros(course.hours.size, bool)
    return wrong.during(fault, course.hours)


def _looks_at(rule: Spec, one: Seen) -> bool:
    where = rule.where
    wanted = {rule.quantity, *(part.quantity for part in rule.parts)}
    return (
        (not rule.quantity or one.stream.quantity in wanted)
        and (not where.kinds or one.station.kind in where.kinds)
        and (not where.stations or one.station.code in where.stations)
        and (not where.streams or one.stream.code in where.streams)
    )


def _matters(rule: Spec, seen: Iterable[Seen]) -> Iterator[tuple[str, list[Found]]]:
    """Find the stays of every matter of a rule."""
    by_matter: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        by_matter[one.stream.code if rule.matter == "stream" else one.station.code].append(one)
    for matter, rows in by_matter.items():
        if rule.kind == "tailings":
            yield matter, _pond(rule, rows)
        else:
            yield matter, [stay for one in rows for stay in _stays(rule, one)]


def _alarms(
    code: str, rule: Spec, matters: Iterable[tuple[str, list[Found]]], end: int
) -> Iterator[Due]:
    for matter, found in matters:
        every = max((one.every_ms for one in found), default=0)
        for stay in judging.merged((one.stay for one in found), rule.again_s * 1000):
            yield Due(
                rule=code, matter=matter, hazard=rule.hazard, level=stay.level,
                after=stay.crossed - SLACK_MS, before=stay.entered + every + SLACK_MS,
                until=end if stay.left == math.inf else int(stay.left),
                note=rule.title,
            )  # fmt: skip


def _stays(rule: Spec, one: Seen) -> Iterator[Found]:
    if not one.value.size:
        return
    figure = _figure(rule, one)
    for condition in rule.conditions:
        limit = _limit(condition.limit, one.stream)
        if limit is None:
            continue
        hold = rule.hold_s if condition.hold_s is None else condition.hold_s
        bar = judging.Bar(rule.op, limit, rule.hysteresis, hold * 1000)
        for stay in judging.stays(one.time, figure, bar, condition.level):
            yield Found(stay, one.stream.interval_s * 1000, rule.hazard)


def _figure(rule: Spec, one: Seen) -> judging.Floats:
    window = (rule.window_s or 3600) * 1000
    if rule.kind == "level":
        return one.value
    if rule.kind == "sum":
        return judging.sums(one.time, one.value, window)
    if rule.kind == "rate":
        turn = judging.rises if rule.op.startswith(">") else judging.falls
        return turn(one.time, one.value, window)
    raise NotImplementedError(f"{rule.title}: {rule.kind}")


def _limit(limit: Limit | None, stream: Stream) -> float | None:
    if limit is None:
        return None
    if limit.table:
        raise NotImplementedError(f"a limit from {limit.table}")
    kind = f"flood-limit-{SEASON}" if limit.level == "flood-limit" else limit.level
    found = limit.number if limit.number is not None else stream.level(kind)
    return None if found is None else found * limit.factor + limit.plus


def _pond(rule: Spec, rows: Sequence[Seen]) -> list[Found]:
    """Worst level of a pond over time: of its items, each the worst of its points."""
    grid = np.unique(np.concatenate([one.time for one in rows]))
    items: dict[str, list[np.ndarray]] = defaultdict(list)
    for one in rows:
        items[one.stream.quantity].append(_levels(one, grid))
    worst = []
    for k in range(grid.size):
        by_item = [
            judging.aggregated([int(point[k]) for point in points if point[k]])
            for points in items.values()
        ]
        worst.append(judging.aggregated([level for level in by_item if level is not None]) or 9)
    found: list[Found] = []
    for level in (1, 2, 3, 4):
        bar = judging.Bar("<=", float(level), 0.0, rule.hold_s * 1000)
        stood = judging.stays(grid, np.array(worst, float), bar, level)
        found += [Found(stay, _every(rows), rule.hazard) for stay in stood]
    return found


def _every(rows: Sequence[Seen]) -> int:
    return max(one.stream.interval_s for one in rows) * 1000


def _levels(one: Seen, grid: judging.Times) -> np.ndarray:
    """Level of a point at each time of a grid, 0 none; the newest value stands."""
    at = np.searchsorted(one.time, grid, side="right") - 1
    value = one.value[np.maximum(at, 0)]
    level = np.zeros(grid.size, int)
    kinds = ("blue", "yellow", "orange", "red")
    levels = dict(one.stream.levels)
    if any(kind not in levels for kind in kinds):
        return level
    limits = [levels[kind] for kind in kinds]
    lower = limits[0] > limits[-1]
    for rank, limit in zip((4, 3, 2, 1), limits, strict=True):
        level[(value <= limit) if lower else (value >= limit)] = rank
    return np.where(at >= 0, level, 0)


def _silences(code: str, rule: Spec, county: County, plan: Plan) -> Iterator[Due]:
    """Gateways that fall silent for longer than the rule allows; a lone station by itself."""
    stations: dict[str, list[Station]] = defaultdict(list)
    for station in county.stations:
        stations[station.gateway].append(station)
    every: dict[str, list[int]] = defaultdict(list)
    for stream in county.streams:
        every[stream.station].append(stream.interval_s)
    start = in_ms(plan.start)
    for fault in plan.faults:
        silent = fault.kind in ("away", "lost") or (
            fault.kind == "ahead" and fault.size > REFUSED_H
        )
        below = stations.get(fault.gateway, [])
        if not silent or not below:
            continue
        intervals = [one for station in below for one in every[station.code]]
        quick, slow = (rule.intervals * f(intervals) for f in (min, max))
        if (fault.span[1] - fault.span[0]) * 3600 < quick:
            continue
        begins = start + round(fault.span[0] * wrong.HOUR_MS)
        yield Due(
            rule=code, matter=fault.gateway if len(below) > 1 else below[0].code,
            hazard=rule.hazard, level=_first_level(rule.conditions),
            after=begins + round((quick - max(intervals)) * 1000) - SLACK_MS,
            before=begins + round((slow + rule.hold_s) * 1000) + 5 * SLACK_MS,
            until=begins + round((fault.span[1] - fault.span[0] + wrong.AWAKE_H) * wrong.HOUR_MS),
            note=fault.note,
        )  # fmt: skip


def _first_level(conditions: Sequence[Condition]) -> int | None:
    return conditions[0].level if conditions else None
