import pytest

from anlan.base.people.tests import village as v
from anlan.base.people.tests.door import client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def test_a_village_finds_its_townships_people_with_masked_numbers() -> None:
    v.person("P1", "王小明", v.TOWN, "10000001234")
    told = client("village", v.NEAR).get("/api/v1/directory", {"q": "wxm"}).json()
    assert told["total"] == 1
    assert told["items"][0]["phones"][0]["number"] == "100****1234"


def test_who_may_not_look_people_up_is_told_nothing() -> None:
    v.person("P1", "王小明", v.TOWN, "10000001234")
    assert client("enterprise", "339901").get("/api/v1/directory?q=wxm").status_code == 403
    assert client("audit-admin", "339901").get("/api/v1/directory").status_code == 403


def test_gaps_are_listed_for_ones_own_regions() -> None:
    v.post("G1", "village-head", v.NEAR)
    v.post("G2", "village-head", v.FAR)
    told = client("township", "339901101").get("/api/v1/directory/gaps").json()
    assert [row["code"] for row in told["items"]] == ["G1"]


def test_the_rota_of_a_week_is_read_and_wrong_days_are_refused() -> None:
    v.person("P1", "陈一", v.TOWN)
    v.save("duty-shifts", unit="U1", date="2026-05-01", shift="night", officer="P1")
    asker = client("duty-officer", "339901")
    told = asker.get("/api/v1/duty", {"from": "2026-05-01", "to": "2026-05-02"}).json()
    first = told["items"][0]
    assert first["officer"]["name"] == "陈一"
    assert first["begins"] == "2026-05-01T20:00:00+08:00"
    assert [row["gap"] for row in told["items"]] == [True, True]
    assert asker.get("/api/v1/duty", {"from": "yesterday"}).status_code == 422
    assert asker.get("/api/v1/duty", {"from": "2026-05-02", "to": "2026-05-01"}).status_code == 422
    now = asker.get("/api/v1/duty/now", {"region": v.TOWN})
    assert now.json()["items"] == []
