"""How long observations are kept: ``[observations]`` in the operator's ``DIR/conf/settings.toml``.

::

    [observations]
    raw_days = 1098               # single values; 0 is for ever
    hourly_days = 0               # hourly roll-ups
    [observations.by_quantity]
    combustible-gas = 400         # single values of one quantity

The file is read again when it changes. A wrong one is refused with the reason, and what was in
force before goes on: nothing is thrown away because of a slip.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import structlog

from anlan.codes import quantities
from anlan.kernel.errors import Invalid
from anlan.sense.rules.rows import StreamRow
from anlan.sense.store.interface import Retention

log = structlog.get_logger("anlan.sense")

FILE: Final = "conf/settings.toml"
#: Three years: a rule can be tried on the same month of years past.
RAW_DAYS: Final = 3 * 366
#: Major hazard sources must keep their values so long (安监总局令第40号第十三条).
LEAST_DAYS: Final = 30
MOST_DAYS: Final = 100 * 366


@dataclass(frozen=True)
class Kept:
    """What the operator wants; None is for ever."""

    raw_days: int | None = RAW_DAYS
    hourly_days: int | None = None
    by_quantity: Mapping[str, int] = field(default_factory=dict)


def read(directory: Path) -> Kept:
    """Read the settings of a workspace; `Invalid` names what is wrong with them."""
    path = directory / FILE
    try:
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Kept()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{FILE} 无法读取：{error}") from error
    raw = whole.get("observations", {})
    if not isinstance(raw, dict):
        raise Invalid(f"{FILE} 的 observations 应是一个表：[observations]")
    strange = sorted(raw.keys() - {"raw_days", "hourly_days", "by_quantity"})
    if strange:
        raise Invalid(f"{FILE} [observations] 不认识 {'、'.join(strange)}")
    chosen = raw.get("by_quantity", {})
    if not isinstance(chosen, dict):
        raise Invalid(f"{FILE} [observations.by_quantity] 应是要素和天数的对照")
    unknown = sorted(key for key in chosen if quantities.get(key) is None)
    if unknown:
        raise Invalid(f"{FILE} [observations.by_quantity] 没有监测要素 {'、'.join(unknown)}")
    return Kept(
        raw_days=_days(raw, "raw_days", RAW_DAYS) or None,
        hourly_days=_days(raw, "hourly_days", 0) or None,
        by_quantity={key: _days(chosen, key, 0) or MOST_DAYS for key in chosen},
    )


def _days(raw: Mapping[str, Any], name: str, default: int) -> int:
    found = raw.get(name, default)
    whole = isinstance(found, int) and not isinstance(found, bool)
    if not whole or not (found == 0 or LEAST_DAYS <= found <= MOST_DAYS):
        raise Invalid(
            f"{FILE} [observations] {name} 应是天数，至少 {LEAST_DAYS}，0 为永久，现在是 {found!r}"
        )
    return int(found)


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
        return Retention(self._kept.raw_days, self._kept.hourly_days, numbers)

    def _look(self) -> None:
        try:
            stat = (self._directory / FILE).stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
        except FileNotFoundError:
            stamp = (0, 0)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._kept = read(self._directory)
        except Invalid as error:
            log.exception("how long observations are kept was not changed", reason=error.detail)
