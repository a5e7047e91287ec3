"""Where limits come from: the rule itself, the levels of the stream, a row of a code table."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from anlan import codes
from anlan.codes import quantities
from anlan.kernel.errors import Invalid, Missing
from anlan.sense.rules.spec import Limit

#: The level that changes with the season, and what it is in each.
SEASONAL = "flood-limit"
SEASONS = "season"


def resolve(
    limit: Limit, levels: Mapping[str, float], on: date, quantity: str = ""
) -> float | None:
    """Find a limit's value; None when the stream lacks the level or it has none in this season."""
    if limit.number is not None:
        found: float | None = limit.number
    elif limit.level:
        found = _level(limit.level, levels, on)
    else:
        found = of_table(limit.table, on, quantity)
    return None if found is None else found * limit.factor + limit.plus


def _level(kind: str, levels: Mapping[str, float], on: date) -> float | None:
    if kind != SEASONAL:
        return levels.get(kind)
    season = season_of(on)
    return levels.get(f"{SEASONAL}-{season}") if season else None


def of_table(path: str, on: date | None = None, quantity: str = "") -> float | None:
    """Read ``table/row/column`` in the unit of a quantity.

    The column may be an indicator that the row's conditions name (``any`` of the tables of
    warnings), where they name one value of it. `Invalid` when there is no such cell, it holds no
    number, or its unit is another thing's.
    """
    key, _, rest = path.partition("/")
    code, _, column = rest.partition("/")
    try:
        table = codes.table(key, on)
        row = table[code]
    except Missing as error:
        raise Invalid(f"码表限值「{path}」：{error.detail}") from error
    found, unit = row.number(column), row.text("unit") or table.attributes.get("unit")
    if found is None:
        found, unit = conditions(row).get(column, (None, None))
    return found if found is None else _converted(found, unit, quantity)


def conditions(row: codes.Code) -> dict[str, tuple[float, str]]:
    """Give the value and unit of each indicator that a row's conditions name with one value."""
    found: dict[str, set[tuple[float, str]]] = {}
    for one in _conditions(row):
        found.setdefault(one["indicator"], set()).add((float(one["value"]), one.get("unit", "")))
    return {indicator: said.pop() for indicator, said in found.items() if len(said) == 1}


def _conditions(row: codes.Code) -> Iterator[Mapping[str, Any]]:
    for clause in row.extra.get("any") or ():
        yield from clause


def _converted(value: float, unit: str | None, quantity: str) -> float:
    known = quantities.get(quantity)
    if known is None or not unit or unit == known.unit:
        return value
    return float(quantities.convert(value, unit, quantity))


def season_of(on: date) -> str | None:
    """Tell the flood season a day belongs to; None outside of both."""
    return next((row.code for row in codes.table(SEASONS) if holds(row.code, on)), None)


def holds(season: str, on: date) -> bool:
    """Tell whether a day lies in a season, which may run over the turn of the year."""
    row = codes.table(SEASONS)[season]
    first, last = row.text("start") or "01-01", row.text("end") or "12-31"
    day = f"{on:%m-%d}"
    if first <= last:
        return first <= day <= last
    return day >= first or day <= last
