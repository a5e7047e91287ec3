"""Registers for other people's GIS: OGC API - Features and GeoJSON, within the asker's rights."""

from typing import Any

import pytest
from django.test import Client

from anlan.base.conftest import workspace_of_tests
from anlan.base.permissions.actor import system
from anlan.base.permissions.services.accounts import create_user
from anlan.base.permissions.services.grants import give_grant
from anlan.base.permissions.services.tokens import create_token
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import save_row
from tests.declarations.demo_rows import OTHER_TOWN, VILLAGE, make_regions, values_of

__all__ = ["workspace_of_tests"]

pytestmark = pytest.mark.django_db

SHELTERS = REGISTERS["shelters"]
BY = system("test")


def _client(region: str, role: str = "township") -> Client:
    user = create_user(
        username=f"{role}-{region}", name="某人", region=region, person="",
        password="Sturdy-Pw-2026", by=BY,
    )  # fmt: skip
    give_grant(user=user, role=role, region=region, by=BY)
    text, _ = create_token(user=user, name="test", expires=None, by=BY)
    return Client(headers={"authorization": f"Bearer {text}"})


@pytest.fixture
def town(db: None) -> Client:  # noqa: ARG001 - the database must be there
    make_regions()
    for number in range(25):
        region = VILLAGE if number % 5 else OTHER_TOWN
        more: dict[str, Any] = {"keeper": None, "code": f"S{number}", "region": region}
        save_row(entry=SHELTERS, values={**values_of(SHELTERS), **more}, by=BY)
    unknown = {"keeper": None, "code": "U", "lon": None, "lat": None}
    save_row(entry=SHELTERS, values={**values_of(SHELTERS), **unknown}, by=BY)
    return _client("339901101000")


def test_the_landing_page_leads_to_the_collections(town: Client) -> None:
    links = {link["rel"]: link["href"] for link in town.get("/ogc/").json()["links"]}
    told = town.get(links["data"]).json()["collections"]
    assert "shelters" in {one["id"] for one in told}
    assert "persons" not in {one["id"] for one in told}
    assert any("features" in one for one in town.get("/ogc/conformance").json()["conformsTo"])


def test_items_turn_page_by_page_and_stay_in_ones_regions(town: Client) -> None:
    url = "/ogc/collections/shelters/items?limit=8"
    seen: list[dict[str, Any]] = []
    while url:
        answer = town.get(url)
        assert answer["Content-Type"] == "application/geo+json"
        told = answer.json()
        assert told["numberMatched"] == 21
        seen += told["features"]
        url = next((link["href"] for link in told["links"] if link["rel"] == "next"), "")
    assert len({one["id"] for one in seen}) == 21
    assert {one["properties"]["region"] for one in seen} == {VILLAGE}
    assert {one["geometry"] and one["geometry"]["type"] for one in seen} == {"Point", None}
    one = town.get(f"/ogc/collections/shelters/items/{seen[0]['id']}").json()
    assert one["geometry"] == seen[0]["geometry"]


def test_a_box_and_a_column_narrow_the_items(town: Client) -> None:
    near = "/ogc/collections/shelters/items?bbox=121.5,28.3,121.7,28.5"
    assert town.get(near).json()["numberMatched"] == 20
    far = "/ogc/collections/shelters/items?bbox=1,1,2,2"
    assert town.get(far).json()["features"] == []
    assert town.get(f"{near}&level=county").json()["numberMatched"] == 0
    assert town.get("/ogc/collections/shelters/items?limit=x").status_code == 422


def test_strangers_and_other_counties_get_nothing(town: Client) -> None:
    assert town.get("/ogc/").status_code == 200
    assert Client().get("/ogc/collections/shelters/items").status_code == 401
    other = _client(OTHER_TOWN)
    assert other.get("/ogc/collections/shelters/items").json()["numberMatched"] == 5
    auditor = _client("339901000000", "audit-admin")
    assert auditor.get("/ogc/collections/shelters").status_code == 404
    assert town.get("/ogc/collections/persons/items").status_code == 404


def test_a_list_is_given_as_geojson(town: Client) -> None:
    told = town.get("/api/v1/registers/shelters.geojson?level=village").json()
    assert told["type"] == "FeatureCollection"
    assert len(told["features"]) == 21
    assert town.get("/api/v1/registers/persons.geojson").status_code == 404
