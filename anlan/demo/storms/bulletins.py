"""The bulletins of a storm, in the JSON form of the national typhoon pages.

What is seen is the best track, laid over the county; to a tenth of a degree, as bulletins tell it.
What is foreseen is the same track with an error: on average as far off as forecasts of the past
have been at each lead time (table ``typhoon-track-errors``), in a direction that turns slowly from
bulletin to bulletin, by the storm's seed. So the forecast of a day before is wrong by some seventy
kilometres, as it truly is. Nothing else of the future is told.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from anlan import codes
from anlan.demo.county import frame
from anlan.demo.days.recording import in_ms
from anlan.demo.storms.letters import BULLETIN, Letter
from anlan.demo.storms.reading import KM_PER_DEG, Storm
from anlan.kernel import clock

HOUR_MS: Final = 3_600_000
#: A bulletin every so many hours; nearer to the county than `NEAR_KM` every `OFTEN_H`.
EVERY_H, OFTEN_H, NEAR_KM = 6, 3, 800.0
#: Minutes from the moment told to the bulletin being there.
UNDER_WAY: Final = 20
LEADS: Final = (12, 24, 36, 48, 72)
AGENCY: Final = "中国"
#: Share of the last bulletin's error that the next one keeps.
KEEPS: Final = 0.85
#: A normal error of two dimensions is this much farther than its spread along one of them.
MEAN_OF_SPREAD: Final = 1.2533
REMARK: Final = "演练：真实路径平移到演示县，预报误差为模拟"
EMPTY: Final = {"ne": 0, "se": 0, "sw": 0, "nw": 0}


def bulletins_of(storm: Storm) -> list[Letter]:
    """Write all bulletins of a storm from its start to its end."""
    issued = _issued(storm)
    rng = frame.stream(storm.seed, "bulletins")
    aside = rng.normal(size=3)
    letters = []
    for place, at in enumerate(issued):
        aside = KEEPS * aside + float(np.sqrt(1 - KEEPS**2)) * rng.normal(size=3)
        seen = [_point(storm, one) for one in issued[: place + 1]]
        seen[-1]["forecast"] = [{"sets": AGENCY, "points": _ahead(storm, at, aside)}]
        told = [{
            "tfbh": storm.number, "name": storm.name, "ename": storm.name_en.upper(),
            "is_current": 1, "begin_time": seen[0]["time"], "end_time": seen[-1]["time"],
            "points": seen,
        }]  # fmt: skip
        body = json.dumps(told, ensure_ascii=False)
        title = f"{storm.number} {storm.name} {seen[-1]['time']}"
        letters.append(Letter(at + UNDER_WAY * 60_000, BULLETIN, "typhoon", title, body))
    return letters


def _issued(storm: Storm) -> list[int]:
    """List the moments bulletins tell of, ms."""
    track, first, last = storm.path, in_ms(storm.start), in_ms(storm.end)
    known = track.times[np.isfinite(track.wind)]
    begins, ends = max(first - 24 * HOUR_MS, int(known[0])), min(last, int(known[-1]))
    every = OFTEN_H * HOUR_MS
    return [
        at for at in range(-(-begins // every) * every, ends + 1, every)
        if at % (EVERY_H * HOUR_MS) == 0 or _is_near(storm, at)
    ]  # fmt: skip


def _is_near(storm: Storm, at: int) -> bool:
    lon, lat, _, _ = _at(storm, at)
    narrow = np.cos(np.radians(storm.laid[1]))
    away = np.hypot((lon - storm.laid[0]) * narrow, lat - storm.laid[1]) * KM_PER_DEG
    return bool(away < NEAR_KM)


def _at(storm: Storm, at: int) -> tuple[float, float, float, float]:
    """Tell longitude, latitude, wind (NaN unknown) and pressure at a moment."""
    now = storm.path.at(np.array([at], dtype=np.int64))
    return float(now.lon[0]), float(now.lat[0]), float(now.wind[0]), float(now.pressure[0])


def _point(storm: Storm, at: int) -> dict[str, Any]:
    lon, lat, wind, pressure = _at(storm, at)
    return {
        **_place(at, lon, lat), **_strength(wind, pressure), "way": AGENCY, "fhour": 0,
        "remark": REMARK, "radius7": 0, "radius10": 0, "radius12": 0, "radius7_quad": EMPTY,
        "radius10_quad": EMPTY, "radius12_quad": EMPTY, "forecast": [],
    }  # fmt: skip


def _place(at: int, lon: float, lat: float) -> dict[str, Any]:
    local = clock.local(datetime.fromtimestamp(at / 1000, tz=UTC))
    time = local.strftime("%Y-%m-%dT%H:%M:%S")
    return {"time": time, "longitude": round(lon, 1), "latitude": round(lat, 1)}


def _strength(wind: float, pressure: float) -> dict[str, Any]:
    """Tell how strong it is; nought is the form's word for not known."""
    told = round(pressure) if np.isfinite(pressure) else 0
    if not np.isfinite(wind):
        return {"speed": 0, "power": 0, "pressure": told, "strong": ""}
    grade, force = codes.band("typhoon", wind), codes.band("wind", wind)
    return {
        "speed": round(wind), "power": int(force.code) if force else 17, "pressure": told,
        "strong": grade.name if grade else "",
    }  # fmt: skip


def _ahead(storm: Storm, at: int, aside: Sequence[float] | np.ndarray) -> list[dict[str, Any]]:
    """Tell the points ahead, wrong as forecasts are."""
    rows = list(codes.table("typhoon-track-errors"))
    hours = [row.number("hours") or 0.0 for row in rows]
    points = []
    for lead in LEADS:
        then = at + lead * HOUR_MS
        if then > storm.path.times[-1]:
            break
        far, off = (
            float(np.interp(lead, hours, [row.number(name) or 0.0 for row in rows]))
            for name in ("distance", "wind")
        )
        lon, lat, wind, pressure = _at(storm, then)
        spread = far / MEAN_OF_SPREAD / KM_PER_DEG
        lon += spread * float(aside[0]) / float(np.cos(np.radians(lat)))
        lat += spread * float(aside[1])
        wind = max(wind + MEAN_OF_SPREAD * off * float(aside[2]), 8.0)
        points.append({**_place(then, lon, lat), **_strength(wind, pressure), "fhour": lead})
    return points
