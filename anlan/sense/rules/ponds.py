"""Tailings ponds: points make items, items make the pond (GB 51108-2015, domain reference 5.9).

Within one item four blue points make it yellow, three yellow orange, two orange red. Across items
four blue ones count as one yellow, and so on, and what they count as counts on. A point stands at
every level it has reached, so a red one is also a blue one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from anlan.engines.threshold import Count, Level, all_of, any_of, tailings
from anlan.sense.rules import words
from anlan.sense.rules.making import Making
from anlan.sense.rules.rows import StreamRow
from anlan.sense.rules.spec import Condition, Op

LEVELS = (4, 3, 2, 1)


def pond(making: Making) -> None:
    """Watch every point at its four levels, aggregate by item, then by pond."""
    conditions: dict[int, Condition] = {
        one.level: one for one in making.spec.conditions if one.level
    }
    for station, rows in making.by_station().items():
        items: dict[str, list[StreamRow]] = defaultdict(list)
        for row in rows:
            items[row.item or row.quantity].append(row)
        graded = [_item(making, station, key, points, conditions) for key, points in items.items()]
        _pond(making, station, rows, graded, conditions)


Keys = dict[int, str]
Conditions = Mapping[int, Condition]


def _item(
    making: Making,
    station: str,
    item: str,
    points: Sequence[StreamRow],
    conditions: Conditions,
) -> Keys:
    """Watch one item; returns the key of its watch by level."""
    reached: dict[int, list[str]] = {}
    for level in LEVELS:
        condition = conditions.get(level)
        if condition is not None:
            made = [_point(making, row, level, condition) for row in points]
            reached[level] = [key for key in made if key]
    return _aggregate(making, f"item:{station}:{item}", reached)


def _point(making: Making, row: StreamRow, level: int, condition: Condition) -> str:
    limit = making.limit_of(condition.limit, row)
    if limit is None:
        return ""
    making.numbers.add(row.number)
    made = Level(
        key=making.key(f"point{level}:{row.number}"), stream=row.number, op=_op(making, row),
        limit=limit, hysteresis=making.spec.hysteresis, hold_s=making.spec.hold_s, told=False,
    )  # fmt: skip
    return making.add(made, None)


def _op(making: Making, row: StreamRow) -> Op:
    """Tell which way is worse: a beach that grows shorter has falling limits."""
    limits = [
        limit
        for condition in sorted(making.spec.conditions, key=lambda one: -(one.level or 0))
        if (limit := making.limit_of(condition.limit, row)) is not None
    ]
    if len(limits) < 2 or limits[0] == limits[-1]:
        return making.spec.op
    return ">=" if limits[0] < limits[-1] else "<="


def _aggregate(making: Making, name: str, reached: Mapping[int, Sequence[str]]) -> Keys:
    """Join watches of one level, and count those of the milder one."""
    found: Keys = {}
    for level in LEVELS:
        keys = list(reached.get(level, ()))
        need = tailings.MAKES_WORSE.get(level + 1, 0)
        below = reached.get(level + 1, ())
        if need and len(below) >= need:
            keys.append(_count(making, f"{name}:{level}n", below, need))
        if keys:
            found[level] = making.add(any_of(making.key(f"{name}:{level}"), keys, told=False), None)
    return found


def _count(making: Making, name: str, members: Sequence[str], need: int) -> str:
    made = Count(key=making.key(name), members=tuple(members), at_least=need, told=False)
    return making.add(made, None)


def _carry(making: Making, station: str, reached: Mapping[int, Sequence[str]]) -> Keys:
    """Join the ways in which the items of a pond make each level of it."""
    found: Keys = {}
    for level in LEVELS:
        keys: list[str] = list(reached.get(level, ()))
        for number, way in enumerate(tailings.ways(level)):
            if way == {level: 1} or any(len(reached[at]) < many for at, many in way.items()):
                continue
            name = f"pond:{station}:{level}w{number}"
            parts = [
                _count(making, f"{name}:{at}", reached[at], many) for at, many in way.items()
            ]  # fmt: skip
            keys.append(making.add(all_of(making.key(name), parts, told=False), None))
        if keys:
            key = making.key(f"pond:{station}:{level}")
            found[level] = making.add(any_of(key, keys, told=False), None)
    return found


def _pond(
    making: Making,
    station: str,
    rows: Sequence[StreamRow],
    graded: Sequence[Keys],
    conditions: Conditions,
) -> None:
    """Join the items of a pond; these watches are told."""
    reached = {level: [keys[level] for keys in graded if level in keys] for level in LEVELS}
    whole = _carry(making, station, reached)
    for level, key in whole.items():
        condition = conditions.get(level, Condition(level=level))  # type: ignore[arg-type]
        watch = f"{level}:{station}"
        binding = making.bind(
            watch=watch, matter=f"{making.rule.code}:{station}",
            says=f"尾矿库综合{words.name('warning-levels', str(level), 'zh')}",
            condition=condition, row=rows[0], single=False,
        )  # fmt: skip
        making.add(any_of(making.key(watch), [key]), binding)
