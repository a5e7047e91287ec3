"""A view is saved under a name by whoever it is of; shared ones are found below."""

import pytest

from anlan.base.journal.models import Entry
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.permissions.models import User
from anlan.base.regions import scope
from anlan.govern.atlas import services
from anlan.govern.atlas.models import SavedView
from anlan.govern.atlas.selectors.views import views
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.respond.papers.tests.conftest import COUNTY, OFFICER
from anlan.warn.tests.conftest import EAST, NEIGHBOUR, WEST, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]
QUERY = "c=121.6,28.4&z=11&on=live-alarms&grid=wind"


def user(name: str, region: str, role: str = "duty-officer") -> Actor:
    row = User.objects.create(username=name, name=name, region=region)
    held = (Holding(role, scope.prefix(region)),)
    return Actor(f"user:{row.pk}", row.pk, name, roles=held, region=region)


def test_a_view_is_saved_once_under_a_name_and_journalled(world: World) -> None:
    assert world
    by = user("wang", COUNTY)
    first = services.save_view(name=" 沿海 ", query=QUERY, shared=False, by=by)
    again = services.save_view(name="沿海", query="z=9", shared=True, by=by)
    assert first == again
    row = SavedView.objects.get()
    assert (row.name, row.query, row.shared) == ("沿海", "z=9", True)
    assert Entry.objects.filter(subject_kind="map-view", subject=first).count() == 2


def test_a_shared_view_is_found_in_the_region_and_below_and_nowhere_else() -> None:
    by = user("wang", COUNTY)
    services.save_view(name="共用", query=QUERY, shared=True, by=by)
    services.save_view(name="自用", query=QUERY, shared=False, by=by)
    assert {one["name"] for one in views(by)} == {"共用", "自用"}
    town = user("li", WEST, "township")
    assert [(one["name"], one["mine"], one["by_name"]) for one in views(town)] == [
        ("共用", False, "wang")
    ]
    assert views(user("charlie", NEIGHBOUR)) == []
    own = services.save_view(name="镇里", query=QUERY, shared=True, by=town)
    assert own not in {one["id"] for one in views(user("zhao", EAST, "township"))}


def test_only_its_owner_removes_a_view() -> None:
    by, other = user("wang", COUNTY), user("li", COUNTY)
    view = services.save_view(name="共用", query=QUERY, shared=True, by=by)
    with pytest.raises(Missing):
        services.remove_view(view=view, by=other)
    services.remove_view(view=view, by=by)
    assert not SavedView.objects.exists()
    with pytest.raises(Missing):
        services.remove_view(view=view, by=by)


@pytest.mark.parametrize(
    ("name", "query"),
    [("", QUERY), ("长" * 61, QUERY), ("名", ""), ("名", "next=//evil"), ("名", "c=" + "1" * 2001)],
)
def test_what_is_no_view_is_refused(name: str, query: str) -> None:
    with pytest.raises(Invalid):
        services.save_view(name=name, query=query, shared=False, by=user("wang", COUNTY))


def test_whoever_may_not_save_is_refused() -> None:
    with pytest.raises(Forbidden):
        services.save_view(
            name="名", query=QUERY, shared=False, by=user("a", COUNTY, "audit-admin")
        )
    nobody = Actor("link:x", None, "x", roles=OFFICER.roles, region=COUNTY)
    with pytest.raises(Forbidden):
        services.save_view(name="名", query=QUERY, shared=False, by=nobody)
