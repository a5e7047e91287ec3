"""The land holds together: terrain, rivers, regions, roads."""

from collections import Counter, defaultdict

import numpy as np
import pytest
import shapely

from anlan.demo.county import County


def test_terrain_has_mountains_shelf_and_the_county_in_its_middle(county: County) -> None:
    heights = county.terrain.elevation
    assert heights.shape == (900, 1000)
    assert heights.dtype == np.float32
    assert np.isfinite(heights).all()
    assert 700 < heights.max() < 1000
    assert -60 < heights.min() < -20
    west, south, east, north = county.terrain.bounds
    assert (west, north) == (121.2, 28.7)
    assert west < county.regions[0].area.bounds[0] < county.regions[0].area.bounds[2] < east + 0.001
    assert south < 28.4 < north


def test_rivers_descend_to_the_sea_or_to_another_river(county: County) -> None:
    lines = {river.code: river.line for river in county.rivers}
    for river in county.rivers:
        assert len(river.bed_m) == len(shapely.get_coordinates(river.line))
        assert all(a >= b for a, b in zip(river.bed_m, river.bed_m[1:], strict=False)), river.name
        mouth = shapely.Point(shapely.get_coordinates(river.line)[-1])
        if river.flows_into is None:
            height = county.terrain.at(np.array([mouth.x]), np.array([mouth.y]))[0]
            assert height <= 0 or mouth.distance(shapely.MultiLineString(county.coastline)) < 0.002
        else:
            assert lines[river.flows_into].distance(mouth) < 1e-6, river.name


def test_three_main_rivers_reach_the_sea(county: County) -> None:
    main = [river for river in county.rivers if river.main]
    assert [river.name for river in main] == ["云津江", "鹭鸣溪", "枫汀溪"]
    for river in main:
        assert river.flows_into is None
        assert river.catchment_km2 > 100
        assert river.length_km > 20


def test_basins_do_not_overlap_and_lie_in_the_county(county: County) -> None:
    assert 50 <= len(county.basins) <= 75
    areas = np.array([basin.area for basin in county.basins])
    assert shapely.coverage_is_valid(areas)
    body = county.regions[0].area.buffer(0.002)
    assert all(body.contains(area) for area in areas)
    for basin in county.basins:
        assert basin.catchment_km2 > basin.area_km2 * 0.9
        assert basin.channel_slope >= 0


def test_regions_are_counted_as_promised(county: County) -> None:
    levels = Counter(region.level for region in county.regions)
    assert levels == {"county": 1, "township": 14, "village": 210, "grid": 900}
    kinds = Counter(town.kind for town in county.level("township"))
    assert kinds == {"subdistrict": 3, "town": 8, "rural-township": 3}
    codes = [region.code for region in county.regions]
    assert len(set(codes)) == len(codes)
    for region in county.regions:
        assert (
            len(region.code)
            == {"county": 6, "township": 9, "village": 12, "grid": 15}[region.level]
        )
        if region.level == "village":
            low, high = (1, 199) if region.kind == "community" else (200, 399)
            assert low <= int(region.code[9:]) <= high


@pytest.mark.parametrize("level", ["township", "village", "grid"])
def test_children_lie_in_their_parent_and_fill_it(county: County, level: str) -> None:
    parents = {region.code: region for region in county.regions}
    shares: dict[str, float] = defaultdict(float)
    for region in county.level(level):
        parent = parents[region.parent or ""]
        assert region.code.startswith(parent.code)
        assert region.area.is_valid
        assert region.area.difference(parent.area).area < 1e-10, region.name
        assert parent.area.contains(shapely.Point(region.lon, region.lat)), region.name
        shares[parent.code] += region.area.area
    for code, area in shares.items():
        assert area == pytest.approx(parents[code].area.area, rel=1e-9)


def test_people_and_households_add_up_on_every_level(county: County) -> None:
    assert county.regions[0].population == 620_000
    for parent in county.regions:
        mine = [region for region in county.regions if region.parent == parent.code]
        if mine:
            assert sum(region.population for region in mine) == parent.population
            assert sum(region.households for region in mine) == parent.households


def test_islands_belong_to_island_townships(county: County) -> None:
    towns = {town.code: town for town in county.level("township")}
    assert 25 <= len(county.islands) <= 40
    for island in county.islands:
        assert towns[island.township].island
    assert sum(town.island for town in towns.values()) == 2


def test_names_of_villages_and_rivers_are_unique(county: County) -> None:
    for names in (
        [village.name for village in county.level("village")],
        [river.name for river in county.rivers],
        [shelter.name for shelter in county.shelters],
        [vessel.name for vessel in county.vessels],
        [zone.name for zone in county.danger_zones],
    ):
        assert len(set(names)) == len(names)


def test_roads_and_ferries_make_one_connected_graph(county: County) -> None:
    near: dict[int, set[int]] = defaultdict(set)
    for edge in county.road_edges:
        near[edge.start].add(edge.end)
        near[edge.end].add(edge.start)
    mainland = _reached(near, county.road_edges[0].start)
    towns = [town for town in county.level("township") if not town.island]
    for town in towns:
        gap = min(
            np.hypot(county.road_nodes[n].lon - town.lon, county.road_nodes[n].lat - town.lat)
            for n in mainland
        )
        assert gap < 0.01, town.name
    for ferry in county.ferries:
        near[ferry.start_node].add(ferry.end_node)
        near[ferry.end_node].add(ferry.start_node)
    assert _reached(near, county.road_edges[0].start) == {node.id for node in county.road_nodes}


def _reached(near: dict[int, set[int]], start: int) -> set[int]:
    seen, front = {start}, [start]
    while front:
        for other in near[front.pop()]:
            if other not in seen:
                seen.add(other)
                front.append(other)
    return seen


def test_road_lines_run_between_their_nodes(county: County) -> None:
    for edge in county.road_edges:
        points = shapely.get_coordinates(edge.line)
        start, end = county.road_nodes[edge.start], county.road_nodes[edge.end]
        assert tuple(points[0]) == (start.lon, start.lat)
        assert tuple(points[-1]) == (end.lon, end.lat)
        assert edge.length_m > 0
        assert not (edge.bridge and edge.tunnel)


def test_reservoirs_keep_their_levels_in_order(county: County) -> None:
    sizes = Counter(reservoir.size for reservoir in county.reservoirs)
    assert sizes == {"medium": 1, "small-1": 5, "small-2": 6}
    limits = {"medium": (1e7, 1e8), "small-1": (1e6, 1e7), "small-2": (1e5, 1e6)}
    for dam in county.reservoirs:
        levels = [
            dam.dead_level_m,
            dam.typhoon_limit_m,
            dam.meiyu_limit_m,
            dam.normal_level_m,
            dam.design_level_m,
            dam.check_level_m,
            dam.dam_crest_m,
        ]
        assert levels == sorted(levels)
        assert limits[dam.size][0] <= dam.capacity_m3 <= limits[dam.size][1]
        assert all(
            a[0] < b[0] and a[1] <= b[1] for a, b in zip(dam.curve, dam.curve[1:], strict=False)
        )
        assert dam.villages_below
