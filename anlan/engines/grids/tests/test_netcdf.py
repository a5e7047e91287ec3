from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from netCDF4 import Dataset

from anlan.engines.grids import (
    raster_of,
    read_grid,
    read_netcdf,
    sampled,
    variables,
    write_netcdf,
)
from anlan.kernel.errors import Invalid

LON, LAT = np.array([120.0, 120.5, 121.0]), np.array([28.0, 27.75])
VALUES = np.arange(12.0).reshape(2, 2, 3)


def made(**how: Any) -> bytes:
    """Make a file as some centre would: rain on two moments, north row first."""
    file = Dataset("made.nc", "w", memory=1 << 16, format=how.get("form", "NETCDF4"))
    x, y, unit = how.get("x", "lon"), how.get("y", "lat"), how.get("unit", "degrees")
    for name, middles, side in ((x, LON, "_east"), (y, LAT, "_north")):
        file.createDimension(name, len(middles))
        axis = file.createVariable(name, "f4", (name,))
        axis[:] = middles
        if unit:
            axis.units = unit + side if unit == "degrees" else unit
    file.createDimension("time", None)
    time = file.createVariable("time", "f8", ("time",))
    time.units, time[:] = how.get("since", "hours since 2019-08-10 00:00:00"), how.get("at", [0, 3])
    axes = how.get("axes", ("time", y, x))
    for axis in set(axes) - set(file.dimensions):
        file.createDimension(axis, how.get("layers", 1))
    rain = file.createVariable("rain", how.get("kind", "f4"), axes, fill_value=how.get("fill"))
    rain.setncatts({"units": "mm", "long_name": "3 h rain", **how.get("packed", {})})
    rain.set_auto_scale(how.get("scaled", True))
    values = how.get("values", VALUES)
    rain[:] = (
        np.transpose(values, how["turned"])
        if "turned" in how
        else values.reshape([file.dimensions[axis].size or 2 for axis in axes])
    )
    if how.get("second"):
        file.createVariable("wind", "f4", (y, x))[:] = 1.0
    return bytes(file.close())


@pytest.mark.parametrize("form", ["NETCDF4", "NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET"])
def test_old_and_new_files_are_read_alike(form: str) -> None:
    found = read_grid(made(form=form))
    assert found.values.tolist() == VALUES[:, ::-1].tolist()
    assert (found.west, found.south, found.dx, found.dy) == (119.75, 27.625, 0.5, 0.25)
    assert (found.name, found.unit) == ("3 h rain", "mm")
    assert found.times is not None
    assert found.times.tolist() == [1565395200000, 1565395200000 + 3 * 3_600_000]


def test_packed_whole_numbers_are_unpacked_and_the_filling_is_not_known() -> None:
    values = VALUES.copy()
    values[0, 0, 0] = -32767
    packed = {"scale_factor": 0.1, "add_offset": 5.0}
    body = made(kind="i2", fill=-32767, packed=packed, scaled=False, values=values)
    found = read_netcdf(body)
    assert np.isnan(found.values[0, 1, 0])
    assert found.values[1, 1, 2] == pytest.approx(5 + 0.1 * VALUES[1, 0, 2])
    assert found.mended == ()


def test_directions_in_any_order_and_of_one_layer_are_put_right() -> None:
    turned = read_netcdf(made(axes=("lon", "time", "lat"), turned=(2, 0, 1)))
    assert turned.values.tolist() == VALUES[:, ::-1].tolist()
    layer = read_netcdf(made(axes=("time", "height", "lat", "lon")))
    assert layer.values.tolist() == VALUES[:, ::-1].tolist()


def test_axes_are_known_by_their_units_where_their_names_say_nothing() -> None:
    found = read_netcdf(made(x="i", y="j"))
    assert found.x == pytest.approx(LON)


def test_rain_of_a_centre_comes_to_points_as_basins_take_it() -> None:
    found = sampled(read_netcdf(made()), [120.5, 120.75], [28.0, 27.75])
    assert found.tolist() == [[1.0, 7.0], [4.5, 10.5]]


def test_one_of_several_variables_must_be_named() -> None:
    body = made(second=True)
    assert variables(body) == {"rain": "mm", "wind": ""}
    assert read_netcdf(body, variable="wind").values.shape == (2, 3)
    for name in ("", "snow"):
        with pytest.raises(Invalid, match="rain、wind"):
            read_netcdf(body, variable=name)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"axes": ("time", "height", "lat", "lon"), "layers": 2,
          "values": np.ones((2, 2, 2, 3))}, "height 方向有 2 层"),
        ({"since": "fortnights"}, "时刻读不懂"),
        ({"at": [3, 0]}, "没有逐个增大"),
        ({"unit": ""}, "没有写明是经度还是米"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_understood_are_refused(how: dict[str, Any], told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read_netcdf(made(**how))


@pytest.mark.parametrize("body", [b"CDF", b"CDF\1garbage", b"\x89HDF\r\n\x1a\n" + bytes(64)])
def test_broken_files_are_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match=r"读不了|没有"):
        read_grid(body)


def test_a_file_cut_short_is_refused_or_read_as_a_whole() -> None:
    whole, refused = made(), 0
    for length in range(0, len(whole), 997):
        try:
            found = read_netcdf(whole[:length])
        except Invalid:
            refused += 1
        else:
            assert found.values.tolist() == VALUES[:, ::-1].tolist()
    assert refused > 5


def test_what_is_written_is_read_again_with_units_moments_and_holes() -> None:
    times = np.array([1565395200000, 1565398800000])
    values = np.random.default_rng(2).uniform(0, 9, (2, 40, 50)).astype(np.float32)
    values[1, 3, 4] = np.nan
    level = raster_of(values, 120 + np.arange(50) * 0.01, 27 + np.arange(40) * 0.02)
    level = replace(level, times=times, unit="m", name="level")
    body = write_netcdf({"level": level, "more": level}, title="surge", attributes={"source": "x"})
    again = read_netcdf(body, variable="level")
    assert np.array_equal(again.values, values.astype(np.float64), equal_nan=True)
    assert again.times is not None
    assert again.times.tolist() == times.tolist()
    assert (again.unit, again.name) == ("m", "level")
    assert again.west == pytest.approx(level.west)
    other = replace(level, west=0.0)
    with pytest.raises(Invalid, match="不在同一个网格"):
        write_netcdf({"level": level, "other": other}, title="surge")
