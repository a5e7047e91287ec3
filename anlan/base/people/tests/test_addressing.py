import pytest

from anlan.base.people import selectors
from anlan.base.people.models import Unit
from anlan.base.people.tests import village as v
from anlan.base.register.registry import REGISTERS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def test_a_notice_reaches_roles_at_and_below_a_region() -> None:
    v.post("H1", "village-head", v.NEAR)
    v.post("H2", "village-head", v.NEXT)
    v.post("H3", "village-head", v.FAR)
    v.post("G1", "shelter-keeper", v.NEAR)
    reached = selectors.addressed(regions=[v.TOWN], roles=["village-head"])
    assert reached == [(v.post_of("H1"), v.NEAR), (v.post_of("H2"), v.NEXT)]
    assert selectors.addressed(roles=["village-head"]) == []
    named = selectors.addressed(posts=[v.post_of("G1")], regions=[v.OTHER], roles=["village-head"])
    assert {post for post, _ in named} == {v.post_of("G1"), v.post_of("H3")}


def test_a_row_is_kept_by_the_post_it_names_else_by_whoever_reports() -> None:
    v.post("R1", "disaster-reporter", v.TOWN)
    rows = list(Unit.objects.all())
    assert selectors.keepers(REGISTERS["units"], rows) == {rows[0].pk: v.post_of("R1")}
    v.post("K1", "shelter-keeper", v.NEAR)
    kept = v.save("shelters", code="S1", name="甲", level="village", stay="short", region=v.NEAR,
                  keeper="K1")  # fmt: skip
    v.save("shelters", code="S2", name="乙", level="village", stay="short", region=v.NEAR)
    entry = REGISTERS["shelters"]
    shelters = list(entry.model._default_manager.all())
    assert selectors.keepers(entry, shelters) == {kept: v.post_of("K1")}
