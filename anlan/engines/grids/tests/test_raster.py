import numpy as np
import pytest

from anlan.engines.grids import Raster, raster_of, read_grid, sampled, within
from anlan.kernel.errors import Invalid

LON, LAT = np.array([120.0, 120.5, 121.0, 121.5]), np.array([27.0, 27.5, 28.0])


def slope(lon: np.ndarray = LON, lat: np.ndarray = LAT) -> Raster:
    """Ten times the longitude plus the latitude, which straight lines read exactly."""
    return raster_of(10 * lon[None, :] + lat[:, None], lon, lat)


def test_rows_and_columns_of_any_direction_become_south_to_north_and_west_to_east() -> None:
    turned = raster_of((10 * LON[None, ::-1] + LAT[::-1, None]), LON[::-1], LAT[::-1])
    assert np.array_equal(turned.values, slope().values)
    assert (turned.west, turned.south, turned.dx, turned.dy) == (119.75, 26.75, 0.5, 0.5)
    assert turned.x == pytest.approx(LON)
    assert turned.y == pytest.approx(LAT)


def test_western_longitudes_told_to_360_are_put_right_and_the_date_line_is_not_torn() -> None:
    west = slope(np.array([200.0, 200.5, 201.0, 201.5]))
    assert west.x[0] == pytest.approx(-160.0)
    assert west.mended == ("经度由 0 到 360 度换成西经",)
    across = slope(np.array([179.0, 179.5, 180.0, 180.5]))
    assert across.x[-1] == pytest.approx(180.5)
    assert across.mended == ()


def test_marks_of_unknown_cells_that_no_file_told_of_are_found_and_placed() -> None:
    values = np.ones((3, 4))
    values[1, 2], values[2, 3] = -9999.0, np.inf
    found = raster_of(values, LON, LAT)
    assert np.isnan(found.values).sum() == 2
    assert found.mended == (
        "2 格写的是缺值标记，按不明处理，第一个在第 2 行第 3 列（自南、自西数）",
    )


@pytest.mark.parametrize(
    ("x", "y", "told"),
    [
        (LON[:3], LAT, "行列数与坐标不一致"),
        (np.array([120.0, 120.5, 121.2, 121.5]), LAT, "列距不均匀：第 2 到第 3"),
        (LON, np.array([27.0, 27.5, 29.0]), "行距不均匀"),
        (LON * 1000, LAT * 1000, "可能不是度"),
    ],
)
def test_grids_that_cannot_be_are_refused(x: np.ndarray, y: np.ndarray, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        raster_of(np.ones((3, 4)), x, y)
    with pytest.raises(Invalid, match="两行两列"):
        raster_of(np.ones((1, 4)), LON, LAT[:1])


def test_points_are_read_straight_between_the_middles_and_not_outside() -> None:
    lon, lat = np.array([120.25, 121.37, 119.8, 119.7]), np.array([27.3, 27.81, 27.0, 27.0])
    found = sampled(slope(), lon, lat)
    assert found[:2] == pytest.approx(10 * lon[:2] + lat[:2])
    assert found[2] == pytest.approx(1227.0)
    assert np.isnan(found[3])
    series = raster_of(np.stack([slope().values, 2 * slope().values]), LON, LAT)
    both = sampled(series, lon, lat)
    assert both.shape == (4, 2)
    assert both[0] == pytest.approx([found[0], 2 * found[0]])


def test_an_unknown_cell_spoils_the_points_around_it_and_not_the_middles_of_others() -> None:
    holed = slope()
    holed.values[1, 1] = np.nan
    found = sampled(holed, [120.4, 121.0, 121.25], [27.4, 27.5, 27.5])
    assert np.isnan(found).tolist() == [True, False, False]


def test_a_window_is_cut_out_in_place() -> None:
    cut = within(slope(), 120.4, 27.4, 121.6, 28.1)
    assert cut.values.shape == (2, 3)
    assert cut.x == pytest.approx(LON[1:])
    assert cut.y == pytest.approx(LAT[1:])
    with pytest.raises(Invalid, match="不覆盖"):
        within(slope(), 130.0, 27.0, 131.0, 28.0)


def test_what_is_neither_one_nor_the_other_is_refused() -> None:
    with pytest.raises(Invalid, match="既不是"):
        read_grid(b"PK\3\4 something else")
