import pytest
import shapely

from anlan.base.households.models import Household
from anlan.base.households.selectors import Place, exposed_within
from anlan.base.households.tests.people import household, resident
from anlan.base.people.tests import village as v
from anlan.base.permissions.actor import PUBLIC, system
from anlan.base.regions.models import Region
from anlan.engines.geo import shapes
from anlan.kernel.errors import Forbidden, Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

ALL = system("test")
WHOLE_NEAR = Place(shapely.box(121.4801, 28.3801, 121.5199, 28.4199))


def test_registered_households_are_counted_where_their_doors_stand() -> None:
    Region.objects.filter(code__startswith="339901101201").update(population=7, households=2)
    household("H1", 121.490, 28.400, 4)
    household("H2", 121.510, 28.400, 3)
    told = exposed_within(Place(shapes.circle(121.49, 28.40, 500)), ALL)
    assert told["households_registered"] == 1
    assert told["people"] == {"registered": 4, "estimated": 0, "total": 4}
    assert told["unknown"] == []


def test_a_village_known_by_numbers_only_is_estimated_by_its_share_and_says_so() -> None:
    # The east half of the next village: 2000 people, none registered.
    told = exposed_within(Place(shapely.box(121.54, 28.38, 121.56, 28.42)), ALL)
    shares = {row["code"]: row["share"] for row in told["regions"]}
    assert shares == {v.NEXT: pytest.approx(0.5, abs=0.001)}
    assert told["people"]["estimated"] == pytest.approx(1000, abs=2)
    assert any("估算" in line for line in told["unknown"])
    assert told["special"] == []


def test_people_who_are_registered_are_not_estimated_a_second_time() -> None:
    # The cell has 1000 people of the village's 3000; 60 of them are registered there.
    for number in range(20):
        household(f"H{number}", 121.49, 28.40 + number / 10_000, 3, region=v.GRID)
    told = exposed_within(Place(shapely.box(121.48, 28.38, 121.4999, 28.42)), ALL)
    assert told["people"]["registered"] == 60
    assert told["people"]["total"] == pytest.approx(1000, abs=8)


def test_special_groups_are_counted_without_those_who_live_elsewhere() -> None:
    household("H1", 121.49, 28.40, 3)
    resident("R1", "H1", "甲", groups=["elderly", "alone"])
    resident("R2", "H1", "乙", groups=["elderly"])
    resident("R3", "H1", "丙", groups=["elderly"], away=True)
    resident("R4", "H1", "丁")
    for place in (WHOLE_NEAR, Place(None, v.NEAR)):
        special = exposed_within(place, ALL)["special"]
        assert {row["group"]: row["count"] for row in special} == {"elderly": 2, "alone": 1}
    assert exposed_within(Place(shapes.circle(121.51, 28.40, 100)), ALL)["special"] == []


def test_what_is_not_known_is_said() -> None:
    household("H1", 121.49, 28.40, None)
    v.save("households", code="H2", region=v.NEAR)
    Region.objects.filter(code=v.NEXT).update(population=None)
    told = exposed_within(Place(None, v.TOWN), ALL)
    said = "；".join(told["unknown"])
    assert "2 户未登记人数" in said
    assert "1 户没有坐标" in said
    assert "1 个地区没有人口数" in said


def test_zones_count_when_their_outline_is_touched_and_points_when_inside() -> None:
    triangle = {
        "type": "Polygon",
        "coordinates": [[[121.49, 28.40], [121.50, 28.40], [121.50, 28.41], [121.49, 28.40]]],
    }
    v.save("danger-zones", code="Z1", name="后山", kind="geohazard", region=v.NEAR, lon=121.499,
           lat=28.402, outline=triangle)  # fmt: skip
    v.save("danger-zones", code="Z2", name="无范围", kind="geohazard", region=v.NEAR, lon=121.515,
           lat=28.415)  # fmt: skip
    v.save("shelters", code="S1", name="礼堂", level="village", stay="short", region=v.NEAR,
           lon=121.491, lat=28.401, capacity=100, occupied=30, status="open")  # fmt: skip
    v.save("key-sites", code="K1", name="小学", kind="school", region=v.NEAR, lon=121.55, lat=28.40)
    touching = exposed_within(Place(shapes.circle(121.491, 28.4005, 300)), ALL)
    assert [zone["name"] for zone in touching["danger_zones"]] == ["后山"]
    assert [(one["name"], one["room"]) for one in touching["shelters"]] == [("礼堂", 70)]
    assert touching["key_sites"] == []


def test_nobody_is_told_of_another_township() -> None:
    household("H1", 121.49, 28.40, 4)
    other = exposed_within(WHOLE_NEAR, v.township(v.OTHER))
    assert (other["households"], other["regions"], other["people"]["total"]) == (0, [], 0)
    own = exposed_within(WHOLE_NEAR, v.township())
    assert own["households_registered"] == 1
    with pytest.raises(Forbidden):
        exposed_within(WHOLE_NEAR, PUBLIC)


def test_a_question_without_a_place_is_refused() -> None:
    with pytest.raises(Invalid):
        exposed_within(Place(None), ALL)


def test_retired_rows_expose_nobody() -> None:
    household("H1", 121.49, 28.40, 4)
    Household.objects.update(retired_at=Household.objects.get().created_at)
    assert exposed_within(WHOLE_NEAR, ALL)["households_registered"] == 0


def test_the_number_of_queries_does_not_grow_with_the_area(
    django_assert_max_num_queries: object,
) -> None:
    for number in range(30):
        household(f"H{number}", 121.49, 28.40 + number / 10_000, 3)
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        exposed_within(Place(shapes.circle(121.6, 28.4, 40_000)), ALL)
