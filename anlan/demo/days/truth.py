"""Which alarms a planned day must raise: its true course judged by the rules in force.

Faults of instruments raise nothing, so what a fault spoils is taken out before judging; a gateway
or station that falls silent is looked for in the plan itself.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np

from anlan.demo.county import County
from anlan.demo.county.model import Station
from anlan.sense.rules.limits import holds
from anlan.sense.rules.spec import Condition, Spec

from . import faults as wrong
from . import judging
from .course import Course
from .groups import Seen, bar_of, crowd, figure_of, pond, slowest
from .plan import Fault, Plan
from .recording import Due, in_ms
from .speaking import gateways_of

#: What lies further ahead of the clock than this is refused at the door, hours.
REFUSED_H: Final = 10 / 60
SPOILT: Final = ("stuck", "calibration", "scale", "away", "lost", "ahead")
SLACK_MS: Final = 60_000
FORESEEN: Final = ("level", "rate", "sum", "silence", "tailings", "count")
#: Seasons a day may lie in; rules of others rest.
SEASONS: Final = ("meiyu", "typhoon")


def foresees(rule: Spec) -> bool:
    """Tell whether this module can work out what a rule must raise."""
    if rule.kind == "combination":
        return bool(rule.season) and rule.season not in SEASONS
    return rule.kind in FORESEEN and (rule.kind != "count" or rule.matter == "rule")


def due(
    county: County, plan: Plan, day: Sequence[Course], rules: Mapping[str, Spec]
) -> tuple[Due, ...]:
    """List the alarms a day must raise, each once, by the time they are raised."""
    seen = _seen(county, plan, day)
    on = plan.start.date()
    end = in_ms(plan.start) + plan.hours * wrong.HOUR_MS
    found: list[Due] = []
    for code, rule in rules.items():
        if rule.season and not holds(rule.season, on):
            continue
        mine = [one for one in seen if _looks_at(rule, one)]
        if rule.kind == "silence":
            found += _silences(code, rule, county, plan)
        else:
            found += _alarms(code, rule, _matters(rule, mine, on), end)
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


def _matters(
    rule: Spec, seen: Sequence[Seen], on: date
) -> Iterator[tuple[str, list[judging.Stay], int]]:
    """Give every matter of a rule with its stays and the slowest interval of its streams, ms."""
    if rule.kind == "count":
        yield "", crowd(rule, seen, on), slowest(seen)
        return
    by_matter: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        by_matter[one.stream.code if rule.matter == "stream" else one.station.code].append(one)
    for matter, rows in by_matter.items():
        if rule.kind == "tailings":
            yield matter, pond(rule, rows), slowest(rows)
        else:
            yield matter, [stay for one in rows for stay in _stays(rule, one, on)], slowest(rows)


def _alarms(
    code: str, rule: Spec, matters: Iterable[tuple[str, list[judging.Stay], int]], end: int
) -> Iterator[Due]:
    for matter, found, every in matters:
        for stay in judging.merged(found, rule.again_s * 1000):
            yield Due(
                rule=code, matter=matter, hazard=rule.hazard, level=stay.level,
                after=stay.crossed - SLACK_MS, before=stay.entered + every + SLACK_MS,
                until=end if stay.left == math.inf else int(stay.left), note=rule.title,
            )  # fmt: skip


def _stays(rule: Spec, one: Seen, on: date) -> Iterator[judging.Stay]:
    """Find when a stream stood beyond each of a rule's limits."""
    if not one.value.size:
        return
    figure = figure_of(rule, one)
    for condition in rule.conditions:
        bar = bar_of(rule, condition, one, on)
        if bar is not None:
            yield from judging.stays(one.time, figure, bar, condition.level)


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
