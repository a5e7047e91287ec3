"""Alerts over HTTP, from the department's message to the answer about the response."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.warn.models import Alert, Received, ResponseDue
from anlan.warn.tests.conftest import (
    A1,
    BY,
    COUNTY,
    EAST,
    NEIGHBOUR,
    TEXT,
    WEST,
    at,
    national,
)
from anlan.warn.tests.own import issued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

FIRST, SECOND = (f"33990141600000_2026080108000{n}" for n in range(2))


def client(role: str, region: str = COUNTY) -> Client:
    user = User.objects.create(username=f"{role}-{region}", name=role, region=region)
    Grant.objects.create(
        user=user, role=role, prefix=scope.prefix(region), by=BY.ref, at=clock.now()
    )
    text, _ = create_token(user=user, name="t", by=BY)
    return Client(headers={"authorization": f"Bearer {text}"})


def get(asker: Client, path: str, expect: int = 200, **query: Any) -> Any:
    told = asker.get(f"/api/v1{path}", query)
    assert told.status_code == expect, (path, told.content)
    return told.json()


def post(asker: Client, path: str, body: Any = None, expect: int = 200) -> Any:
    told = asker.post(f"/api/v1{path}", json.dumps(body or {}), content_type="application/json")
    assert told.status_code == expect, (path, told.status_code, told.content)
    return told.json() if told.content else None


def push(asker: Client, data: bytes) -> Any:
    return asker.post("/api/v1/alerts/inbox", data, content_type="application/xml")


def test_a_message_at_the_door_is_created_and_the_same_again_is_not() -> None:
    officer = client("duty-officer")
    data = national()
    first = push(officer, data)
    assert first.status_code == 201
    again = push(officer, data)
    assert (again.status_code, again.json()) == (200, {"id": first.json()["id"], "again": True})


def test_a_departments_account_hands_messages_in_and_reads_nothing() -> None:
    department, officer = client("department"), client("duty-officer")
    data = national()
    first = push(department, data)
    assert first.status_code == 201
    assert push(department, data).status_code == 200
    wrong = push(department, national().replace(b"Actual", b"Perhaps"))
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["alert/status"])
    row = first.json()["id"]
    for path in ("/alerts/received", "/alerts/received/count", "/alerts/refused", "/alerts"):
        get(department, path, expect=403)
    get(department, f"/alerts/received/{row}", expect=404)
    get(department, f"/alerts/received/{row}/original", expect=404)
    post(department, f"/alerts/received/{row}/relay", expect=404)
    post(department, "/alerts/paste", {"text": TEXT}, expect=403)
    confirmed = {"text": TEXT, "station": "云屿县气象台", "sent_at": at(-5).isoformat(),
                 "hazard": "rainstorm", "level": 1, "regions": [WEST]}  # fmt: skip
    post(department, "/alerts/paste/confirm", confirmed, expect=403)
    refused = get(officer, "/alerts/refused")["items"][0]["id"]
    post(department, f"/alerts/refused/{refused}/seen", expect=404)
    assert Received.objects.count() == 1
    assert [one["id"] for one in get(officer, "/alerts/received")["items"]] == [row]


@pytest.mark.parametrize("role", ["duty-officer", "section", "duty-lead", "commander"])
def test_what_an_officers_account_hands_in_is_no_departments_own_word(role: str) -> None:
    ways = [
        Received.objects.get(pk=push(client(who), national(number=number)).json()["id"]).way
        for who, number in ((role, FIRST), ("department", SECOND))
    ]
    assert ways == ["manual", "push"]


def test_a_broken_message_is_told_which_element_is_wrong_and_waits_to_be_seen() -> None:
    officer = client("duty-officer")
    told = push(officer, national().replace(b"Actual", b"Perhaps"))
    assert told.status_code == 422
    assert told["Content-Type"].startswith("application/problem+json")
    assert any("status" in element for element in told.json()["errors"])
    assert told.json()["title"] == "报文有误"
    (row,) = get(officer, "/alerts/refused")["items"]
    assert "status" in row["element"]
    assert get(officer, "/alerts/received/count")["refused"] == 1
    post(officer, f"/alerts/refused/{row['id']}/seen", expect=204)
    assert get(officer, "/alerts/refused")["items"] == []
    assert len(get(officer, "/alerts/refused", seen=True)["items"]) == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00", b"<", b"{", b"[]", b"<a/>", b"<!DOCTYPE a SYSTEM 'http://127.0.0.1/x'><alert/>"],
)
def test_no_bytes_are_an_error_of_ours(data: bytes) -> None:
    assert push(client("duty-officer"), data).status_code == 422


def test_json_messages_come_in_by_the_same_door() -> None:
    body = {
        "identifier": FIRST, "sender": "云屿县气象台", "senderCode": FIRST[:14],
        "sendTime": clock.local(at(-1)).strftime("%Y-%m-%d %H:%M:%S+08:00"), "status": "Actual",
        "msgType": "Alert", "scope": "Public",
        "info": {"eventType": "11B03", "severity": "Red", "headline": "暴雨红色预警",
                 "description": TEXT, "area": {"areaDesc": "云屿县", "geocode": COUNTY}},
    }  # fmt: skip
    told = post(client("duty-officer"), "/alerts/inbox", body, 201)
    assert Received.objects.get(pk=told["id"]).regions == [COUNTY]


def test_the_inbox_shows_the_worst_first_with_words_and_verbs() -> None:
    officer = client("duty-officer")
    push(officer, national(number=FIRST, colour="Yellow", event="11B06"))
    push(officer, national(number=SECOND, codes=("440000000000", WEST)))
    told = get(officer, "/alerts/received")
    assert [row["level"] for row in told["items"]] == [1, 3]
    worst = told["items"][0]
    assert worst["text"] == TEXT
    assert worst["verbs"] == ["relay", "dismiss"]
    assert worst["notes"][0]["code"] == "outside"
    assert "440000000000" in worst["notes"][0]["text_en"]
    assert told["counts"]["by_level"] == {"1": 1, "3": 1}
    assert get(officer, "/alerts/received", state="all", q="海啸")["items"] == []
    get(officer, "/alerts/received", expect=422, state="nonsense")
    get(officer, "/alerts/received", expect=422, level="9")


def test_the_inbox_costs_the_same_queries_however_many_wait() -> None:
    officer = client("duty-officer")

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            get(officer, "/alerts/received")
        return len(seen)

    push(officer, national(number=FIRST))
    get(officer, "/alerts/received")
    one = cost()
    for n in range(6):
        push(officer, national(number=f"3399014160000{n}_20260801090000", event="11B06",
                               codes=(A1,), text=f"{TEXT}{n}"))  # fmt: skip
    assert cost() <= one + 1


def test_the_original_is_given_back_byte_for_byte_and_never_shown() -> None:
    officer = client("duty-officer")
    data = national()
    row = push(officer, data).json()["id"]
    told = officer.get(f"/api/v1/alerts/received/{row}/original")
    assert told.content == data
    assert told["Content-Type"] == "application/octet-stream"
    assert told["Content-Disposition"].startswith("attachment")


def test_relaying_is_checked_ahead_done_and_shown() -> None:
    officer = client("duty-officer")
    row = push(client("department"), national()).json()["id"]
    ahead = get(officer, f"/alerts/received/{row}/check")
    assert ahead["stopped"] is False
    assert ahead["impact"]["posts"] >= 1
    assert ahead["response"]["response"] == 1
    told = post(officer, f"/alerts/received/{row}/relay")
    alert = get(officer, f"/alerts/{told['alert']}")
    assert (alert["text"], alert["station"], alert["state"]) == (TEXT, "云屿县气象台", "issued")
    assert alert["verbs"] == ["withdraw"]
    assert alert["responses"][0]["response"] == 1
    assert [step["deed"] for step in alert["steps"]] == ["alerts.relayed"]
    assert get(officer, "/alerts/count")["by_level"] == {"1": 1}


def test_a_relay_that_cannot_be_says_so_ahead_and_when_tried() -> None:
    officer = client("duty-officer")
    row = push(client("department"), national(codes=())).json()["id"]
    ahead = get(officer, f"/alerts/received/{row}/check")
    assert ahead["findings"][0]["severity"] == "stop"
    assert "regions" in post(officer, f"/alerts/received/{row}/relay", expect=422)["errors"]
    assert get(officer, f"/alerts/received/{row}/check", regions=WEST)["stopped"] is False
    post(officer, f"/alerts/received/{row}/relay", {"regions": [WEST]})
    post(officer, f"/alerts/received/{row}/shout", expect=404)


def test_dismissing_says_why() -> None:
    officer = client("duty-officer")
    row = push(officer, national()).json()["id"]
    post(officer, f"/alerts/received/{row}/dismiss", expect=422)
    told = post(officer, f"/alerts/received/{row}/dismiss", {"reason": "省里统一发"})
    assert (told["handling"], told["handled_why"]) == ("dismissed", "省里统一发")
    assert told["verbs"] == ["relay"]


def test_a_pasted_text_is_recognised_field_by_field_and_taken_in_when_confirmed() -> None:
    officer = client("duty-officer")
    local = clock.local(at(-5))
    text = (
        f"云屿县气象台{local.year}年{local.month:02}月{local.day:02}日{local.hour:02}时"
        f"{local.minute:02}分发布暴雨红色预警信号：预计未来3小时云岭乡降雨100毫米以上，请注意防范。"
    )
    (found,) = post(officer, "/alerts/paste", {"text": text})["items"]
    assert (found["station"], found["hazard"], found["level"]) == ("云屿县气象台", "rainstorm", 1)
    field = next(one for one in found["fields"] if one["field"] == "station")
    assert text[field["start"] : field["end"]] == "云屿县气象台"
    confirmed = {
        "text": text, "station": found["station"], "sent_at": found["sent_at"],
        "hazard": found["hazard"], "level": found["level"], "regions": [WEST],
    }  # fmt: skip
    told = post(officer, "/alerts/paste/confirm", confirmed, 201)
    assert (told["way"], told["text"], told["regions"][0]["code"]) == ("paste", text, WEST)
    again = push(officer, national(number=FIRST, sent=at(-5), text=text, codes=(WEST,)))
    assert again.json()["id"] == told["id"]  # the department's own copy is the same warning
    assert Received.objects.get().identifier == FIRST


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", " "), ("station", ""), ("hazard", "dragon"), ("level", 9), ("action", "shout"),
     ("sent_at", "2126-01-01T00:00:00+08:00"), ("sent_at", "2026-01-01T00:00:00")],
)  # fmt: skip
def test_half_confirmed_is_not_taken_in(field: str, value: Any) -> None:
    confirmed = {
        "text": TEXT, "station": "云屿县气象台", "sent_at": at(-1).isoformat(),
        "hazard": "rainstorm", "level": 1, "regions": [WEST], field: value,
    }  # fmt: skip
    told = post(client("duty-officer"), "/alerts/paste/confirm", confirmed, 422)
    assert field in told["errors"]


WRITTEN = {"kind": "government-alert", "hazard": "hazchem", "level": 1, "regions": [WEST]}


def test_an_own_alert_goes_all_its_way_over_http() -> None:
    officer, lead = client("duty-officer"), client("duty-lead")
    ahead = post(officer, "/alerts/check", WRITTEN)
    assert (ahead["persons"], ahead["stopped"]) == (2, False)
    assert "云岭乡" in ahead["text"]
    draft = post(officer, "/alerts", WRITTEN, 201)
    assert draft["verbs"] == ["submit", "oral", "issue", "drop", "edit"]
    edited = officer.patch(
        f"/api/v1/alerts/{draft['id']}",
        json.dumps({**WRITTEN, "regions": [A1], "version": draft["version"]}),
        content_type="application/json",
    ).json()
    assert edited["regions"][0]["code"] == A1
    post(officer, f"/alerts/{draft['id']}/issue", expect=409)
    post(officer, f"/alerts/{draft['id']}/submit")
    post(lead, f"/alerts/{draft['id']}/return", {"reason": "写明时间"})
    post(officer, f"/alerts/{draft['id']}/submit")
    post(lead, f"/alerts/{draft['id']}/approve")
    out = post(officer, f"/alerts/{draft['id']}/issue")
    assert (out["state"], out["identifier"]) == ("issued", f"339901-{draft['id']}")
    assert [said["verb"] for said in out["approvals"]] == ["return", "approve"]
    lower = post(officer, f"/alerts/{draft['id']}/lower", {"level": 3}, 201)
    assert (lower["action"], lower["state"], len(lower["chain"])) == ("lower", "draft", 2)
    post(officer, f"/alerts/{lower['id']}/issue")
    end = post(officer, f"/alerts/{lower['id']}/cancel", {"reason": "已处置完毕"}, 201)
    post(officer, f"/alerts/{end['id']}/issue")
    assert get(officer, "/alerts")["items"] == []
    assert get(officer, "/alerts", state="all")["total"] == 3
    post(officer, f"/alerts/{end['id']}/sing", expect=404)


def test_a_weather_signal_of_ones_own_is_forbidden_with_the_article() -> None:
    signal = {**WRITTEN, "kind": "weather-signal", "hazard": "rainstorm"}
    for path in ("/alerts", "/alerts/check"):
        told = post(client("commander", COUNTY) if path == "/alerts" else client("duty-lead"),
                    path, signal, 403)  # fmt: skip
        assert "气象灾害防御条例第三十条" in told["detail"]


def test_the_kinds_say_whose_they_are() -> None:
    items = {one["code"]: one for one in get(client("duty-officer"), "/alerts/kinds")["items"]}
    assert not items["weather-signal"]["own"]
    assert items["government-alert"]["own"]
    assert items["weather-signal"]["source"].startswith("气象灾害防御条例")
    words = get(client("section"), "/alerts/words", kind="evacuation-notice", hazard="geological")
    assert "避让" in words["measures"]


def test_drafts_are_not_for_those_below() -> None:
    officer, village = client("duty-officer"), client("village", A1)
    draft = post(officer, "/alerts", {**WRITTEN, "level": 3}, 201)
    assert get(village, "/alerts", state="all")["items"] == []
    get(village, f"/alerts/{draft['id']}", expect=404)
    post(officer, f"/alerts/{draft['id']}/issue")
    assert get(village, f"/alerts/{draft['id']}")["verbs"] == []
    assert len(get(village, "/alerts")["items"]) == 1


def test_a_township_sees_the_countys_alert_for_it() -> None:
    out = issued(regions=(WEST, EAST), hazard="fire")
    assert out.region_id == COUNTY
    assert get(client("township", WEST), f"/alerts/{out.pk}")["id"] == out.pk


def test_charlie_sees_nothing_and_does_nothing() -> None:
    officer, charlie = client("duty-officer"), client("duty-lead", NEIGHBOUR)
    row = push(client("department"), national()).json()["id"]
    alert = post(officer, f"/alerts/received/{row}/relay")["alert"]
    draft = post(officer, "/alerts", {**WRITTEN, "hazard": "fire"}, 201)["id"]
    due = ResponseDue.objects.get().pk
    assert get(charlie, "/alerts", state="all")["items"] == []
    assert get(charlie, "/alerts/received", state="all")["items"] == []
    assert get(charlie, "/alerts/responses", past=True)["items"] == []
    for path in (
        f"/alerts/{alert}", f"/alerts/{draft}", f"/alerts/{draft}/check",
        f"/alerts/{draft}/approvers", f"/alerts/received/{row}",
        f"/alerts/received/{row}/original", f"/alerts/received/{row}/check",
    ):  # fmt: skip
        assert charlie.get(f"/api/v1{path}").status_code == 404, path
    for path in (f"/alerts/{draft}/issue", f"/alerts/{alert}/withdraw",
                 f"/alerts/received/{row}/relay"):  # fmt: skip
        post(charlie, path, {"reason": "x"}, 404)
    told = charlie.post(
        f"/api/v1/alerts/responses/{due}/answer",
        json.dumps({"answer": "not-needed", "reason": "x"}), content_type="application/json",
    )  # fmt: skip
    assert told.status_code in (403, 404)
    assert Alert.objects.get(pk=draft).state == "draft"


def test_what_is_due_is_listed_and_answered() -> None:
    officer = client("duty-officer")
    row = push(client("department"), national()).json()["id"]
    post(officer, f"/alerts/received/{row}/relay")
    (due,) = get(officer, "/alerts/responses")["items"]
    assert due["response_label"] == "一级响应"
    assert due["may_answer"] is True
    for role, place in (("township", WEST), ("village", A1)):
        below = client(role, place)
        (seen,) = get(below, "/alerts/responses")["items"]
        assert seen["may_answer"] is False
        said = {"answer": "not-needed", "reason": "x"}
        post(below, f"/alerts/responses/{due['id']}/answer", said, 404)
    assert due["confidence"] == "M?"
    answer = {"answer": "started", "level": 2, "measures": ["transfer"]}
    post(officer, f"/alerts/responses/{due['id']}/answer", answer, 204)
    assert get(officer, "/alerts/responses")["items"] == []
    (past,) = get(officer, "/alerts/responses", past=True)["items"]
    assert (past["started"], past["taken"][0]["code"]) == (2, "transfer")


def test_a_standing_order_is_signed_shown_and_revoked() -> None:
    commander = client("commander")
    order = {
        "title": "地震预警", "region": COUNTY, "trigger": "received",
        "kinds": ["quake-early-warning"], "level": 2, "reason": "来不及",
        "until": (clock.now() + timedelta(days=10)).isoformat(),
    }  # fmt: skip
    made = post(commander, "/alerts/orders", order, 201)["id"]
    (shown,) = get(commander, "/alerts/orders")["items"]
    assert (shown["id"], shown["in_force"], shown["verbs"]) == (made, True, ["revoke"])
    post(client("duty-officer"), f"/alerts/orders/{made}/revoke", expect=403)
    post(commander, f"/alerts/orders/{made}/revoke", expect=204)
    assert get(commander, "/alerts/orders")["items"] == []
    assert len(get(commander, "/alerts/orders", past=True)["items"]) == 1
