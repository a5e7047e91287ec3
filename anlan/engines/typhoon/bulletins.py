"""Read the bulletin JSON of the national and provincial typhoon pages: a path, and forecasts.

Zone-less times are Beijing time, winds m/s over two minutes. Beside a wind its grade and force are
told, by which a wind in another unit is found; where they are not, what the other agencies tell of
the same moment says whether somebody should look.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any, Final

import numpy as np

from anlan.engines.typhoon.reading import NOBODY, QUADRANTS, Refused, number_of, settle
from anlan.engines.typhoon.track import Fix, Floats, Times, Track, track_of
from anlan.engines.typhoon.units import (
    UNKNOWN,
    Span,
    Unit,
    comparable,
    is_twice,
    span_of_force,
    span_of_grade,
    unasked,
)
from anlan.kernel.errors import Invalid

_BEIJING: Final = timezone(timedelta(hours=8))
TWICE: Final = "风速是别家同一时刻的两倍左右，请看一眼是不是节"
#: What stands in brackets behind the Chinese name of a grade.
_GRADES: Final = ("TD", "TS", "STS", "TY", "STY", "Super TY")


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


def read_bulletins(
    text: str | bytes, *, unit: Unit = "", refused: Refused | None = None
) -> dict[str, Bulletins]:
    """Read the bulletin JSON of the national and provincial typhoon pages, by storm number.

    A list of storms (or one), each with ``points``; every point may hold ``forecast``: by agency
    (``sets``) a list of points. Unknown fields are passed over. `unit` and `refused`: as `reading`
    has them.
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
            found[number] = _bulletins(number, storm, unit)
        except Invalid as error:
            wrong[number] = error.detail
    settle(found, wrong, refused, otherwise="没有读到台风：缺少 points")
    return found


def _bulletins(number: str, storm: Mapping[str, Any], unit: Unit) -> Bulletins:
    name = str(storm.get("name") or storm.get("ename") or "")
    made = partial(track_of, number=number, name=name, knots=unit == "knots", sure=bool(unit))
    fixes: list[Fix] = []
    forecasts: dict[tuple[int, str], Track] = {}
    refused: dict[tuple[int, str], str] = {}
    for point in storm["points"]:
        here = _fix(point)
        fixes.append(here)
        for told in point.get("forecast") or ():
            agency = str(told.get("sets") or told.get("tm") or "")
            try:
                ahead = [_fix(one) for one in told.get("points") or ()]
                # Where the storm is now is not the agency's word: it vouches for none of its winds.
                begin = replace(here, span=UNKNOWN)
                later = [begin, *(fix for fix in ahead if fix.time > here.time)]
                track = made(later, agency=agency)
            except Invalid as error:
                refused[here.time, agency] = str(error)
                continue
            if len(track) > 1:
                forecasts[here.time, agency] = track
    way = str(storm["points"][0].get("way") or "")
    path = made(fixes, agency=way)
    return Bulletins(path, forecasts if unit else _compared(forecasts), refused)


def _compared(forecasts: Mapping[tuple[int, str], Track]) -> dict[tuple[int, str], Track]:
    """Set winds that nothing else tells the unit of against those of the others.

    Agencies that agree vouch for each other. One that tells twice as much is not refused: of storms
    that come ashore or grow fast they have told so of the same moment, and meant it.
    """
    kept = {}
    for (issued, agency), track in forecasts.items():
        others = [
            one for (when, name), one in forecasts.items() if when == issued and name != agency
        ]
        kept[issued, agency] = _beside(track, others)
    return kept


def _beside(track: Track, others: Sequence[Track]) -> Track:
    asks = [one for one in track.mended if one == unasked(track.wind)]
    mine, theirs = track.wind[1:], _middle(others, track.times[1:])
    if not asks or (np.isfinite(mine).any() and comparable(mine, theirs).sum() < 2):
        return track
    told = [one for one in track.mended if one not in asks]
    twice = [TWICE] if is_twice(mine, theirs) else []
    return replace(track, mended=(*told, *twice))


def _middle(others: Sequence[Track], times: Times) -> Floats:
    """Give the middle wind of some forecasts at moments (n,), of two the lower; NaN for none."""
    found = np.full(len(times), np.nan)
    for place, moment in enumerate(times):
        told = sorted(
            float(wind)
            for one in others
            for wind in one.wind[1:][one.times[1:] == moment]
            if np.isfinite(wind)
        )
        if told:
            found[place] = told[(len(told) - 1) // 2]
    return found


def _fix(point: Mapping[str, Any]) -> Fix:
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
        wind=number_of(point.get("speed")) or NOBODY,
        pressure=number_of(point.get("pressure")) or NOBODY,
        radii=tuple(_radii(point, grade) for grade in ("7", "10", "12")),
        span=_span(point),
    )


def _span(point: Mapping[str, Any]) -> Span:
    """Tell the winds of the force that is told beside the speed, else of the grade."""
    force = span_of_force(number_of(point.get("power")))
    if not np.isnan(force[0]):
        return force
    named = str(point.get("strong") or "").partition("(")[2].rstrip(")")
    return span_of_grade(_GRADES.index(named) + 1 if named in _GRADES else 0)


def _radii(point: Mapping[str, Any], grade: str) -> tuple[float, ...]:
    quadrants = point.get(f"radius{grade}_quad") or {}
    told = [number_of(quadrants.get(side)) for side in QUADRANTS]
    if any(one > 0 for one in told):
        return tuple(told)
    return (number_of(point.get(f"radius{grade}")),) * 4


def agencies(told: Iterable[tuple[int, str]]) -> list[str]:
    """Name the agencies that forecast, in order of their first word."""
    return list(dict.fromkeys(agency for _, agency in sorted(told)))
