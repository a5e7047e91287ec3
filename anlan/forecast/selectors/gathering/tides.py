"""Tide points with their constants, what they measured last, and surges computed before."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.db.models import QuerySet

from anlan.engines.series import BAD
from anlan.forecast.adapters.shapes import Measured, Stepped
from anlan.forecast.adapters.shapes import TidePoint as Point
from anlan.forecast.models import Run, Series, TidePoint
from anlan.forecast.selectors.gathering.asking import Asking, Gathered, millis
from anlan.forecast.selectors.rows import SILENT
from anlan.sense.models import Stream
from anlan.sense.selectors.observations import reader

LEVEL = "tide-level"
#: So many runs are looked at for the newest of every storm.
MOST = 60
#: Of rivers.
STAGE = "water-level"


def streams_of(stations: list[str], quantity: str = LEVEL) -> dict[str, Stream]:
    """Find the stream of a quantity in use at each station, the first by code."""
    rows = Stream.objects.filter(station__in=stations, quantity=quantity, retired_at=None)
    found: dict[str, Stream] = {}
    for row in rows.order_by("code"):
        found.setdefault(row.station_id, row)
    return found


def points(asking: Asking) -> Gathered | None:
    """List the tide points that can be predicted, with the levels of their streams."""
    rows = list(
        TidePoint.objects.filter(asking.inside(), retired_at=None, station__retired_at=None)
        .select_related("station")
        .order_by("station__code")
    )
    streams = streams_of([row.station_id for row in rows])
    found, blind = [], []
    for row in rows:
        waves = row.waves()
        if row.mean is None or not waves:
            blind.append(row.station.name)
            continue
        found.append(
            Point(
                station=row.station.code, lon=row.station.lon, lat=row.station.lat, waves=waves,
                mean=row.mean, ratio=row.ratio or 1.0, later_min=row.later or 0.0,
                datum=row.station.datum, levels=_warning(streams.get(row.station_id)),
            )
        )  # fmt: skip
    if not found:
        return None
    notes = (f"{'、'.join(blind[:3])}没有平均海面或调和常数，不能预报",) if blind else ()
    return Gathered(tuple(found), notes=notes)


def _warning(stream: Stream | None) -> dict[str, float]:
    levels: Mapping[str, Any] = (stream.levels or {}) if stream else {}
    return {kind: float(value) for kind, value in levels.items() if kind.startswith("tide-")}


def levels(asking: Asking) -> Gathered | None:
    """Read the last values of the tide points, those nobody doubts."""
    stations = TidePoint.objects.filter(asking.inside(), retired_at=None).values_list(
        "station", "station__code"
    )
    names = dict(stations)
    found = []
    for station, stream in streams_of(list(names)).items():
        seen = measured(stream.number, asking.based_ms - asking.back_ms, asking.based_ms + 1)
        if len(seen[0]):
            found.append(
                Measured(
                    station=names[station], times=tuple(seen[0].tolist()),
                    values=tuple(seen[1].tolist()),
                )
            )  # fmt: skip
    if not found:
        return None
    return Gathered(tuple(found), newest=max(one.times[-1] for one in found))


def measured(number: int, since_ms: int, until_ms: int) -> tuple[np.ndarray, np.ndarray]:
    """Read a stream's values of a span that are fit to judge by: times ms, values."""
    rows = reader().raw(number, since_ms, until_ms)
    sound = (rows.flags & BAD) == 0
    return rows.time[sound], rows.value[sound]


def surges(asking: Asking) -> Gathered | None:
    """Take the surge at stations from the newest run that computed one.

    While several storms are about, each has a newest run; every station takes the one that lifts it
    highest.
    """
    runs = Run.objects.filter(
        asking.inside(), state="done", based_at__lte=asking.run.based_at,
        series__quantity="surge", series__of="station",
    ).exclude(engine="tide").exclude(signing__in=SILENT)  # fmt: skip
    newest = of_each_storm(runs.exclude(pk=asking.run.pk), asking)
    if not newest:
        return None
    series = Series.objects.filter(run__in=newest, quantity="surge", of="station", member="")
    highest: dict[str, Series] = {}
    for row in series.select_related("run").order_by("code", "-run__based_at", "-run_id"):
        kept = highest.setdefault(row.code, row)
        if _peak(row, asking.based_ms) > _peak(kept, asking.based_ms):
            highest[row.code] = row
    found = tuple(
        Stepped(code=row.code, start=millis(row.start), step_s=row.step_s, values=tuple(row.values))
        for row in highest.values()
    )
    lifting = max(highest.values(), key=lambda row: _peak(row, asking.based_ms)).run
    used = [run for run in newest if any(row.run_id == run.pk for row in highest.values())]
    return Gathered(
        found, newest=min(millis(run.based_at) for run in used),
        notes=tuple(_taken(run) for run in used), storm=lifting.storm,
    )  # fmt: skip


def of_each_storm(runs: "QuerySet[Run]", asking: Asking) -> list[Run]:
    """Take the newest run of every storm that is still about, the newest first.

    A storm is over when its newest run is too old for the input, or tells nothing of the time
    ahead; a run of no storm speaks for all those before it. Where nothing is left, the newest of
    all is taken: it is late, and whoever asked says so.
    """
    bound = asking.input.oldest or asking.input.fresh
    found: dict[str, Run] = {}
    rows = list(runs.distinct().defer("given", "outputs").order_by("-based_at", "-id")[:MOST])
    for run in rows:
        late = bound is not None and asking.run.based_at - run.based_at > bound
        if late or "" in found:
            break
        if run.valid_until > asking.run.based_at and (run.storm or not found):
            found.setdefault(run.storm, run)
    return list(found.values()) or rows[:1]


def _peak(row: Series, based_ms: int) -> float:
    """Tell the highest value from a moment on."""
    first = max(0, (based_ms - millis(row.start)) // (row.step_s * 1000))
    return max((one for one in row.values[first:] if one is not None), default=float("-inf"))


def _taken(run: Run) -> str:
    if run.signing == "approved":
        return f"增水取自计算 {run.pk}（{run.title}）"
    return f"增水取自计算 {run.pk}（{run.title}，未签署）"
