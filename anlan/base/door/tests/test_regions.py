"""Regions over HTTP, as several people see them."""

from collections.abc import Callable
from typing import Any

import pytest
import shapely
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.base.permissions import system
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.base.regions.models import Boundary, Region
from anlan.base.regions.pinyin import initials
from anlan.base.regions.services.writing import next_edition
from anlan.engines.geo.datum import wgs84_to_gcj02
from anlan.kernel import clock
from anlan.kernel.ids import new_id

pytestmark = pytest.mark.django_db

COUNTY, TOWN, OTHER = "339901000000", "339901101000", "339901102000"
VILLAGE, GRID = "339901101201", "339901101201001"
ROWS = (
    (COUNTY, "云屿县", 3, None, (121.0, 28.0, 122.0, 29.0)),
    (TOWN, "石门镇", 4, COUNTY, (121.0, 28.0, 121.5, 29.0)),
    (OTHER, "沙埕乡", 4, COUNTY, (121.5, 28.0, 122.0, 29.0)),
    (VILLAGE, "石门村", 5, TOWN, (121.0, 28.0, 121.2, 28.2)),
    (GRID, "石门村一网格", 6, VILLAGE, (121.0, 28.0, 121.1, 28.1)),
)

Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def county() -> None:
    for code, name, level, parent, (west, south, east, north) in ROWS:
        Region.objects.create(
            code=code, name=name, level=level, parent_id=parent, initials=initials(name),
            population=1000,
        )  # fmt: skip
        Boundary.objects.create(
            region_id=code, wkb=shapely.to_wkb(shapely.box(west, south, east, north)),
            west=west, south=south, east=east, north=north, datum="wgs84",
        )  # fmt: skip
    next_edition()


@pytest.fixture
def client() -> Ask:
    """Make a client with a role over a region."""

    def make(role: str = "duty-officer", prefix: str = "339901") -> Client:
        user = User.objects.create(username=new_id(), name="陈建国", region=COUNTY)
        if role:
            Grant.objects.create(user=user, role=role, prefix=prefix, by="test", at=clock.now())
        text, _ = create_token(user=user, name="test", expires=None, by=system("test"))
        return Client(headers={"authorization": f"Bearer {text}"})

    return make


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["name"] for item in answer.json()["items"]]


def test_the_tree_opens_at_ones_own_regions(client: Ask) -> None:
    assert names(client().get("/api/v1/regions")) == ["云屿县"]
    assert names(client("township", "339901101").get("/api/v1/regions")) == ["石门镇"]
    assert names(client("commander", "").get("/api/v1/regions")) == ["云屿县"]


def test_children_are_those_one_may_see(client: Ask) -> None:
    answer = client().get("/api/v1/regions", {"parent": COUNTY})
    assert names(answer) == ["石门镇", "沙埕乡"]
    assert [item["has_children"] for item in answer.json()["items"]] == [True, False]
    assert names(client("township", "339901101").get("/api/v1/regions", {"parent": "339901"})) == [
        "石门镇"
    ]


@pytest.mark.parametrize("q", ["石门", "sm", "339901101"])
def test_the_search_box_finds_within_ones_regions(client: Ask, q: str) -> None:
    assert names(client().get("/api/v1/regions", {"q": q}))[0] == "石门镇"
    assert names(client("township", "339901102").get("/api/v1/regions", {"q": q})) == []


def test_a_search_costs_as_many_queries_however_much_it_finds(client: Ask) -> None:
    asker = client()
    asker.get("/api/v1/regions", {"q": "石门"})
    counts = []
    for q in ("石门", "石门村一网格"):
        with CaptureQueriesContext(connection) as queries:
            asker.get("/api/v1/regions", {"q": q, "limit": 100})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_one_region_comes_with_those_above_it(client: Ask) -> None:
    answer = client().get("/api/v1/regions/339901101201").json()
    assert (answer["name"], answer["level_label"], answer["level_label_en"]) == (
        "石门村", "村社", "village"
    )  # fmt: skip
    assert [one["name"] for one in answer["ancestors"]] == ["云屿县", "石门镇"]
    assert (answer["population"], answer["households"], answer["successor"]) == (1000, None, None)


def test_a_region_outside_ones_own_is_missing_and_those_above_are_not(client: Ask) -> None:
    township = client("township", "339901101")
    assert township.get(f"/api/v1/regions/{OTHER}").status_code == 404
    assert township.get(f"/api/v1/regions/{COUNTY}").status_code == 200
    assert township.get("/api/v1/regions/999999").status_code == 404
    assert client().get("/api/v1/regions/33990").status_code == 422


def test_a_place_is_in_its_village_and_its_grid_cell(client: Ask) -> None:
    answer = client().get("/api/v1/regions/at", {"lon": 121.05, "lat": 28.05}).json()
    assert answer["region"]["code"] == VILLAGE
    assert answer["grid"]["code"] == GRID
    assert [one["name"] for one in answer["ancestors"]] == ["云屿县", "石门镇"]


def test_a_place_outside_is_nowhere_and_not_in_the_nearest(client: Ask) -> None:
    answer = client().get("/api/v1/regions/at", {"lon": 120.99, "lat": 28.05}).json()
    assert answer == {"region": None, "ancestors": [], "grid": None}


def test_a_place_may_come_in_the_datum_of_a_phone(client: Ask) -> None:
    lon, lat = (float(part) for part in wgs84_to_gcj02(121.1001, 28.05))
    place = {"lon": lon, "lat": lat}
    assert client().get("/api/v1/regions/at", {**place, "datum": "gcj02"}).json()["grid"] is None
    assert client().get("/api/v1/regions/at", {**place, "datum": "x"}).status_code == 422
    assert client().get("/api/v1/regions/at", {"lon": 500, "lat": 1}).status_code == 422


def test_outlines_are_geojson_of_what_lies_below(client: Ask) -> None:
    answer = client().get(f"/api/v1/regions/{COUNTY}/children.geojson")
    assert answer["Content-Type"] == "application/geo+json"
    features = answer.json()["features"]
    assert [one["properties"]["name"] for one in features] == ["石门镇", "沙埕乡"]
    assert features[0]["geometry"]["type"] == "Polygon"
    own = client("township", "339901101")
    below = own.get(f"/api/v1/regions/{COUNTY}/children.geojson").json()["features"]
    assert [one["id"] for one in below] == [TOWN]
    drawn = own.get(f"/api/v1/regions/{TOWN}/outline.geojson").json()
    assert drawn["features"][0]["id"] == TOWN
    assert own.get(f"/api/v1/regions/{OTHER}/outline.geojson").status_code == 404


def test_what_has_not_changed_is_not_sent_again(client: Ask) -> None:
    asker = client()
    address = f"/api/v1/regions/{COUNTY}/children.geojson"
    tag = asker.get(address)["ETag"]
    same = asker.get(address, headers={"if-none-match": tag})
    assert (same.status_code, same.content) == (304, b"")
    other = client("township", "339901101").get(address, headers={"if-none-match": tag})
    assert other.status_code == 200
    next_edition()
    assert asker.get(address, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["", "?q=石门", "/at?lon=121&lat=28", f"/{COUNTY}", f"/{COUNTY}/children.geojson",
     f"/{COUNTY}/outline.geojson"],
)  # fmt: skip
def test_a_stranger_sees_nothing(client: Ask, address: str) -> None:
    assert Client().get(f"/api/v1/regions{address}").status_code == 401
    assert client(role="").get(f"/api/v1/regions{address}").status_code in (403, 404)
