import gzip
from typing import Any

import pytest
import shapely

from anlan.base.basemap import selectors, tiles
from anlan.base.basemap.layers import EVERYTHING, LAYERS, described
from anlan.base.basemap.services import Drawn, replace_theme
from anlan.base.basemap.tiles import Shelf
from anlan.base.journal.models import Entry
from anlan.base.permissions import PUBLIC, system
from anlan.base.regions.models import Boundary, Region
from anlan.base.regions.services.writing import next_edition
from anlan.engines.geo.tiles import Tile, project
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.protocols import mvt

pytestmark = pytest.mark.django_db

COAST = shapely.box(121.0, 28.0, 122.0, 29.0)
BY = system("test")


def at(zoom: int, lon: float = 121.5, lat: float = 28.5) -> Tile:
    x, y = project(lon, lat)
    return Tile(zoom, int(float(x) * 2**zoom), int(float(y) * 2**zoom))


def features(key: str, tile: Tile) -> list[mvt.Feature]:
    body = tiles.tile(LAYERS[key], tile, EVERYTHING).body
    layers = mvt.decode(gzip.decompress(body)) if body else {}
    assert list(layers) in ([], [key])
    return layers[key].features if layers else []


def test_a_theme_is_drawn_with_class_and_name() -> None:
    replace_theme(theme="base-land", features=[Drawn(COAST, kind="mainland", name="云屿县")], by=BY)
    (land,) = features("base-land", at(8))
    assert (land.type, land.properties) == (mvt.POLYGON, {"class": "mainland", "name": "云屿县"})
    assert features("base-land", at(8, 100, 10)) == []


def test_points_and_lines_of_a_theme_are_drawn_from_their_zoom_on() -> None:
    river = shapely.LineString([(121.4, 28.5), (121.6, 28.5)])
    drawn = [
        Drawn(river, kind="river", name="云江"),
        Drawn(shapely.Point(121.5, 28.5), name="泉", rank=8),
    ]
    replace_theme(theme="base-water", features=drawn, by=BY)
    assert features("base-water", at(6)) == []
    assert [one.properties["name"] for one in features("base-water", at(9))] == ["云江"]
    assert [one.type for one in features("base-water", at(14))] == [mvt.POINT, mvt.LINE]


def test_replacing_a_theme_replaces_its_tiles_and_is_journalled() -> None:
    for name in ("旧", "新"):
        replace_theme(theme="base-land", features=[Drawn(COAST, name=name)], by=BY)
        assert [one.properties["name"] for one in features("base-land", at(8))] == [name]
    assert Entry.objects.filter(deed="basemap.replaced", subject="base-land").count() == 2


def test_only_themes_there_are_and_shapes_that_are_can_be_stored() -> None:
    with pytest.raises(Invalid, match="base-land"):
        replace_theme(theme="base-sky", features=[], by=BY)
    with pytest.raises(Invalid, match="范围"):
        replace_theme(theme="base-land", features=[Drawn(shapely.box(0, 0, 500, 500))], by=BY)


def test_the_bounds_are_those_of_the_regions_else_of_the_land() -> None:
    assert selectors.bounds() is None
    assert selectors.basemap()["center"] is None
    replace_theme(theme="base-land", features=[Drawn(COAST)], by=BY)
    assert selectors.bounds() == (121, 28, 122, 29)
    Region.objects.create(code="339901000000", name="云屿县", level=3)
    Boundary.objects.create(region_id="339901000000", wkb=shapely.to_wkb(COAST.buffer(1)),
                            west=120, south=27, east=123, north=30, datum="wgs84")  # fmt: skip
    assert selectors.bounds() == (120, 27, 123, 30)
    assert selectors.basemap()["center"] == (121.5, 28.5)


def test_regions_are_drawn_level_by_level_with_their_names() -> None:
    for code, name, level, box in (
        ("339901000000", "云屿县", 3, COAST),
        ("339901101000", "石门镇", 4, shapely.box(121.0, 28.0, 121.5, 29.0)),
    ):
        Region.objects.create(code=code, name=name, level=level, lon=121.49, lat=28.49)
        west, south, east, north = box.bounds
        Boundary.objects.create(region_id=code, wkb=shapely.to_wkb(box), datum="wgs84",
                                west=west, south=south, east=east, north=north)  # fmt: skip
    next_edition()
    county = {"code": "339901000000", "name": "云屿县", "level": 3}
    assert [one.properties for one in features("regions", at(7, 121.4))] == [county, county]
    names = [one.properties["name"] for one in features("regions", at(9, 121.4))]
    assert sorted(names) == ["云屿县", "云屿县", "石门镇", "石门镇"]


def test_there_are_no_tiles_beyond_the_world_and_the_layers_zooms() -> None:
    for wrong in (Tile(3, 8, 0), Tile(17, 0, 0), Tile(-1, 0, 0)):
        with pytest.raises(Missing):
            tiles.tile(LAYERS["base-land"], wrong, EVERYTHING)


def test_layers_are_described_to_those_who_may_see_them() -> None:
    keys = [layer["key"] for layer in described(system("test"))]
    assert {"base-land", "regions", "shelters"} <= set(keys)
    assert "shelters" not in [layer["key"] for layer in described(PUBLIC)]
    with pytest.raises(Forbidden):
        tiles.layer_for(PUBLIC, "households")
    with pytest.raises(Missing):
        tiles.layer_for(PUBLIC, "nonsense")


def test_the_shelf_keeps_to_its_budget_and_lets_the_oldest_go() -> None:
    shelf = Shelf(budget=3 * (tiles.OVERHEAD + 10))
    keys: list[Any] = [("layer", Tile(5, n, 0), EVERYTHING, "") for n in range(4)]
    for key in keys[:3]:
        shelf.put(key, b"0123456789")
    assert shelf.get(keys[0]) == b"0123456789"
    shelf.put(keys[3], b"0123456789")
    assert len(shelf) == 3
    assert shelf.get(keys[1]) is None
    assert shelf.get(keys[0]) is not None
