import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlan.engines.geo.tiles import (
    BUFFER,
    EXTENT,
    ShapeIndex,
    Tile,
    cut,
    project,
    project_shapes,
    thin,
    unproject,
)

tiles = st.integers(0, 18).flatmap(
    lambda z: st.tuples(st.just(z), st.integers(0, 2**z - 1), st.integers(0, 2**z - 1))
)


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_projecting_and_back_is_the_same_place(lon: float, lat: float) -> None:
    east, north = unproject(*project(lon, lat))
    assert (float(east), float(north)) == pytest.approx((lon, lat), abs=1e-9)


# OpenStreetMap wiki, "Slippy map tilenames": zoom 18 tile of 4.9 E 52.37 N in its worked example
# formula n = 2**zoom, x = n (lon + 180) / 360, y = n (1 - asinh(tan lat) / pi) / 2.
def test_tiles_are_counted_as_slippy_maps_do() -> None:
    lon, lat, zoom = 121.6, 28.4, 14
    x, y = project(lon, lat)
    expected = 2**zoom * (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    assert float(y) * 2**zoom == pytest.approx(expected)
    assert float(x) * 2**zoom == pytest.approx(2**zoom * (lon + 180) / 360)


@given(tiles)
def test_a_tiles_corners_are_its_first_and_last_units(address: tuple[int, int, int]) -> None:
    tile = Tile(*address)
    left, top, right, bottom = tile.box()
    x, y = tile.units(np.array([left, right]), np.array([top, bottom]))
    assert tile.exists()
    assert (x.tolist(), y.tolist()) == ([0, EXTENT], [0, EXTENT])


@pytest.mark.parametrize(
    "address", [(-1, 0, 0), (0, 1, 0), (3, 8, 0), (3, 0, 8), (23, 0, 0), (2, -1, 0)]
)
def test_there_are_no_tiles_beyond_the_world(address: tuple[int, int, int]) -> None:
    assert not Tile(*address).exists()


@given(st.lists(st.tuples(st.integers(0, 4095), st.integers(0, 4095)), max_size=200))
def test_thinning_loses_no_point_and_keeps_the_first_of_each_square(
    places: list[tuple[int, int]],
) -> None:
    xy = np.array(places, dtype=np.int64).reshape(-1, 2)
    thinned = thin(xy[:, 0], xy[:, 1], 64)
    assert thinned.counts.sum() == len(places)
    squares = {(x // 64, y // 64): number for number, (x, y) in reversed(list(enumerate(places)))}
    assert sorted(thinned.first.tolist()) == sorted(squares.values())
    assert all(xy[number, 0] // 64 == xy[thinned.first[group], 0] // 64
               for number, group in enumerate(thinned.group.tolist()))  # fmt: skip


def test_a_shape_is_cut_to_the_tile_and_its_buffer() -> None:
    world = project_shapes([shapely.box(-170, -80, 170, 80)])
    lines, rings = cut(Tile(3, 4, 3), world)
    assert len(lines) == 0
    assert len(rings) == 1
    assert rings.xy.min() == -BUFFER
    assert rings.xy.max() == EXTENT + BUFFER
    assert rings.outer.tolist() == [True]


def test_holes_and_parts_keep_their_feature() -> None:
    ring = shapely.box(1, 1, 9, 9).difference(shapely.box(4, 4, 6, 6))
    several = shapely.union_all([ring, shapely.box(20, 20, 22, 22)])
    line = shapely.LineString([(0, 0), (30, 30)])
    lines, rings = cut(Tile(2, 2, 1), project_shapes([line, several]))
    assert lines.features.tolist() == [0]
    assert rings.features.tolist() == [1, 1, 1]
    assert sorted(rings.outer.tolist()) == [False, True, True]


def test_a_line_that_leaves_and_comes_back_is_one_feature_of_two_lines() -> None:
    zigzag = shapely.LineString([(1, 1), (100, 1), (100, 2), (1, 2)])
    lines, _ = cut(Tile(2, 2, 1), project_shapes([zigzag]))
    assert lines.features.tolist() == [0, 0]
    assert lines.starts.tolist() == [0, 2, 4]


def test_only_near_and_large_enough_shapes_are_drawn() -> None:
    index = ShapeIndex([shapely.box(121, 28, 122, 29), shapely.Point(121.5, 28.5).buffer(1e-4),
                        shapely.box(0, 0, 1, 1)])  # fmt: skip
    tile = Tile(8, *(int(part * 256) for part in project(121.5, 28.5)))
    assert index.near(tile).tolist() == [0, 1]
    assert index.near(tile, least=2).tolist() == [0]


def test_far_shapes_have_fewer_corners_than_near_ones() -> None:
    index = ShapeIndex([shapely.Point(121.5, 28.5).buffer(0.2, quad_segs=500)])
    corners = []
    for zoom in (5, 15):
        tile = Tile(zoom, *(int(part * 2**zoom) for part in project(121.5, 28.5)))
        corners.append(len(shapely.get_coordinates(index._at(zoom))))
        assert len(index.cut(tile, index.near(tile))[1]) == 1
    assert corners[0] < 40 < 1000 < corners[1]


def test_an_empty_index_draws_nothing() -> None:
    index = ShapeIndex([])
    lines, rings = index.cut(Tile(0, 0, 0), index.near(Tile(0, 0, 0)))
    assert len(lines) == len(rings) == len(index) == 0
