"""Rain measured at gauges and forecast by others; the basins and danger zones it falls on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import msgspec
import numpy as np
import shapely

from anlan import codes
from anlan.base.places.models import DangerZone
from anlan.engines.geo.distance import haversine
from anlan.forecast.adapters.shapes import Basin as BasinShape
from anlan.forecast.adapters.shapes import Days, Rain, SlopeLaw, Zone
from anlan.forecast.models import Basin, Run, Series
from anlan.forecast.selectors.gathering.asking import Asking, Gathered, millis
from anlan.forecast.selectors.gathering.inbox import offers
from anlan.forecast.selectors.gathering.tides import STAGE, of_each_storm, streams_of
from anlan.forecast.selectors.rows import SILENT
from anlan.kernel.errors import Invalid
from anlan.sense.models import Stream
from anlan.sense.selectors.observations import ORIGIN_MS, reader

#: The hazard of zones that may slide.
SLIDES: Final = "geological"
#: A gauge stands for places so near, and so many gauges for one place.
REACH_M: Final = 10_000.0
NEAREST: Final = 3
DAY_MS: Final = 86_400_000
#: A sum of which fewer values came is short.
WHOLE: Final = 0.9
#: Where a basin's own figures are not known. [M]
CURVE_NUMBER, RESERVOIRS = 75.0, 3.0
#: Hours from the middle of the rain to that of the flood: 0.6 of A^0.38 (A in km2). [M]
LAG_SCALE, LAG_POWER = 0.6, 0.38
ASSUMED: Final = "有的小流域没有曲线数或汇流时间，按面积和一般下垫面估算"
#: What a channel often carries in floods, m3/s for each km2. [M]
OFTEN: Final = 1.0


def gauges(asking: Asking) -> list[Stream]:
    """List the rain streams in use, one a station, those with a point."""
    rows = Stream.objects.filter(
        asking.inside(), quantity="rain", retired_at=None, station__retired_at=None,
        station__lon__isnull=False, station__lat__isnull=False,
    ).select_related("station")  # fmt: skip
    found: dict[str, Stream] = {}
    for row in rows.order_by("code"):
        found.setdefault(row.station_id, row)
    return list(found.values())


class Weights:
    """Which gauges stand for a place, each with its share: nearer ones for more."""

    def __init__(self, streams: Sequence[Stream]) -> None:
        self._codes = [row.station.code for row in streams]
        self._lon = np.array([row.station.lon for row in streams], np.float64)
        self._lat = np.array([row.station.lat for row in streams], np.float64)

    def at(self, lon: float | None, lat: float | None) -> dict[str, float]:
        """Weigh by the inverse square of the distance; nothing where no gauge is near."""
        if lon is None or lat is None or not self._codes:
            return {}
        away = np.maximum(haversine(self._lon, self._lat, lon, lat), 200.0)
        near = [n for n in np.argsort(away, kind="stable")[:NEAREST] if away[n] <= REACH_M]
        shares = {self._codes[n]: float(away[n]) ** -2 for n in near}
        total = sum(shares.values())
        return {code: round(share / total, 4) for code, share in shares.items()}

    def inside(self, outline: Any) -> dict[str, float]:
        """Weigh the gauges inside an outline alike; nothing where none is."""
        if not outline or not self._codes:
            return {}
        area = shapely.from_geojson(msgspec.json.encode(outline).decode())
        held = shapely.contains_xy(area, self._lon, self._lat)
        codes = [code for code, inside in zip(self._codes, held, strict=True) if inside]
        return {code: round(1 / len(codes), 4) for code in codes}


def basins(asking: Asking) -> Gathered | None:
    """List the basins with what stands for their rain."""
    rows = list(
        Basin.objects.filter(asking.inside(), retired_at=None)
        .select_related("gauge")
        .order_by("code")
    )
    if not rows:
        return None
    weights = Weights(gauges(asking))
    codes = {row.pk: row.code for row in rows}
    stages = streams_of([row.gauge_id for row in rows if row.gauge_id], STAGE)
    found, assumed = [], False
    for row in rows:
        if row.area is None:
            continue
        assumed = assumed or row.curve_number is None or row.lag is None
        shape = _basin(row, codes.get(row.downstream_id or "", ""), weights)
        found.append(_rated(shape, row, stages))
    return Gathered(tuple(found), notes=(ASSUMED,) if assumed else ())


def _basin(row: Basin, downstream: str, weights: Weights) -> BasinShape:
    area = float(row.area or 0.0)
    many = row.reservoirs or RESERVOIRS
    lag_h = row.lag or LAG_SCALE * area**LAG_POWER
    channel = (row.length, row.slope, row.width, row.roughness)
    reach = None
    if all(channel):
        reach = (*(float(part or 0.0) for part in channel), max(OFTEN * area, 1.0))
    return BasinShape(
        code=row.code, name=row.name, area_km2=area,
        curve_number=row.curve_number or CURVE_NUMBER, reservoirs=many,
        storage_s=lag_h * 3600 / many, downstream=downstream, reach=reach,  # type: ignore[arg-type]
        gauges=weights.inside(row.outline) or weights.at(row.lon, row.lat),
    )  # fmt: skip


def _rated(shape: BasinShape, row: Basin, stages: Mapping[str, Stream]) -> BasinShape:
    """Add the rating of the outlet, where there is one and a gauge to show it at."""
    stream = stages.get(row.gauge_id or "")
    if stream is None or row.gauge is None or not row.rating:
        return shape
    rating = tuple((float(stage), float(flow)) for stage, flow in row.rating)
    levels = {kind: float(value) for kind, value in (stream.levels or {}).items()}
    return msgspec.structs.replace(shape, outlet=row.gauge.code, rating=rating, levels=levels)


def zones(asking: Asking) -> Gathered | None:
    """List the danger zones in use that have thresholds of rain, and those that may slide."""
    rows = DangerZone.objects.filter(asking.inside(), retired_at=None)
    weights = Weights(gauges(asking))
    found = tuple(
        Zone(
            code=row.code, name=row.name, region=row.region_id,
            thresholds=tuple((float(h), float(p), float(m)) for h, p, m in row.thresholds or ()),
            gauges=weights.at(row.lon, row.lat), slope=SLIDES in row.hazards,
        )
        for row in rows.order_by("code")
        if row.thresholds or SLIDES in row.hazards
    )  # fmt: skip
    return Gathered(found) if found else None


def slope_law(asking: Asking) -> Gathered | None:
    """Read the law of slides that the declaration names; nothing where it is not in the table."""
    wanted = str(asking.input.options.get("law", ""))
    row = next((one for one in codes.table("landslide-laws") if one.code == wanted), None)
    if row is None:
        return None
    figures = {name: row.number(name) for name in ("scale", "exponent", "shortest", "longest")}
    if None in figures.values():
        return None
    fitted = bool(row.extra.get("fitted"))
    told = {"code": row.code, "name": row.name, "fitted": fitted, **figures}
    return Gathered(msgspec.convert(told, SlopeLaw))


def measured(asking: Asking) -> Gathered | None:
    """Add up the rain of each step of the past at every gauge; a step without values is unknown.

    One of which values are missing counts for at least what was told. It may begin before the run:
    thresholds of three days ask for them.
    """
    step = asking.run.step_s * 1000
    begin = min(millis(asking.run.valid_from), asking.based_ms - asking.back_ms)
    since = begin // step * step
    # A value tells what fell before its moment, so the one at the end of a step belongs to it.
    found = _sums(gauges(asking), since + 1, asking.based_ms // step * step + 1, step)
    if found is None:
        return None
    shape = Rain(
        start=since, step_s=asking.run.step_s, gauges=found.rain,
        short={code: steps for code, steps in found.short.items() if steps},
    )  # fmt: skip
    return Gathered(shape, newest=found.newest)


def days(asking: Asking) -> Gathered | None:
    """Add up whole days of Beijing's clock before the run begins; yesterday is the last.

    A day of which a gauge told a part is not known: a basin must not be taken for dry by it.
    """
    end = (millis(asking.run.valid_from) - ORIGIN_MS) // DAY_MS * DAY_MS + ORIGIN_MS
    count = max(1, asking.back_ms // DAY_MS)
    found = _sums(gauges(asking), end - count * DAY_MS, end, DAY_MS)
    return Gathered(Days(gauges=found.whole())) if found else None


def fallen(
    asking: Asking, since: int, until: int, step: int
) -> dict[str, tuple[float | None, ...]] | None:
    """Add up the rain of every step (ms) of a span at every gauge: what became of a forecast.

    None where a step was not told wholly.
    """
    # As in `measured`: the value at the end of a step belongs to it.
    found = _sums(gauges(asking), since + 1, until // step * step + 1, step)
    return found.whole() if found else None


@dataclass(frozen=True)
class _Sums:
    """Rain of steps by gauge, the steps that are short of values, and when the last value came."""

    rain: dict[str, tuple[float | None, ...]]
    short: dict[str, tuple[int, ...]]
    newest: int

    def whole(self) -> dict[str, tuple[float | None, ...]]:
        """Give the steps that were told wholly; None for the others."""
        return {
            code: tuple(None if n in self.short[code] else one for n, one in enumerate(row))
            for code, row in self.rain.items()
        }


def _sums(streams: Sequence[Stream], since: int, until: int, step: int) -> _Sums | None:
    """Add up steps (ms) of rain; how many values one should have is the gauge's own interval."""
    steps = (until - since) // step
    if not streams or steps <= 0:
        return None
    numbers = np.array(sorted(row.number for row in streams), np.int32)
    told = reader().buckets(numbers, since, until, step, origin_ms=since % step)
    if not len(told):
        return None
    values: dict[int, list[float | None]] = {int(n): [None] * steps for n in numbers}
    short: dict[int, list[int]] = {int(n): [] for n in numbers}
    least = {row.number: WHOLE * _wanted(row, step) for row in streams}
    columns = zip(told.number, told.start, told.n, told.total, strict=True)
    for number, start, count, total in columns:
        place = (int(start) - since) // step
        if 0 <= place < steps:
            values[int(number)][place] = round(float(total), 3)
            if count < least[int(number)]:
                short[int(number)].append(place)
    for row in streams:
        _spread_back(values[row.number], (row.interval_s or 0) * 1000 // step)
    return _Sums(
        {row.station.code: tuple(values[row.number]) for row in streams},
        {row.station.code: tuple(short[row.number]) for row in streams},
        int(told.last_time.max()),
    )


def _spread_back(values: list[float | None], many: int) -> None:
    """Share each value of a gauge that tells seldom over the steps that it is the sum of."""
    for place, value in enumerate(values):
        first = place
        while first > 0 and place - first < many - 1 and values[first - 1] is None:
            first -= 1
        if value is not None and first < place:
            share = round(value / (place - first + 1), 3)
            values[first : place + 1] = [share] * (place - first + 1)


def _wanted(row: Stream, step: int) -> int:
    """Tell how many values a step (ms) of a gauge has; one where nobody wrote its interval down."""
    every = (row.interval_s or 0) * 1000
    return max(step // every, 1) if every else 1


class _Given(msgspec.Struct, forbid_unknown_fields=True):
    """Rain as a person gives it along: mm a step from `start` on, everywhere or by gauge."""

    start: datetime
    step_s: int
    mm: list[float | None] | dict[str, list[float | None]]
    issued_at: datetime | None = None


def forecast(asking: Asking) -> Gathered | None:
    """Take the rain given along with the run, else the newest grid, else that of a typhoon.

    A grid that is late stands behind the rain of a storm that is not. `Invalid` says what is wrong
    with what was given.
    """
    raw = asking.run.given.get(asking.input.name)
    if raw is not None:
        return read_given(raw, asking.based_ms)
    grid, refused = of_grid(asking)
    told = [one for one in (grid, of_storm(asking)) if one is not None]
    fresh = (one for one in told if not one.is_older(asking.input.fresh, asking.based_ms))
    found = next(fresh, told[0] if told else Gathered(None) if refused else None)
    return None if found is None else replace(found, refused=refused)


def of_grid(asking: Asking) -> tuple[Gathered | None, tuple[str, ...]]:
    """Take the rain at gauges from the newest grid of another centre in the inbox.

    The newest is that of the latest start that the run may know of. A file that cannot be used is
    passed over for the next one; what was wrong with it comes back, too.
    """
    places = {
        row.station.code: (float(row.station.lon or 0.0), float(row.station.lat or 0.0))
        for row in gauges(asking)
    }
    refused: list[str] = []
    for offer in offers(asking.based_ms):
        try:
            told = offer.read()
        except (Invalid, OSError) as error:
            why = error.detail if isinstance(error, Invalid) else str(error)
            refused.append(f"雨量预报文件 {offer.name} 不能用：{why}")
            continue
        if told.ends[-1] <= asking.based_ms:
            continue
        notes = (f"雨量预报取自文件 {offer.name}", *told.said)
        newest = min(told.issued, asking.based_ms)
        return Gathered(told.at(places), newest=newest, notes=notes), tuple(refused)
    return None, tuple(refused)


def of_storm(asking: Asking) -> Gathered | None:
    """Take the rain at gauges from the newest run of a typhoon, an order of magnitude at best.

    While several are about, the one that brings us most speaks.
    """
    runs = Run.objects.filter(
        asking.inside(), state="done", based_at__lte=asking.run.based_at,
        valid_until__gt=asking.run.based_at, series__quantity="rain", series__of="station",
    ).exclude(signing__in=SILENT)  # fmt: skip
    told = [
        (run, list(Series.objects.filter(run=run, quantity="rain", of="station", member="")))
        for run in of_each_storm(runs, asking)
    ]
    if not told:
        return None
    run, rows = max(told, key=lambda pair: _fallen(pair[1]))
    rain = Rain(
        start=millis(rows[0].start), step_s=rows[0].step_s,
        gauges={row.code: tuple(row.values) for row in rows},
    )  # fmt: skip
    note = f"雨量预报取自台风计算 {run.pk} 的参数化降雨，只是量级，不含地形增幅"
    return Gathered(rain, newest=millis(run.based_at), notes=(note,))


def _fallen(rows: Sequence[Series]) -> float:
    return float(sum(one for row in rows for one in row.values if one is not None))


def read_given(raw: Mapping[str, Any], based_ms: int) -> Gathered:
    """Read rain as a person gives it."""
    try:
        given = msgspec.convert(raw, _Given)
    except msgspec.ValidationError as error:
        raise Invalid(
            f"雨量预报无法读取：{error}", errors={"rain-forecast": [str(error)]}
        ) from error
    table = given.mm if isinstance(given.mm, dict) else {"*": given.mm}
    values = [one for row in table.values() for one in row if one is not None]
    if given.start.tzinfo is None or not 60 <= given.step_s <= 86_400 or not values:
        raise Invalid(
            "雨量预报要有带时区的 start、60 到 86400 秒的 step_s 和雨量",
            errors={"rain-forecast": ["缺 start、step_s 或 mm"]},
        )
    if min(values) < 0 or max(values) > 1000:
        raise Invalid(
            "雨量预报里有小于 0 或大于 1000 毫米的值；不知道的写 null",
            errors={"rain-forecast": ["雨量超出可能的范围"]},
        )
    rain = Rain(
        start=millis(given.start), step_s=given.step_s,
        gauges={code: tuple(row) for code, row in table.items()},
    )  # fmt: skip
    issued = millis(given.issued_at) if given.issued_at else based_ms
    return Gathered(rain, newest=min(issued, based_ms))
