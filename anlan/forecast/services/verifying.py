"""How good forecasts were: compared with what was measured once their time is over."""

from datetime import datetime, timedelta
from typing import Final

import numpy as np
from django.db import transaction
from django.db.models import F

from anlan.forecast.models import LevelCheck, Run, Score, Series, StationOutlook
from anlan.forecast.selectors.gathering.asking import millis
from anlan.forecast.selectors.gathering.tides import measured, streams_of
from anlan.kernel import clock
from anlan.sense.models import Station

#: Lead times, hours, that errors are kept apart by.
LEADS: Final = ((0, 6), (6, 12), (12, 24), (24, 48), (48, 72), (72, 168))
HOUR_MS: Final = 3_600_000
#: Less of the time measured, and nobody knows whether a level was reached.
LEAST_COVER: Final = 0.8
LATE: Final = timedelta(hours=1)
AT_ONCE: Final = 20


def verify_runs() -> int:
    """Verify runs whose time is over and that nobody has yet; returns how many."""
    over = Run.objects.filter(
        verified_at=None, ended_at__isnull=False, valid_until__lt=clock.now() - LATE
    ).order_by("valid_until")
    done = 0
    for run in over[:AT_ONCE]:
        verify_run(run)
        done += 1
    return done


def verify_run(run: Run) -> None:
    """Compare a run's stations with what they measured; once."""
    scores: list[Score] = []
    checks: list[LevelCheck] = []
    if run.state == "done":
        outlooks = StationOutlook.objects.filter(run=run, quantity="tide-level")
        found = list(outlooks.select_related("station"))
        streams = streams_of([one.station_id for one in found])
        for one in found:
            stream = streams.get(one.station_id)
            if stream is not None:
                seen = measured(stream.number, millis(run.based_at), millis(run.valid_until) + 1)
                scores += _scores(run, one.station, seen)
                checks += _checks(run, one, seen)
    with transaction.atomic():
        mine = Run.objects.filter(pk=run.pk, verified_at=None)
        if mine.update(verified_at=clock.now(), version=F("version") + 1):
            Score.objects.bulk_create(scores)
            LevelCheck.objects.bulk_create(checks)


def _scores(run: Run, station: Station, seen: tuple[np.ndarray, np.ndarray]) -> list[Score]:
    times, values = seen
    row = Series.objects.filter(
        run=run, of="station", code=station.code, quantity="tide-level", member=""
    ).first()
    if row is None or not len(times):
        return []
    told = np.array([np.nan if one is None else one for one in row.values], np.float64)
    at = millis(row.start) + np.arange(len(told), dtype=np.int64) * row.step_s * 1000
    error = np.interp(times, at, told, left=np.nan, right=np.nan) - values
    lead = (times - millis(run.based_at)) / HOUR_MS
    found = []
    for first, last in LEADS:
        mine = error[(lead >= first) & (lead < last) & np.isfinite(error)]
        if len(mine):
            found.append(
                Score(
                    run=run, station=station, region_id=station.region_id, model=run.model,
                    quantity="tide-level", lead_from=first, lead_until=last, n=len(mine),
                    total=float(mine.sum()), total_size=float(np.abs(mine).sum()),
                    total_square=float((mine**2).sum()), based_at=run.based_at,
                )
            )  # fmt: skip
    return found


def _checks(run: Run, one: StationOutlook, seen: tuple[np.ndarray, np.ndarray]) -> list[LevelCheck]:
    times, values = seen
    covered = _cover(times, millis(run.based_at), millis(run.valid_until))
    found = []
    for kind, limit in one.levels.items():
        beyond = np.flatnonzero(values >= limit)
        if not len(beyond) and covered < LEAST_COVER:
            continue  # it may have been reached while nobody measured
        said = one.reached.get(kind)
        seen_at = _moment(int(times[beyond[0]])) if len(beyond) else None
        found.append(
            LevelCheck(
                run=run, station=one.station, region_id=one.region_id, model=run.model, kind=kind,
                limit=limit, said_at=datetime.fromisoformat(said) if said else None,
                seen_at=seen_at, outcome=outcome(said=bool(said), seen=seen_at is not None),
                based_at=run.based_at,
            )
        )  # fmt: skip
    return found


def outcome(*, said: bool, seen: bool) -> str:
    """Name what became of a forecast that a level would be reached, or would not.

    >>> outcome(said=True, seen=False), outcome(said=False, seen=True)
    ('false-alarm', 'miss')
    """
    if said:
        return "hit" if seen else "false-alarm"
    return "miss" if seen else "quiet"


def _cover(times: np.ndarray, since: int, until: int) -> float:
    """Tell the share of the hours of a span in which something was measured."""
    hours = max(1, round((until - since) / HOUR_MS))
    return len(np.unique((times - since) // HOUR_MS)) / hours if len(times) else 0.0


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=clock.now().tzinfo)
