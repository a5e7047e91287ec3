"""Where limits come from: the rule itself, the levels of the stream, a row of a code table."""

from collections.abc import Mapping
from datetime import date

from anlan import codes
from anlan.kernel.errors import Invalid, Missing
from anlan.sense.rules.spec import Limit

#: The level that changes with the season, and what it is in each.
SEASONAL = "flood-limit"
SEASONS = "season"


def resolve(limit: Limit, levels: Mapping[str, float], on: date) -> float | None:
    """Find a limit's value; None when the stream lacks the level or it has none in this season."""
    if limit.number is not None:
        found: float | None = limit.number
    elif limit.level:
        found = _level(limit.level, levels, on)
    else:
        found = of_table(limit.table, on)
    return None if found is None else found * limit.factor + limit.plus


def _level(kind: str, levels: Mapping[str, float], on: date) -> float | None:
    if kind != SEASONAL:
        return levels.get(kind)
    season = season_of(on)
    return levels.get(f"{SEASONAL}-{season}") if season else None


def of_table(path: str, on: date | None = None) -> float | None:
    """Read ``table/row/column``; `Invalid` when there is no such cell or it holds no number."""
    table, _, rest = path.partition("/")
    row, _, column = rest.partition("/")
    try:
        return codes.table(table, on)[row].number(column)
    except Missing as error:
        raise Invalid(f"码表限值「{path}」：{error.detail}") from error


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
