"""Rain of other centres on grids: read once, sampled at places."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anlan.engines.grids import (
    Described,
    Raster,
    described,
    read_geotiff,
    read_netcdf,
    sampled,
    variables,
)
from anlan.forecast.adapters.shapes import Floats, Rain, Times, plain
from anlan.kernel.errors import Invalid

#: What centres call rain.
_RAIN: Final = ("tp", "rain", "precipitation", "pre", "apcp")
#: Unit as it is told -> mm.
_UNITS: Final = {"mm": 1.0, "kg m-2": 1.0, "kg m**-2": 1.0, "m": 1000.0, "cm": 10.0}
_MOST_MM: Final = 1000.0
#: Sums that fall by less are packed, mm: nobody takes rain back.
_NOISE_MM: Final = 0.05


FEW_MOMENTS: Final = "雨量格点的时次至少两个，间隔要相等"
GAP: Final = "各时段要一个接一个，中间不能缺"
NOT_ALIKE: Final = "各时段要在同一个经纬度网格上"
IMPOSSIBLE: Final = "雨量格点有 {many} 个值不可能，按不明处理"


@dataclass(frozen=True, slots=True, eq=False)
class GriddedRain:
    """Rain of each step, mm, up to `ends` (t,) ms; `field` holds it (t, ny, nx), NaN unknown.

    issued: ms, when the forecast starts. said: what was put right, a sentence each.
    """

    ends: Times
    field: Raster
    issued: int
    said: tuple[str, ...] = ()

    def at(self, places: dict[str, tuple[float, float]]) -> Rain:
        """Take the rain at some places (lon, lat); outside of the grid it is unknown."""
        step = int(self.ends[1] - self.ends[0])
        points = np.array(list(places.values()), dtype=np.float64).reshape(-1, 2)
        rain = sampled(self.field, points[:, 0], points[:, 1])
        gauges = {code: plain(row, 2) for code, row in zip(places, rain, strict=True)}
        return Rain(start=int(self.ends[0]) - step, step_s=step // 1000, gauges=gauges)


def gridded_rain(body: bytes) -> GriddedRain:
    """Read the rain of a NetCDF file; `Invalid` says what it lacks.

    Rain of steps and rain added up since the beginning are told apart by the bounds of the file's
    moments. Without such, by whether it ever falls: what never falls anywhere in more than two
    steps, but for what packing takes off, is a sum.
    """
    name = _variable(body)
    raster, told = read_netcdf(body, variable=name), described(body, name)
    if raster.times is None or not raster.geographic:
        raise Invalid("雨量格点应有时间、纬度、经度三个方向")
    factor = _UNITS.get(raster.unit.strip() or "mm")
    if factor is None:
        raise Invalid(f"不认识的雨量单位「{raster.unit}」，应为 mm、cm、m 或 kg m-2")
    step = np.diff(raster.times)
    if len(step) < 1 or (step != step[0]).any():
        raise Invalid(FEW_MOMENTS)
    noise = max(_NOISE_MM, 1.5 * told.packing * factor)
    mm, said = _possible(_steps(raster.values * factor, told, noise), noise)
    return GriddedRain(
        raster.times,
        Raster(mm, raster.west, raster.south, raster.dx, raster.dy),
        int(raster.times[0] - step[0]) if told.issued is None else told.issued,
        (*raster.mended, *said),
    )


def rain_of_steps(starts: int, parts: Sequence[tuple[int, int, bytes]]) -> GriddedRain:
    """Read the rain of GeoTIFFs, mm, each of one step (begin and end, ms), in order.

    starts: ms, when the forecast starts.
    """
    spans = np.array([(begin, end) for begin, end, _ in parts], dtype=np.int64)
    length = spans[:, 1] - spans[:, 0]
    if len(parts) < 2 or length[0] <= 0 or (length != length[0]).any():
        raise Invalid(FEW_MOMENTS)
    if (spans[1:, 0] != spans[:-1, 1]).any():
        raise Invalid(GAP)
    read = [read_geotiff(body) for _, _, body in parts]
    first = read[0]
    grid = (first.values.shape, first.west, first.south, first.dx, first.dy)
    if not first.geographic or any(
        (one.values.shape, one.west, one.south, one.dx, one.dy) != grid for one in read
    ):
        raise Invalid(NOT_ALIKE)
    mm, said = _possible(np.stack([one.values for one in read]), _NOISE_MM)
    mended = dict.fromkeys(text for one in read for text in one.mended)
    field = Raster(mm, first.west, first.south, first.dx, first.dy)
    return GriddedRain(spans[:, 1], field, starts, (*mended, *said))


def _possible(mm: Floats, noise: float) -> tuple[Floats, tuple[str, ...]]:
    """Take rain that cannot be as not known, and say how much of it there was."""
    wrong = (mm < -noise) | (mm > _MOST_MM)
    said = (IMPOSSIBLE.format(many=int(wrong.sum())),) if wrong.any() else ()
    return np.where(wrong, np.nan, np.maximum(mm, 0.0)), said


def issued_of(body: bytes) -> int:
    """Tell when the forecast of a file starts, ms, without reading its rain; as `gridded_rain`."""
    name = _variable(body)
    told = described(body, name)
    if told.issued is not None:
        return told.issued
    if told.moments is None or len(told.moments) < 2:
        raise Invalid(FEW_MOMENTS)
    return int(2 * told.moments[0] - told.moments[1])


def _variable(body: bytes) -> str:
    found = list(variables(body))
    named = [name for name in found if name.lower() in _RAIN]
    if not named and len(found) != 1:
        raise Invalid(f"文件里没有变量 {'、'.join(_RAIN)}，有：{'、'.join(found) or '没有'}")
    return (named or found)[0]


def _steps(values: Floats, told: Described, noise: float) -> Floats:
    """Give the rain of each step of what may be sums since the beginning."""
    spans = told.spans
    if spans is not None and len(spans) == len(values) > 1:
        summed = bool((spans[:, 0] == spans[0, 0]).all())
    else:
        falls = (np.diff(values, axis=0) < -noise).any()
        summed = len(values) > 2 and not falls and bool(np.nanmax(values, initial=0.0) > 0)
    return np.concatenate([values[:1], np.diff(values, axis=0)]) if summed else values
