"""Silence: nothing came for some expected intervals. A whole gateway gone is one alarm, not 400.

A stream that has never sent a value is not silent: it has not been connected yet, and stands on the
board of data quality instead.

A gateway counts as gone when none of its streams was heard for the time that fits the busiest of
them; so it is always found out first, and what is silent below it raises nothing of its own.
"""

from collections import defaultdict
from collections.abc import Sequence

from anlan.engines.threshold import Silence, all_of
from anlan.sense.bindings import Binding
from anlan.sense.rules import words
from anlan.sense.rules.making import Making
from anlan.sense.rules.rows import StreamRow
from anlan.sense.rules.spec import Condition


def silence(making: Making) -> None:
    """Watch every stream that was heard, has an expected interval and is not under repair."""
    conditions = making.spec.conditions
    condition = conditions[0] if conditions else Condition()
    heard = [row for row in making.streams if row.interval_s and row.watched and row.heard]
    making.lacking.update(row.code for row in making.streams if not row.interval_s)
    making.numbers.update(row.number for row in heard)
    gateways: dict[str, list[StreamRow]] = defaultdict(list)
    for row in heard:
        if row.gateway:
            gateways[row.gateway].append(row)
    above = {
        gateway: _gateway(making, gateway, rows, condition)
        for gateway, rows in gateways.items()
        if len({row.station for row in rows}) > 1
    }
    for row in heard:
        _stream(making, row, condition, above.get(row.gateway or "", ""))


def _stream(making: Making, row: StreamRow, condition: Condition, under: str) -> None:
    interval = row.interval_s or 0
    watch = f"silent:{row.number}"
    name = f"{row.name} " if row.name else ""
    often = words.span(interval, "zh")
    binding = making.bind(
        watch=watch, matter=making.matter(row), condition=condition, row=row, under=under,
        says=f"{name}{words.quantity(row.quantity, 'zh')}中断，应每 {often}上报一次",
    )  # fmt: skip
    made = Silence(
        key=making.key(watch), stream=row.number, after_s=making.spec.intervals * interval,
        hold_s=making.spec.hold_s,
    )  # fmt: skip
    making.add(made, binding)


def _gateway(making: Making, gateway: str, rows: Sequence[StreamRow], condition: Condition) -> str:
    """Watch a gateway as a whole; returns the matter of its alarm."""
    spec, rule = making.spec, making.rule
    quiet_s = spec.intervals * min(row.interval_s or 0 for row in rows)
    members = [
        making.add(
            Silence(
                key=making.key(f"quiet:{row.number}"), stream=row.number, after_s=quiet_s,
                told=False,
            ),
            None,
        )
        for row in rows
    ]  # fmt: skip
    watch, matter = f"gone:{gateway}", f"{rule.code}:{gateway}"
    binding = Binding(
        watch=watch, matter=matter, rule=rule.id, version=rule.version, hazard=spec.hazard,
        level=condition.level, limit=None, unit="", decimals=0, again_s=spec.again_s,
        says=f"上报网关中断，{len(rows)} 个监测项都没有数据", gateway=gateway,
    )  # fmt: skip
    making.add(all_of(making.key(watch), members, hold_s=spec.hold_s), binding)
    return matter
