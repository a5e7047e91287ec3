"""Rain of other centres in the inbox: NetCDF with all steps in a file, GeoTIFF with one in each.

A GeoTIFF says in its name what it is of: ``NAME2026081308_003-006.tif`` holds what falls between
three and six hours after the forecast of eight o'clock in Beijing, in mm; ``2026081300Z`` is the
same moment by world time. Those of one name and start are one forecast.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from anlan.forecast.adapters.gridded import GriddedRain, gridded_rain, issued_of, rain_of_steps
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Invalid

INBOX: Final = Path("forecast") / "inbox" / "rain"
#: So many of the files that came last are looked at.
MOST: Final = 400
HOUR_MS: Final = 3_600_000
NAME: Final = re.compile(r"(.*?)(\d{10})(Z?)_(\d{3})-(\d{3})\.tiff?")
NOT_NAMED: Final = (
    "文件名应以起报时间和时段结尾，如 rain2026081308_003-006.tif（北京时；世界时写 Z）"
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One forecast of rain that lies there. starts, came: ms, of the forecast and of its file."""

    starts: int
    came: int
    name: str
    read: Callable[[], GriddedRain]


def offers(based_ms: int) -> list[Offer]:
    """List the forecasts of the inbox, that of the latest start first.

    What starts after a moment was not there at it, unless the file itself was: some centres begin
    to tell hours after they start. What does not say when it starts stands where it came.
    """
    found = [*_netcdf(_newest("*.nc")), *_geotiff([*_newest("*.tif"), *_newest("*.tiff")])]
    known = [one for one in found if one.starts < 0 or min(one.starts, one.came) <= based_ms]
    return sorted(known, key=_order, reverse=True)


def _order(one: Offer) -> tuple[int, int]:
    return (one.came if one.starts < 0 else one.starts, one.came)


def _newest(pattern: str) -> list[tuple[int, Path]]:
    """List files with when they came, those that came last."""
    found = []
    for path in (workspace.directory() / INBOX).glob(pattern):
        try:
            found.append((path.stat().st_mtime_ns // 1_000_000, path))
        except OSError:
            continue  # taken away meanwhile
    return sorted(found, reverse=True)[:MOST]


def _netcdf(files: list[tuple[int, Path]]) -> Iterator[Offer]:
    for came, path in files:
        try:
            starts = issued_of(path.read_bytes())
        except (Invalid, OSError):
            starts = -1  # whoever reads it says what is wrong
        yield Offer(starts, came, path.name, partial(_read, path))


def _read(path: Path) -> GriddedRain:
    return gridded_rain(path.read_bytes())


def _geotiff(files: list[tuple[int, Path]]) -> Iterator[Offer]:
    whole: dict[tuple[str, int], list[tuple[int, int, Path]]] = defaultdict(list)
    when: dict[tuple[str, int], int] = {}
    for came, path in files:
        told = NAME.fullmatch(path.name)
        starts = _start(told[2], world=bool(told[3])) if told else -1
        if told is None or starts < 0:
            yield Offer(-1, came, path.name, _not_named)
            continue
        key = (told[1], starts)
        span = (starts + int(told[4]) * HOUR_MS, starts + int(told[5]) * HOUR_MS)
        whole[key].append((*span, path))
        when[key] = max(came, when.get(key, came))
    for key, parts in whole.items():
        first = min(parts)[2].name
        yield Offer(key[1], when[key], first, partial(_read_steps, key[1], sorted(parts)))


def _start(text: str, *, world: bool) -> int:
    """Read ``2026081308``, ms; -1 for what is no hour."""
    try:
        moment = datetime.strptime(text, "%Y%m%d%H").replace(
            tzinfo=UTC if world else clock.LOCAL_ZONE
        )
    except ValueError:
        return -1
    return round(moment.timestamp() * 1000)


def _not_named() -> GriddedRain:
    raise Invalid(NOT_NAMED)


def _read_steps(starts: int, parts: list[tuple[int, int, Path]]) -> GriddedRain:
    return rain_of_steps(starts, [(begin, end, path.read_bytes()) for begin, end, path in parts])
