"""Rules that judge a stream, or two, by themselves: levels, changes, sums, differences."""

from collections.abc import Callable

from anlan.engines.threshold import Difference, Level, Rate, Sum, Watch
from anlan.sense.rules import words
from anlan.sense.rules.making import Making
from anlan.sense.rules.rows import StreamRow
from anlan.sense.rules.spec import Condition

#: Make the watch of a condition: key, stream's number, limit, seconds to hold.
Make = Callable[[str, StreamRow, float, float], Watch]


def level(making: Making) -> None:
    """Watch values cross a limit."""
    spec = making.spec

    def make(key: str, row: StreamRow, limit: float, hold_s: float) -> Watch:
        return Level(
            key=key, stream=row.number, op=spec.op, limit=limit, hysteresis=spec.hysteresis,
            hold_s=hold_s,
        )  # fmt: skip

    _each(making, make, lambda row, limit, one: _says(making, row, limit, one))


def rate(making: Making) -> None:
    """Watch values change by so much within the window."""
    spec = making.spec
    window = spec.window_s or 3600

    def make(key: str, row: StreamRow, limit: float, hold_s: float) -> Watch:
        return Rate(
            key=key, stream=row.number, op=spec.op, limit=limit, hysteresis=spec.hysteresis,
            hold_s=hold_s, window_s=window,
        )  # fmt: skip

    turn = "上升" if spec.op.startswith(">") else "下降"

    def says(row: StreamRow, limit: float, one: Condition) -> str:  # noqa: ARG001 - as `_says`
        name = words.quantity(row.quantity, "zh")
        size = words.figure(abs(limit), row.quantity)
        return f"{_named(row)}{name} {words.span(window, 'zh')}内{turn} {size} 以上"

    _each(making, make, says)


def summed(making: Making) -> None:
    """Watch what the values of a window add up to."""
    spec = making.spec
    window = spec.window_s or 3600

    def make(key: str, row: StreamRow, limit: float, hold_s: float) -> Watch:
        return Sum(
            key=key, stream=row.number, op=spec.op, limit=limit, hysteresis=spec.hysteresis,
            hold_s=hold_s, window_s=window,
            patience_s=max(900.0, 3.0 * (row.interval_s or 0)),
        )  # fmt: skip

    def says(row: StreamRow, limit: float, one: Condition) -> str:
        return f"{words.span(window, 'zh')}{_says(making, row, limit, one)}"

    _each(making, make, says)


Says = Callable[[StreamRow, float, Condition], str]


def _each(making: Making, make: Make, says: Says) -> None:
    spec = making.spec
    for row in making.streams:
        if row.quantity != spec.quantity:
            continue
        for condition, limit in making.limits(row):
            watch = f"{condition.level or 0}:{row.number}"
            hold_s = spec.hold_s if condition.hold_s is None else condition.hold_s
            binding = making.bind(
                watch=watch, matter=making.matter(row), says=says(row, limit, condition),
                condition=condition, limit=limit, quantity=row.quantity, row=row,
            )  # fmt: skip
            making.add(make(making.key(watch), row, limit, hold_s), binding)


def _says(making: Making, row: StreamRow, limit: float, one: Condition) -> str:
    name = words.quantity(row.quantity, "zh")
    verb = words.REACHES[making.spec.op][0]
    what = words.source(one.limit, "zh", making.on) if one.limit else ""
    return f"{_named(row)}{name}{verb}{what} {words.figure(limit, row.quantity)}"


def _named(row: StreamRow) -> str:
    return f"{row.name} " if row.name else ""


def difference(making: Making) -> None:
    """One value less another: pairs that are named, else two quantities of one station."""
    spec = making.spec
    by_code = {row.code: row for row in making.streams}
    pairs = [(by_code[a], by_code[b]) for a, b in spec.pairs if a in by_code and b in by_code]
    making.lacking.update(code for pair in spec.pairs for code in pair if code not in by_code)
    if not spec.pairs:
        for rows in making.by_station().values():
            firsts = [row for row in rows if row.quantity == spec.quantity]
            others = [row for row in rows if row.quantity == spec.other]
            pairs += [(a, b) for a in firsts for b in others if a is not b]
    for first, other in pairs:
        for condition, limit in making.limits(first):
            watch = f"{condition.level or 0}:{first.number}-{other.number}"
            less = words.quantity(other.quantity, "zh") if spec.other else other.code
            says = (
                f"{words.quantity(first.quantity, 'zh')}与{less}之差"
                f"{words.REACHES[spec.op][0]} {words.figure(limit, first.quantity)}"
            )
            binding = making.bind(
                watch=watch, matter=making.matter(first), says=says, condition=condition,
                limit=limit, quantity=first.quantity, row=first,
            )  # fmt: skip
            hold_s = spec.hold_s if condition.hold_s is None else condition.hold_s
            making.numbers.add(other.number)
            made = Difference(
                key=making.key(watch), stream=first.number, other=other.number, op=spec.op,
                limit=limit, hysteresis=spec.hysteresis, hold_s=hold_s, max_age_s=spec.apart_s,
            )  # fmt: skip
            making.add(made, binding)
