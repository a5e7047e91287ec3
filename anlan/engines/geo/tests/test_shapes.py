import numpy as np
import pytest
import shapely

from anlan.engines.geo import datum, distance, shapes

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[121, 28], [122, 28], [122, 29], [121, 29], [121, 28]]],
}


def test_geojson_comes_back_as_it_went_in() -> None:
    assert shapes.to_geojson(shapes.from_geojson(SQUARE)) == SQUARE
    assert shapes.from_geojson({"type": "Feature", "geometry": SQUARE, "properties": {}}).is_valid


def test_another_datum_is_converted_at_the_door() -> None:
    lon, lat = datum.wgs84_to_gcj02(121.6, 28.4)
    point = shapes.from_geojson(
        {"type": "Point", "coordinates": [float(lon), float(lat)]}, datum=datum.GCJ02
    )
    assert (point.x, point.y) == pytest.approx((121.6, 28.4), abs=1e-9)


def test_a_bow_tie_is_repaired_to_its_two_wings() -> None:
    ring = [[121, 28], [122, 29], [122, 28], [121, 29], [121, 28]]
    mended = shapes.from_geojson({"type": "Polygon", "coordinates": [ring]})
    assert mended.is_valid
    assert mended.area == pytest.approx(0.5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "Topology"},
        {"type": "Feature", "geometry": None},
        {"type": "Polygon", "coordinates": [[[121, 28], [122, 28]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4], ["a", "b"]]]},
        {"type": "Point", "coordinates": [500000.0, 3140000.0]},
        {"type": "Point"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[121, 28], [122, 28], [123, 28], [121, 28]]]},
    ],
)
def test_what_is_no_geometry_is_refused_in_words(wrong: dict[str, object]) -> None:
    with pytest.raises(shapes.BadShape, match=r"[\u4e00-\u9fff]"):
        shapes.from_geojson(wrong)


def test_areas_are_those_of_the_sphere() -> None:
    box = shapely.box(121, 28, 122, 29)
    band = 2 * np.pi * distance.EARTH_RADIUS**2 * (np.sin(np.radians(29)) - np.sin(np.radians(28)))
    assert shapes.area_m2(box) == pytest.approx(band / 360)
    assert shapes.area_m2([box, box]).shape == (2,)


def test_a_circle_holds_every_point_within_its_radius() -> None:
    disc = shapes.circle(121.6, 28.4, 5000)
    bearing = np.linspace(0, 360, 1000)
    inside = distance.destination(121.6, 28.4, bearing, 4999.9)
    outside = distance.destination(121.6, 28.4, bearing, 5010)
    assert shapely.contains_xy(disc, *inside).all()
    assert not shapely.contains_xy(disc, *outside).any()
    assert shapes.area_m2(disc) == pytest.approx(np.pi * 5000**2, rel=0.002)
