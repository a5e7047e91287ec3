"""Rules that join several streams: so many of so many, and combinations of conditions."""

from collections.abc import Iterable, Sequence

import numpy as np

from anlan.engines.geo.distance import haversine
from anlan.engines.threshold import Count, Level, Rate, Silence, Sum, Watch, all_of, any_of
from anlan.kernel.errors import Invalid
from anlan.sense.rules import words
from anlan.sense.rules.making import Making
from anlan.sense.rules.rows import StreamRow
from anlan.sense.rules.spec import Condition, Part

HOUR = 3600


def count(making: Making) -> None:
    """At least `need` of a group's streams are beyond their limits at once.

    The group is every stream of the station, of the rule's whole scope (`matter` "rule"), or, with
    a radius, each station and its neighbours.
    """
    spec = making.spec
    need = spec.need or 0
    for condition in spec.conditions:
        inner = {
            row.number: _leaf(making, row, condition)
            for row in making.streams
            if row.quantity == spec.quantity
        }
        members = {number: key for number, key in inner.items() if key}
        for name, row, group in _groups(making, members):
            keys = [members[one.number] for one in group]
            if len(keys) < need:
                continue
            watch = f"{condition.level or 0}:{name}"
            says = (
                f"{len(keys)} 个监测项中至少 {need} 个{words.quantity(spec.quantity, 'zh')}"
                f"{words.REACHES[spec.op][0]}限值"
            )
            binding = making.bind(
                watch=watch, matter=f"{making.rule.code}:{name}", says=says, condition=condition,
                row=row, single=False,
            )  # fmt: skip
            made = Count(
                key=making.key(watch), members=tuple(keys), at_least=need, hold_s=spec.hold_s
            )
            making.add(made, binding)


def _leaf(making: Making, row: StreamRow, condition: Condition) -> str:
    """Watch one stream for a group; "" when it lacks the limit."""
    limit = making.limit_of(condition.limit, row)
    if limit is None:
        return ""
    spec = making.spec
    making.numbers.add(row.number)
    key = making.key(f"in{condition.level or 0}:{row.number}")
    if spec.window_s:
        made: Watch = Sum(
            key=key, stream=row.number, op=spec.op, limit=limit, window_s=spec.window_s,
            hysteresis=spec.hysteresis, told=False,
        )  # fmt: skip
    else:
        made = Level(
            key=key, stream=row.number, op=spec.op, limit=limit, hysteresis=spec.hysteresis,
            told=False,
        )  # fmt: skip
    return making.add(made, None)


Group = tuple[str, StreamRow, Sequence[StreamRow]]


def _groups(making: Making, members: Iterable[int]) -> list[Group]:
    """List the groups: a name for the matter, the row that tells where, the streams."""
    known = set(members)
    rows = [row for row in making.streams if row.number in known]
    if making.spec.radius_m is not None:
        return _neighbours(rows, making.spec.radius_m)
    if making.spec.matter == "rule":
        return [("all", rows[0], rows)] if rows else []
    stations = making.by_station()
    found: list[Group] = []
    for station, inside in stations.items():
        kept = [row for row in inside if row.number in known]
        if kept:
            found.append((station, kept[0], kept))
    return found


def _neighbours(rows: Sequence[StreamRow], radius_m: float) -> list[Group]:
    placed = [row for row in rows if row.lon is not None and row.lat is not None]
    if not placed:
        return []
    lon, lat = np.array([row.lon for row in placed]), np.array([row.lat for row in placed])
    found: list[Group] = []
    for place, row in enumerate(placed):
        near = np.flatnonzero(haversine(lon[place], lat[place], lon, lat) <= radius_m)
        found.append((row.station, row, [placed[int(one)] for one in near]))
    return found


def combination(making: Making) -> None:
    """Several conditions at one station, all of them or any."""
    spec = making.spec
    condition = spec.conditions[0] if spec.conditions else Condition()
    join = all_of if spec.joined == "all" else any_of
    for station, rows in making.by_station().items():
        parts = [_part(making, station, place, part, rows) for place, part in enumerate(spec.parts)]
        known = [key for key in parts if key]
        if not known or (spec.joined == "all" and len(known) < len(parts)):
            continue  # what is not measured here can never be said to be so
        watch = f"{condition.level or 0}:{station}"
        binding = making.bind(
            watch=watch, matter=f"{making.rule.code}:{station}", says=spec.title,
            condition=condition, row=rows[0], single=False,
        )  # fmt: skip
        making.add(join(making.key(watch), known, hold_s=spec.hold_s), binding)


def _part(making: Making, station: str, place: int, part: Part, rows: Sequence[StreamRow]) -> str:
    """Watch one part at a station: any stream of its quantity will do. "" when there is none."""
    keys = []
    for row in rows:
        if row.quantity != part.quantity:
            continue
        key = making.key(f"part{place}:{row.number}")
        made = _watch(making, key, part, row)
        if made is not None:
            making.numbers.add(row.number)
            keys.append(making.add(made, None))
    if len(keys) < 2:
        return keys[0] if keys else ""
    return making.add(any_of(making.key(f"part{place}:{station}"), keys, told=False), None)


def _watch(making: Making, key: str, part: Part, row: StreamRow) -> Watch | None:
    if part.kind == "silence":
        if not row.interval_s:
            return None
        after_s = making.spec.intervals * row.interval_s
        return Silence(key=key, stream=row.number, after_s=after_s, told=False)
    limit = making.limit_of(part.limit, row)
    if limit is None:
        return None
    window_s = part.window_s or HOUR
    if part.kind == "level":
        return Level(
            key=key, stream=row.number, op=part.op, limit=limit, hold_s=part.hold_s, told=False
        )
    if part.kind == "sum":
        return Sum(
            key=key, stream=row.number, op=part.op, limit=limit, window_s=window_s,
            hold_s=part.hold_s, told=False,
        )  # fmt: skip
    if part.kind == "rate":
        return Rate(
            key=key, stream=row.number, op=part.op, limit=limit, window_s=window_s,
            hold_s=part.hold_s, told=False,
        )  # fmt: skip
    raise Invalid(f"组合规则不能含有「{part.kind}」")
