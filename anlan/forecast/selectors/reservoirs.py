"""Reservoirs now and ahead: the limit in force, room for rain, when they fill, what a release does.

The inflow is that of the basin around the dam, by area: a guess that says so. What a spillway lets
out is in no register, so nothing is taken to leave but what is asked for.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

import msgspec
import numpy as np
import shapely

from anlan import codes
from anlan.base.door.phrases import said
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.base.places.models import Reservoir
from anlan.engines import basin as engine
from anlan.forecast.adapters.shapes import Floats
from anlan.forecast.models import Basin, Run, Series
from anlan.forecast.selectors.products import about
from anlan.forecast.selectors.rows import SILENT, VIEW, run_for, seen_runs
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Missing
from anlan.sense.models import Stream
from anlan.sense.selectors.latest import Newest, of_ids

#: Seasons of the table and the column that holds their limit.
LIMITS: Final = {"meiyu": "meiyu_limit", "typhoon": "typhoon_limit"}
LEVELS: Final = (
    "dead_level", "normal_level", "meiyu_limit", "typhoon_limit", "design_level", "check_level",
    "crest",
)  # fmt: skip
HOUR_S: Final = 3600
#: The register's unit of storage, m3.
TEN_THOUSAND: Final = 1e4
#: So many releases are tried at once.
MOST_PLANS: Final = 6
BEIJING: Final = timezone(timedelta(hours=8))

NO_LEVEL = "没有库水位"
OLD_LEVEL = "库水位不是现在的，只供参考"
NO_CURVE = "没有登记水位库容曲线，算不了库容"
NO_RUN = "没有正在用的小流域山洪计算，不知道入库流量"
NO_BASIN = "这次计算里没有它所在小流域的流量"
NO_CATCHMENT = "没有登记集雨面积，算不了入库流量"
OUTSIDE = "库水位超出了水位库容曲线"
GUESSED = "入库流量按所在小流域的流量和面积比估算；没有溢洪道泄量，只按试算的放水下泄"
BEYOND = "水位到了库容曲线的上端，再往上不知道"
EMPTIED = "有的方案把水库放到了库容曲线的下端"


@dataclass(frozen=True)
class _Inflow:
    """m3/s by the hour from the base of a run on, and the basin it was taken from."""

    start: datetime
    values: Floats
    basin: Basin


def listed(actor: Actor, language: str, run: str = "") -> dict[str, Any]:
    """List reservoirs, the one furthest above its limit first; those without a level last."""
    rows = list(
        visible(Reservoir.objects.filter(retired_at=None), actor, VIEW)
        .select_related("region")
        .order_by("code")
    )
    row = _run(actor, run)
    streams, inflows = _streams(rows), _inflows(row, rows)
    newest = of_ids([one.pk for one in streams.values()])
    items = []
    for one in rows:
        stream = streams.get(one.pk)
        now = newest[stream.pk] if stream else Newest("none")
        items.append(_one(one, stream, now, inflows.get(one.pk), row, language))
    items.sort(key=lambda one: -(one["above"] if one["above"] is not None else -1e9))
    return {"run": about(row) if row else None, "items": items, "as_of": clock.now()}


def trial(
    actor: Actor, code: str, releases: Sequence[float], language: str, run: str = ""
) -> dict[str, Any]:
    """Let one reservoir go on under each of `releases`, m3/s, as far as the run knows the rain."""
    if len(releases) > MOST_PLANS or any(not 0 <= one < 1e5 for one in releases):
        raise Invalid(
            f"放水流量不能为负，一次最多试 {MOST_PLANS} 个", errors={"releases": ["请核对"]}
        )
    row = (
        visible(Reservoir.objects.filter(code=code, retired_at=None), actor, VIEW)
        .select_related("region")
        .first()
    )
    if row is None:
        raise Missing("没有这个水库")
    of = _run(actor, run)
    stream = _streams([row]).get(row.pk)
    now = of_ids([stream.pk])[stream.pk] if stream else Newest("none")
    inflow = _inflows(of, [row]).get(row.pk)
    told = _one(row, stream, now, inflow, of, language)
    if inflow is None or now.value is None or not row.curve or told["why"]:
        return {**told, "run": about(of) if of else None, "trial": None}
    target = told["limit"] if told["limit"] is not None else row.normal_level
    plans = [_plan(row, now.value, inflow, one, target) for one in (0.0, *releases)]
    notes = [GUESSED]
    notes += [BEYOND] if any(one["beyond"] for one in plans) else []
    notes += [EMPTIED] if any(one["emptied"] for one in plans) else []
    return {
        **told,
        "run": about(of) if of else None,
        "trial": {
            "start": inflow.start,
            "step_s": HOUR_S,
            "inflow": [None if np.isnan(one) else round(float(one), 1) for one in inflow.values],
            "plans": plans,
            "notes": [said(note, language) for note in notes],
        },
    }


def _run(actor: Actor, run: str) -> Run | None:
    """Find the run that is asked for; else the signed one that stands, else the newest one seen."""
    if run:
        return run_for(run, actor)
    rows = seen_runs(actor).filter(engine="basin", state="done", valid_until__gt=clock.now())
    signed = rows.filter(signing="approved").order_by("-based_at", "-id").first()
    return signed or rows.exclude(signing__in=SILENT).order_by("-based_at", "-id").first()


def _streams(rows: Sequence[Reservoir]) -> dict[str, Stream]:
    found: dict[str, Stream] = {}
    streams = Stream.objects.filter(
        station__reservoir__in=[one.pk for one in rows], quantity="reservoir-level",
        retired_at=None,
    ).select_related("station")  # fmt: skip
    for row in streams.order_by("code"):
        found.setdefault(str(row.station.reservoir_id), row)
    return found


def _one(
    row: Reservoir, stream: Stream | None, now: Newest, inflow: _Inflow | None, run: Run | None,
    language: str,
) -> dict[str, Any]:  # fmt: skip
    season = _season(row)
    target = season.limit if season else row.normal_level
    why = _why(row, now, inflow, run)
    told: dict[str, Any] = {
        "id": row.pk,
        "code": row.code,
        "name": row.name,
        "region": row.region_id,
        "region_name": row.region.name,
        "lon": row.lon,
        "lat": row.lat,
        "station": stream.station_id if stream else None,
        "stream": stream.code if stream else None,
        "level": now.value,
        "level_at": _moment(now.time_ms),
        "old": now.standing != "normal",
        **_season_told(season),
        "limit": season.limit if season else None,
        "levels": {name: getattr(row, name) for name in LEVELS},
        "above": _less(now.value, target),
        "basin": inflow.basin.name if inflow else None,
        "inflow_peak": None,
        "inflow_at": None,
        "room": None,
        "rain_room": None,
        "hours_to_limit": None,
        "hours_to_crest": None,
        "ahead_h": len(inflow.values) if inflow else None,
        "why": said(why, language),
        "note": said(OLD_LEVEL if now.value is not None and now.standing != "normal" else "",
                     language),
    }  # fmt: skip
    told.update(_room(row, now.value, target, inflow))
    if inflow is not None and not np.isnan(inflow.values).all():
        place = int(np.nanargmax(inflow.values))
        told["inflow_peak"] = round(float(inflow.values[place]), 1)
        told["inflow_at"] = inflow.start + timedelta(hours=place + 1)
        if now.value is not None and not why:
            plan = _plan(row, now.value, inflow, 0.0, target)
            told["hours_to_limit"], told["hours_to_crest"] = (
                plan["hours_to_limit"],
                plan["hours_to_crest"],
            )
    return told


def _why(row: Reservoir, now: Newest, inflow: _Inflow | None, run: Run | None) -> str:
    """Say what is missing for a look ahead; "" when nothing is."""
    if now.value is None:
        return NO_LEVEL
    if not row.curve:
        return NO_CURVE
    if not row.curve[0][0] <= now.value <= row.curve[-1][0]:
        return OUTSIDE
    if run is None:
        return NO_RUN
    if not row.catchment:
        return NO_CATCHMENT
    return "" if inflow is not None else NO_BASIN


def _season(row: Reservoir) -> engine.Season | None:
    table = codes.table("season")
    seasons = [
        engine.Season(code, _day(table[code].text("start")), _day(table[code].text("end")), limit)
        for code, column in LIMITS.items()
        if (limit := getattr(row, column)) is not None
    ]
    return engine.limit_on(seasons, clock.now().astimezone(BEIJING).date())


def _season_told(season: engine.Season | None) -> dict[str, Any]:
    table = codes.table("season")
    return {
        "season": season.name if season else None,
        "season_label": table.name(season.name) if season else None,
        "season_label_en": table.name(season.name, "en") if season else None,
    }


def _day(text: str | None) -> tuple[int, int]:
    month, day = (text or "01-01").split("-")
    return int(month), int(day)


def _held(row: Reservoir, release: float = 0.0) -> engine.Reservoir:
    """Take the register's curve; points that do not rise in storage are left out."""
    table = np.array(row.curve, np.float64)
    keep = np.concatenate([[True], np.diff(np.maximum.accumulate(table[:, 1])) > 0])
    level, storage = table[keep].T
    return engine.reservoir_of(level, storage * TEN_THOUSAND, outlet=np.full(len(level), release))


