"""What streams and stations are doing now: values, alarms that stand, maintenance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from anlan.base.db.among import among
from anlan.kernel import clock
from anlan.sense.models import Alarm, Maintenance
from anlan.sense.selectors.catalog import Catalog
from anlan.sense.selectors.latest import NAMES, NONE_AT, NORMAL, Judged, judge

#: A level of None sorts behind blue.
MILDEST = 9


@dataclass(frozen=True, slots=True, eq=False)
class Standings:
    """Streams of a catalog at some places, (n,), as they stand now."""

    places: NDArray[np.intp]
    judged: Judged
    #: alarm, maintenance, or what the values say.
    standing: list[str]
    #: Level of the alarm that stands; None for none, and for one without a level.
    level: list[int | None]


@dataclass(frozen=True, slots=True)
class Around:
    """Alarms that stand and maintenance that runs, by what they are about."""

    #: Stream or station or gateway -> worst level (9: without one).
    streams: dict[str, int]
    stations: dict[str, int]
    maintained: frozenset[str]


def around() -> Around:
    """Read what stands now; two queries."""
    streams: dict[str, int] = {}
    stations: dict[str, int] = {}
    rows = Alarm.objects.filter(cleared_at=None).values_list(
        "station_id", "stream_id", "level", "watches"
    )
    for station, stream, level, watches in rows:
        worst = MILDEST if level is None else level
        if station:
            stations[station] = min(stations.get(station, MILDEST), worst)
        for one, own in _streams_of(stream, worst, watches).items():
            streams[one] = min(streams.get(one, MILDEST), own)
    now = clock.now()
    works = Maintenance.objects.filter(ended_at=None, starts__lte=now, ends__gt=now)
    return Around(streams, stations, under(works))


def around_at(at: datetime, alarms: Mapping[str, int | None]) -> Around:
    """Read what stood at a moment: these alarms at these levels, and maintenance; two queries."""
    streams: dict[str, int] = {}
    stations: dict[str, int] = {}
    rows = Alarm.objects.filter(among("pk", list(alarms)))
    for pk, *about in rows.values_list("pk", "station_id", "stream_id"):
        level = alarms[pk]
        worst = MILDEST if level is None else level
        for one, told in zip(about, (stations, streams), strict=True):
            if one:
                told[one] = min(told.get(one, MILDEST), worst)
    ran = Q(ended_at=None) | Q(ended_at__gt=at)
    works = Maintenance.objects.filter(ran, starts__lte=at, ends__gt=at)
    return Around(streams, stations, under(works))


def under(works: "QuerySet[Maintenance]") -> frozenset[str]:
    """List the gateways, stations and streams some maintenance is about."""
    hung = works.values_list("gateway", "station", "stream")
    return frozenset(one for work in hung for one in work if one)


def entered_watches() -> dict[tuple[str, str], int]:
    """List what open alarms say to be standing, as (matter, watch), and since when (ms)."""
    rows = Alarm.objects.filter(cleared_at=None).values_list("key", "watches")
    return {
        (matter, watch): noted[1]
        for matter, watches in rows
        for watch, noted in watches.items()
        if noted[0]
    }


def _streams_of(stream: str | None, worst: int, watches: Any) -> dict[str, int]:
    """List the streams an alarm stands for: of each watch that is in, with its level."""
    found = {stream: worst} if stream else {}
    for noted in watches.values():
        if noted[0] and noted[5]:
            level = MILDEST if noted[3] is None else noted[3]
            found[noted[5]] = min(found.get(noted[5], MILDEST), level)
    return found


def standings(found: Catalog, places: NDArray[np.intp], near: Around | None = None) -> Standings:
    """Judge the streams at some places of the catalog."""
    ladders = found.ladders.at(places)
    judged = judge(found.number[places], found.interval_s[places], ladders)
    return standing_so(found, places, near or around(), judged)


def standing_so(
    found: Catalog, places: NDArray[np.intp], near: Around, judged: Judged
) -> Standings:
    """Tell how streams stand by their values and by what stands and runs around them."""
    names = [NAMES[own] for own in judged.standing.tolist()]
    levels: list[int | None] = [None] * len(names)
    if near.streams or near.maintained:
        for at, place in enumerate(places.tolist()):
            row = found.rows[place]
            level = near.streams.get(row["id"])
            if level is not None:
                names[at], levels[at] = "alarm", None if level == MILDEST else level
            hung = {row["id"], row["station_id"], row["station__gateway_id"]}
            if not near.maintained.isdisjoint(hung):
                names[at] = "maintenance"
    return Standings(places, judged, names, levels)


def is_old(one: Standings) -> NDArray[np.bool_]:
    """Tell which newest values are not of now, whatever stands at their stream besides."""
    return np.asarray(one.judged.standing > NORMAL)


def is_silent(one: Standings) -> NDArray[np.bool_]:
    """Tell which streams have no value of now."""
    return np.asarray(one.judged.standing >= NONE_AT - 1)
