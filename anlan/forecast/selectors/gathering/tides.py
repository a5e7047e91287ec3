"""Tide points with their constants, what they measured last, and surges computed before."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from anlan.engines.series import BAD
from anlan.forecast.adapters.shapes import Measured, Stepped
from anlan.forecast.adapters.shapes import TidePoint as Point
from anlan.forecast.models import Run, Series, TidePoint
from anlan.forecast.selectors.gathering.asking import Asking, Gathered, millis
from anlan.sense.models import Stream
from anlan.sense.selectors.observations import reader

LEVEL = "tide-level"
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
    """Take the surge at stations from the newest run that computed one."""
    runs = Run.objects.filter(
        asking.inside(), state="done", based_at__lte=asking.run.based_at,
        series__quantity="surge", series__of="station",
    ).exclude(engine="tide")  # fmt: skip
    run = runs.exclude(pk=asking.run.pk).order_by("-based_at", "-id").first()
    if run is None:
        return None
    rows = Series.objects.filter(run=run, quantity="surge", of="station", member="")
    found = tuple(
        Stepped(code=row.code, start=millis(row.start), step_s=row.step_s, values=tuple(row.values))
        for row in rows
    )
    note = (
        f"增水取自计算 {run.pk}（{run.title}）"
        if run.signing == "approved"
        else f"增水取自计算 {run.pk}（{run.title}，未签署）"
    )
    return Gathered(found, newest=millis(run.based_at), notes=(note,))
