from typing import Any

import pytest

from anlan.base.households.tests.people import household
from anlan.base.people.tests import village as v
from anlan.base.people.tests.door import client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

BOX = [[[121.48, 28.38], [121.50, 28.38], [121.50, 28.42], [121.48, 28.42], [121.48, 28.38]]]


def _ask(asked: dict[str, Any], language: str = "zh") -> Any:
    return client("duty-officer", "339901").post(
        "/api/v1/exposure", asked, "application/json", headers={"accept-language": language}
    )


@pytest.mark.parametrize(
    "asked",
    [
        {"area": {"type": "Polygon", "coordinates": BOX}},
        {"area": {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": BOX}}},
        {"region": v.NEAR},
        {"region": "339901101"},
        {"circle": {"lon": 121.49, "lat": 28.40, "radius_m": 800}},
        {"circle": {"lon": 121.4942, "lat": 28.3973, "radius_m": 800}, "datum": "gcj02"},
    ],
)
def test_a_place_is_drawn_named_or_circled(asked: dict[str, Any]) -> None:
    household("H1", 121.49, 28.40, 4)
    told = _ask(asked)
    assert told.status_code == 200, told.content
    assert told.json()["people"]["registered"] == 4


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "area"),
        ({"region": v.NEAR, "circle": {"lon": 121.49, "lat": 28.4, "radius_m": 5}}, "area"),
        ({"circle": {"lon": 121.49, "lat": 28.4, "radius_m": 0}}, "circle"),
        ({"circle": {"lon": 281.49, "lat": 28.4, "radius_m": 10}}, "circle"),
        ({"area": {"type": "Point", "coordinates": [121.5, 28.4]}}, "area"),
        ({"area": {"type": "Polygon", "coordinates": [[[1, 2], [3]]]}}, "area"),
        ({"area": {"type": "Polygon", "coordinates": BOX}, "datum": "mars"}, "datum"),
    ],
)
def test_a_place_that_is_none_is_refused_by_its_part(asked: dict[str, Any], field: str) -> None:
    told = _ask(asked)
    assert told.status_code == 422
    assert list(told.json()["errors"]) == [field]


def test_what_is_not_known_is_said_in_the_askers_language() -> None:
    told = _ask({"region": v.NEXT}, "en").json()
    assert any("estimated by population" in line for line in told["unknown"])


def test_a_region_nobody_has_is_missing() -> None:
    assert _ask({"region": "339901999"}).status_code == 404
