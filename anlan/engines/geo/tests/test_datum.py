import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engines.geo import datum
from anlan.engines.geo.distance import haversine

# China with its seas, a degree inside the rectangle of the shift.
china = st.tuples(st.floats(73.0, 136.8), st.floats(1.9, 54.8))

PAIRS = [
    (datum.wgs84_to_gcj02, datum.gcj02_to_wgs84),
    (datum.wgs84_to_bd09, datum.bd09_to_wgs84),
]


@pytest.mark.parametrize(("forward", "back"), PAIRS)
@given(china)
def test_there_and_back_is_the_same_place_anywhere_in_china(
    forward: datum.Convert, back: datum.Convert, place: tuple[float, float]
) -> None:
    lon, lat = back(*forward(*place))
    assert abs(lon - place[0]) < 1e-9
    assert abs(lat - place[1]) < 1e-9


@pytest.mark.parametrize(("forward", "back"), PAIRS)
@given(china)
def test_back_and_there_is_the_same_place_anywhere_in_china(
    forward: datum.Convert, back: datum.Convert, place: tuple[float, float]
) -> None:
    lon, lat = forward(*back(*place))
    assert abs(lon - place[0]) < 1e-9
    assert abs(lat - place[1]) < 1e-9


def test_a_fine_grid_over_all_china_comes_back_within_half_a_metre() -> None:
    lon, lat = (
        axis.ravel() for axis in np.meshgrid(np.arange(73, 136, 0.25), np.arange(3, 54, 0.25))
    )
    for forward, back in PAIRS:
        found = back(*forward(lon, lat))
        assert haversine(lon, lat, *found).max() < 0.5


# Published worked examples of the coordtransform packages (Python and JavaScript), which print them
# in their manuals: 116.404 E 39.915 N is Tian'anmen in Baidu's own documentation.
def test_published_examples_are_met() -> None:
    place = (116.404, 39.915)
    gcj = datum.wgs84_to_gcj02(*place)
    assert gcj == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    assert datum.wgs84_to_bd09(*place) == pytest.approx(
        (116.41662724378733, 39.922699552216216), abs=1e-9
    )


@pytest.mark.parametrize("place", [(139.76, 35.68), (-0.12, 51.5), (103.8, -1.3), (2.35, 48.85)])
def test_places_outside_the_rectangle_are_left_alone(place: tuple[float, float]) -> None:
    for convert in (*datum.TO_WGS84.values(), *datum.FROM_WGS84.values()):
        assert tuple(float(value) for value in convert(*place)) == place


def test_the_shift_is_what_people_see_on_web_maps() -> None:
    shift = haversine(121.6, 28.4, *datum.wgs84_to_gcj02(121.6, 28.4))
    assert 300 < shift < 700


def test_whole_arrays_keep_their_shape() -> None:
    lon, lat = np.full((3, 4), 121.6), np.full((3, 4), 28.4)
    east, north = datum.gcj02_to_wgs84(lon, lat)
    assert east.shape == north.shape == (3, 4)
