"""Rain of other centres on grids (NetCDF-CF): read once, sampled at places."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from anlan.forecast.adapters.shapes import Floats, Rain, Times, plain
from anlan.kernel.errors import Invalid
from anlan.protocols.netcdf import Dataset, Variable

_SINCE: Final = re.compile(r"(seconds|minutes|hours|days) since (\d{4}-\d\d-\d\d)[T ]?([\d:]*)")
_MS: Final = {"seconds": 1000, "minutes": 60_000, "hours": 3_600_000, "days": 86_400_000}
#: What centres call the axes and the rain.
_LAT, _LON, _TIME = ("lat", "latitude"), ("lon", "longitude"), ("time",)
_RAIN: Final = ("tp", "rain", "precipitation", "pre", "apcp")
#: Unit as it is told -> mm.
_UNITS: Final = {"mm": 1.0, "kg m-2": 1.0, "kg m**-2": 1.0, "m": 1000.0, "cm": 10.0}
_MOST_MM: Final = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class GriddedRain:
    """Rain of each step (t, ny, nx), mm, up to `ends` (t,) ms; lat, lon rising; NaN unknown."""

    ends: Times
    lat: Floats
    lon: Floats
    mm: Floats

    @property
    def step_ms(self) -> int:
        """Length of a step."""
        return int(self.ends[1] - self.ends[0])

    def at(self, places: dict[str, tuple[float, float]]) -> Rain:
        """Take the rain of the cells that hold some places (lon, lat); outside it is unknown."""
        gauges = {}
        for code, (lon, lat) in places.items():
            j, i = _nearest(self.lat, lat), _nearest(self.lon, lon)
            values = np.full(len(self.ends), np.nan) if j is None or i is None else self.mm[:, j, i]
            gauges[code] = plain(values, 2)
        start = int(self.ends[0]) - self.step_ms
        return Rain(start=start, step_s=self.step_ms // 1000, gauges=gauges)


def _nearest(axis: Floats, value: float) -> int | None:
    place = int(np.argmin(np.abs(axis - value)))
    step = abs(float(axis[1] - axis[0]))
    return place if abs(float(axis[place]) - value) <= step else None


def gridded_rain(dataset: Dataset) -> GriddedRain:
    """Read the rain of a file; `Invalid` says what it lacks.

    Rain of steps and rain added up since the beginning are told apart by whether it ever falls:
    what never falls anywhere in more than two steps is a sum.
    """
    lat, lon, time = (_found(dataset, names) for names in (_LAT, _LON, _TIME))
    rain = _found(dataset, _RAIN)
    if len(rain.dimensions) != 3 or rain.values.size == 0:
        raise Invalid("雨量格点应有时间、纬度、经度三个方向")
    values = np.moveaxis(rain.floats(), _order(rain, (time, lat, lon)), (0, 1, 2))
    unit = str(rain.attributes.get("units", "mm")).strip()
    factor = _UNITS.get(unit)
    if factor is None:
        raise Invalid(f"不认识的雨量单位「{unit}」，应为 mm、cm、m 或 kg m-2")
    ends = _moments(time)
    step = np.diff(ends)
    if len(ends) < 2 or (step != step[0]).any() or step[0] <= 0:
        raise Invalid("雨量格点的时次至少两个，间隔要相等")
    mm = _steps(values * factor)
    mm[(mm < -0.01) | (mm > _MOST_MM)] = np.nan
    rows, columns = np.argsort(lat.floats()), np.argsort(lon.floats())
    return GriddedRain(
        ends, lat.floats()[rows], lon.floats()[columns],
        np.maximum(mm, 0.0)[:, rows][:, :, columns],
    )  # fmt: skip


def _found(dataset: Dataset, names: tuple[str, ...]) -> Variable:
    lower = {name.lower(): one for name, one in dataset.variables.items()}
    for name in names:
        if name in lower:
            return lower[name]
    raise Invalid(f"文件里没有变量 {' 或 '.join(names)}")


def _order(rain: Variable, axes: tuple[Variable, ...]) -> list[int]:
    own = [one.dimensions[0] if len(one.dimensions) == 1 else "" for one in axes]
    if sorted(own) != sorted(rain.dimensions):
        raise Invalid("雨量格点的方向与时间、纬度、经度不一致")
    return [rain.dimensions.index(name) for name in own]


def _moments(time: Variable) -> Times:
    told = _SINCE.match(str(time.attributes.get("units", "")))
    if told is None:
        raise Invalid("时间的单位应如 hours since 2026-08-09 00:00:00（世界时）")
    clock = [*(int(one) for one in told[3].split(":") if one), 0, 0, 0][:3]
    year, month, day = (int(one) for one in told[2].split("-"))
    try:
        zero = datetime(year, month, day, *clock, tzinfo=UTC)
    except ValueError as error:
        raise Invalid(f"时间的起点不对：{told[2]} {told[3]}") from error
    base = round(zero.timestamp() * 1000)
    return base + np.rint(time.floats() * _MS[told[1]]).astype(np.int64)


def _steps(values: Floats) -> Floats:
    falls = (np.diff(values, axis=0) < -1e-6).any()
    if len(values) > 2 and not falls and np.nanmax(values, initial=0.0) > 0:
        return np.concatenate([values[:1], np.diff(values, axis=0)])
    return values
