"""An incident is found by its name, place, kind or number, within one's regions."""

import pytest

from anlan.base.permissions.actor import Actor
from anlan.respond.incidents import services
from anlan.respond.incidents.selectors.rows import matching
from anlan.respond.incidents.tests.conftest import (
    BLAST,
    CHARLIE,
    OFFICER,
    VILLAGER,
    Wall,
    actor,
    taken,
)

pytestmark = pytest.mark.django_db


def ids(text: str, by: Actor = OFFICER, most: int = 5) -> list[str]:
    return [one.pk for one in matching(by, text, most)]


def test_it_is_found_by_place_kind_and_number_by_whoever_may_see_it(world: Wall) -> None:
    slide = taken()
    world.go(hours=1)
    blast = taken(BLAST)
    assert ids("前坑小学") == [slide.pk]
    assert ids("滑坡") == ids("landslide") == ids(slide.pk) == ids(slide.case.lower()) == [slide.pk]
    assert ids(blast.title) == [blast.pk]
    assert ids("没有这样的事") == []
    assert ids("前坑小学", CHARLIE) == ids("前坑小学", actor("audit-admin")) == []
    assert ids("前坑小学", VILLAGER) == [slide.pk]


def test_those_that_run_come_first_and_no_more_than_asked(world: Wall) -> None:
    first = taken()
    world.go(hours=1)
    second = taken()
    assert ids("滑坡") == [second.pk, first.pk]
    assert ids("滑坡", most=1) == [second.pk]
    type(second).objects.filter(pk=second.pk).update(closed_at=world.at)
    assert ids("滑坡") == [first.pk, second.pk]


@pytest.mark.usefixtures("world")
def test_a_draft_is_not_found_by_others_than_its_desk() -> None:
    row = services.begin_incident(told=BLAST, by=OFFICER)
    assert ids(row.pk) == []
