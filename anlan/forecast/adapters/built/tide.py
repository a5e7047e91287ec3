"""The sea at tide stations: astronomical tide, surge where one is computed, and the last residuals.

Without a surge the residual measured last is carried on and fades: what the wind will still do is
not in it, so such a forecast is a lower bound and says so.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from anlan.forecast.adapters import water
from anlan.forecast.adapters.contract import Request, Result, Series, StationOutlook
from anlan.forecast.adapters.folder import Folder
from anlan.forecast.adapters.registry import engine
from anlan.forecast.adapters.shapes import (
    Floats,
    Measured,
    Stepped,
    TidePoint,
    Times,
    floats,
    plain,
)
from anlan.kernel.errors import Invalid

VERSION: Final = "1"
#: A residual forgets itself in about half a day.
MEMORY_H: Final = 12.0
NO_SURGE: Final = "没有风暴增水计算，只把最近的余水位衰减外推，实际可能更高"
NO_VALUES: Final = "没有近期实测潮位，未作偏差订正"
WILD: Final = "实测与推算忽高忽低，调和常数或测站零点可能有误，未作偏差订正"
OLD_SURGE: Final = "增水计算没有盖住整个时段，其余只有天文潮和余水位"


@engine(
    "tide",
    title="沿海潮位",
    title_en="Sea level at tide stations",
    source="Schureman 1940（调和预报）；GB/T 19721.1-2017（警戒潮位）",
    version=VERSION,
)
def forecast_tide(folder: Folder) -> Result:
    """Forecast every tide point of the inputs."""
    request = folder.request()
    points = folder.read("tide-points", tuple[TidePoint, ...])
    if not points:
        raise Invalid("没有可预报的潮位站：请先在「潮位预报站」台账里登记调和常数")
    measured = {one.station: one for one in folder.read("measured", tuple[Measured, ...]) or ()}
    surges = {one.code: one for one in folder.read("surge", tuple[Stepped, ...]) or ()}
    return composed(request, points, measured, surges)


def composed(
    request: Request,
    points: tuple[TidePoint, ...],
    measured: Mapping[str, Measured],
    surges: Mapping[str, Stepped],
) -> Result:
    """Put tide, surge and bias together at every point."""
    times: Times = np.arange(request.start, request.end + 1, request.step_s * 1000, dtype=np.int64)
    series: list[Series] = []
    outlooks: list[StationOutlook] = []
    for point in points:
        parts = _station(request, point, times, measured.get(point.station),
                         surges.get(point.station))  # fmt: skip
        outlooks.append(parts[0])
        series += parts[1]
    missing = sorted({why for one in outlooks for why in one.why.split("；") if why})
    return Result(
        series=tuple(series),
        stations=tuple(outlooks),
        notes=tuple(missing),
        lower_bound=any(one.lower_bound for one in outlooks),
        versions={"tide": VERSION},
    )


def _station(
    request: Request, point: TidePoint, times: Times, seen: Measured | None, surge: Stepped | None
) -> tuple[StationOutlook, list[Series]]:
    tide = water.astronomical(point, times)
    pushed = _surge_at(surge, times)
    bias = _bias(request.based_at, point, seen, surge)
    memory = float(request.settings.get("memory_h", MEMORY_H))
    correction = np.nan_to_num(bias.value) * water.fading(times, request.based_at, memory)
    level = tide + np.nan_to_num(pushed) + correction
    why = []
    partly = bool(np.isnan(pushed).any())
    if surge is None or np.isnan(pushed).all():
        why.append(NO_SURGE)
    elif partly:
        why.append(OLD_SURGE)
    if np.isnan(bias.value):
        why.append(WILD if bias.wild else NO_VALUES)
    ahead = times >= request.based_at
    summed = water.outlook(
        point, times[ahead], level[ahead], bias, lower_bound=partly, why="；".join(why)
    )
    shown: list[tuple[str, Floats]] = [("astronomical-tide", tide), ("tide-level", level)]
    if not np.isnan(pushed).all():
        shown.append(("surge", pushed))
    return summed, [
        Series(
            of="station", code=point.station, quantity=quantity, unit="m", start=int(times[0]),
            step_s=request.step_s, values=plain(values),
        )
        for quantity, values in shown
    ]  # fmt: skip


def _surge_at(surge: Stepped | None, times: Times) -> Floats:
    if surge is None:
        return np.full(len(times), np.nan)
    return water.known_between(times, _times_of(surge), floats(surge.values))


def _times_of(series: Stepped) -> Times:
    steps = np.arange(len(series.values), dtype=np.int64)
    return series.start + steps * series.step_s * 1000


def _bias(
    based_at: int, point: TidePoint, seen: Measured | None, surge: Stepped | None
) -> water.Bias:
    if seen is None or not seen.times:
        return water.Bias(float("nan"), 0)
    at = np.array(seen.times, dtype=np.int64)
    expected = water.astronomical(point, at) + np.nan_to_num(_surge_at(surge, at))
    return water.bias_of(at, np.array(seen.values) - expected, based_at)
