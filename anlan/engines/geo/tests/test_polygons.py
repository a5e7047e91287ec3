import numpy as np
import shapely

from anlan.engines.geo.polygons import PolygonIndex

COUNTY, WEST, EAST, VILLAGE = (
    shapely.box(0, 0, 10, 10),
    shapely.box(0, 0, 5, 10),
    shapely.box(5, 0, 10, 10),
    shapely.box(1, 1, 2, 2),
)
INDEX = PolygonIndex([VILLAGE, COUNTY, WEST, EAST], [5, 3, 4, 4])


def test_the_deepest_polygon_wins_and_outside_is_nothing() -> None:
    found = INDEX.deepest([1.5, 4, 6, 11], [1.5, 4, 6, 11])
    assert found.tolist() == [0, 2, 3, -1]


def test_one_point_lists_all_that_hold_it_deepest_first() -> None:
    assert INDEX.holding(1.5, 1.5).tolist() == [0, 2, 1]
    assert INDEX.holding(-1, -1).tolist() == []


def test_a_point_on_a_border_has_one_answer() -> None:
    assert INDEX.deepest(5, 5).tolist() == [2]
    assert INDEX.holding(5, 5).tolist() == [2, 3, 1]


def test_both_questions_agree_on_many_points() -> None:
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(-1, 11, (2, 500))
    expected = [next(iter(INDEX.holding(x, y).tolist()), -1) for x, y in zip(lon, lat, strict=True)]
    assert INDEX.deepest(lon, lat).tolist() == expected


def test_an_empty_index_finds_nothing() -> None:
    assert PolygonIndex([], []).deepest([1.0], [1.0]).tolist() == [-1]


def test_touching_lists_what_a_shape_meets() -> None:
    assert INDEX.touching(shapely.box(6, 6, 7, 7)).tolist() == [1, 3]
