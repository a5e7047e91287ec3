"""The one box finds whatever it is within one's regions, and a map can go to each hit."""

import pytest
import shapely

from anlan.base.basemap.models import Feature, Theme
from anlan.base.permissions.actor import system
from anlan.base.regions.models import Region
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services.rows import save_row
from anlan.kernel import clock
from anlan.respond.incidents.models import Incident
from anlan.warn.tests.conftest import (
    A1,
    CHARLIE,
    OFFICER,
    World,
    home,
    workspace_of_tests,
    world,
)
from anlan.web.search import search

__all__ = ["home", "workspace_of_tests", "world"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody(home: object, world: World) -> str:  # noqa: ARG001 - a vault and a county
    Region.objects.filter(code=A1).update(lon=121.05, lat=28.1)
    values = {"code": "P1", "name": "林守望", "region": A1, "title": "护林员"}
    row = save_row(entry=REGISTERS["persons"], values=values, by=system("test"))
    return row.id


def test_a_person_is_found_at_the_seat_of_their_region_which_is_rough(somebody: str) -> None:
    hit = next(one for one in search(OFFICER, "林守望") if one["id"] == somebody)
    assert (hit["lon"], hit["lat"], hit["rough"]) == (121.05, 28.1, True)
    assert not [one for one in search(CHARLIE, "林守望") if one["id"] == somebody]


def test_a_region_is_where_it_is_and_not_rough(somebody: str) -> None:
    assert somebody
    hit = next(one for one in search(OFFICER, "前坑村") if one["kind"] == "region")
    assert (hit["id"], hit["lon"], hit["rough"]) == (A1, 121.05, False)


@pytest.mark.usefixtures("world")
def test_a_name_of_the_base_map_is_found_by_whoever_sees_the_map() -> None:
    Feature.objects.create(
        theme=Theme.PLACES, kind="island", name="月牙屿", west=122, east=122, south=28, north=28,
        wkb=shapely.to_wkb(shapely.Point(122, 28)),
    )  # fmt: skip
    hit = next(one for one in search(OFFICER, "牙屿") if one["kind"] == "place")
    assert (hit["title"], hit["lon"], hit["lat"]) == ("月牙屿", 122, 28)
    assert not search(OFFICER, "屿屿")


@pytest.mark.usefixtures("home", "world")
def test_an_incident_is_where_it_was_told_to_be_else_at_its_regions_seat() -> None:
    Region.objects.filter(code=A1).update(lon=121.05, lat=28.1)
    row = Incident.objects.create(
        state="received", kind="landslide", title="前坑小学后山滑坡", region_id=A1, office=A1,
        home=A1, place="小学后山", case="C1", received_at=clock.now(), received_by="user:t",
        grade=3, graded_by="user:t", changed_at=clock.now(),
    )  # fmt: skip

    def hit() -> dict[str, object]:
        return next(one for one in search(OFFICER, "小学后山") if one["kind"] == "incident")

    assert (hit()["id"], hit()["level"], hit()["lon"], hit()["rough"]) == (row.pk, 3, 121.05, True)
    Incident.objects.update(lon=121.06, lat=28.2)
    assert (hit()["lon"], hit()["lat"], hit()["rough"]) == (121.06, 28.2, False)
    assert not [one for one in search(CHARLIE, "小学后山") if one["kind"] == "incident"]
