"""Shelters, zones, teams, vessels and people are where they should be and speak known codes."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely

from anlan import codes
from anlan.demo.county import County
from anlan.demo.county.spots import FLOOD_LEVEL_M


def test_shelters_stand_in_their_village_above_the_flood_and_outside_every_zone(
    county: County,
) -> None:
    assert len(county.shelters) == 600
    villages = {village.code: village.area for village in county.level("village")}
    points = shapely.points([(s.lon, s.lat) for s in county.shelters])
    tree = shapely.STRtree([zone.area for zone in county.danger_zones])
    assert tree.query(points, predicate="intersects").size == 0
    for shelter, point in zip(county.shelters, points, strict=True):
        assert villages[shelter.village].contains(point), shelter.name
        assert shelter.height_m >= FLOOD_LEVEL_M
        if shelter.capacity is not None and shelter.area_m2 is not None:
            assert shelter.capacity == int(shelter.area_m2 / shelter.per_person_m2)


def test_some_shelters_were_never_assessed(county: County) -> None:
    gaps = [shelter for shelter in county.shelters if shelter.assessed_on is None]
    assert gaps
    assert all(shelter.capacity is None and shelter.area_m2 is None for shelter in gaps)


def test_everything_located_lies_in_its_village(county: County) -> None:
    villages = {village.code: village.area for village in county.level("village")}
    things: list[Any] = [*county.teams, *county.key_sites, *county.cameras, *county.danger_zones]
    things += [*county.harbours, *county.reservoirs]
    for thing in things:
        assert villages[thing.village].buffer(1e-5).contains(shapely.Point(thing.lon, thing.lat)), (
            thing.name
        )


def test_danger_zones_are_polygons_with_people_and_a_way_out(county: County) -> None:
    assert len(county.danger_zones) == 420
    kinds = Counter(zone.kind for zone in county.danger_zones)
    assert kinds["geohazard"] == 150
    assert kinds["flash-flood"] == 112
    assert len(kinds) == 6
    for zone in county.danger_zones:
        assert zone.area.is_valid
        assert zone.area.contains(shapely.Point(zone.lon, zone.lat))
        assert zone.households > 0
        assert zone.people >= zone.households
        assert not zone.area.contains(shapely.Point(zone.assembly))
    assert any(zone.watcher is None for zone in county.danger_zones)


def test_vessels_at_sea_float_and_those_in_harbour_are_near_it(county: County) -> None:
    assert len(county.vessels) == 1400
    harbours = {harbour.code: harbour for harbour in county.harbours}
    lon = np.array([vessel.lon for vessel in county.vessels])
    lat = np.array([vessel.lat for vessel in county.vessels])
    west, south, east, north = county.terrain.bounds
    inside = (lon > west) & (lon < east) & (lat > south) & (lat < north)
    assert (county.terrain.at(lon[inside], lat[inside]) < 0).all()
    for vessel in county.vessels:
        if vessel.status == "in-harbour":
            home = harbours[vessel.harbour]
            assert np.hypot(vessel.lon - home.lon, vessel.lat - home.lat) < 0.015
            assert vessel.speed_kn is None
    at_sea = sum(vessel.speed_kn is not None for vessel in county.vessels)
    assert 400 < at_sea < 800


def test_full_villages_hold_every_household_and_resident_once(county: County) -> None:
    grids = {grid.code: grid for grid in county.level("grid")}
    villages = {village.code: village for village in county.level("village")}
    assert len(county.full_villages) == 40
    assert 45_000 <= len(county.residents) <= 60_000
    assert len(set(county.households.code)) == len(county.households)
    assert len(set(county.residents.code)) == len(county.residents)
    assert len(set(county.residents.id_number)) == len(county.residents)
    assert Counter(county.households.grid) == {
        code: grid.households for code, grid in grids.items() if grid.parent in county.full_villages
    }
    homes = Counter(code[:12] for code in county.residents.household)
    assert homes == {code: villages[code].population for code in county.full_villages}


def test_households_stand_in_their_village_and_their_zones(county: County) -> None:
    zones = {zone.code: zone for zone in county.danger_zones}
    rows = county.households
    points = shapely.points(rows.lon, rows.lat)
    villages = {village.code: village.area for village in county.level("village")}
    for code in county.full_villages:
        mine = np.array([v == code for v in rows.village])
        assert shapely.contains(villages[code].buffer(1e-6), points[mine]).all()
    found: Counter[str] = Counter()
    for point, codes_here in zip(points, rows.danger_zones, strict=True):
        for code in codes_here:
            found[code] += 1
            assert zones[code].area.distance(point) < 1e-9
    for zone in county.danger_zones:
        if zone.village in county.full_villages:
            assert zone.households == found[zone.code]


def test_many_of_the_old_have_no_smartphone(county: County) -> None:
    alone = {
        household
        for household, groups in zip(
            county.residents.household, county.residents.groups, strict=True
        )
        if "alone" in groups
    }
    reach = dict(zip(county.households.code, county.households.reach, strict=True))
    assert len(alone) > 1000
    without = sum("smartphone" not in reach[code] for code in alone)
    assert without / len(alone) > 0.5
    assert all("knock" in ways for ways in reach.values())


def test_numbers_cannot_exist(county: County) -> None:
    numbers = [phone.number for person in county.persons for phone in person.phones]
    numbers += [n for n in county.residents.phone if n] + [
        v.skipper_phone for v in county.vessels if v.skipper_phone
    ]
    assert len(set(numbers)) == len(numbers)
    assert all(len(n) == 11 and n.startswith("100") and n.isdigit() for n in numbers)
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    for number in county.residents.id_number[::50]:
        assert number.startswith("339901")
        assert int(number[10:12]) > 12
        right = sum(int(c) * w for c, w in zip(number, weights, strict=False)) % 11
        assert number[17] != "10X98765432"[right]


def test_posts_refer_to_what_exists_and_a_few_are_vacant(county: County) -> None:
    regions = {region.code for region in county.regions}
    units = {unit.code for unit in county.units}
    persons = {person.code for person in county.persons}
    codes_seen = {post.code for post in county.posts}
    assert len(codes_seen) == len(county.posts)
    for post in county.posts:
        assert post.unit in units
        assert post.region in regions
        assert post.holder is None or post.holder in persons
        assert post.deputy is None or post.deputy in persons
        assert post.deputy != post.holder or post.holder is None
    vacant = sum(post.holder is None for post in county.posts)
    assert 10 < vacant < 120
    assert any(phone.dead for person in county.persons for phone in person.phones)
    wanted = [zone.watcher for zone in county.danger_zones]
    wanted += [zone.transfer_lead for zone in county.danger_zones]
    wanted += [shelter.keeper for shelter in county.shelters]
    wanted += [team.leader for team in county.teams]
    wanted += [vessel.keeper for vessel in county.vessels]
    wanted += [*county.households.helper, *county.households.transfer_lead]
    for dam in county.reservoirs:
        wanted += [dam.administrative, dam.technical, dam.patrol]
    assert {code for code in wanted if code is not None} <= codes_seen


def _keys(county: County) -> Iterable[tuple[str, set[str | None]]]:
    yield "shelter-levels", {s.level for s in county.shelters}
    yield "shelter-classes", {s.stay for s in county.shelters}
    yield "shelter-spaces", {s.space for s in county.shelters}
    yield "shelter-status", {s.status for s in county.shelters}
    yield "shelter-facilities", {f for s in county.shelters for f in s.facilities}
    yield "house-structures", {s.structure for s in county.shelters}
    yield "house-structures", set(county.households.structure)
    yield "team-classes", {t.kind for t in county.teams}
    yield "team-skills", {k for t in county.teams for k in t.skills}
    yield "team-grades", {t.grade for t in county.teams}
    yield "team-status", {t.status for t in county.teams}
    yield "vessel-kinds", {v.kind for v in county.vessels}
    yield "fishing-gears", {v.gear for v in county.vessels}
    yield "vessel-states", {v.status for v in county.vessels}
    yield "key-site-kinds", {k.kind for k in county.key_sites}
    yield "hazards", {h for k in county.key_sites for h in k.hazards}
    yield "hazards", {h for p in county.posts for h in p.hazards}
    yield "hazards", {h for z in county.danger_zones for h in z.hazards}
    yield "danger-zone-kinds", {z.kind for z in county.danger_zones}
    yield "danger-zone-levels", {z.level for z in county.danger_zones}
    yield "danger-zone-status", {z.status for z in county.danger_zones}
    yield "camera-kinds", {c.kind for c in county.cameras}
    yield "camera-scenes", {c.scene for c in county.cameras}
    yield "camera-states", {c.status for c in county.cameras}
    yield "reservoir-sizes", {r.size for r in county.reservoirs}
    yield "reservoir-safety", {r.safety for r in county.reservoirs}
    yield "dam-types", {r.dam for r in county.reservoirs}
    yield "unit-kinds", {u.kind for u in county.units}
    yield "posts", {p.role for p in county.posts}
    yield "phone-kinds", {n.kind for p in county.persons for n in p.phones}
    yield "sexes", {*county.residents.sex, *(p.sex for p in county.persons)}
    yield "household-kinds", set(county.households.kind)
    yield "intended-stays", {stay or None for stay in county.households.stay}
    yield "reach-ways", {w for ways in county.households.reach for w in ways}
    yield "kinships", {*county.residents.relation}
    yield "special-groups", {g for groups in county.residents.groups for g in groups}
    yield "urban-rural-codes", {v.urban_rural for v in county.level("village")}


def test_every_key_is_in_its_code_table(county: County) -> None:
    for table, used in _keys(county):
        known = {row.code for row in codes.table(table, date(2026, 1, 1)).rows}
        assert {key for key in used if key is not None} <= known, table


def test_posts_exist_at_the_levels_their_table_allows(county: County) -> None:
    levels = {region.code: region.level for region in county.regions}
    allowed = {row.code: row.extra["levels"] for row in codes.table("posts").rows}
    for post in county.posts:
        assert levels[post.region] in allowed[post.role], post.title


@pytest.mark.parametrize("kind", ["county-seat", "township-seat", "island", "peak", "bay", "sea"])
def test_the_map_has_labels_of_every_kind(county: County, kind: str) -> None:
    assert any(place.kind == kind for place in county.places)
