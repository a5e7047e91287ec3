"""Read tracks: China's best tracks, IBTrACS and ATCF; bulletins have a file of their own.

Zone-less times are UTC. Winds: the national form tells m/s over two minutes, IBTrACS and ATCF knots
over one or ten; they are turned to m/s and not between averaging times, which differ by less than
the agencies do.

A storm of a file that cannot be does not take the others with it where the caller hands over a
`refused` for its reason, by number; without one it is raised, with the storm named. `unit` is what
somebody says the winds are in, whatever the form has them in.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from io import StringIO
from math import isnan
from typing import Final

from anlan.engines.typhoon.track import Fix, Track, track_of
from anlan.engines.typhoon.units import KNOT, UNKNOWN, Span, Unit, span_of_grade
from anlan.kernel.errors import Invalid

NOBODY: Final = float("nan")
_KM_PER_MILE: Final = 1.852
_ATCF_RADII: Final = {"34": 0, "50": 1, "64": 2}
#: Winds of a type by its definition over one minute: 34, 64 and 130 knots part them.
_ATCF_SPANS: Final[Mapping[str, Span]] = {
    "TD": (10.0 * KNOT, 34.0 * KNOT), "TS": (34.0 * KNOT, 64.0 * KNOT),
    "TY": (64.0 * KNOT, 130.0 * KNOT), "ST": (130.0 * KNOT, 185.0 * KNOT),
}  # fmt: skip
QUADRANTS: Final = ("ne", "se", "sw", "nw")
#: Storms that cannot be, by number, each with its reason.
Refused = dict[str, str]


def read_best_tracks(
    text: str, *, unit: Unit = "", refused: Refused | None = None
) -> dict[str, Track]:
    """Read the CMA best-track form: a line that begins with 66666 opens a storm.

    Source: Ying et al. 2014, J. Atmos. Oceanic Technol. 31, 287. Keyed by the storm's number
    (``1909``), or the serial of the year in square brackets where it has none.
    """
    storms = _Storms(agency="CMA", unit=unit)
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


def read_ibtracs(text: str, *, unit: Unit = "", refused: Refused | None = None) -> dict[str, Track]:
    """Read IBTrACS CSV by its column names (``SID``, ``ISO_TIME``, ``LAT``, ``LON``, ...).

    A second line that holds units is skipped. Winds and pressures are those of the responsible
    centre; where it has none, those of China's or the United States' agency, which the track tells
    in `mended`. Radii are the United States', of 34, 50 and 64 knots, taken for force 7, 10 and 12.
    Keyed by storm identifier.
    """
    storms = _Storms(agency="IBTrACS", unit=unit, knots=True)
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
    text: str, *, technique: str = "BEST", unit: Unit = "", refused: Refused | None = None
) -> dict[str, Track]:
    """Read ATCF decks (a, b): lines of one `technique`, forecast hours added to the base time.

    Radii of 34, 50 and 64 knots are taken for force 7, 10 and 12; several lines of one moment tell
    several radii. Keyed by basin, number and year. For techniques of forecasts hand over one base
    time only.
    """
    storms = _Storms(agency=technique, unit=unit, knots=True, last=True)
    for number, line in enumerate(text.splitlines(), start=1):
        words = [word.strip() for word in line.split(",")]
        if len(words) < 8 or words[4] != technique:
            continue
        storm = f"{words[0]}{words[1]}{words[2][:4]}"
        storms.add(storm, "", partial(_atcf_fix, words, number, storms.known(storm)))
    return storms.tracks(refused, otherwise=f"没有一行是 {technique} 的路径")


class _Storms:
    """The storms of a file while it is read, row by row.

    knots: the form has its winds in knots, where nobody says otherwise by `unit`. last: of several
    rows of one moment the last holds what all of them tell.
    """

    def __init__(self, *, agency: str, unit: Unit, knots: bool = False, last: bool = False) -> None:
        self._agency, self._last = agency, last
        self._knots = unit == "knots" if unit else knots
        self._sure = bool(unit)
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
                    knots=self._knots, sure=self._sure,
                )  # fmt: skip
            except Invalid as error:
                self._wrong[number] = error.detail
                continue
            lent = tuple(
                f"{count} 个时刻主管中心没有风速或气压，用 {agency} 的"
                for agency, count in self._lent[number].items()
            )
            found[number] = replace(track, mended=(*track.mended, *lent))
        settle(found, self._wrong, refused, otherwise=otherwise)
        return found


def settle(
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
    return Fix(time, lon, lat, wind, pressure, span=span_of_grade(int(words[1])))


#: Columns of IBTrACS after the responsible centre's, in the order in which they stand in.
_LENDERS: Final = ("CMA", "USA")


def _ibtracs_fix(row: Mapping[str, str | None], number: int) -> Fix:
    wind, pressure = (_told(row, part)[0] for part in ("WIND", "PRES"))
    radii = tuple(
        tuple(
            number_of(row.get(f"USA_R{knots}_{side.upper()}")) * _KM_PER_MILE for side in QUADRANTS
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
        value = number_of(row.get(f"{agency}_{part}"))
        if value > 0:
            return value, agency
    return NOBODY, ""


def _lent(row: Mapping[str, str | None]) -> set[str]:
    """Name the agencies that stand in for the responsible centre at a position."""
    return {_told(row, part)[1] for part in ("WIND", "PRES")} & set(_LENDERS)


def _plain(value: object, line: int) -> float:
    if not _is_number(value):
        raise Invalid(f"第 {line} 行的位置读不懂：{value}")
    return number_of(value)


def _atcf_fix(words: list[str], number: int, read: Mapping[int, list[Fix]]) -> Fix:
    """Read a position; one that was read before hands its radii on, and is the same moment."""
    moment = _utc(words[2], number) + int(words[5] or 0) * 3_600_000
    before = read.get(moment, [])
    radii = [list(row) for row in before[-1].radii] if before else _no_radii()
    if len(words) > 16 and words[11] in _ATCF_RADII:
        told = [number_of(word) * _KM_PER_MILE for word in words[13:17]]
        if words[12] == "AAA":
            told = [told[0]] * 4
        radii[_ATCF_RADII[words[11]]] = told
    return Fix(
        time=moment,
        lon=_degrees(words[7]),
        lat=_degrees(words[6]),
        wind=number_of(words[8]) if len(words) > 8 else NOBODY,
        pressure=number_of(words[9]) if len(words) > 9 else NOBODY,
        radii=tuple(tuple(row) for row in radii),
        span=_ATCF_SPANS.get(words[10], UNKNOWN) if len(words) > 10 else UNKNOWN,
    )


def _no_radii() -> list[list[float]]:
    return [[NOBODY] * 4 for _ in range(3)]


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
    return not isnan(number_of(value))


def number_of(value: object) -> float:
    """Read a figure; NaN for a blank, a word, or nothing."""
    try:
        return float(str(value).strip())
    except ValueError:
        return NOBODY