def _room(
    row: Reservoir, level: float | None, target: float | None, inflow: _Inflow | None
) -> dict[str, Any]:
    """Tell the room to the target, 10^4 m3, and the rain that fills it, mm."""
    if level is None or target is None or not row.curve:
        return {}
    held = _held(row)
    now, full = (float(engine.storage_at(held, one)) for one in (level, target))
    if np.isnan(now) or np.isnan(full):
        return {}
    told: dict[str, Any] = {"room": round(max(full - now, 0.0) / TEN_THOUSAND, 2)}
    if row.catchment and inflow is not None and inflow.basin.curve_number:
        told["rain_room"] = round(
            engine.rain_room(
                held, level, max(target, level), area=row.catchment * 1e6,
                number=inflow.basin.curve_number,
            ),
            1,
        )  # fmt: skip
    return told


def _plan(
    row: Reservoir, level: float, inflow: _Inflow, release: float, target: float | None
) -> dict[str, Any]:
    wanted = np.full(len(inflow.values), release)
    held = _held(row, release)
    course = engine.course(held, level, inflow.values, wanted, HOUR_S)
    # Above the curve nobody knows how much a metre holds: the line ends there.
    over = course.level >= held.level[-1]
    shown = np.where(over, np.nan, course.level)
    known = shown[~np.isnan(shown)]
    top = float(held.level[-1]) if over.any() else None
    highest = top if top is not None else (float(known.max()) if len(known) else None)
    return {
        "release": release,
        "level": [None if np.isnan(one) else round(float(one), 3) for one in shown],
        "highest": None if highest is None else round(highest, 2),
        "hours_to_limit": _hours(target, level, course.level),
        "hours_to_crest": _hours(row.crest, level, course.level),
        "beyond": bool(over.any()),
        "emptied": bool((course.level <= held.level[0]).any()),
    }


