"""Wind and pressure of a numerical model on a grid, laid over the sea of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from anlan.engines.grids import Raster, described, read_netcdf, variables
from anlan.engines.surge import Grid, GriddedAir
from anlan.forecast.adapters.shapes import Floats, Times
from anlan.kernel.errors import Invalid

#: What centres call them.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "east": ("u10", "10u", "uas", "u10m"),
    "north": ("v10", "10v", "vas", "v10m"),
    "pressure": ("msl", "prmsl", "mslp", "slp", "psl"),
}
#: Unit as it is told -> m/s, Pa.
SPEEDS: Final = {"m s-1": 1.0, "m/s": 1.0, "m s**-1": 1.0}
PRESSURES: Final = {"Pa": 1.0, "hPa": 100.0, "mbar": 100.0, "millibars": 100.0}

#: A run of less is none.
LEAST_MS: Final = 3 * 3_600_000

NO_WIND: Final = "风压格点要有十米风的两个分量和海平面气压（如 u10、v10、msl），有：{found}"
NOT_ALIKE: Final = "风压格点的三个量要在同一个经纬度网格、同一些时刻上"
UNKNOWN: Final = "风压格点里有缺值"
STRANGE: Final = "不认识的单位「{unit}」，风应为 m/s，气压应为 Pa 或 hPa"
SMALL: Final = "风压格点没有盖住水深图的范围"
SHORT: Final = "风压格点没有盖住计算的时段"


@dataclass(frozen=True, slots=True, eq=False)
class Wind:
    """Air at moments (t,) ms on a grid of degrees: m/s and Pa, (t, ny, nx)."""

    times: Times
    x: Floats
    y: Floats
    east: Floats
    north: Floats
    pressure: Floats


def read_wind(body: bytes) -> Wind:
    """Read wind and pressure of a NetCDF file; `Invalid` says what it lacks."""
    names = _names(body)
    east, north, pressure = (read_netcdf(body, variable=names[part]) for part in NAMES)
    fields = (east, north, pressure)
    if east.times is None or not all(_alike(east, one) for one in fields):
        raise Invalid(NOT_ALIKE)
    if not all(np.isfinite(one.values).all() for one in fields):
        raise Invalid(UNKNOWN)
    return Wind(
        east.times, east.x, east.y,
        east.values * _factor(east, SPEEDS), north.values * _factor(north, SPEEDS),
        pressure.values * _factor(pressure, PRESSURES),
    )  # fmt: skip


def starts_of(body: bytes) -> int:
    """Tell when the forecast of a file starts, ms, without reading its fields."""
    told = described(body, _names(body)["east"])
    if told.issued is not None:
        return told.issued
    if told.moments is None or not len(told.moments):
        raise Invalid(NOT_ALIKE)
    return int(told.moments[0])


def _names(body: bytes) -> dict[str, str]:
    found = {name.lower(): name for name in variables(body)}
    names = {
        part: next((found[one] for one in wanted if one in found), "")
        for part, wanted in NAMES.items()
    }
    if not all(names.values()):
        raise Invalid(NO_WIND.format(found="、".join(found.values()) or "-"))
    return names


def _alike(one: Raster, other: Raster) -> bool:
    return (
        other.geographic
        and one.times is not None
        and other.times is not None
        and one.values.shape == other.values.shape
        and (one.west, one.south, one.dx, one.dy) == (other.west, other.south, other.dx, other.dy)
        and np.array_equal(one.times, other.times)
    )


def _factor(field: Raster, units: Mapping[str, float]) -> float:
    factor = units.get(field.unit.strip())
    if factor is None:
        raise Invalid(STRANGE.format(unit=field.unit))
    return factor


def covered(wind: Wind, grid: Grid, times: Times) -> Times:
    """Give the times (ms) of a run from where the air is told on.

    `Invalid` where it does not cover the grid, ends before them or leaves less than some hours.
    """
    within = np.append(wind.times[:1], times[times > wind.times[0]])
    kept = times if wind.times[0] <= times[0] else within
    if wind.times[-1] < times[-1] or kept[-1] - kept[0] < LEAST_MS:
        raise Invalid(SHORT)
    # Half a cell beyond its outermost middles a grid still speaks.
    across, up = (float(axis[1] - axis[0]) / 2 for axis in (wind.x, wind.y))
    if (
        grid.x[0] < wind.x[0] - across or grid.x[-1] > wind.x[-1] + across
        or grid.y[0] < wind.y[0] - up or grid.y[-1] > wind.y[-1] + up
    ):  # fmt: skip
        raise Invalid(SMALL)
    return kept


def air_over(wind: Wind, begun: int, spin_s: float) -> GriddedAir:
    """Lay it over a run whose storm sets in at `begun` (ms), `spin_s` seconds after its start."""
    seconds = spin_s + (wind.times - begun) / 1000.0
    return GriddedAir(wind.x, wind.y, seconds, wind.east, wind.north, wind.pressure)
