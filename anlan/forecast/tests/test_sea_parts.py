"""Parts of the surge run by themselves: walls in cells, places beside walls, the tide at sides."""

import json

import numpy as np
import pytest

from anlan.engines.grids import Raster
from anlan.engines.surge import grid_of, layout
from anlan.forecast.adapters.contract import Request
from anlan.forecast.adapters.sea import ground, tides, villages
from anlan.forecast.adapters.sea.ground import Shore
from anlan.forecast.adapters.shapes import ShorePlace, SideTide, TidePoint
from anlan.kernel.errors import Invalid

HOUR = 3600.0


def request(**settings: float | str) -> Request:
    return Request(
        run="R", model="surge", based_at=0, start=0, end=0, step_s=600, seed=1, settings=settings
    )


def wall(*corners: tuple[float, float], crest: float = 7.0) -> bytes:
    feature = {
        "type": "Feature", "properties": {"crest_m": crest},
        "geometry": {"type": "LineString", "coordinates": corners},
    }  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def plain() -> tuple[Raster, np.ndarray]:
    """Ground of two metres west of the fifth column, four metres of water east of it."""
    bed = np.full((10, 10), 2.0)
    bed[:, 5:] = -4.0
    return Raster(bed, 121.0, 28.0, 0.01, 0.01), bed


def shore_of(lines: bytes | None) -> tuple[Shore, tuple[str, ...]]:
    fine, bed = plain()
    grid = grid_of(bed, corner=(121.0, 28.0), cell=(0.01, 0.01), geographic=True)
    raised, walls, notes = ground._walled(grid, lines)
    return Shore(grid_of(raised, corner=(121.0, 28.0), cell=(0.01, 0.01), geographic=True), fine,
                 walls), notes  # fmt: skip


def test_a_slanting_wall_leaves_no_gap_that_water_could_pass() -> None:
    shore, notes = shore_of(wall((121.001, 28.001), (121.099, 28.099)))
    assert notes == ()
    assert (shore.grid.bed[shore.walls] == 7.0).all()
    # From the south-east corner no way over faces leads to the north-west.
    free = ~shore.walls
    reached = np.zeros_like(free)
    reached[0, 9] = free[0, 9]
    for _ in range(40):
        grown = reached.copy()
        grown[1:] |= reached[:-1]
        grown[:-1] |= reached[1:]
        grown[:, 1:] |= reached[:, :-1]
        grown[:, :-1] |= reached[:, 1:]
        reached = grown & free
    assert reached[0, 8]
    assert not reached[9, 0]


def test_a_wall_lowers_no_ground_and_walls_nobody_can_read_are_said() -> None:
    shore, _ = shore_of(wall((121.02, 28.055), (121.08, 28.055), crest=0.5))
    assert shore.grid.bed[5, 3] == 2.0
    assert shore.grid.bed[5, 7] == 0.5
    _, notes = shore_of(b'{"features": [{"geometry": null}]}')
    assert len(notes) == 1
    assert notes[0].startswith("海塘资料读不出来")
    assert shore_of(None)[1] == ("没有海塘资料，按没有海塘算，岸上淹没偏大",)


def test_a_place_in_a_walls_cell_takes_the_side_it_is_on() -> None:
    shore, _ = shore_of(wall((121.045, 28.0), (121.045, 28.0999)))
    behind = ShorePlace(region="1", lon=121.046, lat=28.055)
    before = ShorePlace(region="1", lon=121.046, lat=28.055, zone="W", outside=True)
    found = villages.placed(shore, [behind, before], 0.2)
    assert shore.grid.bed[found.rows[0], found.columns[0]] == 2.0
    assert shore.grid.bed[found.rows[1], found.columns[1]] == -4.0
    assert found.why == ("", "")
    assert found.ground.tolist() == [2.0, 2.0]


def test_a_place_off_the_map_or_without_a_point_is_not_computed() -> None:
    shore, _ = shore_of(None)
    places = [ShorePlace(region="1", lon=120.9, lat=28.05), ShorePlace(region="2")]
    found = villages.placed(shore, places, 0.2)
    assert found.why == ("在近岸网格之外，没有算", "没有位置，没有算")
    assert [one.why for one in villages.unknown(places, "没有")] == ["没有", "没有"]


def node(lon: float, lat: float, *, flows: bool) -> SideTide:
    speeds = (("M2", 0.0, 0.0, 0.0, 0.0),) if flows else ()
    return SideTide(lon=lon, lat=lat, waves=(("M2", 1.0, 0.0),), flows=speeds)


@pytest.mark.parametrize(("flows", "kind"), [(False, layout.LEVEL), (True, layout.OPEN)])
def test_the_tide_grows_from_mean_sea_level_and_land_stays_a_wall(
    flows: bool,
    kind: int,
) -> None:
    _, bed = plain()
    grid = grid_of(bed, corner=(121.0, 28.0), cell=(0.01, 0.01), geographic=True)
    nodes = [node(121.1, 28.0, flows=flows), node(121.1, 28.1, flows=flows)]
    sides = tides.tidal_sides(grid, nodes, (0, 30 * HOUR), 6 * HOUR, 0.25)
    assert [side.kind for side in sides.each()] == [layout.WALL, kind, kind, kind]
    level = sides.east.level
    assert callable(level)
    assert np.asarray(level(0.0)).tolist() == [0.25] * 10
    late = np.array([level(6 * HOUR + 600 * n) for n in range(100)])
    assert 0.85 < np.ptp(late) / 2 < 1.2


def test_a_side_too_far_from_every_place_is_named() -> None:
    _, bed = plain()
    grid = grid_of(bed, corner=(121.0, 28.0), cell=(0.01, 0.01), geographic=True)
    with pytest.raises(Invalid, match="没有盖住东边界"):
        tides.tidal_sides(grid, [node(124.0, 28.0, flows=False)], (0, HOUR), HOUR, 0.0)


def test_mean_sea_level_is_that_of_stations_on_the_maps_datum() -> None:
    points = [
        TidePoint(station="a", waves=(), mean=0.3, datum="1985 国家高程基准"),
        TidePoint(station="b", waves=(), mean=3.1, datum="当地理论深度基准面"),
    ]
    told = request(datum="1985 国家高程基准")
    assert tides.mean_sea(told, points) == (0.3, "")
    level, note = tides.mean_sea(told, points[1:])
    assert level == 0.0
    assert note == "没有与水深图同一基面的潮位站，平均海面按水深图的零点算"
