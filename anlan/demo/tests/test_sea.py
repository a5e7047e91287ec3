"""The sea of the demo county: where its map says, with walls, shoals and a tide that fits."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from anlan.demo import basemap, sea
from anlan.demo.county import County
from anlan.engines.grids import read_geotiff, sampled
from anlan.engines.tide.constituents import known


@pytest.fixture(scope="module")
def county(grown: County) -> County:
    return grown


@pytest.fixture(scope="module")
def home(county: County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sea")
    sea.write_sea(county, made)
    return made


def test_land_of_the_map_is_land_of_the_sea_chart(county: County, home: Path) -> None:
    raster = read_geotiff((home / sea.SEA).read_bytes())
    whole = shapely.union_all([county.land, basemap._inland(county)])
    west, south, east, north = county.terrain.bounds
    around = basemap.BEYOND - 0.1
    lon, lat = np.meshgrid(
        np.arange(west - around, east + around, 0.05),
        np.arange(south - around, north + around, 0.05),
    )
    drawn = shapely.contains_xy(whole, lon.ravel(), lat.ravel())
    height = sampled(raster, lon.ravel(), lat.ravel())
    # Islands and inlets are smaller than the chart's cells; beside them the two agree.
    near = (
        shapely.distance(shapely.boundary(whole), shapely.points(lon.ravel(), lat.ravel())) < 0.05
    )
    assert (drawn == (height > 0))[~near].mean() > 0.999


def test_the_coast_goes_on_where_the_countys_raster_ends(county: County) -> None:
    line = np.array(sea.coast(county.terrain))
    _, south, _, north = county.terrain.bounds
    assert (np.diff(line[:, 1]) > 0).all()
    for row, lat in ((-1, south), (0, north)):
        land = np.flatnonzero(county.terrain.elevation[row] > 0).max()
        shore = county.terrain.west + (land + 1) * county.terrain.step
        assert line[line[:, 1] == lat][0, 0] == pytest.approx(shore, abs=1e-3)


def test_depths_do_not_jump_at_the_edge_of_the_county(county: County, home: Path) -> None:
    raster = read_geotiff((home / sea.SEA).read_bytes())
    _, south, east, north = county.terrain.bounds
    lat = np.arange(south + 0.05, north, 0.03)
    inside = sampled(raster, np.full(len(lat), east - 0.02), lat)
    outside = sampled(raster, np.full(len(lat), east + 0.03), lat)
    assert np.abs(inside - outside).max() < 8.0
    assert (outside < -10.0).all()


def test_the_chart_of_the_shore_is_the_countys_own_ground(county: County, home: Path) -> None:
    raster = read_geotiff((home / sea.SHORE).read_bytes())
    places = [one for one in county.regions if one.level == "village" and one.lon > 121.51]
    lon, lat = (np.array([getattr(one, name) for one in places]) for name in ("lon", "lat"))
    own = county.terrain.at(lon, lat)
    row = np.floor((lat - raster.south) / raster.dy).astype(int)
    column = np.floor((lon - raster.west) / raster.dx).astype(int)
    assert np.abs(raster.values[row, column] - own).max() < 0.01
    assert any(one.lon < sea.SHORE_WEST for one in county.regions if one.level == "village")


def test_walls_carry_their_crests(county: County, home: Path) -> None:
    told = json.loads((home / sea.WALLS).read_text(encoding="utf-8"))["features"]
    own = [one for one in told if one["properties"]["code"]]
    assert {one["properties"]["code"]: one["properties"]["crest_m"] for one in own} == {
        one.code: one.crest_m for one in county.seawalls
    }
    (beside,) = (one for one in told if not one["properties"]["code"])
    shape = shapely.from_geojson(json.dumps(beside["geometry"]))
    area = next(one.area for one in county.regions if one.level == "county")
    assert shape.length > 0.2
    # It guards the neighbours' shore and leaves the county's to its own walls.
    assert shape.difference(area.buffer(0.005)).length > 0.9 * shape.length


def test_the_tide_is_told_all_around_in_waves_that_are_known(home: Path) -> None:
    with (home / sea.SIDE_TIDE).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(known(one["constituent"]) for one in rows)
    places = {(float(one["lon"]), float(one["lat"])) for one in rows}
    assert {(sea.WEST, sea.SOUTH), (sea.EAST, sea.NORTH)} <= places
    assert len(places) == 36
    assert all(0 < float(one["amplitude"]) < 3 and 0 <= float(one["lag"]) < 360 for one in rows)