def _hours(target: float | None, level: float, course: Floats) -> float | None:
    """Tell hours until a level is reached; None: not within the time, or not known."""
    if target is None:
        return None
    hours = float(engine.hours_to(target, level, course, HOUR_S))
    return round(hours, 1) if np.isfinite(hours) else None


def _inflows(run: Run | None, rows: Sequence[Reservoir]) -> dict[str, _Inflow]:
    """Take the flow of the basin around each dam, by area; those without one are left out."""
    if run is None:
        return {}
    flows = {
        one.code: one
        for one in Series.objects.filter(run=run, of="basin", quantity="flow", member="")
    }
    basins = list(Basin.objects.filter(code__in=flows))
    drained = _drained(basins)
    shapes = [
        (shapely.from_geojson(msgspec.json.encode(one.outline).decode()), one)
        for one in basins
        if one.outline
    ]
    found = {}
    for row in rows:
        around = _around(row, shapes)
        if around is None or not row.catchment or not drained.get(around.pk):
            continue
        start, values = _hourly(flows[around.code], run)
        if len(values):
            found[row.pk] = _Inflow(start, values * (row.catchment / drained[around.pk]), around)
    return found


def _around(row: Reservoir, shapes: Sequence[tuple[Any, Basin]]) -> Basin | None:
    if row.lon is None or row.lat is None:
        return None
    dam = shapely.Point(row.lon, row.lat)
    return next((one for shape, one in shapes if shape.contains(dam)), None)


def _drained(basins: Sequence[Basin]) -> dict[str, float]:
    """Tell what each basin drains with all that lie above it, km2: its flow is that of all."""
    above: Mapping[str | None, list[Basin]] = defaultdict(list)
    for one in basins:
        above[one.downstream_id].append(one)
    found: dict[str, float] = {}

    def total(one: Basin, below: frozenset[str]) -> float:
        if one.pk not in found:
            more = (two for two in above.get(one.pk, ()) if two.pk not in below)
            found[one.pk] = (one.area or 0.0) + sum(total(two, below | {one.pk}) for two in more)
        return found[one.pk]

    for one in basins:
        total(one, frozenset((one.pk,)))
    return found


def _hourly(series: Series, run: Run) -> tuple[datetime, Floats]:
    """Average a series into whole hours from the base of the run on."""
    values = np.array([np.nan if one is None else one for one in series.values], np.float64)
    first = max(0, round((run.based_at - series.start).total_seconds() / series.step_s) + 1)
    many = max(1, HOUR_S // series.step_s)
    hours = (len(values) - first) // many
    kept = values[first : first + hours * many].reshape(hours, many)
    return run.based_at, kept.mean(axis=1)


def _less(level: float | None, target: float | None) -> float | None:
    return None if level is None or target is None else round(level - target, 2)


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
