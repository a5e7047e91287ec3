"""Receipts and replies: late, doubled, early, of strangers; what is sure and what waits."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from anlan.base.jobs.worker import drain
from anlan.base.journal.models import Entry
from anlan.base.obligations.models import Obligation, Step
from anlan.base.people.tests import village as v
from anlan.comms import services
from anlan.comms.models import Attempt, Message, Reply, Stray
from anlan.comms.selectors import replies
from anlan.comms.tests.conftest import START, Home, Turn, World, actor, states
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import sink
from anlan.kernel.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db

HOOKS = """
[hook]
secret = "file:hook"
[receipt]
records = "list[]"
key = "uid"
ticket = "id"
number = "mobile"
code = "state"
at = "time"
delivered = ["DELIVRD"]
dead = ["MK:0001"]
pending = ["ACCEPTD"]
[reply]
form = "form"
number = "mobile"
text = "content"
at = "time"
ticket = "id"
"""
OFFICER = actor("township", v.TOWN, "officer")


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def sent(home: Home, world: World) -> list[str]:
    """Two notices that have left."""
    home.secret("hook", "open-sesame")
    with sink() as far:
        set_up(home, far.address, HOOKS)
        owed = world.owe("head", "next", case="C1")
        drain()
    return owed


def _receipts(client: Client, *records: dict[str, str], key: str = "open-sesame") -> Any:
    return client.post(
        f"/api/v1/comms/receipts/mas?key={key}", json.dumps({"list": records}),
        content_type="application/json",
    )  # fmt: skip


def _reply(client: Client, number: str, text: str, pk: str = "", at: str = "") -> Any:
    fields = {"mobile": number, "content": text, "id": pk, "time": at}
    return client.post(
        "/api/v1/comms/replies/mas?key=open-sesame", urlencode(fields),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip


def _of(person: str) -> Message:
    return Message.objects.get(person=person)


@pytest.mark.usefixtures("sent")
def test_a_receipt_proves_that_the_debtor_has_it(client: Client, world: World) -> None:
    message = _of(world.persons["head"])
    told = _receipts(client, {"uid": f"{message.pk}01", "state": "DELIVRD"})
    assert (told.status_code, told.json()) == (200, {"code": 0})
    message.refresh_from_db()
    assert (message.state, message.receipt_by) == ("delivered", None)
    assert message.delivered_at == START
    assert Obligation.objects.get(pk=message.purpose).state == "reached"
    assert Attempt.objects.get(message=message).receipt == "delivered"
    entry = Entry.objects.get(deed="comms.receipts")
    assert json.loads(entry.detail.body)["facts"] == {
        "carrier": "mas", "delivered": [f"{message.pk}01"],
    }  # fmt: skip


@pytest.mark.usefixtures("sent")
def test_one_ticket_for_many_is_told_apart_by_the_number(client: Client, world: World) -> None:
    _receipts(client, {"id": "T1", "mobile": "+8613900000003", "state": "DELIVRD"})
    assert _of(world.persons["next"]).state == "delivered"
    assert _of(world.persons["head"]).state == "sent"


@pytest.mark.usefixtures("sent")
def test_a_receipt_told_twice_counts_once(client: Client, world: World) -> None:
    message = _of(world.persons["head"])
    record = {"uid": f"{message.pk}01", "state": "DELIVRD"}
    for _ in range(3):
        assert _receipts(client, record).status_code == 200
    assert Entry.objects.filter(deed="comms.receipts").count() == 1
    assert Entry.objects.filter(deed="obligations.reached").count() == 1
    assert Stray.objects.count() == 0


@pytest.mark.usefixtures("sent")
def test_a_receipt_told_twice_in_one_breath_counts_once(client: Client, world: World) -> None:
    record = {"uid": f"{_of(world.persons['head']).pk}01", "state": "DELIVRD"}
    _receipts(client, record, record)
    facts = json.loads(Entry.objects.get(deed="comms.receipts").detail.body)["facts"]
    assert facts["delivered"] == [record["uid"]]


@pytest.mark.usefixtures("sent")
def test_a_late_delivery_outweighs_the_failure_told_before(client: Client, world: World) -> None:
    message = _of(world.persons["next"])
    for code in ("UNDELIV", "DELIVRD", "UNDELIV"):
        _receipts(client, {"uid": f"{message.pk}01", "state": code})
    message.refresh_from_db()
    assert (message.state, message.reason) == ("delivered", "")


@pytest.mark.usefixtures("sent")
def test_what_says_nothing_final_changes_nothing(client: Client, world: World) -> None:
    message = _of(world.persons["head"])
    _receipts(client, {"uid": f"{message.pk}01", "state": "ACCEPTD"})
    message.refresh_from_db()
    assert message.state == "sent"
    assert Stray.objects.count() == 0


def test_a_number_that_does_not_exist_is_marked_and_the_next_is_tried(
    client: Client, home: Home, world: World, sent: list[str]
) -> None:
    message = _of(world.persons["head"])
    with sink() as far:
        set_up(home, far.address, HOOKS)
        _receipts(client, {"uid": f"{message.pk}01", "state": "MK:0001"})
        assert world.phone("head").dead
        drain()
        assert [one.json["phone"] for one in far.asked] == ["13900000002"]
    message.refresh_from_db()
    assert (message.state, message.tries) == ("sent", 2)
    _receipts(client, {"uid": f"{message.pk}02", "state": "MK:0001"})
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "dead-number")
    assert Obligation.objects.get(pk=sent[0]).state == "issued"


@pytest.mark.usefixtures("sent")
def test_a_receipt_that_came_before_its_try_was_written_is_found_later(
    client: Client, world: World, turn: Turn
) -> None:
    message = _of(world.persons["head"])
    kept = Attempt.objects.get(message=message)
    fields = {it.attname: getattr(kept, it.attname) for it in Attempt._meta.concrete_fields}
    kept.delete()
    _receipts(client, {"uid": f"{message.pk}01", "state": "DELIVRD"})
    assert Stray.objects.count() == 1
    Attempt.objects.create(**fields)
    assert services.match_strays() == 1
    assert _of(world.persons["head"]).state == "delivered"
    assert Stray.objects.count() == 0
    _receipts(client, {"uid": "never-heard-of-it", "state": "DELIVRD"})
    turn.forward(minutes=11)
    assert services.match_strays() == 0
    assert Stray.objects.count() == 1


@pytest.mark.usefixtures("sent")
def test_nothing_coming_back_is_said_in_the_end(world: World, turn: Turn) -> None:
    turn.forward(minutes=11)
    drain()
    message = _of(world.persons["next"])
    assert (message.state, message.reason, message.receipt_by) == ("sent", "no-receipt", None)


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/comms/receipts/mas?key=guessed", 403),
        ("/api/v1/comms/receipts/mas", 403),
        ("/api/v1/comms/receipts/other?key=open-sesame", 404),
        ("/api/v1/comms/replies/mas?key=guessed", 403),
    ],
)
def test_only_the_provider_is_let_in(client: Client, address: str, status: int) -> None:
    assert client.post(address, "{}", content_type="application/json").status_code == status


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("body", ["", "[]", "{", '{"list": 1}', '{"list": [1, null, "x"]}', "中"])
def test_what_is_no_receipt_is_refused_and_harms_nothing(client: Client, body: str) -> None:
    told = client.post(
        "/api/v1/comms/receipts/mas?key=open-sesame", body, content_type="application/json"
    )
    assert told.status_code in (200, 422)
    assert states() == {"sent": 2}


@pytest.mark.usefixtures("sent")
def test_a_reply_that_does_not_say_whose_it_is_is_refused(client: Client) -> None:
    assert _reply(client, "", "收到", "R1").status_code == 422
    assert Reply.objects.count() == 0


@pytest.mark.usefixtures("sent")
def test_natural_words_are_the_persons_own_answer(client: Client, world: World) -> None:
    assert _reply(client, "8613900000001", "好的，收到！", "R1").status_code == 200
    message = _of(world.persons["head"])
    assert message.state == "answered"
    owed = Obligation.objects.get(pk=message.purpose)
    assert owed.state == "closed"
    step = Step.objects.get(obligation=owed)
    reply = Reply.objects.get()
    assert (step.by, step.on_behalf) == (f"reply:{reply.pk}", False)
    assert reply.read == "answer"
    assert reply.settled_at == START
    assert "收到" not in reply.text
    assert reply.number == ""


@pytest.mark.usefixtures("sent")
def test_a_reply_told_twice_is_one_with_and_without_an_id(client: Client) -> None:
    for _ in range(2):
        _reply(client, "13900000001", "收到", "R1")
        _reply(client, "13900000003", "收到", "", "2026-08-03T09:05:00+08:00")
    assert Reply.objects.count() == 2
    assert Step.objects.count() == 2


@pytest.mark.usefixtures("sent")
def test_doubtful_words_wait_for_an_officer_who_takes_them(client: Client, world: World) -> None:
    _reply(client, "13900000001", "没收到通知吧，啥事？", "R1")
    message = _of(world.persons["head"])
    assert message.state == "sent"
    (item,) = replies.page(OFFICER, replies.Query())["items"]
    assert (item["text"], item["read"]) == ("没收到通知吧，啥事？", "doubtful")
    assert item["obligation"] == message.purpose
    assert item["phone_masked"] == "139****0001"
    services.take_reply(reply=item["id"], answers={"reply": "received"}, by=OFFICER)
    step = Step.objects.get(obligation=message.purpose)
    assert (step.by, step.on_behalf) == (OFFICER.ref, True)
    assert replies.page(OFFICER, replies.Query())["items"] == []
    with pytest.raises(Conflict):
        services.dismiss_reply(reply=item["id"], by=OFFICER)


@pytest.mark.usefixtures("sent")
def test_a_number_nobody_has_is_kept_sealed_for_the_countys_desk(client: Client) -> None:
    _reply(client, "13711112222", "水进屋了救命", "R1")
    row = Reply.objects.get()
    assert row.read == "stranger"
    assert "1371111" not in row.number
    assert replies.page(OFFICER, replies.Query())["items"] == []
    desk = actor("duty-officer", v.COUNTY, "desk")
    (item,) = replies.page(desk, replies.Query())["items"]
    assert (item["phone_masked"], item["text"]) == ("137****2222", "水进屋了救命")
    with pytest.raises(Forbidden):
        services.dismiss_reply(reply=row.pk, by=OFFICER)
    with pytest.raises(Invalid):
        services.take_reply(reply=row.pk, answers={}, by=desk)
    services.dismiss_reply(reply=row.pk, by=desk)


@pytest.mark.usefixtures("sent")
def test_words_with_nothing_open_behind_them_wait_unless_they_only_say_received(
    client: Client,
) -> None:
    for text, pk in (("收到", "R1"), ("收到", "R2"), ("桥断了", "R3")):
        _reply(client, "13900000001", text, pk)
    rows = {row.ticket: row for row in Reply.objects.all()}
    assert [rows[pk].read for pk in ("R1", "R2", "R3")] == ["answer", "nothing", "nothing"]
    assert [rows[pk].settled_at is None for pk in ("R1", "R2", "R3")] == [False, False, True]


def test_an_answer_for_several_posts_of_one_person_counts_for_all(
    client: Client, home: Home, world: World
) -> None:
    v.hold("G-next", "P-head", since="2025-01-01")
    home.secret("hook", "open-sesame")
    with sink() as far:
        set_up(home, far.address, HOOKS)
        owed = world.owe("head", "next", case="C1")
        drain()
        assert len(far.asked) == 1
    assert states() == {"sent": 1, "cancelled": 1}
    _reply(client, "13900000001", "收到", "R1")
    assert {row.state for row in Obligation.objects.filter(pk__in=owed)} == {"closed"}


@pytest.mark.usefixtures("sent")
def test_a_reply_whose_time_lies_ahead_came_now(client: Client) -> None:
    _reply(client, "13900000001", "收到", "R1", f"{START + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}")
    assert Reply.objects.get().at == START


def test_an_exercise_hears_no_provider(client: Client, home: Home, sent: list[str]) -> None:
    kept = (home.dir / "workspace.json").read_text(encoding="utf-8")
    (home.dir / "workspace.json").write_text(
        kept.replace('"live"', '"exercise"', 1), encoding="utf-8"
    )
    assert _receipts(client, {"uid": "x", "state": "DELIVRD"}).status_code == 404
    assert states() == {"sent": len(sent)}
