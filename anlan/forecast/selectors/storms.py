"""Storms as their bulletins tell them: the way they came, and where the agencies see them go."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import numpy as np

from anlan import codes
from anlan.base.door.phrases import said
from anlan.engines.typhoon import Track
from anlan.engines.typhoon.bulletins import read_bulletins
from anlan.engines.typhoon.reading import read_atcf, read_best_tracks, read_ibtracs
from anlan.engines.typhoon.units import Unit, is_twice
from anlan.forecast.models import Bulletin
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Missing

#: Our own agency's forecast comes first where several are told.
FIRST: Final = "中国"
#: A storm that nobody saw for so long is over.
LATELY: Final = timedelta(days=3)
#: Never have so many storms been about in one basin.
MOST_STORMS: Final = 6
#: Past errors, of which the cone and the ensemble are drawn.
ERRORS: Final = "typhoon-track-errors"
UNCHECKED: Final = "可能范围和概率按历史误差画，表里“{rows}”的数没有核对过原文，只供参考"
UNITS: Final[tuple[Unit, ...]] = ("", "m/s", "knots")
AFTERWARDS: Final = "路径取自事后整编的最佳路径，不是当时的预报"


class Storm:
    """One storm of a file, read: positions seen, forecasts by moment of issue and agency."""

    def __init__(
        self,
        path: Track,
        forecasts: Mapping[tuple[int, str], Track],
        refused: Mapping[tuple[int, str], str],
    ) -> None:
        self.path, self.forecasts, self.refused = path, forecasts, refused


def read(
    form: str, body: bytes, unit: Unit = "", refused: dict[str, str] | None = None
) -> dict[str, Storm]:
    """Read every storm of a file; `Invalid` says what is wrong with it.

    unit: of its winds, where somebody said it. refused: takes the storms that cannot be, by number,
    with their reasons.
    """
    wrong: dict[str, str] = {} if refused is None else refused
    if form == "bulletin":
        return {
            number: Storm(one.path, one.forecasts, one.refused)
            for number, one in read_bulletins(body, unit=unit, refused=wrong).items()
        }
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Invalid("路径文件不是 UTF-8 文本", errors={"file": ["不是 UTF-8"]}) from None
    reading: Mapping[str, Callable[..., dict[str, Track]]] = {
        "cma": read_best_tracks, "ibtracs": read_ibtracs, "atcf": read_atcf,
    }  # fmt: skip
    found = reading[form](text, unit=unit, refused=wrong)
    return {number: Storm(track, {}, {}) for number, track in found.items()}


def form_of(body: bytes) -> str:
    """Tell which form a file has, by how it begins."""
    start = body.lstrip()[:200]
    if start[:1] in (b"{", b"["):
        return "bulletin"
    if start.startswith(b"66666"):
        return "cma"
    return "ibtracs" if b"SID" in start else "atcf"


def unit_of(told: str) -> Unit:
    """Read the unit of winds as somebody says it; `Invalid` for another word."""
    for known in UNITS:
        if told == known:
            return known
    raise Invalid(f"风速的单位只能是 m/s 或 knots，不是 {told}", errors={"unit": ["没有这个单位"]})


def is_in_knots(path: Track, storm: str) -> bool:
    """Tell whether winds are twice those that were told of the same moments before."""
    before = newest(storm, clock.now())
    if before is None:
        return False
    other = storm_of(before).path
    _, mine, theirs = np.intersect1d(path.times, other.times, return_indices=True)
    return is_twice(path.wind[mine], other.wind[theirs])


@lru_cache(maxsize=8)
def _storm(bulletin: str, storm: str) -> Storm:
    row = Bulletin.objects.get(pk=bulletin)
    return read(row.form, bytes(row.body), unit_of(row.unit))[storm]


def storm_of(row: Bulletin) -> Storm:
    """Read the storm of a bulletin; kept in memory, for its bytes never change."""
    return _storm(row.pk, row.storm)


def newest(storm: str, at: datetime) -> Bulletin | None:
    """Find the newest bulletin of a storm, or of whichever storm was told of last.

    A best track that goes on beyond `at` counts: a hindcast takes what was before from it.
    """
    rows = Bulletin.objects.defer("body")
    if storm:
        rows = rows.filter(storm=storm)
    within = rows.filter(newest_at__lte=at).order_by("-newest_at", "-id").first()
    return within or (rows.order_by("-at").first() if storm else None)


def storms_about(at: datetime) -> list[str]:
    """List the storms that somebody told of lately, those seen last first.

    Whether one still leads anywhere is for whoever wants to compute it to ask.
    """
    rows = Bulletin.objects.filter(newest_at__gt=at - LATELY, newest_at__lte=at)
    found = rows.order_by("-newest_at", "-id").values_list("storm", flat=True)
    return list(dict.fromkeys(found))[:MOST_STORMS]


def forecast_of(row: Bulletin, based_ms: int, agency: str = FIRST) -> tuple[Track, str] | None:
    """Give the way ahead as it was told last before a moment, and what is to be said of it.

    The wanted agency's, else any other's; where no agency forecasts, what a best track knows of
    the time after. None when nothing leads ahead.
    """
    storm = storm_of(row)
    issued = [key for key in storm.forecasts if key[0] <= based_ms]
    if issued:
        latest = max(moment for moment, _ in issued)
        here = sorted(name for moment, name in issued if moment == latest)
        chosen = agency if agency in here else here[0]
        note = "" if chosen == agency else f"没有{agency}的预报，用{chosen}的"
        return storm.forecasts[latest, chosen], note
    path = storm.path
    inside = path.times[0] <= based_ms < path.times[-1]
    if not inside:
        return None
    later = path.times[path.times > based_ms]
    return path.at(np.concatenate([[based_ms], later])), AFTERWARDS


def preceded(way: Track, row: Bulletin, since_ms: int) -> Track:
    """Put the positions seen from a moment on before a way ahead: the sea remembers the storm."""
    path = storm_of(row).path
    before = (path.times >= since_ms) & (path.times < way.times[0])
    if not before.any():
        return way
    return replace(
        way,
        times=np.concatenate([path.times[before], way.times]),
        lon=np.concatenate([path.lon[before], way.lon]),
        lat=np.concatenate([path.lat[before], way.lat]),
        wind=np.concatenate([path.wind[before], way.wind]),
        pressure=np.concatenate([path.pressure[before], way.pressure]),
        radii=np.concatenate([path.radii[before], way.radii]),
    )


def unchecked_errors() -> tuple[str, ...]:
    """Say which of the past errors nobody checked against a source; nothing where all are."""
    rows = [row for row in codes.table(ERRORS) if row.confidence.startswith("M")]
    if not rows:
        return ()
    return (UNCHECKED.format(rows="、".join(row.name for row in rows)),)


def past_errors(language: str) -> dict[str, Any]:
    """Say whose past errors the cone is drawn of, and which of them nobody checked."""
    return {
        "source": codes.table(ERRORS).source,
        "unchecked": " ".join(said(one, language) for one in unchecked_errors()),
    }


def listed() -> dict[str, Any]:
    """List the storms there are bulletins of, the newest first; one that ends later than now last.

    Such a one is a best track of the past, in a workspace whose clock is behind it: not the storm
    that is under way.
    """
    rows = Bulletin.objects.defer("body").order_by("-newest_at", "-id")
    found: dict[str, dict[str, Any]] = {}
    for row in rows[:2000]:
        one = found.setdefault(
            row.storm,
            {
                "storm": row.storm, "name": row.name, "newest_at": row.newest_at,
                "bulletins": 0, "form": row.form, "agency": row.agency,
            },
        )  # fmt: skip
        one["bulletins"] += 1
    at = clock.now()
    items = sorted(found.values(), key=lambda one: one["newest_at"] > at)
    return {"items": items, "as_of": at}


def one(storm: str, language: str, at: datetime | None = None) -> dict[str, Any]:
    """Read one storm: its path, the newest forecast of every agency, what could not be read."""
    row = newest(storm, at or clock.now())
    if row is None or row.storm != storm:
        raise Missing("没有这个台风的路径")
    found = storm_of(row)
    until = round((at or clock.now()).timestamp() * 1000)
    latest: dict[str, int] = {}
    for moment, agency in found.forecasts:
        if moment <= until:
            latest[agency] = max(moment, latest.get(agency, moment))
    return {
        "storm": row.storm,
        "name": row.name,
        "form": row.form,
        "sha256": row.sha256,
        "received_at": row.at,
        "newest_at": row.newest_at,
        "observed": points_of(found.path, until),
        "forecasts": [
            {
                "agency": agency, "issued_at": _moment(moment),
                "points": points_of(found.forecasts[moment, agency]),
            }
            for agency, moment in sorted(latest.items())
        ],
        "mended": [said(text, language) for text in found.path.mended],
        "refused": [
            {"agency": agency, "issued_at": _moment(moment), "why": said(why, language)}
            for (moment, agency), why in sorted(found.refused.items())
        ],
        "as_of": clock.now(),
    }  # fmt: skip


def points_of(track: Track, until: int | None = None) -> list[dict[str, Any]]:
    """Say positions as pages take them, those after `until` left out."""
    points = []
    for n, moment in enumerate(track.times.tolist()):
        if until is not None and moment > until:
            break
        wind = _known(track.wind[n])
        grade = codes.band("typhoon", wind) if wind is not None else None
        points.append(
            {
                "time": _moment(moment),
                "lon": round(float(track.lon[n]), 3),
                "lat": round(float(track.lat[n]), 3),
                "wind": wind,
                "pressure": _known(track.pressure[n]),
                "grade": grade.code if grade else None,
                "grade_label": grade.name if grade else None,
                "grade_label_en": grade.name_en if grade else None,
                "radii": [[_known(one) for one in row] for row in track.radii[n]],
            }
        )
    return points


def _known(value: Any) -> float | None:
    return None if np.isnan(value) else round(float(value), 1)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
