"""Small basins: rain measured and forecast, runoff, flow, and how near villages are to leaving.

Without a forecast of rain only what fell already counts: that is a lower bound and says so.
"""

from typing import Final

import msgspec
import numpy as np

from anlan.engines.basin import (
    Network,
    Reach,
    antecedent,
    cascade,
    curve_number,
    flood,
    rating_of,
    reach_of,
    runoff,
    stage_of,
)
from anlan.forecast.adapters import rain as raining
from anlan.forecast.adapters import slopes as sliding
from anlan.forecast.adapters import water
from anlan.forecast.adapters.contract import (
    Request,
    Result,
    Series,
    StationOutlook,
    VillageOutlook,
)
from anlan.forecast.adapters.folder import Folder
from anlan.forecast.adapters.registry import engine
from anlan.forecast.adapters.shapes import (
    Basin,
    Days,
    Floats,
    Rain,
    SlopeLaw,
    Times,
    Zone,
    floats,
    plain,
)
from anlan.kernel.errors import Invalid

VERSION: Final = "4"
NO_FORECAST: Final = "没有雨量预报，只按已经下的雨算，实际可能更重"
BY_RATING: Final = "出口水位由推算流量按水位流量关系换算，没有计基流，小水时偏低"
NO_DAYS: Final = "前期雨量不全，按最湿的情况算"
#: Share of leaving at once from which a village's curve is kept.
NEAR: Final = 0.5
#: Antecedent index, mm, beyond any at which a basin counts as wet.
WETTEST: Final = 1000.0
#: Longest forecast a run of basins may have, steps: the response is a square of it.
MOST_STEPS: Final = 2000


@engine(
    "basin",
    title="小流域山洪",
    title_en="Flash floods of small basins",
    source="SCS NEH-4（曲线数）；Nash 1957；Cunge 1969；SL 666-2014（转移雨量）",
    version=VERSION,
)
def forecast_basins(folder: Folder) -> Result:
    """Compute flow of every basin and nearness of every danger zone."""
    request = folder.request()
    basins = folder.read("basins", tuple[Basin, ...]) or ()
    zones = folder.read("zones", tuple[Zone, ...]) or ()
    if not basins and not zones:
        raise Invalid("没有小流域，也没有带雨量阈值的危险区：请先登记")
    fallen = folder.read("rain", Rain)
    wanted = {code for place in (*basins, *zones) for code in place.gauges}
    ahead = folder.read("rain-forecast", Rain)
    # Zones may ask for more hours than the run shows; basins begin with it.
    ends, long = _rain(request, wanted, fallen, ahead)
    times = ends[ends > request.start]
    rain = long.last(len(times))
    has_forecast = ahead is not None
    notes = [] if has_forecast else [NO_FORECAST]
    series: list[Series] = []
    stations: list[StationOutlook] = []
    gaps = False
    if basins:
        series, more = _basins(request, basins, times, rain, folder.read("days", Days))
        notes += more
        gaps = raining.GAPS in more
        stages, stations = _stages(request, basins, series, whole=has_forecast)
        series += stages
        notes += [BY_RATING] if stages else []
    villages, curves = _villages(request, zones, ends, long, whole=has_forecast)
    series += curves
    law = folder.read("slope-law", SlopeLaw)
    found = sliding.slopes(zones, ends, long, (request.step_s, request.based_at), law)
    if law is not None and found:
        notes.append((sliding.BY_OWN_LAW if law.fitted else sliding.BY_LAW).format(law=law.name))
    return Result(
        series=tuple(series),
        stations=tuple(stations),
        villages=tuple(sliding.joined(villages, found)),
        notes=tuple(notes),
        lower_bound=not has_forecast or gaps or any(one.lower_bound for one in villages),
        versions={"basin": VERSION},
    )


