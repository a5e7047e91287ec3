"""Read tracks: China's best tracks, IBTrACS, ATCF, and the bulletin form of the national web pages.

Zone-less times are UTC in the first three and Beijing time in the bulletins. Winds: the national
forms tell m/s over two minutes, IBTrACS and ATCF knots over one or ten; they are turned to m/s and
not between averaging times, which differ by less than the agencies do.

A storm of a file that cannot be does not take the others with it where the caller hands over a
`refused` for its reason, by number; without one it is raised, with the storm named.
"""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from io import StringIO
from math import isnan
from typing import Any, Final

from anlan.engines.typhoon.track import Fix, Track, track_of
from anlan.kernel.errors import Invalid

_BEIJING: Final = timezone(timedelta(hours=8))
_NOBODY: Final = float("nan")
_KM_PER_MILE: Final = 1.852
_ATCF_RADII: Final = {"34": 0, "50": 1, "64": 2}
_QUADRANTS: Final = ("ne", "se", "sw", "nw")
#: Storms that cannot be, by number, each with its reason.
Refused = dict[str, str]


@dataclass(frozen=True, slots=True)
class Bulletins:
    """What the national bulletin form holds of one storm.

    path: what was observed. forecasts: by moment of issue (ms) and agency, each beginning at the
    position it was issued from. refused: forecasts that cannot be, with the reason; they do not
    take the path with them.
    """

    path: Track
    forecasts: Mapping[tuple[int, str], Track]
    refused: Mapping[tuple[int, str], str]


def read_best_tracks(text: str, *, refused: Refused | None = None) -> dict[str, Track]:
    """Read the CMA best-track form: a line that begins with 66666 opens a storm.

    Source: Ying et al. 2014, J. Atmos. Oceanic Technol. 31, 287. Keyed by the storm's number
    (``1909``), or the serial of the year in square brackets where it has none.
    """
    storms = _Storms(agency="CMA")
    head: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        if words[0] == "66666":
            head = words
            continue
        if len(head) < 8:
            raise Invalid(f"第 {number} 行之前没有 66666 开头的行")
        key = head[4] if head[4] != "0000" else f"[{head[3]}]"
        storms.add(key, head[7].strip("()"), partial(_best_fix, words, number))
    return storms.tracks(refused, otherwise="没有读到路径：没有 66666 开头的行")


def read_ibtracs(text: str, *, refused: Refused | None = None) -> dict[str, Track]:
    """Read IBTrACS CSV by its column names (``SID``, ``ISO_TIME``, ``LAT``, ``LON``, ...).

    A second line that holds units is skipped. Winds and pressures are those of the responsible
    centre; where it has none, those of China's or the United States' agency, which the track tells
    in `mended`. Radii are the United States', of 34, 50 and 64 knots, taken for force 7, 10 and 12.
    Keyed by storm identifier.
    """
    storms = _Storms(agency="IBTrACS", knots=True)
    reader = csv.DictReader(StringIO(text))
    missing = {"SID", "ISO_TIME", "LAT", "LON"} - set(reader.fieldnames or ())
    if missing:
        raise Invalid(f"缺少列：{'、'.join(sorted(missing))}")
    for number, row in enumerate(reader, start=2):
        if not (row["SID"] or "").strip() or not _is_number(row["LAT"]):
            continue
        sid = row["SID"]
        storms.add(sid, (row.get("NAME") or "").strip(), partial(_ibtracs_fix, row, number))
        for agency in _lent(row):
            storms.lend(sid, agency)
    return storms.tracks(refused, otherwise="没有一行写着台风的编号和位置")


def read_atcf(
    text: str, *, technique: str = "BEST", refused: Refused | None = None
) -> dict[str, Track]:
    """Read ATCF decks (a, b): lines of one `technique`, forecast hours added to the base time.

    Radii of 34, 50 and 64 knots are taken for force 7, 10 and 12; several lines of one moment tell
    several radii. Keyed by basin, number and year. For techniques of forecasts hand over one base
    time only.
    """
    storms = _Storms(agency=technique, knots=True, last=True)
    for number, line in enumerate(text.splitlines(), start=1):
        words = [word.strip() for word in line.split(",")]
        if len(words) < 8 or words[4] != technique:
            continue
        storm = f"{words[0]}{words[1]}{words[2][:4]}"
        storms.add(storm, "", partial(_atcf_fix, words, number, storms.known(storm)))
    return storms.tracks(refused, otherwise=f"没有一行是 {technique} 的路径")


