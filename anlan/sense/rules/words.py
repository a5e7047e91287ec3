"""Words that sentences and alarms are made of, in both languages."""

from collections.abc import Mapping
from datetime import date

from anlan import codes
from anlan.codes import quantities
from anlan.kernel.errors import AnlanError
from anlan.sense.rules.limits import SEASONAL, of_table, season_of
from anlan.sense.rules.spec import Limit

REACHES: Mapping[str, tuple[str, str]] = {
    ">=": ("达到", "reaches"),
    ">": ("超过", "exceeds"),
    "<=": ("降到", "falls to"),
    "<": ("低于", "falls below"),
}
SIGNS: Mapping[str, str] = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜"}


#: How units are shown, where not as they are written.
SHOWN: Mapping[str, str] = {
    "degC": "℃", "m3/s": "m³/s", "mg/m3": "mg/m³", "deg": "°", "1": "",
}  # fmt: skip
SEASONAL_LIMIT = ("汛限水位（按季节）", "Flood limit level of the season")


def name(table: str, code: str, lang: str) -> str:
    """Say a code of a table."""
    return codes.table(table).name(code, lang)


def quantity(key: str, lang: str) -> str:
    """Say a quantity: its title, or its key when nobody knows it."""
    found = quantities.get(key)
    if found is None:
        return key
    return found.title if lang == "zh" else found.title_en


def unit_of(key: str) -> str:
    """Tell the unit a quantity is kept in, as it is shown."""
    found = quantities.get(key)
    return SHOWN.get(found.unit, found.unit) if found else ""


def decimals_of(key: str) -> int:
    """Tell how many decimals a quantity is shown with."""
    found = quantities.get(key)
    return found.decimals if found else 2


def figure(value: float, key: str) -> str:
    """Write a value with its unit, as it is shown."""
    unit = unit_of(key)
    return f"{value:.{decimals_of(key)}f}" + (f" {unit}" if unit else "")


def span(seconds: float, lang: str) -> str:
    """Say a length of time in its largest whole unit."""
    units = ((86_400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min"), (1, "秒", "s"))
    for length, zh, en in units:
        if seconds % length == 0 and seconds >= (2 * length if length == 86_400 else length):
            return f"{seconds / length:g} {zh}" if lang == "zh" else f"{seconds / length:g} {en}"
    return f"{seconds:g} 秒" if lang == "zh" else f"{seconds:g} s"


def limit(one: Limit, key: str, lang: str, on: date | None = None) -> str:
    """Say where a limit comes from and, where it is the same for all, what it is."""
    if one.number is not None:
        return figure(one.number * one.factor + one.plus, key)
    said = source(one, lang) + _shift(one, key)
    if one.level:
        return said
    try:
        base = of_table(one.table, on, key)
    except AnlanError:
        base = None
    if base is None:
        return said
    value = figure(base * one.factor + one.plus, key)
    return f"{said}（{value}）" if lang == "zh" else f"{said} ({value})"


def source(one: Limit, lang: str, on: date | None = None) -> str:
    """Name where a limit comes from; "" for a number. With a day the season's own level."""
    if one.level == SEASONAL:
        season = season_of(on) if on else None
        if season is None:
            return SEASONAL_LIMIT[0 if lang == "zh" else 1]
        return name("stream-level-kinds", f"{SEASONAL}-{season}", lang)
    if one.level:
        return name("stream-level-kinds", one.level, lang)
    table, _, rest = one.table.partition("/")
    return name(table, rest.partition("/")[0], lang) if table else ""


def _shift(one: Limit, key: str) -> str:
    """Say what is done to a limit that is found elsewhere."""
    said = f" × {one.factor:g}" if one.factor != 1 else ""
    if one.plus:
        said += f" {'+' if one.plus > 0 else '−'} {figure(abs(one.plus), key)}"
    return said
