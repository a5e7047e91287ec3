"""Departments' messages on their way in: kept, placed, recognised, chained."""

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.cases.models import Case
from anlan.base.journal.canonical import sm3
from anlan.base.journal.models import Entry
from anlan.base.outbox.models import Event
from anlan.base.people.models import Post, Unit
from anlan.base.regions.models import Boundary, Region
from anlan.kernel.errors import Conflict, Forbidden
from anlan.protocols.alerting.message import Unreadable
from anlan.warn.models import Arrival, Original, Received, Refused
from anlan.warn.services.receiving import Inbound, receive_alert, receive_alerts
from anlan.warn.tests.conftest import (
    A1,
    BY,
    CHARLIE,
    COUNTY,
    EAST,
    N1,
    NEIGHBOUR,
    OFFICER,
    TEXT,
    VILLAGE,
    WEST,
    actor,
    at,
    box,
    national,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

MORE = TEXT + "更新。"
OVER = "解除暴雨红色预警信号，谢谢配合。"
FIRST, SECOND, THIRD = (f"33990141600000_2026080108000{n}" for n in range(3))


def receive(data: bytes, **more: str) -> Received:
    return Received.objects.get(pk=receive_alert(original=data, by=OFFICER, **more))


def notes_of(row: Received) -> set[str]:
    return {note for note, _ in row.notes}


def state(row: Received) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.handling


def test_a_message_is_kept_byte_for_byte_with_station_and_time() -> None:
    sent = at(-3)
    data = national(sent=sent)
    row = receive(data, content_type="application/xml")
    assert bytes(row.original.body) == data
    assert row.original.digest == sm3(data).hex()
    assert (row.station, row.sent_at, row.text) == ("云屿县气象台", sent, TEXT)
    assert (row.hazard, row.kind, row.level) == ("rainstorm", "weather-signal", 1)
    assert (row.region_id, row.regions) == (COUNTY, [COUNTY])
    assert state(row) == ("standing", "waiting")
    assert row.root == row.pk
    assert Case.objects.get(pk=row.case).hazard == "rainstorm"
    event = orjson.loads(Event.objects.get(kind="warn.AlertReceived").body)
    assert (event["alert"], event["digest"], event["level"]) == (row.pk, sm3(data).hex(), 1)
    entry = Entry.objects.get(deed="received.received")
    assert (entry.by, entry.region, entry.topic) == (OFFICER.ref, COUNTY, "alert")


def test_the_same_bytes_again_change_nothing() -> None:
    data = national()
    first = receive(data)
    before = (Entry.objects.count(), Event.objects.count(), Original.objects.count())
    assert receive(data).pk == first.pk
    assert (Entry.objects.count(), Event.objects.count(), Original.objects.count()) == before
    assert Arrival.objects.count() == 1


def test_the_same_number_in_other_bytes_is_a_second_arrival_of_one_message() -> None:
    sent = at(-1)
    first = receive(national(sent=sent))
    second = receive(
        national(sent=sent).replace(b"<web/>", b"<web></web>"), way="poll", source="省台"
    )
    assert first.pk == second.pk
    assert list(Arrival.objects.order_by("id").values_list("way", "source", "differs")) == [
        ("push", "", False),
        ("poll", "省台", False),
    ]
    assert Event.objects.filter(kind="warn.AlertReceived").count() == 1


def test_one_number_that_says_two_things_is_marked_and_the_first_stays() -> None:
    sent = at(-1)
    first = receive(national(sent=sent))
    receive(national(sent=sent, text=TEXT.replace("100", "150")))
    assert Arrival.objects.order_by("-id").first().differs  # type: ignore[union-attr]
    first.refresh_from_db()
    assert first.text == TEXT


def cap(number: str, **more: str) -> bytes:
    values = {"sent": at(-1).isoformat(), "type": "Alert", "text": TEXT, "references": "", **more}
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{number}</identifier>
<sender>alerts@example.org</sender><sent>{values["sent"]}</sent><status>Actual</status>
<msgType>{values["type"]}</msgType><scope>Public</scope>{values["references"]}
<info><language>zh-CN</language><category>Met</category><event>暴雨红色预警</event>
<urgency>Expected</urgency><severity>Extreme</severity><certainty>Likely</certainty>
<senderName>云屿县气象台</senderName><headline>暴雨红色预警</headline>
<description>{values["text"]}</description>
<area><areaDesc>云岭乡</areaDesc><polygon>{box(121.0, 28.0, 121.2, 28.2)}</polygon></area>
</info></alert>""".encode()


def test_the_same_words_as_cap_and_as_national_message_are_one() -> None:
    first = receive(national(sent=at(-2)))
    second = receive(cap("urn:oid:1.2.3"), way="poll")
    assert first.pk == second.pk
    assert Received.objects.count() == 1


def test_two_messages_of_one_sender_are_two_however_alike() -> None:
    receive(national(number=FIRST, codes=(WEST,)))
    receive(national(number=SECOND, codes=(EAST,)))
    assert Received.objects.filter(state="standing").count() == 2


def test_an_update_takes_the_place_of_what_it_names_and_shares_its_case() -> None:
    old = receive(national(number=FIRST, sent=at(-30), colour="Orange"))
    new = receive(national(number=SECOND, action="Update", references=FIRST, text=MORE))
    assert state(old) == ("replaced", "passed")
    assert old.ended_by_id == new.pk
    assert (new.root, new.case, new.replaces) == (old.pk, old.case, [old.pk])
    assert Entry.objects.filter(deed="received.replaced", subject=old.pk).exists()


def test_an_end_reaches_back_over_the_updates_between() -> None:
    first = receive(national(number=FIRST, sent=at(-60)))
    second = receive(
        national(number=SECOND, sent=at(-30), action="Update", references=FIRST, text=MORE)
    )
    end = receive(
        national(
            number=THIRD,
            action="Cancel",
            references=FIRST,
            text="云屿县气象台解除暴雨红色预警信号。",
        )
    )
    assert [state(first)[0], state(second)[0]] == ["replaced", "cancelled"]
    assert state(end) == ("notice", "none")  # nobody had relayed it: there is nothing to take back
    assert end.ended_at is not None


def test_an_update_that_comes_before_what_it_updates_ends_it_all_the_same() -> None:
    new = receive(
        national(number=SECOND, sent=at(-5), action="Update", references=FIRST, text=MORE)
    )
    old = receive(national(number=FIRST, sent=at(-30)))
    assert state(old) == ("replaced", "passed")
    new.refresh_from_db()
    assert state(new) == ("standing", "waiting")
    assert (old.ended_by_id, new.root) == (new.pk, old.root)
    assert new.replaces == [old.pk]
    assert old.case == new.case


def test_an_end_that_comes_first_ends_the_update_between_when_it_comes() -> None:
    first = receive(national(number=FIRST, sent=at(-60)))
    receive(national(number=THIRD, action="Cancel", references=FIRST, text=OVER))
    late = receive(
        national(number=SECOND, sent=at(-30), action="Update", references=FIRST, text=MORE)
    )
    assert state(first)[0] == "replaced"
    assert state(late) == ("cancelled", "passed")


def test_any_order_of_a_chain_comes_to_the_same_end() -> None:
    chain = [
        national(number=FIRST, sent=at(-60)),
        national(number=SECOND, sent=at(-30), action="Update", references=FIRST, text=MORE),
        national(
            number=THIRD,
            action="Cancel",
            references=f"{FIRST},{SECOND}",
            text=OVER,
        ),
    ]
    ends = set()
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0), (2, 0, 1), (0, 2, 1)):
        Arrival.objects.all().delete()
        Received.objects.update(ended_by=None)
        Received.objects.all().delete()
        for place in order:
            receive(chain[place])
        rows = Received.objects.order_by("identifier")
        ends.add(tuple(rows.values_list("identifier", "state")))
        assert len({row.root for row in rows}) == 1
    assert ends == {((FIRST, "replaced"), (SECOND, "cancelled"), (THIRD, "notice"))}


def test_a_station_has_one_signal_of_a_kind_at_a_time_for_an_area() -> None:
    old = receive(national(number=FIRST, sent=at(-30), colour="Orange", codes=(WEST,)))
    other = receive(national(number=SECOND, sent=at(-20), colour="Orange", codes=(EAST,)))
    receive(national(number=THIRD, colour="Red", codes=(WEST,), text=TEXT + "升级。"))
    assert state(old)[0] == "replaced"
    assert state(other)[0] == "standing"


def test_an_error_message_takes_back_what_it_names() -> None:
    row = receive(national(number=FIRST, sent=at(-30)))
    receive(
        national(
            number=SECOND,
            action="Error",
            references=FIRST,
            text="前一条预警误发，现予撤销，请以此为准。",
        )
    )
    assert state(row) == ("withdrawn", "passed")


def test_what_is_for_others_alone_is_kept_and_troubles_nobody() -> None:
    row = receive(national(codes=("440000000000",)))
    assert state(row) == ("standing", "none")
    assert row.case == ""


def test_exercises_and_tests_never_wait_for_anybody() -> None:
    for number, status in ((FIRST, "Exercise"), (SECOND, "Test"), (THIRD, "Draft")):
        assert state(receive(national(number=number, status=status))) == ("notice", "none")


def test_what_has_run_out_on_its_way_is_no_work() -> None:
    row = receive(national(sent=at(-600), expires=at(-10)))
    assert state(row) == ("expired", "passed")


def test_words_of_a_sender_who_may_not_say_them_are_marked() -> None:
    weather = receive(national(number="33990141600000_20260801080000", event="11B03"))
    assert "not-competent" not in notes_of(weather)
    water = receive(national(number="33990133200000_20260801080000", codes=(WEST,), text=MORE))
    assert "not-competent" in notes_of(water)
    flood = receive(national(number="33990141600000_20260801080009", event="11A01"))
    assert "not-competent" in notes_of(flood)


def test_what_cannot_be_read_names_its_element_and_is_seen_by_somebody() -> None:
    data = national().replace(b"<msgType>Alert</msgType>", b"<msgType>Shout</msgType>")
    for _ in range(2):
        with pytest.raises(Unreadable) as told:
            receive_alert(original=data, source="县气象局", by=OFFICER)
        assert "msgType" in told.value.element
    row = Refused.objects.get()
    assert (row.times, row.source, bytes(row.original.body)) == (2, "县气象局", data)
    assert not Received.objects.exists()


HOSTILE = [
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>',
    b'<!DOCTYPE a [<!ENTITY a "aaaaaaa"><!ENTITY b "&a;&a;">]><alert><sender>&b;</sender></alert>',
    b"<alert>" * 5000,
    b"\x00\x01\x02",
    b"",
    b"<alert><identifier>1</identifier>",
    "全是中文，不是报文".encode("gbk"),
    b"x" * (2 * 1024 * 1024 + 1),
]  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_and_broken_bytes_are_refused_and_kept(data: bytes) -> None:
    with pytest.raises(Unreadable):
        receive_alert(original=data, by=OFFICER)
    assert Refused.objects.count() == 1


def test_one_bad_message_of_many_harms_no_other() -> None:
    items = [
        Inbound(original=national(number=FIRST, codes=(WEST,)), way="poll"),
        Inbound(original=b"<alert>", way="poll"),
        Inbound(original=national(number=SECOND, codes=(EAST,)), way="poll"),
    ]
    told = receive_alerts(items=items, by=BY)
    assert [bool(one.received) for one in told] == [True, False, True]
    assert isinstance(told[1].refusal, Unreadable)
    again = receive_alerts(items=items, by=BY)
    assert [one.again for one in again] == [True, False, True]
    assert Received.objects.count() == 2


def test_a_batch_in_any_order_finds_its_chain() -> None:
    items = [
        national(number=THIRD, action="Cancel", references=SECOND, text=OVER),
        national(number=SECOND, sent=at(-30), action="Update", references=FIRST, text=MORE),
        national(number=FIRST, sent=at(-60)),
    ]  # fmt: skip
    receive_alerts(items=[Inbound(original=one, way="poll") for one in items], by=BY)
    rows = Received.objects.order_by("identifier")
    assert list(rows.values_list("state", flat=True)) == ["replaced", "cancelled", "notice"]
    assert len({row.case for row in rows}) == 1


def test_many_messages_cost_a_few_queries_a_batch() -> None:
    def batch(start: int) -> list[Inbound]:
        return [
            Inbound(
                original=national(
                    number=f"33990141600000_{20260801080000 + start + n}", codes=(A1,),
                    sent=at(-n / 60), event=("11B03", "11B06", "11B09")[n % 3],
                ),
                way="poll",
            )
            for n in range(40)
        ]  # fmt: skip

    receive_alerts(items=batch(0), by=BY)
    with CaptureQueriesContext(
        connection,
    ) as few:
        receive_alerts(items=batch(100), by=BY)
    assert len(few) < 40


def test_who_may_not_receive_is_refused() -> None:
    for somebody in (VILLAGE, actor("expert", COUNTY), actor("system-admin", COUNTY)):
        with pytest.raises(Forbidden):
            receive_alert(original=national(), by=somebody)
    assert not Received.objects.exists()


def test_charlie_cannot_hand_in_what_is_for_this_county_alone() -> None:
    with pytest.raises(Forbidden):
        receive_alert(original=national(codes=(COUNTY,)), by=CHARLIE)
    row = receive_alert(original=national(codes=(COUNTY, NEIGHBOUR)), by=CHARLIE)
    assert Received.objects.get(pk=row).regions == ["339900000000"]
    assert receive_alert(original=national(number=SECOND, codes=(N1,)), by=CHARLIE)


def test_without_regions_nothing_can_be_placed() -> None:
    Region.objects.update(parent=None)
    for model in (Post, Unit, Boundary, Region):
        model.objects.all().delete()
    with pytest.raises(Conflict, match="行政区划"):
        receive_alert(original=national(), by=OFFICER)
