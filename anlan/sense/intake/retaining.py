"""How long observations are kept: ``[observations]`` in the operator's ``DIR/conf/settings.toml``.

::

    [observations]
    raw_days = 1098               # single values; 0 is for ever
    hourly_days = 0               # hourly roll-ups
    cold_days = 35                # with PostgreSQL: older days lie in files; 0 is never
    [observations.by_quantity]
    combustible-gas = 400         # single values of one quantity

The file is read again when it changes. A wrong one is refused with the reason, and what was in
force before goes on: nothing is thrown away because of a slip.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from anlan.codes import quantities
from anlan.protocols.declared.lines import line_of, lines_of, syntax_line
from anlan.protocols.declared.taking import Problem, Slips, Table, Wrong
from anlan.sense.rules.rows import StreamRow
from anlan.sense.store.interface import Retention

log = structlog.get_logger("anlan.sense")

FILE: Final = "conf/settings.toml"
NAME: Final = "observations"
#: Three years: a rule can be tried on the same month of years past.
RAW_DAYS: Final = 3 * 366
#: What is looked at again and again is of the last month.
COLD_DAYS: Final = 35
#: A day is still being written to while devices send what they held back.
LEAST_COLD_DAYS: Final = 3
#: Major hazard sources must keep their values so long (安监总局令第40号第十三条).
LEAST_DAYS: Final = 30
MOST_DAYS: Final = 100 * 366


@dataclass(frozen=True)
class Kept:
    """What the operator wants; None is for ever."""

    raw_days: int | None = RAW_DAYS
    hourly_days: int | None = None
    cold_days: int | None = COLD_DAYS
    by_quantity: Mapping[str, int] = field(default_factory=dict)


def read(directory: Path) -> Kept:
    """Read the settings of a workspace; `Wrong` names every line that is, and why."""
    try:
        text = (directory / FILE).read_text(encoding="utf-8")
        whole = tomllib.loads(text)
    except FileNotFoundError:
        return Kept()
    except UnicodeDecodeError as error:
        raise Wrong(FILE, [Problem("", "不是 UTF-8 文字")]) from error
    except tomllib.TOMLDecodeError as error:
        told = f"不是有效的 TOML：{error}"
        raise Wrong(FILE, [Problem("", told, syntax_line(str(error)))]) from error
    slips: Slips = []
    table = Table(whole, (), slips).table(NAME) or Table({}, (NAME,), slips)
    made = Kept(
        raw_days=_days(table, "raw_days", RAW_DAYS),
        hourly_days=_days(table, "hourly_days", 0),
        cold_days=_days(table, "cold_days", COLD_DAYS, LEAST_COLD_DAYS, "不移出"),
        by_quantity=_chosen(table),
    )
    table.done()
    if slips:
        lines = lines_of(text)
        raise Wrong(
            FILE, [Problem(".".join(map(str, at)), why, line_of(at, lines)) for at, why in slips]
        )
    return made


def _chosen(table: Table) -> dict[str, int]:
    inner = table.table("by_quantity")
    if inner is None:
        return {}
    found = {}
    for key in inner.raw:
        if quantities.get(key) is None:
            inner.slip(key, f"没有监测要素「{key}」")
            inner.any(key)
        else:
            found[key] = _days(inner, key, 0) or MOST_DAYS
    return found


def _days(
    table: Table, name: str, default: int, least: int = LEAST_DAYS, zero: str = "永久"
) -> int | None:
    """Take a number of days; what 0 means is told with a slip."""
    found = table.whole(name, default, low=0, high=MOST_DAYS)
    if 0 < found < least:
        table.slip(name, f"至少 {least} 天，0 为{zero}")
    return found or None


class Retaining:
    """What is in force for the streams there are. Used by one thread."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stamp: tuple[int, int] | None = None
        self._kept = Kept()

    def of(self, rows: Iterable[StreamRow]) -> Retention:
        """Tell how long the values of these streams are kept."""
        self._look()
        chosen = self._kept.by_quantity
        numbers = {row.number: chosen[row.quantity] for row in rows if row.quantity in chosen}
        kept = self._kept
        return Retention(kept.raw_days, kept.hourly_days, numbers, kept.cold_days)

    def _look(self) -> None:
        try:
            stat = (self._directory / FILE).stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
        except FileNotFoundError:
            stamp = (0, 0)
        if stamp == self._stamp:
            return
        try:
            self._kept = read(self._directory)
        except Wrong as error:
            log.exception("how long observations are kept was not changed", reason=error.detail)
        self._stamp = stamp
