"""A place tells its regions, who answers for it, and what is near; homes are never listed."""

import pytest

from anlan.base.households.models import Household
from anlan.base.places.models import Shelter
from anlan.engines.geo.distance import haversine
from anlan.govern.atlas.selectors.buffers import widened
from anlan.govern.atlas.selectors.here import here
from anlan.kernel.errors import Forbidden, Invalid
from anlan.respond.papers.tests.conftest import A1, CHARLIE, COUNTY, OFFICER, actor, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seated")]
#: In 前坑村.
LON, LAT = 121.05, 28.1


def test_a_place_lies_in_its_village_township_and_county() -> None:
    told = here(OFFICER, LON, LAT, 1000)
    assert [one["name"] for one in told["regions"]][-3:] == ["云屿县", "云岭乡", "前坑村"]
    assert not told["outside"]
    far = here(OFFICER, 130.0, 20.0, 1000)
    assert (far["regions"], far["outside"], far["responsible"]) == ([], True, [])


def test_who_answers_for_it_is_told_with_a_masked_number_and_a_gap_is_shown() -> None:
    told = here(OFFICER, LON, LAT, 1000)["responsible"]
    assert [one["region"] for one in told] == sorted((one["region"] for one in told), reverse=True)
    assert told[0]["region"] == A1
    assert told[0]["name"]
    assert "*" in told[0]["phone"]["number"]
    gaps = [one for one in told if not one["person"]]
    assert gaps
    assert all(one["name"] == "" and one["phone"] is None for one in gaps)
    assert here(CHARLIE, LON, LAT, 1000)["responsible"] == []


def test_what_stands_near_is_counted_and_the_nearest_named_first() -> None:
    places = [(LON + 0.001 * n, LAT) for n in range(1, 9)]
    for n, (lon, lat) in enumerate(places):
        Shelter.objects.create(
            **row(code=f"N{n}", name=f"场所{n}", level="village", stay="short", region_id=A1,
                  lon=lon, lat=lat, capacity=10, status="ready")
        )  # fmt: skip
    Household.objects.update(lon=LON, lat=LAT)
    found = here(OFFICER, LON, LAT, 650)["things"]
    shelters = next(one for one in found if one["key"] == "shelters")
    away = [float(haversine(LON, LAT, lon, lat)) for lon, lat in places]
    assert shelters["count"] == sum(one <= 650 for one in away) == 6
    assert [one["name"] for one in shelters["nearest"]] == [f"场所{n}" for n in range(5)]
    assert [one["distance_m"] for one in shelters["nearest"]] == [round(one) for one in away[:5]]
    assert "households" not in {one["key"] for one in found}
    assert here(CHARLIE, LON, LAT, 650)["things"] == []


def test_the_datums_are_told_and_nonsense_is_refused() -> None:
    told = here(OFFICER, LON, LAT, 1000)["datums"]
    assert 100 < float(haversine(LON, LAT, *told["gcj02"])) < 1000
    for lon, lat, radius in ((200, 0, 10), (LON, 89.5, 10), (LON, LAT, 0), (LON, LAT, 60_000)):
        with pytest.raises(Invalid):
            here(OFFICER, lon, lat, radius)
    with pytest.raises(Forbidden):
        here(actor("audit-admin", COUNTY), LON, LAT, 1000)


def test_a_shape_is_widened_by_metres_in_every_direction() -> None:
    told = widened(OFFICER, {"type": "Point", "coordinates": [LON, LAT]}, 500)
    away = [float(haversine(LON, LAT, *corner)) for corner in told["area"]["coordinates"][0]]
    assert max(abs(one - 500) for one in away) < 2
    assert told["km2"] == pytest.approx(3.14159 * 0.25, rel=0.01)
    way = {"type": "LineString", "coordinates": [[LON, LAT], [LON, LAT + 0.01]]}
    longer = widened(OFFICER, way, 100)["km2"]
    length = float(haversine(LON, LAT, LON, LAT + 0.01))
    assert longer == pytest.approx((length * 200 + 3.14159 * 100**2) / 1e6, rel=0.01)
    huge = {"type": "LineString", "coordinates": [[LON, LAT], [LON, LAT + 5]]}
    for shape, metres in ((way, 0), (way, 60_000), (huge, 10), ({"type": "Nothing"}, 10)):
        with pytest.raises(Invalid):
            widened(OFFICER, shape, metres)
