"""What the demo county's tide gauges would have told in days gone by, and forecasts made of them.

The values are invented like the county: each station's own tide, a residual that wanders as weather
drives it, a gauge's noise. The forecasts are computed as any others and verified by the platform,
so that its board shows what the model really does with such a sea.
"""

import os
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.demo.days import noise
from anlan.demo.storm import OFFICER
from anlan.engines.series import Columns
from anlan.forecast.adapters.shapes import TidePoint as Shape
from anlan.forecast.adapters.water import astronomical
from anlan.forecast.models import Run, TidePoint
from anlan.forecast.selectors.gathering.asking import millis
from anlan.forecast.selectors.gathering.tides import streams_of
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict, Missing
from anlan.sense.store import open_store

MODEL: Final = "tide"
SEED: Final = 1997
#: Hours ago at which the gauges began and ceased to tell, and at which forecasts were made.
BEGAN_H, CEASED_H = 120, 48
BASED_H: Final = (108, 96, 84, 72)
AHEAD: Final = timedelta(hours=24)
EVERY_MS: Final = 600_000
HOUR_MS: Final = 3_600_000
#: m: of the weather's residual, over so many hours, and of the gauge's noise.
RESIDUAL, OVER_H, NOISE = 0.12, 9.0, 0.02


def start_past(county: str) -> int:
    """Store those values and ask for forecasts of that time; tell how many were asked for.

    Where somebody else writes observations already the past is left as it is.
    """
    if Run.objects.filter(model=MODEL).exists():  # an earlier load came this far
        return 0
    officer = User.objects.filter(username=OFFICER).first()
    if officer is None:
        raise Missing(f"演示用户 {OFFICER} 不存在")
    now = clock.now()
    if not _store(now):
        return 0
    by = actor_of(officer)
    for hours in BASED_H:
        at = now - timedelta(hours=hours)
        wanted = Wanted(model=MODEL, region=county, based_at=at, ahead=AHEAD, seed=SEED)
        ask_run(wanted=wanted, by=by)
    return len(BASED_H)


def _store(now: datetime) -> bool:
    rows = list(TidePoint.objects.filter(retired_at=None).select_related("station"))
    streams = streams_of([row.station_id for row in rows])
    end = millis(now) - CEASED_H * HOUR_MS
    times = np.arange(millis(now) - BEGAN_H * HOUR_MS, end, EVERY_MS, dtype=np.int64)
    told = [
        Columns.of([streams[row.station_id].number] * len(times), times, _told(row, times))
        for row in rows
        if row.station_id in streams and row.mean is not None
    ]
    if not told:
        return False
    try:
        store = open_store(workspace.directory(), os.environ.get("TELEMETRY_URL", ""))
    except Conflict:
        return False
    try:
        for columns in told:
            store.append(columns, millis(now))
    finally:
        store.close()
    return True


def _told(row: TidePoint, times: np.ndarray) -> np.ndarray:
    """Tell what a gauge read at moments, m above its datum."""
    point = Shape(
        station=row.station.code, waves=row.waves(), mean=row.mean or 0.0, ratio=row.ratio or 1.0,
        later_min=row.later or 0.0,
    )  # fmt: skip
    hours = times / HOUR_MS
    weather = noise.wander(SEED, f"tide/{row.station.code}", hours, RESIDUAL, every_h=OVER_H)
    read = noise.jitter(SEED, f"tide/{row.station.code}", len(times), NOISE)
    return np.asarray(np.round(astronomical(point, times) + weather + read, 3))
