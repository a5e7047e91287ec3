"""How good forecasts were: compared with what was measured once their time is over."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from django.db import transaction
from django.db.models import F

from anlan.forecast.models import LevelCheck, Run, Score, StationOutlook
from anlan.forecast.selectors import compared
from anlan.forecast.selectors.compared import Compared
from anlan.forecast.selectors.gathering.asking import millis
from anlan.forecast.selectors.gathering.tides import LEVEL, STAGE, streams_of
from anlan.kernel import clock
from anlan.sense.models import Stream

#: Lead times, hours, that errors are kept apart by.
LEADS: Final = ((0, 6), (6, 12), (12, 24), (24, 48), (48, 72), (72, 168))
HOUR_MS: Final = 3_600_000
#: Less of the time measured, and nobody knows whether a level was reached.
LEAST_COVER: Final = 0.8
LATE: Final = timedelta(hours=1)
#: Engine whose runs stand for the way of a storm.
TRACKING: Final = "typhoon-ensemble"
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
    """Compare what a run said of stations, basins and a storm with what came; once."""
    scores: list[Score] = []
    checks: list[LevelCheck] = []
    if run.state == "done":
        for one, stream in _watched(run):
            seen = compared.measured(stream.number, run)
            for each in compared.levels(run, one, seen):
                scores += _scores(run, each)
            checks += _checks(run, one, seen)
        for each in (*compared.basin_rain(run, _spans(run)), *_track(run)):
            scores += _scores(run, each)
    with transaction.atomic():
        mine = Run.objects.filter(pk=run.pk, verified_at=None)
        if mine.update(verified_at=clock.now(), version=F("version") + 1):
            Score.objects.bulk_create(scores)
            LevelCheck.objects.bulk_create(checks)


def _watched(run: Run) -> Iterator[tuple[StationOutlook, Stream]]:
    """Walk the stations whose level a run told, each with the stream that measures it."""
    for quantity in (LEVEL, STAGE):
        outlooks = StationOutlook.objects.filter(run=run, quantity=quantity)
        found = list(outlooks.select_related("station"))
        streams = streams_of([one.station_id for one in found], quantity)
        for one in found:
            if one.station_id in streams:
                yield one, streams[one.station_id]


def _track(run: Run) -> list[Compared]:
    """Compare the way of the storm once for all models that were fed with it."""
    return compared.track(run) if run.engine == TRACKING else []


def _spans(run: Run) -> list[tuple[int, int]]:
    """List the lead times as spans of time, ms, those within the run."""
    since, until = millis(run.based_at), millis(run.valid_until)
    spans = [(since + first * HOUR_MS, since + last * HOUR_MS) for first, last in LEADS]
    return [(first, last) for first, last in spans if last <= until]


def _scores(run: Run, one: Compared) -> list[Score]:
    """Sum up errors by lead time; moments nobody can compare are left out."""
    lead = (one.times - millis(run.based_at)) / HOUR_MS
    found = []
    for first, last in LEADS:
        mine = one.error[(lead >= first) & (lead < last) & np.isfinite(one.error)]
        if len(mine):
            found.append(
                Score(
                    run=run, of=one.of, code=one.code, name=one.name, station_id=one.station,
                    region_id=one.region, model=run.model, quantity=one.quantity,
                    lead_from=first, lead_until=last, n=len(mine), total=float(mine.sum()),
                    total_size=float(np.abs(mine).sum()), total_square=float((mine**2).sum()),
                    based_at=run.based_at,
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
