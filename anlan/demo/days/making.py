"""From a plan to a recording: what every device sends on that day, and what must come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np

from anlan.demo.county import County
from anlan.sense.rules.spec import Spec

from .course import Course, courses
from .faults import HOUR_MS
from .plan import Plan
from .recording import About, Due, Recording, Upkeep, in_ms, ordered
from .speaking import gateways_of, spoken
from .truth import due


def record(
    county: County, plan: Plan, rules: Mapping[str, Spec], *, since: int | None = None
) -> Recording:
    """Make a day's recording, with the alarms these rules (by code) must raise on it.

    ``since`` (ms since 1970 UTC) is when somebody begins to listen: sums know nothing from before.
    """
    day = courses(county, plan)
    first = 0.0 if since is None else (since - in_ms(plan.start)) / HOUR_MS
    heard = [course.after(first) for course in day]
    return recorded(county, plan, day, due(county, plan, heard, rules))


def recorded(
    county: County, plan: Plan, day: Sequence[Course], alarms: tuple[Due, ...] | None = None
) -> Recording:
    """Let devices send a day's courses; ``alarms`` None: nobody says which must come of it."""
    gateways = gateways_of(county)
    rows = [spoken(course, plan, gateways[course.stream.code]) for course in day]
    start = in_ms(plan.start)
    sizes = [len(one) for one in rows]
    columns = {
        "stream": np.repeat(np.arange(len(rows), dtype=np.int32), sizes),
        "time": start + _ms(np.concatenate([one.measured for one in rows])),
        "value": np.concatenate([one.value for one in rows]),
        "sent": start + _ms(np.concatenate([one.sent for one in rows])),
        "again": np.concatenate([one.again for one in rows]),
    }
    codes = tuple(course.stream.code for course in day)
    return ordered(_about(county, plan, alarms), codes, columns)


def _ms(hours: np.ndarray) -> np.ndarray:
    return np.round(hours * HOUR_MS).astype(np.int64)


def _about(county: County, plan: Plan, alarms: tuple[Due, ...] | None) -> About:
    start = in_ms(plan.start)
    return About(
        name=plan.name,
        title=plan.title,
        title_en=plan.title_en,
        start=start,
        end=in_ms(plan.start + timedelta(hours=plan.hours)),
        ways={gateway.code: gateway.way for gateway in county.gateways},
        upkeep=tuple(
            Upkeep(one.station, _at(start, one.span[0]), _at(start, one.span[1]), one.reason)
            for one in plan.upkeep
        ),
        due=alarms,
        faults=tuple(f"{one.kind}：{one.note}" for one in plan.faults if one.note),
    )


def _at(start: int, hour: float) -> int:
    return start + round(hour * HOUR_MS)
