"""NetCDF in and out, classic and version 4, by the CF conventions.

Source: NetCDF Climate and Forecast (CF) Metadata Conventions 1.8, chapters 2 (missing data), 4
(coordinates) and 8 (packing).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any, Final

import numpy as np

from anlan.engines.grids.raster import Raster, Times, raster_of
from anlan.kernel.errors import Invalid

_NAMES: Final = {
    "x": ("lon", "longitude", "x", "nav_lon"),
    "y": ("lat", "latitude", "y", "nav_lat"),
    "t": ("time", "t", "valid_time"),
}
_STANDARD: Final = {
    "longitude": "x",
    "projection_x_coordinate": "x",
    "latitude": "y",
    "projection_y_coordinate": "y",
    "time": "t",
}
_METRES: Final = ("m", "metre", "meter", "metres", "meters")
_MEMORY: Final = 1 << 20


def variables(body: bytes) -> dict[str, str]:
    """Name the variables that lie on a grid, each with its unit."""
    with _opened(body) as file:
        return {name: str(getattr(file[name], "units", "")) for name in _gridded(file)}


def read_netcdf(body: bytes, *, variable: str = "") -> Raster:
    """Read one variable on a grid, with its moments if it has any.

    variable: may be left out when there is but one. A direction of length one other than time is
    passed over (a height, a member). `Invalid` names what is missing or in the way.
    """
    with _opened(body) as file:
        found = _gridded(file)
        name = variable or (found[0] if len(found) == 1 else "")
        if name not in found:
            raise Invalid(
                f"NetCDF 里在网格上的变量有：{'、'.join(found) or '没有'}，请写明用哪一个"
            )
        return _read(file, name)


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """What a file says of a variable besides its values.

    moments: (t,) ms; None where it has none. spans: (t, 2) ms, since when and until when the value
    of each moment counts; None where the file does not bound its moments. issued: ms, of the moment
    a forecast starts from; None when it is not told. packing: the least step of values that were
    packed, in their unit; 0 when they were not.
    """

    moments: Times | None = None
    spans: Times | None = None
    issued: int | None = None
    packing: float = 0.0


def described(body: bytes, variable: str) -> Described:
    """Tell what a variable's values are of; `Invalid` when there is no such variable."""
    with _opened(body) as file:
        if variable not in file.variables:
            raise Invalid(f"NetCDF 里没有变量「{variable}」")
        one = file[variable]
        axis = next(
            (file[name] for name in one.dimensions if _role(file, name) == "t"), None
        )  # fmt: skip
        spans = None if axis is None else file.variables.get(str(getattr(axis, "bounds", "")))
        return Described(
            None if axis is None else _moments(axis),
            None if spans is None else _dates(spans[:], axis).reshape(-1, 2),
            _issued(file),
            abs(float(getattr(one, "scale_factor", 0.0))),
        )


def _issued(file: Any) -> int | None:
    for one in file.variables.values():
        if getattr(one, "standard_name", "") == "forecast_reference_time" and one.size == 1:
            return int(_dates(np.atleast_1d(one[...]), one)[0])
    return None


def write_netcdf(
    fields: Mapping[str, Raster], *, title: str, attributes: Mapping[str, str] | None = None
) -> bytes:
    """Write fields of one grid and one set of moments as CF-1.8, deflated float32.

    attributes: of the file, such as `history` and `source`. The same fields give the same values;
    bytes may differ between versions of the library.
    """
    from netCDF4 import Dataset

    first = next(iter(fields.values()))
    file = Dataset("fields.nc", "w", memory=_MEMORY)
    file.setncatts({"Conventions": "CF-1.8", "title": title, **(attributes or {})})
    _write_axes(file, first)
    for name, raster in fields.items():
        if raster.values.shape != first.values.shape or (raster.west, raster.south) != (
            first.west, first.south,
        ):  # fmt: skip
            raise Invalid(f"「{name}」与其他场不在同一个网格上")
        axes = ("y", "x") if raster.times is None else ("time", "y", "x")
        told = file.createVariable(name, "f4", axes, zlib=True, fill_value=np.float32(np.nan))
        told.setncatts({"long_name": raster.name or name, "units": raster.unit or "1"})
        told[:] = raster.values
    return bytes(file.close())


