"""The nearest shelter on a phone: one that has room and stays dry, how far, and whom to call."""

from typing import Any

import pytest
from django.test import Client

from anlan.base.obligations.services.phone import make_links
from anlan.base.people.tests import village as v
from anlan.base.places.models import Shelter
from anlan.respond.evacuation.models import Evacuation, Part
from anlan.respond.evacuation.selectors.nearby import MOST, nearest_shelters
from anlan.respond.evacuation.tests.conftest import COMMANDER, drafted, ordered, owed, shelter

pytestmark = pytest.mark.usefixtures("world")


def codes(**place: Any) -> list[str]:
    """List the codes of the nearest shelters, the village's seat at 121.50."""
    return [one.shelter.code for one in nearest_shelters(v.NEAR, **place)]


def door(batch: Evacuation) -> str:
    (one,) = [one for one in owed("evacuate") if one.region_id == v.NEAR]
    assert one.case == batch.case
    (key,) = make_links(obligation=one.pk, by=COMMANDER).values()
    return f"/m/{key}/shelters"


def test_the_nearest_come_first_from_the_village_or_from_the_phone() -> None:
    assert codes() == ["S1", "S2"]
    assert codes(lon=121.54, lat=28.41) == ["S2", "S1"]
    first = nearest_shelters(v.NEAR)[0]
    assert first.room == 3
    assert first.metres == pytest.approx(489, abs=2)


def test_one_that_stands_in_the_danger_or_in_the_water_is_never_told() -> None:
    shelter("S-WET", 121.53, 28.41, 50, region=v.NEXT)
    shelter("S-HIGH", 121.531, 28.41, 50, region=v.NEXT, height=30)
    assert "S-IN" not in codes()
    assert {"S-WET", "S-HIGH"} <= set(codes())
    batch = drafted()
    Part.objects.create(
        evacuation=batch, region_id=v.NEXT, flooded=True, surface=12.0
    )  # as a forecast says it
    assert "S-WET" not in codes()
    assert "S-HIGH" in codes()
    Part.objects.filter(region=v.NEXT).update(surface=None)
    assert "S-HIGH" not in codes()


@pytest.mark.parametrize(
    "values",
    [
        {"status": "full"}, {"status": "closed"}, {"status": "out-of-use"},
        {"status": "open", "occupied": 10}, {"status": "open", "occupied": 12, "capacity": 10},
    ],
)  # fmt: skip
def test_one_that_is_full_or_closed_is_never_told(values: dict[str, Any]) -> None:
    shelter("S-NO", 121.5001, 28.40)
    assert codes()[0] == "S-NO"
    Shelter.objects.filter(code="S-NO").update(**values)
    assert "S-NO" not in codes()


def test_places_kept_for_others_are_no_room() -> None:
    assert codes()[0] == "S1"
    ordered()
    rooms = {one.shelter.code: one.room for one in nearest_shelters(v.NEAR)}
    kept = 3 + 100 - sum(room for room in rooms.values() if room)
    assert kept > 0
    assert all(room for room in rooms.values())


def test_one_whose_room_is_not_known_comes_after_all_others_and_says_so() -> None:
    shelter("S-UNKNOWN", 121.5001, 28.40, None)
    assert codes() == ["S1", "S2", "S-UNKNOWN"]
    assert nearest_shelters(v.NEAR)[-1].room is None


def test_no_more_are_told_than_a_phone_shows_and_none_out_of_reach() -> None:
    for number in range(MOST + 3):
        shelter(f"S-{number:02}", 121.51 + number / 1000, 28.40)
    shelter("S-FAR", 122.30, 28.40)
    assert len(codes()) == MOST
    assert "S-FAR" not in codes(lon=121.6, lat=28.4)


def test_the_page_tells_room_distance_and_the_keepers_number(client: Client) -> None:
    v.person("R7", "某管理员", v.NEAR, "10000000077")
    v.post("P-KEEP", "village-deputy", v.NEAR, "R7")
    Shelter.objects.filter(code="S2").update(keeper=v.post_of("P-KEEP"))
    page = client.get(door(ordered())).content.decode()
    assert "S2避灾点" in page
    assert 'href="tel:10000000077"' in page
    assert "某管理员" in page
    assert "没有登记管理人电话" in page
    assert "4.1 km · 还能住 85 人" in page
    assert "S-IN避灾点" not in page


def test_the_page_goes_by_the_phones_place_or_by_a_village_of_the_own_county(
    client: Client,
) -> None:
    page = door(ordered())
    here = client.get(page, {"lon": "121.54", "lat": "28.41"}).content.decode()
    assert "按现在的位置" in here
    assert here.index("S2避灾点") < here.index("S1避灾点")
    next_ = client.get(page, {"village": v.NEXT}).content.decode()
    assert f'<option value="{v.NEXT}" selected>' in next_
    other = client.get(page, {"village": "339902101201"}).content.decode()
    assert f'<option value="{v.NEAR}" selected>' in other


def test_where_there_is_none_the_page_says_what_to_do(client: Client) -> None:
    page = door(ordered())
    Shelter.objects.update(status="full")
    assert "请打值班电话" in client.get(page).content.decode()
    english = client.get(page, headers={"accept-language": "en"}).content.decode()
    assert "call the duty room" in english


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"lon": "nan", "lat": "1"}, 422), ({"lon": "x", "lat": "y"}, 422),
        ({"lon": "999", "lat": "1"}, 422), ({"lon": "121"}, 200), ({"village": "' or 1"}, 422),
        ({"village": "339901101999"}, 200), ({"lon": "1", "lat": "1", "datum": "x"}, 422),
        ({"accuracy": "9" * 4000, "lon": "121.5", "lat": "28.4"}, 200),
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_never_an_error_of_the_server(
    client: Client, asked: dict[str, str], status: int
) -> None:
    assert client.get(door(ordered()), asked).status_code == status


def test_a_link_over_shows_no_shelter(client: Client) -> None:
    assert client.get("/m/unknown/shelters").status_code == 404
    assert client.post(door(ordered())).status_code == 405
