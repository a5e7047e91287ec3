"""Outlines with few points: they cover what they stand for, and not much more."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engines.geo.outlines import covering, growth
from anlan.engines.geo.shapes import BadShape, repair
from anlan.kernel.errors import Invalid


def coast(points: int, seed: int = 1, rough: float = 0.25) -> shapely.Polygon:
    """Make a county with a ragged border around 121 E, 28 N."""
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = np.ones(points)
    for wave in range(2, 200):
        swing = rough / wave**0.9 * random.uniform(0.25, 0.5)
        radius += swing * np.cos(wave * angle + random.uniform(0, 2 * np.pi))
    radius = np.clip(radius, 0.2, None)
    return shapely.Polygon(
        np.column_stack([121 + 0.3 * radius * np.cos(angle), 28 + 0.25 * radius * np.sin(angle)])
    )


def usual(shape: shapely.Polygon, most: int) -> shapely.Polygon:
    """Do what is usually done: Douglas-Peucker, and a border as wide as its tolerance around."""
    tolerance = 1e-4
    while True:
        rough = shapely.simplify(shape, tolerance)
        wide = shapely.buffer(rough, tolerance, join_style="mitre")
        if shapely.get_num_coordinates(wide) <= most:
            return wide
        tolerance *= 1.1


@pytest.mark.parametrize("most", [200, 100, 30, 8])
def test_a_ring_of_6208_points_is_covered_by_few(most: int) -> None:
    county = coast(6208)
    outline = covering(county, most)
    assert outline.is_valid
    assert shapely.get_num_coordinates(outline) <= most
    assert outline.covers(county)


def test_a_hundred_points_add_less_than_five_percent_and_less_than_the_usual_way() -> None:
    county = coast(6208)
    grown = growth(county, covering(county, 100))
    assert grown < 0.05
    assert grown < growth(county, usual(county, 100))


def test_the_usual_simplification_loses_places_that_this_one_keeps() -> None:
    county = coast(6208)
    villages = shapely.points(shapely.get_coordinates(shapely.simplify(county, 1e-4)))
    outline = covering(county, 100)
    assert shapely.covers(outline, villages).all()
    lossy = shapely.simplify(county, 0.02)
    assert not shapely.covers(lossy, villages).all()


def test_a_ring_with_few_points_stays_as_it_is() -> None:
    square = shapely.box(121, 28, 122, 29)
    assert covering(square, 100).equals_exact(square)


def test_a_hole_is_filled_so_that_nobody_in_it_is_left_out() -> None:
    lake = shapely.box(121.4, 28.4, 121.6, 28.6)
    county = shapely.box(121, 28, 122, 29).difference(lake)
    outline = covering(county, 100)
    assert outline.covers(lake)


def test_islands_share_the_points_and_stay_apart() -> None:
    islands = shapely.MultiPolygon(
        [
            shapely.affinity.translate(coast(300, seed), 2.0 * (seed % 3), 2.0 * (seed // 3))
            for seed in range(6)
        ]
    )
    outline = covering(islands, 120)
    assert outline.is_valid
    assert shapely.get_num_coordinates(outline) <= 120
    assert outline.covers(islands)
    assert len(shapely.get_parts(outline)) == 6
    assert growth(islands, outline) < 0.2


def test_too_many_islands_for_the_points_are_refused_with_a_way_out() -> None:
    islands = shapely.MultiPolygon([shapely.Point(i, 0).buffer(0.1) for i in range(30)])
    with pytest.raises(Invalid, match="请分几次发"):
        covering(islands, 100)


def test_overlapping_parts_become_one() -> None:
    two = shapely.MultiPolygon([shapely.Point(0, 0).buffer(1), shapely.Point(1, 0).buffer(1)])
    outline = covering(two, 40)
    assert outline.covers(shapely.union_all(shapely.get_parts(two)))
    assert outline.geom_type == "Polygon"


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(1, 1),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.Polygon(),
        shapely.Polygon([(0, 0), (1, 1), (2, 2)]),
        shapely.MultiPolygon(),
    ],
)
def test_what_has_no_area_is_refused(shape: shapely.Geometry) -> None:
    with pytest.raises(BadShape):
        covering(shape, 100)


def test_a_ring_that_crosses_itself_is_covered_too() -> None:
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)])
    crossed = shapely.Polygon([*bow.exterior.coords[:-1], *((0.1 * n, 2.5) for n in range(30))])
    outline = covering(crossed, 20)
    assert outline.covers(repair(crossed))


def test_a_bow_tie_has_ground_on_both_sides() -> None:
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    assert bow.area == 0
    outline = covering(bow, 12)
    assert shapely.covers(outline, shapely.points([(0.2, 1), (1.8, 1)])).all()


def test_a_comb_and_a_spiral_are_covered_without_crossing_themselves() -> None:
    teeth = [(x / 10, (x % 2) * 3 + 1) for x in range(200)]
    comb = shapely.Polygon([(0, 0), *teeth, (20, 0)])
    turn = np.linspace(0.5, 12, 400)
    spiral = shapely.LineString(np.column_stack([turn * np.cos(turn), turn * np.sin(turn)]))
    for shape in (comb, spiral.buffer(0.6)):
        for most in (40, 8):
            outline = covering(shape, most)
            assert outline.is_valid
            assert shapely.get_num_coordinates(outline) <= most
            assert outline.covers(shape)


corners = st.tuples(st.floats(73, 135), st.floats(4, 53))


@settings(deadline=None, max_examples=200)
@given(st.lists(corners, min_size=3, max_size=40), st.integers(6, 30))
def test_any_ring_is_covered_within_the_number_of_points(
    ring: list[tuple[float, float]], most: int
) -> None:
    shape = shapely.Polygon(ring)
    try:
        area = shape if shape.is_valid else repair(shape)
        outline = covering(shape, most)
    except (BadShape, Invalid):
        return  # a line; or a ring that crosses itself and falls into too many parts
    assert outline.is_valid
    assert shapely.get_num_coordinates(outline) <= most
    assert outline.covers(area)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.floats(0, 2), st.integers(20, 400), st.integers(6, 60))
def test_any_county_is_covered_within_the_number_of_points(
    seed: int, rough: float, points: int, most: int
) -> None:
    county = coast(points, seed, rough)
    outline = covering(county, most)
    assert outline.is_valid
    assert shapely.get_num_coordinates(outline) <= max(most, 6)
    assert outline.covers(county)
