"""The list as a workbook, out and in; what is personal is masked, read with a reason, destroyed."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from anlan.base.households.models import Household
from anlan.base.households.services.erasing import erase_household
from anlan.base.journal.models import Entry as JournalEntry
from anlan.base.people.tests import village as v
from anlan.base.permissions.actor import system
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.respond.evacuation import services
from anlan.respond.evacuation.models import Entry, Evacuation
from anlan.respond.evacuation.selectors import pages, roll
from anlan.respond.evacuation.services.sheets import read_sheet, write_sheet
from anlan.respond.evacuation.services.ticking import Ticker
from anlan.respond.evacuation.tests.conftest import (
    CHARLIE,
    COMMANDER,
    OFFICER,
    SECTION,
    VILLAGE,
    actor,
    entry_of,
    home_of,
    ordered,
    shelter_of,
    tick,
)

pytestmark = pytest.mark.usefixtures("world")


def sheet(batch: Evacuation, language: str = "zh", **asked: Any) -> Any:
    _, body = write_sheet(
        evacuation=batch.pk, query=roll.Query(**asked), language=language, by=OFFICER
    )
    return openpyxl.load_workbook(io.BytesIO(body))


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_list_comes_out_in_clear_and_that_it_was_taken_is_journalled() -> None:
    rows = list(sheet(ordered()).active.values)
    assert rows[0][:4] == ("编号", "村（社区）", "户编码", "姓名")
    assert rows[1][1:6] == ("前坑村", "H1", "陈老太", "10000000011", None)
    assert rows[1][6] == 1
    assert rows[1][7:10] == ("老年人、独居者", "某转移", "2031-08-09 09:00")
    assert rows[1][11:13] == ("S1避灾点", "待通知")
    assert len(rows) == 5
    assert JournalEntry.objects.filter(deed="evacuations.exported", by=OFFICER.ref).count() == 1


def test_the_list_speaks_english_and_may_be_a_part() -> None:
    rows = list(sheet(ordered(), "en", special=True).active.values)
    assert rows[0][1] == "Village"
    assert rows[1][12] == "To be told"
    assert len(rows) == 3


def test_ticks_typed_into_the_list_are_taken_and_the_rest_is_left_alone() -> None:
    batch = ordered()
    book = sheet(batch)
    rows = {row[3].value or row[2].value or row[0].value: row for row in book.active.iter_rows()}
    rows["陈老太"][12].value = "已安置（集中）"
    rows["陈小"][12].value = "拒转"
    rows["户主某"][12].value, rows["户主某"][13].value = "Refuses to leave", "看守财物、牲畜"
    told = read_sheet(evacuation=batch.pk, content=saved(book), by=VILLAGE)
    assert (told["rows"], told["done"], told["unchanged"]) == (4, 2, 1)
    assert [(one["row"], one["why"]) for one in told["items"]] == [(3, "「拒转」要选一条原因")]
    assert entry_of(batch, "H1-1").inside == shelter_of("S1")
    again = read_sheet(evacuation=batch.pk, content=saved(book), by=VILLAGE)
    assert (again["done"], again["unchanged"]) == (0, 3)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04broken"])
def test_what_is_no_list_of_ours_is_refused(content: bytes) -> None:
    batch = ordered()
    with pytest.raises(Invalid):
        read_sheet(evacuation=batch.pk, content=content, by=VILLAGE)
    with pytest.raises(Invalid, match="表头不对"):
        read_sheet(evacuation=batch.pk, content=saved(openpyxl.Workbook()), by=VILLAGE)


def test_names_are_read_in_clear_with_a_reason_only_and_journalled() -> None:
    batch = ordered()
    entry = entry_of(batch, "H1-1").pk
    with pytest.raises(Invalid):
        services.unmask_entry(evacuation=batch.pk, entry=entry, reason=" ", by=OFFICER)
    with pytest.raises(Forbidden):
        services.unmask_entry(
            evacuation=batch.pk, entry=entry, reason="找人", by=actor("grid", v.NEAR)
        )
    with pytest.raises(Missing):
        services.unmask_entry(evacuation=batch.pk, entry=entry, reason="找人", by=CHARLIE)
    told = services.unmask_entry(evacuation=batch.pk, entry=entry, reason="联系不上", by=OFFICER)
    assert (told["name"], told["phone"]) == ("陈老太", "10000000011")
    assert JournalEntry.objects.filter(deed="evacuations.unmasked").count() == 1


def test_what_is_known_of_a_household_goes_with_it_and_the_sum_stays() -> None:
    batch = ordered()
    home = home_of(batch, "H1")
    newcomer = services.Newcomer(village=v.NEAR, state="relatives", name="来帮忙的", household=home)
    added = services.add_people(evacuation=batch.pk, newcomer=newcomer, ticker=Ticker(OFFICER))
    tick(batch, "told", household=home, note="说了名字")
    due = pages.one(OFFICER, batch.pk)["sums"]["due"]
    erase_household(household=home, by=SECTION)
    assert Household.objects.get(pk=home).erased_at
    shown = roll.told(list(Entry.objects.filter(household=home)), clear=True)
    assert {one["name"] for one in shown} == {"（已销毁）"}
    assert added in {one["id"] for one in shown}
    assert pages.one(OFFICER, batch.pk)["sums"]["due"] == due


def test_who_was_added_without_a_household_is_destroyed_when_the_batch_is_over() -> None:
    batch = ordered()
    newcomer = services.Newcomer(
        village=v.NEAR, state="relatives", name="过路人", phone="10000000099"
    )
    added = services.add_people(evacuation=batch.pk, newcomer=newcomer, ticker=Ticker(OFFICER))
    assert roll.page(OFFICER, batch.pk, roll.Query(q="过路人"))["total"] == 1
    with pytest.raises(Conflict):
        services.erase_added(evacuation=batch.pk, by=SECTION)
    services.lift_danger(evacuation=batch.pk, by=COMMANDER)
    services.close_evacuation(evacuation=batch.pk, by=COMMANDER)
    with pytest.raises(Forbidden):
        services.erase_added(evacuation=batch.pk, by=OFFICER)
    assert services.erase_added(evacuation=batch.pk, by=SECTION) == 1
    (shown,) = roll.told([Entry.objects.get(pk=added)], clear=True)
    assert (shown["name"], shown["people"]) == ("（已销毁）", 1)
    assert roll.page(OFFICER, batch.pk, roll.Query(q="过路人"))["total"] == 0


def test_what_was_added_is_destroyed_by_itself_once_its_term_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = ordered()
    newcomer = services.Newcomer(village=v.NEAR, state="relatives", name="过路人")
    added = services.add_people(evacuation=batch.pk, newcomer=newcomer, ticker=Ticker(OFFICER))
    services.lift_danger(evacuation=batch.pk, by=COMMANDER)
    assert services.erase_due(by=system("evacuation-term")) == 0  # not over yet
    services.close_evacuation(evacuation=batch.pk, by=COMMANDER)
    told = pages.one(SECTION, batch.pk)
    assert told["erased_on"] == told["closed_at"] + timedelta(days=30)
    closed = told["closed_at"]
    monkeypatch.setattr(clock, "now", lambda: closed + timedelta(days=29, hours=23))
    assert services.erase_due(by=system("evacuation-term")) == 0
    monkeypatch.setattr(clock, "now", lambda: closed + timedelta(days=30))
    assert services.erase_due(by=system("evacuation-term")) == 1
    assert services.erase_due(by=system("evacuation-term")) == 0
    (shown,) = roll.told([Entry.objects.get(pk=added)], clear=True)
    assert (shown["name"], shown["people"]) == ("（已销毁）", 1)
    told = pages.one(SECTION, batch.pk)
    assert (told["erased_at"], "erase" in told["verbs"]) == (closed + timedelta(days=30), False)
    (entry,) = JournalEntry.objects.filter(deed="evacuations.erased")
    assert entry.by == "system:evacuation-term"
