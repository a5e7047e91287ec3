"""The main flow: a department's words go on as they are, to the regions they are for."""

from pathlib import Path

import orjson
import pytest

from anlan import codes
from anlan.base.journal import selectors as journal
from anlan.base.journal.models import Entry
from anlan.base.outbox.models import Event
from anlan.codes import loader
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.warn.models import Alert, Received
from anlan.warn.services.drafting import Change, follow_alert
from anlan.warn.services.issuing import issue_alert
from anlan.warn.services.receiving import receive_alert
from anlan.warn.services.relaying import dismiss_received, relay_alert
from anlan.warn.tests.conftest import (
    A1,
    BY,
    CHARLIE,
    CITY,
    COUNTY,
    EAST,
    LEAD,
    NEIGHBOUR,
    OFFICER,
    SECTION,
    TEXT,
    TOWNSHIP,
    VILLAGE,
    WEST,
    at,
    box,
    national,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

OVER = "云屿县气象台解除暴雨红色预警信号。"
MORE = TEXT + "更新。"
FIRST, SECOND, THIRD = (f"33990141600000_2026080108000{n}" for n in range(3))


def received(**more: object) -> str:
    return receive_alert(original=national(**more), by=BY)  # type: ignore[arg-type]


def relayed(**more: object) -> Alert:
    return Alert.objects.get(pk=relay_alert(received=received(**more), by=OFFICER))


def told() -> list[dict[str, object]]:
    rows = Event.objects.filter(kind="warn.AlertIssued").order_by("id")
    return [orjson.loads(row.body) for row in rows]


def test_words_station_and_time_go_on_as_they_came() -> None:
    sent = at(-7)
    text = "云屿县气象台  继续发布\n　暴雨红色预警，原文有空格、换行和“引号”。"
    alert = relayed(sent=sent, text=text)
    assert (alert.text, alert.station, alert.sent_at) == (text, "云屿县气象台", sent)
    assert (alert.state, alert.relayed, alert.kind) == ("issued", True, "weather-signal")
    event = told()[-1]
    assert (event["relayed"], event["action"], event["level"]) == (True, "issue", 1)
    assert event["regions"] == [COUNTY]
    row = Received.objects.get()
    assert (row.handling, row.handled_by) == ("relayed", OFFICER.ref)
    entry = Entry.objects.get(deed="alerts.relayed")
    assert (entry.case, entry.region) == (row.case, COUNTY)


def test_what_the_check_asks_must_have_been_seen_and_the_journal_says_that_it_was() -> None:
    relayed(number=FIRST, station="云屿县气象台")
    again = received(number="33990141600001_20260801080000", station="云屿县气象台二台", text=MORE)
    with pytest.raises(Conflict, match="duplicate"):
        relay_alert(received=again, by=OFFICER)
    assert len(told()) == 1
    pk = relay_alert(received=again, by=OFFICER, accepted=("duplicate",))
    (entry,) = journal.read(journal.entries().filter(deed="alerts.relayed", subject=pk))
    assert entry.facts["accepted"] == ["duplicate"]


@pytest.mark.parametrize("way", ["paste", "manual"])
@pytest.mark.parametrize(("colour", "asked"), [("Red", True), ("Orange", True), ("Yellow", False)])
def test_a_grave_warning_that_a_person_brought_goes_on_once_somebody_asked_the_station(
    way: str, colour: str, asked: bool
) -> None:
    row = receive_alert(original=national(colour=colour), way=way, by=OFFICER)
    if asked:
        with pytest.raises(Conflict, match="云屿县气象台核实"):
            relay_alert(received=row, by=OFFICER)
    pk = relay_alert(received=row, by=OFFICER, accepted=("verify",) if asked else ())
    assert Alert.objects.get(pk=pk).state == "issued"  # one person, and at once


def test_relaying_twice_is_once() -> None:
    row = received()
    assert relay_alert(received=row, by=OFFICER) == relay_alert(received=row, by=LEAD)
    assert len(told()) == 1


def test_without_an_area_nothing_goes_until_somebody_says_where() -> None:
    row = received(codes=())
    with pytest.raises(Invalid) as why:
        relay_alert(received=row, by=OFFICER)
    assert "regions" in why.value.errors
    pk = relay_alert(received=row, by=OFFICER, chosen=[WEST])
    assert Alert.objects.get(pk=pk).regions == [WEST]
    assert Entry.objects.filter(deed="alerts.relayed", subject=pk).exists()


def test_a_relay_may_be_narrowed_but_never_widened() -> None:
    row = received(codes=(WEST,))
    with pytest.raises(Invalid, match="扩大"):
        relay_alert(received=row, by=OFFICER, chosen=[WEST, EAST])
    with pytest.raises(Invalid, match="名录"):
        relay_alert(received=row, by=OFFICER, chosen=["339901101999"])
    assert Alert.objects.get(pk=relay_alert(received=row, by=OFFICER, chosen=[A1])).regions == [A1]


def test_what_is_for_two_counties_goes_on_only_in_ones_own() -> None:
    row = received(codes=(COUNTY, NEIGHBOUR))
    assert Received.objects.get().regions == [CITY]
    assert Alert.objects.get(pk=relay_alert(received=row, by=OFFICER)).regions == [COUNTY]


@pytest.mark.parametrize("status", ["Exercise", "Test", "System", "Draft"])
def test_only_what_is_actual_goes_on(status: str) -> None:
    with pytest.raises(Invalid, match="演练或测试"):
        relayed(status=status)


def test_in_an_exercise_an_exercises_message_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    here = workspace.current()
    exercise = type(here)(**{**vars(here), "kind": "exercise"})
    monkeypatch.setattr(workspace, "current", lambda: exercise)
    assert relayed(status="Exercise").state == "issued"


def test_what_holds_no_longer_is_not_passed_on() -> None:
    old = received(number=FIRST, sent=at(-30))
    received(number=SECOND, action="Update", references=FIRST, text=MORE)
    with pytest.raises(Conflict, match="已被更新"):
        relay_alert(received=old, by=OFFICER)
    with pytest.raises(Conflict, match="已过期"):
        relayed(number=THIRD, sent=at(-600), expires=at(-5), event="11B06")


def test_an_update_in_a_higher_colour_raises_what_went_out_before() -> None:
    first = relayed(number=FIRST, sent=at(-30), colour="Orange")
    second = relayed(number=SECOND, action="Update", references=FIRST, text=MORE, colour="Red")
    first.refresh_from_db()
    assert (first.state, second.root, second.case) == ("updated", first.pk, first.case)
    assert [(one["action"], one["was"]) for one in told()] == [("issue", None), ("raise", 2)]


@pytest.mark.parametrize(
    ("colour", "text", "action"),
    [("Yellow", MORE, "lower"), ("Orange", MORE, "update"), ("Orange", TEXT, "extend")],
)
def test_other_updates_are_named_for_what_they_change(colour: str, text: str, action: str) -> None:
    relayed(number=FIRST, sent=at(-30), colour="Orange")
    relayed(number=SECOND, action="Update", references=FIRST, text=text, colour=colour)
    assert told()[-1]["action"] == action


def test_an_end_that_is_relayed_ends_what_went_out() -> None:
    first = relayed(number=FIRST, sent=at(-30))
    end = received(
        number=SECOND, action="Cancel", references=FIRST, text="解除暴雨红色预警信号，谢谢。"
    )
    assert Received.objects.get(pk=end).handling == "waiting"
    pk = relay_alert(received=end, by=OFFICER)
    first.refresh_from_db()
    assert (first.state, Alert.objects.get(pk=pk).state) == ("cancelled", "ended")
    assert told()[-1]["action"] == "cancel"


def test_a_relayed_alert_cannot_be_changed_here_only_taken_back() -> None:
    out = relayed()
    for action, change in (
        ("update", Change(text="改一改")), ("raise", Change(level=1)),
        ("cancel", Change(reason="好了")),
    ):  # fmt: skip
        with pytest.raises(Forbidden, match="气象灾害防御条例"):
            follow_alert(alert=out.pk, action=action, change=change, by=OFFICER)
    back = follow_alert(
        alert=out.pk, action="withdraw", change=Change(reason="转发错了"), by=OFFICER
    )
    issue_alert(alert=back, by=OFFICER)
    out.refresh_from_db()
    assert out.state == "withdrawn"


def test_what_was_taken_back_may_be_relayed_again_and_rightly() -> None:
    row = received()
    out = relay_alert(received=row, by=OFFICER, chosen=[EAST])
    back = follow_alert(alert=out, action="withdraw", change=Change(reason="选错"), by=OFFICER)
    issue_alert(alert=back, by=OFFICER)
    assert Received.objects.get().handling == "waiting"
    again = relay_alert(received=row, by=OFFICER, chosen=[WEST])
    assert again != out
    assert Alert.objects.get(pk=again).regions == [WEST]


RULES = """# title: 预警签发规则
# title_en: Rules of signing an alert
# source: 试
# confidence: O
code,name,name_en,way,kinds:list,actions:list,levels:list,persons:int,minutes:int,alone:bool
relay,转发两人,Relay by two,relay,,,,2,3,true
"""


def test_where_the_rules_ask_for_two_a_relay_waits_for_the_second(tmp_path: Path) -> None:
    shelf = loader.shelf()
    (tmp_path / "approval-rules.csv").write_text(RULES, "utf-8")
    codes.overlay(tmp_path)
    try:
        row = received()
        pk = relay_alert(received=row, by=OFFICER)
        assert Alert.objects.get(pk=pk).state == "review"
        assert relay_alert(received=row, by=OFFICER) == pk
        assert not told()
        with pytest.raises(Conflict):
            issue_alert(alert=pk, by=OFFICER)
        issue_alert(alert=pk, by=LEAD)
    finally:
        loader.put(shelf)
    assert told()[0]["relayed"] is True
    assert Received.objects.get().handling == "relayed"


def test_what_is_not_relayed_says_why_and_may_be_relayed_after_all() -> None:
    row = received()
    with pytest.raises(Invalid):
        dismiss_received(received=row, reason="  ", by=OFFICER)
    dismiss_received(received=row, reason="已由省厅统一发布", by=OFFICER)
    assert Received.objects.get().handled_why == "已由省厅统一发布"
    relay_alert(received=row, by=OFFICER)
    assert Received.objects.get().handling == "relayed"
    with pytest.raises(Conflict):
        dismiss_received(received=row, reason="晚了", by=OFFICER)


def test_who_may_not_relay_is_refused_and_charlie_sees_nothing() -> None:
    row = received(codes=(WEST,), polygon=box(121.0, 28.0, 121.2, 28.2))
    with pytest.raises(Forbidden):
        relay_alert(received=row, by=SECTION)
    for by in (TOWNSHIP, VILLAGE, CHARLIE):  # the inbox is of those who receive and relay
        with pytest.raises(Missing):
            relay_alert(received=row, by=by)
    with pytest.raises(Missing):
        dismiss_received(received=row, reason="x", by=CHARLIE)
    assert not told()


def test_the_gap_between_receipt_and_issue_is_on_the_rows() -> None:
    before = clock.now()
    out = relayed()
    row = Received.objects.get()
    assert out.issued_at is not None
    assert before <= row.received_at <= out.issued_at