def _rain(
    request: Request, wanted: set[str], fallen: Rain | None, ahead: Rain | None
) -> tuple[Times, raining.Fallen]:
    """Lay measured and forecast rain on steps: their ends, mm a step by gauge.

    They begin with the run, or before it where rain was measured before. What was measured counts
    up to `based_at`, after it what is forecast. Unknown rain adds nothing to a sum, and the sum
    says that it is a lower bound.
    """
    step_ms = request.step_s * 1000
    before = max(0, request.start - fallen.start) // step_ms if fallen is not None else 0
    start = request.start - before * step_ms
    ends: Times = np.arange(start + step_ms, request.end + 1, step_ms, dtype=np.int64)
    if not 0 < len(ends) <= MOST_STEPS:
        raise Invalid(f"时段分成 {len(ends)} 步，应在 1 到 {MOST_STEPS} 步之间")
    past = ends <= request.based_at
    everywhere = {raining.EVERYWHERE} if ahead and raining.EVERYWHERE in ahead.gauges else set()
    gauges: dict[str, Floats] = {}
    whole: dict[str, Floats] = {}
    for code in sorted(wanted | everywhere):
        values = np.full(len(ends), np.nan)
        if ahead is not None:
            named = code if code in ahead.gauges else raining.EVERYWHERE
            values[~past] = _spread(ahead, named, ends)[~past]
        gauges[code], whole[code] = values, values.copy()
        if fallen is not None and code in fallen.gauges:
            gauges[code][past] = _spread(fallen, code, ends)[past]
            whole[code][past] = _spread(_told_wholly(fallen, code), code, ends)[past]
    return ends, raining.Fallen(gauges, whole)


def _told_wholly(rain: Rain, code: str) -> Rain:
    """Leave out the steps of a gauge that are short of values."""
    short = set(rain.short.get(code, ()))
    kept = tuple(None if n in short else one for n, one in enumerate(rain.gauges[code]))
    return Rain(start=rain.start, step_s=rain.step_s, gauges={code: kept})


def _spread(rain: Rain, code: str, ends: Times) -> Floats:
    """Share rain out onto other steps, mm a step; a step that is not wholly covered is unknown."""
    if code not in rain.gauges:
        return np.full(len(ends), np.nan)
    values = floats(rain.gauges[code])
    edges = rain.start + np.arange(len(values) + 1, dtype=np.int64) * rain.step_s * 1000
    step = int(ends[1] - ends[0]) if len(ends) > 1 else rain.step_s * 1000
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(values))])
    lost = np.concatenate([[0.0], np.cumsum(~np.isfinite(values) * 1.0)])
    begins = ends - step
    fallen = np.interp(ends, edges, total) - np.interp(begins, edges, total)
    gaps = np.interp(ends, edges, lost) - np.interp(begins, edges, lost)
    inside = (begins >= edges[0]) & (ends <= edges[-1]) & (gaps < 1e-9)
    return np.where(inside, fallen, np.nan)


def _basins(
    request: Request,
    basins: tuple[Basin, ...],
    times: Times,
    fallen: raining.Fallen,
    days: Days | None,
) -> tuple[list[Series], list[str]]:
    steps = len(times)
    rain, sure = fallen.on([one.gauges for one in basins], steps)
    wet, full = _wetness(basins, days)
    numbers = curve_number(np.array([one.curve_number for one in basins]), wet)
    # Gaps count as no rain here: the series of rain shows them, and the run says lower bound.
    run = runoff(np.nan_to_num(rain), numbers)
    response = np.stack(
        [cascade(one.reservoirs, one.storage_s, request.step_s, steps) for one in basins]
    )
    flow = flood(_network(basins, response), run, request.step_s)
    known = np.asarray(np.isfinite(rain).any(axis=1))
    flow[~known] = np.nan
    notes = [] if full else [NO_DAYS]
    notes += [] if sure[known].all() else [raining.GAPS]
    blind = [one.name for one, sees in zip(basins, known, strict=True) if not sees]
    if blind:
        notes.append(f"{len(blind)} 个小流域没有雨量：{'、'.join(blind[:3])}")
    series = []
    for place, one in enumerate(basins):
        shown = (("rain", "mm", rain[place]), ("flow", "m3/s", flow[place]))
        for quantity, unit, values in shown:
            series.append(
                Series(
                    of="basin", code=one.code, quantity=quantity, unit=unit, start=int(times[0]),
                    step_s=request.step_s, values=plain(values, 3),
                )
            )  # fmt: skip
    return series, notes


