"""Rules that join several streams: so many of so many, and combinations of conditions."""

from collections.abc import Iterable, Sequence

import numpy as np

from anlan.engines.geo.distance import haversine
from anlan.engines.threshold import Count, Level, Rate, Silence, Sum, Watch, all_of, any_of
from anlan.kernel.errors import Invalid
from anlan.sense.bindings import Binding
from anlan.sense.rules import words
from anlan.sense.rules.making import ALL, Making
from anlan.sense.rules.rows import StreamRow
from anlan.sense.rules.spec import Condition, Part

HOUR = 3600


def count(making: Making) -> None:
    """Watch whether at least `need` of a group's streams are beyond their limits at once.

    The group is every stream of the station, of the rule's whole scope (`matter` "rule"), or, with
    a radius, each station and its neighbours; with both, any such neighbourhood.
    """
    spec = making.spec
    for condition in spec.conditions:
        leaves = {
            row.number: key
            for row in making.streams
            if row.quantity == spec.quantity and (key := _leaf(making, row, condition))
        }
        groups = [
            (name, row, [leaves[one.number] for one in group])
            for name, row, group in _groups(making, leaves)
            if len(group) >= (spec.need or 0)
        ]
        if spec.radius_m is not None and spec.matter == "rule":
            _anywhere(making, condition, groups)
            continue
        for name, row, keys in groups:
            watch = f"{condition.level or 0}:{name}"
            made = Count(
                key=making.key(watch), members=tuple(keys), at_least=spec.need or 0,
                hold_s=spec.hold_s,
            )  # fmt: skip
            making.add(made, _counted(making, condition, name, row, len(keys)))


Keyed = tuple[str, StreamRow, list[str]]


def _anywhere(making: Making, condition: Condition, groups: Sequence[Keyed]) -> None:
    """Watch all neighbourhoods as one matter: a storm over half the county is one alarm."""
    keys = [
        making.add(
            Count(
                key=making.key(f"near{condition.level or 0}:{name}"), members=tuple(members),
                at_least=making.spec.need or 0, told=False,
            ),
            None,
        )
        for name, _, members in groups
    ]  # fmt: skip
    if keys:
        watch = f"{condition.level or 0}:{ALL}"
        binding = _counted(making, condition, ALL, groups[0][1], len(making.streams))
        making.add(any_of(making.key(watch), keys, hold_s=making.spec.hold_s), binding)


def _counted(making: Making, condition: Condition, name: str, row: StreamRow, many: int) -> Binding:
    spec = making.spec
    what = words.quantity(spec.quantity, "zh")
    if spec.window_s:
        what = f" {words.span(spec.window_s, 'zh')}累计{what}"
    limit = words.limit(condition.limit, spec.quantity, "zh") if condition.limit else "限值"
    gap = " " if limit[:1].isdigit() else ""
    says = f"{many} 个监测项中至少 {spec.need} 个的{what}{words.REACHES[spec.op][0]}{gap}{limit}"
    return making.bind(
        watch=f"{condition.level or 0}:{name}", matter=f"{making.rule.code}:{name}", says=says,
        condition=condition, row=row, single=False,
    )  # fmt: skip


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
        return [(ALL, rows[0], rows)] if rows else []
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
