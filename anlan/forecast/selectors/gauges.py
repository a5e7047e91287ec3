"""What gauges say now: the rain of the last hours, and water that rises as no rain explains.

A gauge at the outlet of a basin that has a rating is set against the stages that rain brings by the
newest run of basins. Any other is set against water that stands still; the rain that fell beside it
is told with it, for a person to weigh.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from anlan.base.door.phrases import said
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.base.regions import selectors as regions
from anlan.engines.basin import Watch, surprises
from anlan.forecast.adapters.shapes import floats
from anlan.forecast.adapters.water import known_between
from anlan.forecast.models import Series
from anlan.forecast.selectors.gathering.asking import millis
from anlan.forecast.selectors.gathering.rain import Weights
from anlan.forecast.selectors.rows import SILENT, VIEW
from anlan.kernel import clock
from anlan.sense.models import Stream
from anlan.sense.selectors.observations import reader

Floats = np.ndarray[Any, np.dtype[np.float64]]

#: Hours of rain that are told; the longest is what is read.
HOURS: Final = (1, 3, 6, 24)
STEP_S: Final = 600
HOUR_MS: Final = 3_600_000
#: How far back sudden changes are looked for, hours.
BACK_H: Final = 3
#: Of how many hours the rain is that is told beside them.
BESIDE_H: Final = 3
#: A window of which so much is missing is a lower bound.
WHOLE: Final = 0.9
WATCH: Final = Watch()
#: So many hours ago end the windows of the tides half a day and a day before.
TIDES_H: Final = (11, 23)
#: A change of such a share of another is like it: no two tides are alike.
ALIKE: Final = 0.6

UNEXPLAINED = "没有水位流量关系，未扣除雨能解释的部分；请对照旁边的雨量判断"
EXPLAINED = "已按水位流量关系扣除雨能解释的部分"
PARTLY = "有水位流量关系的站已扣除雨能解释的部分，其余请对照旁边的雨量判断"
#: A run of basins based longer ago than this explains nothing of now.
OLD: Final = timedelta(hours=6)


def gauges(actor: Actor, language: str) -> dict[str, Any]:
    """List rain gauges by what fell, and stage gauges whose water jumped within three hours."""
    until = round(clock.now().timestamp() * 1000)
    rain_rows, stage_rows = _streams(actor, "rain"), _streams(actor, "water-level")
    places = regions.names(row.station.region_id for row in (*rain_rows, *stage_rows))
    sums = _sums(rain_rows, until)
    rain = [{**_place(row, places), **sums[row.number]} for row in rain_rows]
    rain.sort(key=lambda one: (-_known(one["sums"]["1"]), -_known(one["sums"]["3"]), one["code"]))
    stages, step_ends = _stages(stage_rows, until)
    sudden = _sudden(_jumps(stage_rows, stages, step_ends), (rain_rows, sums), places)
    return {
        "rain": rain,
        "sudden": sudden,
        "watched": int((~np.isnan(stages)).any(axis=1).sum()) if stage_rows else 0,
        "blind": int(np.isnan(stages).all(axis=1).sum()) if stage_rows else 0,
        "back_h": BACK_H,
        "note": said(_note(sudden), language),
        "as_of": clock.now(),
    }


def sudden_changes(actor: Actor) -> list[dict[str, Any]]:
    """List the stage gauges whose water jumped, as `gauges` does, for less.

    Mostly none did, and then no rain is added up.
    """
    until = round(clock.now().timestamp() * 1000)
    rows = _streams(actor, "water-level")
    jumps = _jumps(rows, *_stages(rows, until))
    if not jumps:
        return []
    rain = _streams(actor, "rain")
    places = regions.names(one.row.station.region_id for one in jumps)
    return _sudden(jumps, (rain, _sums(rain, until, (BESIDE_H,))), places)


def _note(sudden: Sequence[Mapping[str, Any]]) -> str:
    told = {one["explained"] for one in sudden}
    return {frozenset({True}): EXPLAINED, frozenset({True, False}): PARTLY}.get(
        frozenset(told), UNEXPLAINED
    )


def _streams(actor: Actor, quantity: str) -> list[Stream]:
    """List the streams of a quantity in use, one a station."""
    rows = visible(
        Stream.objects.filter(quantity=quantity, retired_at=None, station__retired_at=None),
        actor, VIEW,
    ).select_related("station")  # fmt: skip
    found: dict[str, Stream] = {}
    for row in rows.order_by("code"):
        found.setdefault(row.station_id, row)
    return list(found.values())


def _place(row: Stream, places: Mapping[str, str]) -> dict[str, Any]:
    station = row.station
    return {
        "station": station.pk, "code": station.code, "name": station.name, "lon": station.lon,
        "lat": station.lat, "region": station.region_id,
        "region_name": places.get(station.region_id, station.region_id), "stream": row.code,
    }  # fmt: skip


def _sums(
    rows: Sequence[Stream], until: int, hours: Sequence[int] = HOURS
) -> dict[int, dict[str, Any]]:
    """Add up each gauge's rain of so many hours.

    None where no value came, a lower bound where values are missing: how many there should be is
    the gauge's own interval.
    """
    step = STEP_S * 1000
    many = max(hours) * HOUR_MS // step
    since = until - many * step
    total = {row.number: np.zeros(many) for row in rows}
    count = {row.number: np.zeros(many) for row in rows}
    last: dict[int, int] = {}
    if rows:
        told = reader().buckets(
            sorted(total), since + 1, until + 1, step, origin_ms=(since + 1) % step
        )
        for number, start, n, amount, time in zip(
            told.number, told.start, told.n, told.total, told.last_time, strict=True
        ):
            place = (int(start) - since) // step
            if 0 <= place < many:
                total[int(number)][place], count[int(number)][place] = amount, n
            last[int(number)] = max(int(time), last.get(int(number), 0))
    return {
        row.number: {
            **_summed(row, total[row.number], count[row.number], hours),
            "newest_at": _moment(last.get(row.number)),
        }
        for row in rows
    }


def _summed(row: Stream, total: Floats, count: Floats, hours: Sequence[int]) -> dict[str, Any]:
    sums: dict[str, float | None] = {}
    short: list[int] = []
    for one in hours:
        steps = one * 3600 // STEP_S
        n = float(count[-steps:].sum())
        sums[str(one)] = round(float(total[-steps:].sum()), 1) if n else None
        if n and n * (row.interval_s or STEP_S) < WHOLE * one * 3600:
            short.append(one)
    return {"sums": sums, "short": short}


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)


def _stages(rows: Sequence[Stream], until: int) -> tuple[Floats, np.ndarray[Any, Any]]:
    """Read the last stage of every step, (s, t), and the ends of the steps, ms."""
    step = STEP_S * 1000
    # The first window of comparison lies before what is told.
    many = BACK_H * HOUR_MS // step + round(WATCH.window / STEP_S)
    since = until - many * step
    stages = np.full((len(rows), many), np.nan)
    places = {row.number: n for n, row in enumerate(rows)}
    if rows:
        told = reader().buckets(
            sorted(places), since + 1, until + 1, step, origin_ms=(since + 1) % step
        )
        for number, start, value in zip(told.number, told.start, told.last, strict=True):
            at = (int(start) - since) // step
            if 0 <= at < many:
                stages[places[int(number)], at] = value
    return stages, since + step * np.arange(1, many + 1)


@dataclass(frozen=True)
class _Jump:
    """Water that jumped: at which gauge, by how much beyond what rain brings, to what, by when."""

    row: Stream
    way: str
    change: float
    stage: float
    at: datetime
    #: Whether a run of basins tells what rain brings there.
    explained: bool


def _jumps(rows: Sequence[Stream], stages: Floats, ends: np.ndarray[Any, Any]) -> list[_Jump]:
    """Find at each gauge the worst sudden change, if there is any."""
    if not rows:
        return []
    told = _by_rain(rows, ends)
    found = surprises(stages, told, STEP_S, WATCH)
    jumps = []
    for n, row in enumerate(rows):
        marks = found.rise[n] | found.fall[n]
        if not marks.any():
            continue
        worst = int(np.argmax(np.where(marks, np.abs(found.beyond[n]), -1.0)))
        jumps.append(
            _Jump(
                row, "rise" if found.rise[n][worst] else "fall",
                round(float(found.beyond[n][worst]), 2), float(stages[n][worst]),
                datetime.fromtimestamp(int(ends[worst]) / 1000, UTC),
                bool(np.isfinite(told[n]).any()),
            )
        )  # fmt: skip
    return jumps


def _sudden(
    jumps: Sequence[_Jump],
    fallen: tuple[Sequence[Stream], Mapping[int, Mapping[str, Any]]],
    places: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Tell the jumps, JSON-ready, with the rain beside each; risen water and the most first."""
    if not jumps:
        return []
    weights = Weights([row for row in fallen[0] if row.station.lon is not None])
    rain = {row.station.code: fallen[1][row.number]["sums"][str(BESIDE_H)] for row in fallen[0]}
    items = []
    for one in jumps:
        shares = weights.at(one.row.station.lon, one.row.station.lat)
        known = [(part, rain[code]) for code, part in shares.items() if rain[code] is not None]
        weight = sum(part for part, _ in known)
        items.append(
            {
                **_place(one.row, places),
                "way": one.way,
                "change": one.change,
                "window_min": round(WATCH.window / 60),
                "at": one.at,
                "stage": _number(one.stage),
                "rain_3h": round(sum(p * v for p, v in known) / weight, 1) if weight else None,
                "explained": one.explained,
            }
        )
    return sorted(items, key=lambda one: (one["way"] != "rise", -abs(one["change"])))