def _stages(
    request: Request, basins: tuple[Basin, ...], series: list[Series], *, whole: bool
) -> tuple[list[Series], list[StationOutlook]]:
    """Turn flows into stages at the outlets that have a rating, and set them against levels."""
    flows = {one.code: one for one in series if one.quantity == "flow"}
    told, outlooks = [], []
    for basin in {one.outlet: one for one in basins if one.rating}.values():
        flow = flows[basin.code]
        stage = stage_of(rating_of(*zip(*basin.rating, strict=True)), floats(flow.values))
        told.append(
            msgspec.structs.replace(
                flow, of="station", code=basin.outlet, quantity="water-level", unit="m",
                values=plain(stage, 3),
            )
        )  # fmt: skip
        times = flow.start + np.arange(len(stage), dtype=np.int64) * flow.step_s * 1000
        ahead = (times >= request.based_at) & np.isfinite(stage)
        peak = int(np.argmax(np.where(ahead, stage, -np.inf))) if ahead.any() else -1
        outlooks.append(
            StationOutlook(
                station=basin.outlet, quantity="water-level", unit="m",
                peak=None if peak < 0 else round(float(stage[peak]), 2),
                peak_at=None if peak < 0 else int(times[peak]),
                reached=water.reached(times[ahead], stage[ahead], basin.levels),
                levels=basin.levels, lower_bound=not whole, why="" if whole else NO_FORECAST,
            )
        )  # fmt: skip
    return told, outlooks


def _wetness(basins: tuple[Basin, ...], days: Days | None) -> tuple[Floats, bool]:
    """Tell each basin's antecedent index, mm; where it is unknown, that of the wettest state."""
    index = np.full(len(basins), np.nan)
    if days is not None and days.gauges:
        length = max(len(one) for one in days.gauges.values())
        table = {code: floats(values) for code, values in days.gauges.items()}
        daily = np.stack([raining.weighted(table, one.gauges, length) for one in basins])
        index = antecedent(daily)
    known = np.isfinite(index)
    return np.where(known, index, WETTEST), bool(known.all())


def _network(basins: tuple[Basin, ...], response: Floats) -> Network:
    """Lay basins side by side; a channel nobody measured holds nothing back."""
    place = {one.code: n for n, one in enumerate(basins)}
    channels = [
        reach_of(*([value] for value in one.reach)) if one.reach else None for one in basins
    ]
    travel = [0.0 if one is None else float(one.travel[0]) for one in channels]
    weight = [0.0 if one is None else float(one.weight[0]) for one in channels]
    return Network(
        area=np.array([one.area_km2 * 1e6 for one in basins]),
        response=response,
        base=np.zeros(len(basins)),
        down=np.array([place.get(one.downstream, -1) for one in basins], dtype=np.int64),
        channel=Reach(np.array(travel), np.array(weight)),
    )


def _villages(
    request: Request,
    zones: tuple[Zone, ...],
    times: Times,
    fallen: raining.Fallen,
    *,
    whole: bool,
) -> tuple[list[VillageOutlook], list[Series]]:
    """Keep of every village the zone that comes nearest; one nobody can judge only if none can.

    How near it is, step by step, comes with those that come to half of leaving at once.
    """
    rated = [zone for zone in zones if zone.thresholds]
    if not rated:
        return [], []
    inside = times > request.start
    found: dict[str, raining.Outlook] = {}
    for one in raining.outlooks(rated, times, fallen, request.step_s, request.based_at):
        kept = found.get(one.summed.region)
        if kept is None or (one.summed.nearness or -1.0) > (kept.summed.nearness or -1.0):
            found[one.summed.region] = one
    curves = [
        Series(
            of="village", code=code, quantity="nearness", unit="1", start=int(times[inside][0]),
            step_s=request.step_s, values=plain(one.nearness[inside], 3),
        )
        for code, one in found.items()
        if (one.summed.nearness or 0.0) >= NEAR
    ]  # fmt: skip
    told = [one.summed for one in found.values()]
    if whole:
        return told, curves
    return [
        one
        if one.why in (raining.NO_GAUGE, raining.DUMB)
        else msgspec.structs.replace(one, lower_bound=True, why=NO_FORECAST)
        for one in told
    ], curves
