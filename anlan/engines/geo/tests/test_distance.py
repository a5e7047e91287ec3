import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engines.geo import distance

places = st.tuples(st.floats(-180, 180), st.floats(-89, 89))


def test_a_quarter_of_the_earth_is_a_quarter_of_its_girth() -> None:
    quarter = np.pi / 2 * distance.EARTH_RADIUS
    assert distance.haversine(0, 0, 90, 0) == pytest.approx(quarter)
    assert distance.haversine(0, 0, 0, 90) == pytest.approx(quarter)
    assert distance.haversine(0, 0, 180, 0) == pytest.approx(2 * quarter)


# Nashville airport to Los Angeles airport, the worked example of Rosetta Code's "Haversine
# formula" with the radius 6371 km: 2886.44 km; ours is 1.4e-6 longer.
def test_a_published_example_is_met() -> None:
    found = distance.haversine(-86.67, 36.12, -118.40, 33.94)
    assert float(found) == pytest.approx(2886444.44, rel=1e-5)


@given(places, st.floats(0, 360), st.floats(0, 500_000))
def test_going_a_distance_arrives_at_that_distance(
    start: tuple[float, float], bearing: float, metres: float
) -> None:
    end = distance.destination(*start, bearing, metres)
    assert distance.haversine(*start, *end) == pytest.approx(metres, abs=0.05)


@given(places, st.floats(0, 360), st.floats(1, 500_000), st.floats(0, 0.999))
def test_the_box_holds_the_whole_circle(
    start: tuple[float, float], bearing: float, radius: float, share: float
) -> None:
    west, south, east, north = distance.box_around(*start, radius)
    lon, lat = distance.destination(*start, bearing, radius * share)
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9


@given(places, places)
def test_distance_does_not_depend_on_the_direction(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    assert distance.haversine(*one, *other) == pytest.approx(distance.haversine(*other, *one))