def _write_axes(file: Any, raster: Raster) -> None:
    x, y = ("longitude", "latitude") if raster.geographic else (
        "projection_x_coordinate", "projection_y_coordinate",
    )  # fmt: skip
    units = ("degrees_east", "degrees_north") if raster.geographic else ("m", "m")
    for axis, standard, unit, middles in (
        ("x", x, units[0], raster.x),
        ("y", y, units[1], raster.y),
    ):
        file.createDimension(axis, len(middles))
        told = file.createVariable(axis, "f8", (axis,))
        told.setncatts({"standard_name": standard, "units": unit, "axis": axis.upper()})
        told[:] = middles
    if raster.times is not None:
        file.createDimension("time", len(raster.times))
        told = file.createVariable("time", "f8", ("time",))
        told.setncatts({"standard_name": "time", "units": "seconds since 1970-01-01 00:00:00",
                        "calendar": "standard", "axis": "T"})  # fmt: skip
        told[:] = raster.times / 1000.0


@contextmanager
def _opened(body: bytes) -> Iterator[Any]:
    from netCDF4 import Dataset

    try:
        file = Dataset("given.nc", "r", memory=body)
    except (OSError, RuntimeError) as error:
        raise Invalid("NetCDF 读不了，文件可能不完整") from error
    try:
        yield file
    except (OSError, RuntimeError) as error:
        raise Invalid(f"NetCDF 读到一半出错，文件可能不完整：{error}") from error
    finally:
        file.close()


def _gridded(file: Any) -> list[str]:
    found = []
    for name, one in file.variables.items():
        roles = {_role(file, axis) for axis in one.dimensions}
        if {"x", "y"} <= roles and one.dtype != str and one.dtype.kind in "iuf":
            found.append(name)
    return found


def _role(file: Any, axis: str) -> str:
    """Tell what a direction is: by its standard name, its axis, its unit, last by its own name."""
    one = file.variables.get(axis)
    if one is None:
        return ""
    standard = _STANDARD.get(str(getattr(one, "standard_name", "")), "")
    letter = str(getattr(one, "axis", "")).lower()
    if standard or letter in _NAMES:
        return standard or letter
    unit = str(getattr(one, "units", "")).lower()
    if unit.startswith(("degrees_e", "degree_e")):
        return "x"
    if unit.startswith(("degrees_n", "degree_n")):
        return "y"
    if " since " in unit:
        return "t"
    return next((role for role, names in _NAMES.items() if axis.lower() in names), "")


def _read(file: Any, name: str) -> Raster:
    one = file[name]
    roles = [_role(file, axis) for axis in one.dimensions]
    values = np.ma.filled(np.ma.asarray(one[:], dtype=np.float64), np.nan)
    for at in reversed(range(len(roles))):
        if roles[at] in ("x", "y") or (roles[at] == "t"):
            continue
        if values.shape[at] != 1:
            raise Invalid(
                f"「{name}」的 {one.dimensions[at]} 方向有 {values.shape[at]} 层，请先取一层"
            )
        values = np.squeeze(values, axis=at)
        roles.pop(at)
    wanted = [role for role in ("t", "y", "x") if role in roles]
    values = np.transpose(values, [roles.index(role) for role in wanted])
    axes = {role: file[axis] for axis in one.dimensions if (role := _role(file, axis))}
    geographic = _geographic(axes["x"])
    found = raster_of(values, axes["x"][:], axes["y"][:], geographic=geographic)
    times = _moments(axes["t"]) if "t" in roles else None
    if times is not None and (np.diff(times) <= 0).any():
        raise Invalid("NetCDF 的时刻没有逐个增大")
    told = str(getattr(one, "long_name", getattr(one, "standard_name", name)))
    return replace(found, name=told, unit=str(getattr(one, "units", "")), times=times)


def _geographic(axis: Any) -> bool:
    standard, unit = (
        str(getattr(axis, "standard_name", "")),
        str(getattr(axis, "units", "")).lower(),
    )
    if standard == "longitude" or unit.startswith("degree"):
        return True
    if standard == "projection_x_coordinate" or unit in _METRES:
        return False
    raise Invalid("NetCDF 的横坐标没有写明是经度还是米")


def _moments(axis: Any) -> Times:
    return _dates(axis[:], axis)


def _dates(values: Any, axis: Any) -> Times:
    """Read moments, in one row, by the unit and calendar of `axis`."""
    from cftime import num2date

    try:
        dates = num2date(
            np.ma.filled(values, np.nan), axis.units, getattr(axis, "calendar", "standard"),
            only_use_cftime_datetimes=False, only_use_python_datetimes=True,
        )  # fmt: skip
    except (ValueError, AttributeError, TypeError) as error:
        raise Invalid("NetCDF 的时刻读不懂：没有单位，或历法不是公历") from error
    moments = [round(one.replace(tzinfo=UTC).timestamp() * 1000) for one in np.ravel(dates)]
    return np.array(moments, dtype=np.int64)
