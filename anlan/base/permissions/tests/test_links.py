"""Links for phones: one purpose, one subject, an end."""

import json
from datetime import timedelta

import pytest

from anlan.base.journal.models import Entry
from anlan.base.permissions import may, system
from anlan.base.permissions.models import Link
from anlan.base.permissions.services.links import (
    MANY,
    Wanted,
    issue_link,
    issue_links,
    open_link,
    revoke_links,
    use_link,
)
from anlan.base.permissions.tests.conftest import TOWN, Turn
from anlan.kernel.errors import Missing

pytestmark = pytest.mark.django_db
BY = system("test")


def wanted(turn: Turn, *, once: bool = False) -> Wanted:
    return Wanted(
        purpose="answer", subject="01OBLIGATION", expires=turn.at + timedelta(hours=6),
        post="01POST", name="陈建国", region=TOWN, once=once,
    )  # fmt: skip


def test_a_link_opens_its_purpose_and_gives_no_right(turn: Turn) -> None:
    key = issue_link(wanted(turn), by=BY)
    opened = open_link(key, "answer")
    assert (opened.subject, opened.post) == ("01OBLIGATION", "01POST")
    assert opened.actor.ref == f"link:{opened.id}"
    assert not may(opened.actor, "obligations.view")
    with pytest.raises(Missing):
        open_link(key, "report")
    assert key not in str(Link.objects.values_list().get())


def test_a_link_ends(turn: Turn) -> None:
    key = issue_link(wanted(turn), by=BY)
    turn.forward(hours=6)
    with pytest.raises(Missing):
        open_link(key, "answer")


def test_a_once_link_is_used_once(turn: Turn) -> None:
    key = issue_link(wanted(turn, once=True), by=BY)
    opened, again = open_link(key, "answer"), open_link(key, "answer")
    use_link(opened)
    with pytest.raises(Missing):
        use_link(again)
    with pytest.raises(Missing):
        open_link(key, "answer")


def test_links_to_a_subject_are_taken_back(turn: Turn) -> None:
    key = issue_link(wanted(turn), by=BY)
    assert revoke_links(purpose="answer", subject="01OBLIGATION", by=BY) == 1
    with pytest.raises(Missing):
        open_link(key, "answer")


def test_links_made_at_once_are_one_deed_that_names_every_one(turn: Turn) -> None:
    asked = [wanted(turn)._replace(subject=f"01OBLIGATION{n}") for n in range(MANY)]
    keys = issue_links(asked, by=BY)
    opened = [open_link(key, "answer") for key in keys]
    assert [one.subject for one in opened] == [one.subject for one in asked]
    (entry,) = Entry.objects.filter(deed="links.issued")
    facts = json.loads(entry.detail.body)["facts"]
    assert facts["subjects"] == [one.subject for one in asked]
    assert facts["links"] == [one.id for one in opened]
