import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from anlan.protocols import mvt

Ring = list[tuple[int, int]]


def paths_of(features: list[list[Ring]]) -> mvt.Paths:
    rings = [ring for feature in features for ring in feature]
    xy = np.array([point for ring in rings for point in ring], dtype=np.int64).reshape(-1, 2)
    starts = np.concatenate(([0], np.cumsum([len(ring) for ring in rings]))).astype(np.int64)
    numbers = [number for number, feature in enumerate(features) for _ in feature]
    outer = [place == 0 for feature in features for place, _ in enumerate(feature)]
    return mvt.Paths(xy, starts, np.array(numbers, dtype=np.int64), np.array(outer, dtype=np.bool_))


def commands(geometry: mvt.Geometry) -> list[int]:
    return [int(command) for command in geometry.commands]


# The worked examples of the specification, sections 4.3.5.1 to 4.3.5.6.
def test_the_specifications_point_is_met() -> None:
    assert commands(mvt.points([25], [17])) == [9, 50, 34]


def test_the_specifications_line_is_met() -> None:
    assert commands(mvt.lines(paths_of([[[(2, 2), (2, 10), (10, 10)]]]))) == [
        9, 4, 4, 18, 0, 16, 16, 0
    ]  # fmt: skip


def test_the_specifications_lines_of_one_feature_are_met() -> None:
    two = [[[(2, 2), (2, 10), (10, 10)], [(1, 1), (3, 5)]]]
    assert commands(mvt.lines(paths_of(two))) == [
        9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8
    ]  # fmt: skip


def test_the_specifications_polygon_is_met() -> None:
    ring = [(3, 6), (8, 12), (20, 34), (3, 6)]
    assert commands(mvt.polygons(paths_of([[ring]]))) == [9, 6, 12, 18, 10, 12, 24, 44, 15]


def test_the_specifications_polygons_with_a_hole_are_met() -> None:
    outer = [(0, 0), (10, 0), (10, 10), (0, 10)]
    second = [(11, 11), (20, 11), (20, 20), (11, 20)]
    hole = [(13, 13), (13, 17), (17, 17), (17, 13)]
    paths = paths_of([[outer, second, hole]])
    outers = np.array([True, True, False])
    paths = mvt.Paths(paths.xy, paths.starts, paths.features, outers)
    assert commands(mvt.polygons(paths)) == [
        9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15,
        9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15,
        9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15,
    ]  # fmt: skip


def doubled_area(ring: Ring) -> int:
    return sum(x * v - u * y for (x, y), (u, v) in zip(ring, [*ring[1:], ring[0]], strict=True))


coordinates = st.tuples(st.integers(-200, 4300), st.integers(-200, 4300))
rings = st.lists(coordinates, min_size=1, max_size=8)


@given(st.lists(st.lists(rings, min_size=1, max_size=3), max_size=4))
def test_rings_come_back_turned_the_right_way_round_and_without_empty_ones(
    features: list[list[Ring]],
) -> None:
    geometry = mvt.polygons(paths_of(features))
    layer = mvt.decode(mvt.layer("areas", geometry, {"n": list(range(len(features)))})).get("areas")
    found = {feature.properties["n"]: feature for feature in layer.features} if layer else {}
    for number, feature in enumerate(features):
        if number not in found:
            assert doubled_area(feature[0]) == 0
            continue
        outer, *holes = found[number].paths
        assert doubled_area(outer) == abs(doubled_area(feature[0])) > 0
        assert all(doubled_area(hole) < 0 for hole in holes)
        assert len(holes) == sum(doubled_area(ring) != 0 for ring in feature[1:])


@given(
    st.lists(
        st.lists(st.lists(coordinates, min_size=1, max_size=6), min_size=1, max_size=3), max_size=4
    )
)
def test_lines_come_back_without_repeated_points(features: list[list[Ring]]) -> None:
    geometry = mvt.lines(paths_of(features))
    layer = mvt.decode(mvt.layer("lines", geometry, {})).get("lines")
    found = [path for feature in (layer.features if layer else []) for path in feature.paths]
    expected = [
        [point for place, point in enumerate(line) if not place or point != line[place - 1]]
        for feature in features
        for line in feature
    ]
    assert found == [line for line in expected if len(line) > 1]


values = st.one_of(
    st.none(), st.text(max_size=5), st.text("屿", min_size=40, max_size=50),
    st.integers(-(2**53), 2**53), st.booleans(),
    st.floats(allow_nan=False),
)  # fmt: skip


@given(st.lists(st.tuples(coordinates, values, values), min_size=1, max_size=30), st.booleans())
def test_points_and_properties_come_back_as_they_went(
    rows: list[tuple[tuple[int, int], mvt.Value | None, mvt.Value | None]], numbered: bool
) -> None:
    geometry = mvt.points([row[0][0] for row in rows], [row[0][1] for row in rows])
    ids: NDArray[np.int64] | None = np.arange(len(rows)) * 1000 if numbered else None
    columns = {"名称": [row[1] for row in rows], "kind": [row[2] for row in rows]}
    layer = mvt.decode(mvt.layer("sites", geometry, columns, ids=ids))["sites"]
    assert (layer.version, layer.extent, len(layer.features)) == (2, 4096, len(rows))
    for number, (feature, (place, name, kind)) in enumerate(zip(layer.features, rows, strict=True)):
        assert feature.paths == [[place]]
        assert feature.id == (number * 1000 if numbered else None)
        expected = {"名称": name, "kind": kind}
        assert feature.properties == {
            key: value for key, value in expected.items() if value is not None
        }
        for key, value in feature.properties.items():
            assert type(value) is type(expected[key])


def test_every_value_is_written_once() -> None:
    geometry = mvt.points(range(100), range(100))
    one = mvt.layer("sites", geometry, {"kind": ["避灾安置场所"] * 100})
    assert one.count("避灾安置场所".encode()) == 1


def test_a_layer_without_features_is_nothing() -> None:
    assert mvt.layer("sites", mvt.points([], []), {"name": []}) == b""
    assert mvt.decode(b"") == {}


def test_one_layer_may_hold_points_lines_and_areas() -> None:
    line, ring = [(2, 2), (2, 10)], [(0, 0), (10, 0), (10, 10), (0, 10)]
    joined = mvt.join(
        [
            (mvt.points([25, 1], [17, 2]), 0),
            (mvt.lines(paths_of([[line]])), 2),
            (mvt.polygons(paths_of([[[(1, 1)]], [ring]])), 3),
        ]
    )
    tile = mvt.decode(mvt.layer("all", joined, {"n": list("abcde")}))
    found = [(one.type, one.properties["n"], one.paths) for one in tile["all"].features]
    assert found == [
        (mvt.POINT, "a", [[(25, 17)]]),
        (mvt.POINT, "b", [[(1, 2)]]),
        (mvt.LINE, "c", [line]),
        (mvt.POLYGON, "e", [ring]),
    ]


def test_layers_follow_each_other_in_one_tile() -> None:
    tile = b"".join(mvt.layer(name, mvt.points([1], [2]), {}) for name in ("one", "two"))
    assert list(mvt.decode(tile)) == ["one", "two"]


@pytest.mark.parametrize("broken", [b"\x1a\x05\x0a", b"\x1b", b"\x1a"])
def test_a_broken_tile_is_an_error(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"breaks off|wire type"):
        mvt.decode(broken)