def read_bulletins(text: str | bytes, *, refused: Refused | None = None) -> dict[str, Bulletins]:
    """Read the bulletin JSON of the national and provincial typhoon pages, by storm number.

    A list of storms (or one), each with ``points``; every point may hold ``forecast``: by agency
    (``sets``) a list of points. Unknown fields are passed over.
    """
    try:
        read = json.loads(text)
    except ValueError as error:
        raise Invalid(f"不是 JSON：{error}") from error
    storms = read if isinstance(read, list) else [read]
    found: dict[str, Bulletins] = {}
    wrong: Refused = {}
    for storm in storms:
        if not isinstance(storm, dict) or not storm.get("points"):
            continue
        number = str(storm.get("tfbh") or storm.get("tfid") or "")
        try:
            found[number] = _bulletins(number, storm)
        except Invalid as error:
            wrong[number] = error.detail
    _settle(found, wrong, refused, otherwise="没有读到台风：缺少 points")
    return found


class _Storms:
    """The storms of a file while it is read, row by row.

    last: of several rows of one moment the last holds what all of them tell.
    """

    def __init__(self, *, agency: str, knots: bool = False, last: bool = False) -> None:
        self._agency, self._knots, self._last = agency, knots, last
        self._fixes: dict[str, dict[int, list[Fix]]] = {}
        self._names: dict[str, str] = {}
        self._wrong: Refused = {}
        self._lent: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, number: str, name: str, read: Callable[[], Fix]) -> None:
        """Read one more position of a storm; one that cannot be read spoils its storm alone."""
        self._names[number] = name
        fixes = self._fixes.setdefault(number, {})
        try:
            fix = read()
        except Invalid as error:
            self._wrong.setdefault(number, error.detail)
        else:
            before = [] if self._last else fixes.get(fix.time, [])
            fixes[fix.time] = [*before, fix]

    def lend(self, number: str, agency: str) -> None:
        """Note that a position has figures of another agency."""
        self._lent[number][agency] += 1

    def known(self, number: str) -> Mapping[int, list[Fix]]:
        """Give what was read of a storm, by moment."""
        return self._fixes.get(number, {})

    def tracks(self, refused: Refused | None, *, otherwise: str) -> dict[str, Track]:
        """Make the tracks; `otherwise` is what is wrong with a file of no storm."""
        found = {}
        for number, fixes in self._fixes.items():
            if number in self._wrong:
                continue
            every = [fix for told in fixes.values() for fix in told]
            try:
                track = track_of(
                    every, number=number, name=self._names[number], agency=self._agency,
                    knots=self._knots,
                )  # fmt: skip
            except Invalid as error:
                self._wrong[number] = error.detail
                continue
            lent = tuple(
                f"{count} 个时刻主管中心没有风速或气压，用 {agency} 的"
                for agency, count in self._lent[number].items()
            )
            found[number] = replace(track, mended=(*track.mended, *lent))
        _settle(found, self._wrong, refused, otherwise=otherwise)
        return found


def _settle(
    found: Mapping[str, object], wrong: Refused, refused: Refused | None, *, otherwise: str
) -> None:
    """Hand over what was refused, or raise it: where nobody asked for it, or nothing else is."""
    if not found and not wrong:
        raise Invalid(otherwise)
    if wrong and (refused is None or not found):
        number, why = next(iter(wrong.items()))
        raise Invalid(f"台风 {number}：{why}" if number else why)
    if refused is not None:
        refused.update(wrong)


def _best_fix(words: list[str], number: int) -> Fix:
    try:
        time = _utc(words[0], number)
        lat, lon = int(words[2]) / 10.0, int(words[3]) / 10.0
        pressure, wind = float(words[4]), float(words[5])
    except (ValueError, IndexError) as error:
        raise Invalid(f"第 {number} 行不是最佳路径的写法：{' '.join(words)}") from error
    return Fix(time, lon, lat, wind, pressure)


#: Columns of IBTrACS after the responsible centre's, in the order in which they stand in.
_LENDERS: Final = ("CMA", "USA")


def _ibtracs_fix(row: Mapping[str, str | None], number: int) -> Fix:
    wind, pressure = (_told(row, part)[0] for part in ("WIND", "PRES"))
    radii = tuple(
        tuple(
            _number(row.get(f"USA_R{knots}_{side.upper()}")) * _KM_PER_MILE for side in _QUADRANTS
        )
        for knots in _ATCF_RADII
    )
    return Fix(
        time=_utc((row["ISO_TIME"] or "")[:19], number), lon=_plain(row["LON"], number),
        lat=_plain(row["LAT"], number), wind=wind, pressure=pressure, radii=radii,
    )  # fmt: skip


def _told(row: Mapping[str, str | None], part: str) -> tuple[float, str]:
    """Give a figure and whose it is; NaN where nobody told it."""
    for agency in ("WMO", *_LENDERS):
        value = _number(row.get(f"{agency}_{part}"))
        if value > 0:
            return value, agency
    return _NOBODY, ""


def _lent(row: Mapping[str, str | None]) -> set[str]:
    """Name the agencies that stand in for the responsible centre at a position."""
    return {_told(row, part)[1] for part in ("WIND", "PRES")} & set(_LENDERS)