def as_the_tide_does(found: Sequence[Mapping[str, Any]]) -> set[str]:
    """Name the stations, of `sudden` items, whose water did the same half a day and a day before.

    In the reach of the tide a gauge of a river rises and falls twice a day as fast as a breach
    makes it; a flood or a breach does not come by the clock.
    """
    rows = list(
        Stream.objects.filter(code__in=[one["stream"] for one in found]).select_related("station")
    )
    if not rows:
        return set()
    until = round(clock.now().timestamp() * 1000)
    lag = round(WATCH.window / STEP_S)
    change = {one["stream"]: one["change"] for one in found}
    usual = {row.station_id for row in rows}
    for hours in TIDES_H:
        stages, _ = _stages(rows, until - hours * HOUR_MS)
        moved = np.nan_to_num(stages[:, lag:] - stages[:, :-lag])
        for row, mine in zip(rows, moved, strict=True):
            wanted = change[row.code]
            most = float(mine.max() if wanted > 0 else -mine.min())
            if most < ALIKE * abs(wanted):
                usual.discard(row.station_id)
    return usual


def _by_rain(rows: Sequence[Stream], ends: np.ndarray[Any, Any]) -> Floats:
    """Tell the stages that rain brings, (s, 1, t), by the newest run of basins; NaN not known."""
    told = np.full((len(rows), 1, len(ends)), np.nan)
    newest: dict[str, Series] = {}
    series = Series.objects.filter(
        of="station", code__in=[row.station.code for row in rows], quantity="water-level",
        member="", run__state="done", run__based_at__gte=clock.now() - OLD,
    ).exclude(run__signing__in=SILENT)  # fmt: skip
    for one in series.order_by("run__based_at", "run_id"):
        newest[one.code] = one
    for n, row in enumerate(rows):
        found = newest.get(row.station.code)
        if found is not None:
            values = floats(found.values)
            at = millis(found.start) + np.arange(len(values)) * found.step_s * 1000
            told[n, 0] = known_between(ends, at, values)
    return told


def _known(value: float | None) -> float:
    return -1.0 if value is None else value


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else round(float(value), 2)
