"""Basins whose outlines can be seen by eye: a valley that falls southwards, and one beside it."""

import numpy as np
import pytest
import shapely

from anlan.engines.geo.catchments import catchments
from anlan.kernel.errors import Invalid

#: A valley along column 10 that falls southwards; a side valley along row 20 falls into it.
CELL = (0.001, 0.001)
CORNER = (121.0, 28.0)


def valley() -> np.ndarray:
    row, column = np.indices((40, 41), dtype=np.float64)
    main = 100.0 + 2.0 * row + 5.0 * np.abs(column - 10)
    side = 100.0 + 2.0 * 20 + 2.0 * (column - 10) + 5.0 * np.abs(row - 20)
    return np.where(column > 10, np.minimum(main, side), main)


def place(row: int, column: int) -> tuple[float, float]:
    return CORNER[0] + (column + 0.5) * CELL[0], CORNER[1] + (row + 0.5) * CELL[1]


def test_a_basin_below_another_counts_its_own_ground_and_the_way_of_the_water() -> None:
    upper, lower = catchments(valley(), CORNER, CELL, [place(25, 10), place(5, 10)])
    assert (upper.down, lower.down) == (1, -1)
    assert upper.length == 0.0
    assert lower.length == pytest.approx(20 * 111.2, rel=2e-3)
    assert lower.fall == pytest.approx(40.0)
    whole = catchments(valley(), CORNER, CELL, [place(5, 10)])[0]
    assert upper.area + lower.area == pytest.approx(whole.area)
    cell_m2 = 111.2 * 111.2 * np.cos(np.radians(28.02))
    assert whole.area == pytest.approx(whole.shape.area / 1e-6 * cell_m2, rel=3e-3)
    assert not shapely.intersection(upper.shape, lower.shape).area
    assert shapely.contains_xy(lower.shape, *place(20, 30))


def test_an_outlet_beside_the_stream_is_moved_to_it() -> None:
    told = place(5, 12)
    (found,) = catchments(valley(), CORNER, CELL, [told])
    row, column = (found.outlet[1] - CORNER[1]) // CELL[1], (found.outlet[0] - CORNER[0]) // CELL[0]
    assert column == 10
    assert row <= 5
    assert 0 < found.moved < 500


def test_a_basin_that_the_edge_of_the_map_cuts_says_so() -> None:
    (whole,) = catchments(valley(), CORNER, CELL, [place(5, 10)])
    assert whole.cut
    bowl = np.full((21, 21), 50.0)
    row, column = np.indices(bowl.shape)
    ridge = np.maximum(np.abs(row - 10), np.abs(column - 10))
    bowl = 100.0 - 5.0 * np.abs(ridge - 7)
    bowl[0:11, 10] = 40.0 + np.arange(11)
    (inside,) = catchments(bowl, CORNER, CELL, [place(5, 10)])
    assert not inside.cut


def test_what_is_not_known_and_the_sea_drain_away() -> None:
    ground = valley()
    ground[:10] = np.nan
    (found,) = catchments(ground, CORNER, CELL, [place(12, 10)])
    south = found.shape.bounds[1]
    assert south >= CORNER[1] + 10 * CELL[1] - 1e-9


@pytest.mark.parametrize(
    ("outlets", "told"),
    [
        ([(120.0, 28.0)], "第 1 个出口.*不在地形图里"),
        ([place(25, 10), place(25, 11)], "第 1 个和第 2 个出口落在同一段河上"),
    ],
)
def test_outlets_that_cannot_be_are_named(outlets: list[tuple[float, float]], told: str) -> None:
    with pytest.raises(Invalid, match=told):
        catchments(valley(), CORNER, CELL, outlets)
