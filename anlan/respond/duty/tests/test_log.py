"""值班日志: added to, never changed; what happens is written by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from anlan.base.cases.services import erase_case, open_case
from anlan.base.journal.models import Entry as Noted
from anlan.base.permissions.actor import system
from anlan.base.vault import services as vault
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.respond.duty import services
from anlan.respond.duty.handlers import note_alert
from anlan.respond.duty.models import Entry
from anlan.respond.duty.selectors import desks, log
from anlan.respond.duty.services import Note
from anlan.respond.duty.tests.conftest import (
    CHARLIE,
    COUNTY,
    NOON,
    OFFICER,
    SECTION,
    TOWN,
    TOWNSHIP,
    Wall,
)
from anlan.warn.events import AlertIssued


def told_twice(case: str = "") -> None:
    for _ in range(2):
        services.note_fact(
            region=COUNTY, kind="alert", content="台风橙色预警", link=("alert", "A1"),
            once="alert:A1:issue", case=case, by=system("duty"),
        )  # fmt: skip


def test_an_entry_keeps_when_from_whom_what_and_what_was_done(world: Wall) -> None:
    world.go(minutes=5)
    services.note_entry(
        note=Note(
            content="前坑村反映山后有异响", source="前坑村 王某", disposal="通知乡里查看", at=NOON,
            todo=True,
        ),
        by=OFFICER,
    )  # fmt: skip
    (told,) = log.page(OFFICER)["items"]
    assert (told["at"], told["noted_at"]) == (NOON, world.at)
    assert (told["source"], told["disposal"], told["open"]) == ("前坑村 王某", "通知乡里查看", True)
    assert vault.is_sealed(Entry.objects.get().content)
    assert Noted.objects.filter(deed="duty.noted").count() == 1


def test_a_further_entry_puts_right_and_ends_what_was_to_be_done(world: Wall) -> None:
    first = services.note_entry(note=Note(content="来电：路塌", todo=True), by=OFFICER)
    world.go(minutes=10)
    more = Note(content="更正：是路边水沟塌", todo=True)
    services.note_entry(note=more, follows=first.pk, by=OFFICER)
    assert [one["id"] for one in log.page(OFFICER, open_only=True)["items"]] == [first.pk]
    world.go(minutes=10)
    last = services.note_entry(
        note=Note(content="已修好", result="通车"), follows=first.pk, by=OFFICER
    )
    told = log.page(OFFICER)
    assert told["open"] == 0
    assert told["items"][0]["follows"]["content"] == "来电：路塌"
    again = services.note_entry(note=Note(content="又塌了"), follows=last.pk, by=OFFICER)
    assert again.follows_id == first.pk
    assert log.described([first], OFFICER)[0]["content"] == "来电：路塌"


def test_what_happened_is_one_entry_however_often_it_is_told(world: Wall) -> None:  # noqa: ARG001
    told_twice()
    (told,) = log.page(OFFICER)["items"]
    assert (told["page"], told["auto"]) == ("/warn/alerts/A1", True)


def test_a_warning_that_went_out_is_in_the_log_of_its_county(world: Wall) -> None:  # noqa: ARG001
    issued = AlertIssued(
        alert="A2", kind="risk-notice", relayed=False, hazard="flood", level=None, action="issue",
        region=TOWN, regions=(TOWN,), by="user:1", issued_at=NOON,
    )  # fmt: skip
    for fact in (issued, replace(issued, alert="A3", region="339900000000")):
        note_alert(fact)
    assert [one["page"] for one in log.page(OFFICER)["items"]] == [
        "/warn/alerts/A3", "/warn/alerts/A2",
    ]  # fmt: skip


def test_erasing_a_case_erases_what_the_log_says_of_it(world: Wall) -> None:  # noqa: ARG001
    case = open_case(hazard="flood", region=COUNTY, title="水", by=system("test"))
    told_twice(case)
    first = Entry.objects.get()
    services.note_entry(note=Note(content="王小明来电"), follows=first.pk, by=OFFICER)
    erase_case(case=case, by=system("test"))
    assert {one["content"] for one in log.page(OFFICER)["items"]} == {vault.ERASED}


@pytest.mark.parametrize(
    ("note", "field"),
    [
        (Note(content=" "), "content"),
        (Note(content="一", kind="no-such"), "kind"),
        (Note(content="一", at=NOON + timedelta(minutes=1)), "at"),
        (Note(content="一", at=NOON - timedelta(days=4)), "at"),
        (Note(content="一", source="长" * 101), "source"),
    ],
)
def test_what_cannot_be_is_refused_by_field(world: Wall, note: Note, field: str) -> None:  # noqa: ARG001
    with pytest.raises(Invalid) as caught:
        services.note_entry(note=note, by=OFFICER)
    assert set(caught.value.errors) == {field}
    assert not Entry.objects.exists()


def test_each_desk_has_its_own_log_and_a_neighbour_sees_nothing(world: Wall) -> None:  # noqa: ARG001
    made = services.note_entry(note=Note(content="县里的"), by=OFFICER)
    services.note_entry(note=Note(content="乡里的"), by=TOWNSHIP)
    assert [one["content"] for one in log.page(TOWNSHIP)["items"]] == ["乡里的"]
    assert [one["content"] for one in log.page(OFFICER)["items"]] == ["县里的"]
    with pytest.raises(Forbidden):
        log.page(CHARLIE, COUNTY)
    with pytest.raises(Missing):
        services.note_entry(note=Note(content="x"), follows=made.pk, by=CHARLIE)
    with pytest.raises(Forbidden):
        services.note_entry(note=Note(content="x"), by=SECTION)


def test_the_desk_says_who_is_there_and_whom_no_telephone_reaches(world: Wall) -> None:  # noqa: ARG001
    seats = {one["seat"]: one for one in desks.now_at(OFFICER)["seats"]}
    assert (seats["officer"]["name"], seats["officer"]["numbers"]) == ("某值班", 2)
    assert (seats["lead"]["name"], seats["lead"]["numbers"]) == ("某带班", 0)
    assert seats["deputy"]["person"] is None