def _plain(value: object, line: int) -> float:
    if not _is_number(value):
        raise Invalid(f"第 {line} 行的位置读不懂：{value}")
    return _number(value)


def _atcf_fix(words: list[str], number: int, read: Mapping[int, list[Fix]]) -> Fix:
    """Read a position; one that was read before hands its radii on, and is the same moment."""
    moment = _utc(words[2], number) + int(words[5] or 0) * 3_600_000
    before = read.get(moment, [])
    radii = [list(row) for row in before[-1].radii] if before else _no_radii()
    if len(words) > 16 and words[11] in _ATCF_RADII:
        told = [_number(word) * _KM_PER_MILE for word in words[13:17]]
        if words[12] == "AAA":
            told = [told[0]] * 4
        radii[_ATCF_RADII[words[11]]] = told
    return Fix(
        time=moment,
        lon=_degrees(words[7]),
        lat=_degrees(words[6]),
        wind=_number(words[8]) if len(words) > 8 else _NOBODY,
        pressure=_number(words[9]) if len(words) > 9 else _NOBODY,
        radii=tuple(tuple(row) for row in radii),
    )


def _bulletins(number: str, storm: Mapping[str, Any]) -> Bulletins:
    name = str(storm.get("name") or storm.get("ename") or "")
    fixes: list[Fix] = []
    forecasts: dict[tuple[int, str], Track] = {}
    refused: dict[tuple[int, str], str] = {}
    for point in storm["points"]:
        here = _bulletin_fix(point)
        fixes.append(here)
        for told in point.get("forecast") or ():
            agency = str(told.get("sets") or told.get("tm") or "")
            try:
                ahead = [_bulletin_fix(one) for one in told.get("points") or ()]
                later = [here, *(fix for fix in ahead if fix.time > here.time)]
                track = track_of(later, number=number, name=name, agency=agency)
            except Invalid as error:
                refused[here.time, agency] = str(error)
                continue
            if len(track) > 1:
                forecasts[here.time, agency] = track
    way = str(storm["points"][0].get("way") or "")
    path = track_of(fixes, number=number, name=name, agency=way)
    return Bulletins(path, forecasts, refused)


def _bulletin_fix(point: Mapping[str, Any]) -> Fix:
    try:
        when = datetime.fromisoformat(str(point["time"]).replace(" ", "T"))
        lon, lat = float(point["longitude"]), float(point["latitude"])
    except (KeyError, ValueError, TypeError) as error:
        raise Invalid(f"路径点缺少时间或位置：{dict(point)}") from error
    aware = when if when.tzinfo else when.replace(tzinfo=_BEIJING)
    return Fix(
        time=int(aware.timestamp() * 1000),
        lon=lon,
        lat=lat,
        wind=_number(point.get("speed")) or _NOBODY,
        pressure=_number(point.get("pressure")) or _NOBODY,
        radii=tuple(_bulletin_radii(point, grade) for grade in ("7", "10", "12")),
    )


def _bulletin_radii(point: Mapping[str, Any], grade: str) -> tuple[float, ...]:
    quadrants = point.get(f"radius{grade}_quad") or {}
    told = [_number(quadrants.get(side)) for side in _QUADRANTS]
    if any(one > 0 for one in told):
        return tuple(told)
    return (_number(point.get(f"radius{grade}")),) * 4


def _no_radii() -> list[list[float]]:
    return [[_NOBODY] * 4 for _ in range(3)]


def _utc(text: str, line: int) -> int:
    """Read ``2019080918`` or ISO 8601 without a zone as UTC, ms."""
    plain = f"{text[:8]}T{text[8:]}" if text.isdigit() else text
    try:
        when = datetime.fromisoformat(plain)
    except ValueError as error:
        raise Invalid(f"第 {line} 行的时间读不懂：{text}") from error
    return int(when.replace(tzinfo=UTC).timestamp() * 1000)


def _degrees(text: str) -> float:
    """Read ``283N`` or ``1214E``: tenths of degrees and a side."""
    side, tenths = text[-1:].upper(), text[:-1]
    if side not in "NSEW" or not _is_number(tenths):
        raise Invalid(f"位置读不懂：{text}")
    return float(tenths) / 10.0 * (-1 if side in "SW" else 1)


def _is_number(value: object) -> bool:
    return not isnan(_number(value))


def _number(value: object) -> float:
    """Read a figure; NaN for a blank, a word, or nothing."""
    try:
        return float(str(value).strip())
    except ValueError:
        return _NOBODY


def agencies(told: Iterable[tuple[int, str]]) -> list[str]:
    """Name the agencies that forecast, in order of their first word."""
    return list(dict.fromkeys(agency for _, agency in sorted(told)))
