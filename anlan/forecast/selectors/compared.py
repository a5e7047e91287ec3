"""What a run said against what was measured since, quantity by quantity and place by place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.geo.distance import haversine
from anlan.forecast.adapters import Folder
from anlan.forecast.adapters.rain import weighted
from anlan.forecast.adapters.shapes import Path, floats
from anlan.forecast.declaration import Input
from anlan.forecast.models import Run, Series, StationOutlook
from anlan.forecast.selectors.gathering import rain, tides
from anlan.forecast.selectors.gathering.asking import Asking, millis
from anlan.forecast.selectors.storms import AFTERWARDS, newest, storm_of
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]
Times = NDArray[np.int64]

#: A sum of which less is measured cannot be compared.
WHOLE: Final = 0.9
_ANY: Final = Input(name="", kind="", title="", title_en="")


@dataclass(frozen=True, eq=False)
class Compared:
    """Forecast less measured of one quantity at one place, at moments (ms).

    quantity: as ``forecast-scores`` has it, which tells the unit. station: its id, where it is one.
    """

    of: str
    code: str
    name: str
    region: str
    quantity: str
    times: Times
    error: Floats
    station: str | None = None


def levels(run: Run, outlook: StationOutlook, seen: tuple[Times, Floats]) -> Iterator[Compared]:
    """Compare a station's level, and its surge with what was measured above its own tide."""
    times, values = seen
    if not len(times):
        return
    told = {
        row.quantity: row
        for row in Series.objects.filter(
            run=run, of="station", code=outlook.station.code, member="",
            quantity__in=(outlook.quantity, "surge", "astronomical-tide"),
        )
    }  # fmt: skip
    level = told.get(outlook.quantity)
    if level is not None:
        yield _of_station(outlook, outlook.quantity, times, _at(level, times) - values)
    if "surge" in told and "astronomical-tide" in told:
        risen = values - _at(told["astronomical-tide"], times)
        yield _of_station(outlook, "surge", times, _at(told["surge"], times) - risen)


def _of_station(outlook: StationOutlook, quantity: str, times: Times, error: Floats) -> Compared:
    station = outlook.station
    return Compared(
        "station", station.code, station.name, outlook.region_id, quantity, times, error,
        station.pk,
    )  # fmt: skip


def _at(row: Series, times: Times) -> Floats:
    told = floats(row.values)
    at = millis(row.start) + np.arange(len(told), dtype=np.int64) * row.step_s * 1000
    return np.asarray(np.interp(times, at, told, left=np.nan, right=np.nan))


def basin_rain(run: Run, spans: list[tuple[int, int]]) -> list[Compared]:
    """Compare each basin's rain of the spans (ms) with that of its gauges, mm, as sums.

    A span that the forecast does not cover, or of which a tenth was not measured, is left out.
    """
    rows = {row.code: row for row in Series.objects.filter(run=run, of="basin", quantity="rain")}
    asking = Asking(run, _ANY)
    told = rain.basins(asking) if rows else None
    if told is None:
        return []
    step = run.step_s * 1000
    since = millis(run.based_at) // step * step
    fallen = rain.fallen(asking, since, millis(run.valid_until), step)
    if fallen is None:
        return []
    gauges = {code: floats(values) for code, values in fallen.items()}
    steps = len(next(iter(gauges.values())))
    ends = since + step * np.arange(1, steps + 1, dtype=np.int64)
    found = []
    for basin in told.content:
        row = rows.get(basin.code)
        if row is None or not basin.gauges:
            continue
        seen, said = weighted(gauges, basin.gauges, steps), _on_steps(row, ends)
        sums = [_sums(seen, said, (ends > first) & (ends <= last)) for first, last in spans]
        kept = [n for n, one in enumerate(sums) if np.isfinite(one)]
        found.append(
            Compared(
                "basin", basin.code, basin.name, row.region_id, "rain",
                np.array([spans[n][0] for n in kept], dtype=np.int64),
                np.array([sums[n] for n in kept]),
            )
        )  # fmt: skip
    return found


def _on_steps(row: Series, ends: Times) -> Floats:
    """Take the rain of the steps that end at `ends`; NaN where the series has none."""
    told = floats(row.values)
    place = (ends - millis(row.start)) // (row.step_s * 1000)
    inside = (place >= 0) & (place < len(told))
    return np.where(inside, told[np.clip(place, 0, len(told) - 1)], np.nan)


def _sums(seen: Floats, said: Floats, mine: NDArray[np.bool_]) -> float:
    """Tell forecast less measured rain of the steps of a span; NaN when it cannot be said."""
    if not mine.any() or not np.isfinite(said[mine]).all():
        return float("nan")
    known = np.isfinite(seen[mine])
    if known.mean() < WHOLE:
        return float("nan")
    return float(said[mine].sum() - seen[mine][known].sum() / known.mean())


def track(run: Run) -> list[Compared]:
    """Compare where the storm's centre was forecast with where it was seen, km, and its wind.

    Nothing when the way ahead was that of a best track: it would be compared with itself.
    """
    path = None if AFTERWARDS in run.notes else _path(run)
    row = newest(run.storm or path.number, clock.now()) if path is not None else None
    if path is None or row is None:
        return []
    seen = storm_of(row).path
    times = np.array(path.times, dtype=np.int64)
    ahead = (times > millis(run.based_at)) & (times <= seen.times[-1]) & (times >= seen.times[0])
    if not ahead.any():
        return []
    at = seen.at(times[ahead])
    away = haversine(at.lon, at.lat, np.array(path.lon)[ahead], np.array(path.lat)[ahead]) / 1000.0
    place = ("storm", row.storm, row.name, run.region_id)
    return [
        Compared(*place, "track", times[ahead], away),
        Compared(*place, "storm-wind", times[ahead], floats(path.wind)[ahead] - at.wind),
    ]


def _path(run: Run) -> Path | None:
    """Read the way ahead that a run was fed; None when its folder is no more."""
    if not run.folder:
        return None
    try:
        found: Path | None = Folder(workspace.directory() / run.folder).read("track", Path)
    except Invalid:
        return None
    return found


def measured(number: int, run: Run) -> tuple[Times, Floats]:
    """Read what a stream of sea level measured in the time of a run."""
    return tides.measured(number, millis(run.based_at), millis(run.valid_until) + 1)
