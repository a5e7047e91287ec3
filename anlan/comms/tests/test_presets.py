"""The files that are shipped: each is taken as it stands, and its provider sees what it documents.

The providers are stood in for by a server here that computes every signature for itself.
"""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.obligations.models import Obligation
from anlan.base.people.tests import village as v
from anlan.comms import reasons
from anlan.comms.declaration import read_text
from anlan.comms.models import Attempt, Message
from anlan.comms.tests.conftest import PRESETS, Home, World
from anlan.comms.tests.sink import Asked, Sink, Told, sink

SHIPPED = sorted(path.stem for path in PRESETS.glob("*.toml"))
LINK = '[comms]\nlink_base = "https://yj.example"\n'


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_file_is_taken_as_it_stands_and_sends_nothing_until_switched_on(
    name: str,
) -> None:
    text = (PRESETS / f"{name}.toml").read_text(encoding="utf-8")
    made = read_text(name, text)
    assert not made.enabled
    assert made.title_en
    # Nobody may take a file for proved with a provider's account.
    assert (
        made.kind == "smtp"
        or "没有用账号试过" in text
        or "这是一个样子" in text
        or (name == "webhook")
    )


def _send(home: Home, world: World, channel: str, far: Sink, name: str) -> Message:
    home.settings(LINK)
    home.preset(name, far.address)
    world.owe("head", case="C1", title="防台风会议", ladder=home.ladder(channel))
    drain()
    return Message.objects.get()


@pytest.mark.django_db
def test_alibabas_signature_is_the_one_it_computes_itself(home: Home, world: World) -> None:
    with sink(lambda _: Told({"Code": "OK", "BizId": "B1"})) as far:
        message = _send(home, world, "sms", far, "sms-aliyun")
    (asked,) = far.asked
    given = dict(asked.query)
    signature = given.pop("Signature")
    named = "&".join(f"{_q(key)}={_q(value)}" for key, value in sorted(given.items()))
    expected = hmac.new(
        b"the-aliyun-secret&", f"POST&%2F&{_q(named)}".encode(), hashlib.sha1
    ).digest()  # fmt: skip
    assert signature == base64.b64encode(expected).decode()
    assert (given["PhoneNumbers"], given["OutId"]) == ("13900000001", f"{message.pk}01")
    assert json.loads(given["TemplateParam"]) == {
        "kind": "通知", "title": "防台风会议", "due": "8月3日 11:00",
    }  # fmt: skip
    assert (message.state, Attempt.objects.get().ticket) == ("sent", "B1")


def _q(text: str) -> str:
    return quote(text, safe="~")


@pytest.mark.django_db
def test_tencents_signature_is_the_one_it_computes_itself(home: Home, world: World) -> None:
    answer = {"SendStatusSet": [{"Code": "Ok", "SerialNo": "S1", "Message": "send success"}]}
    with sink(lambda _: Told({"Response": answer})) as far:
        message = _send(home, world, "sms", far, "sms-tencent")
    asked = far.asked[0]
    assert asked.headers["Authorization"].endswith(f"Signature={_tc3(asked, far)}")
    assert asked.json["PhoneNumberSet"] == ["+8613900000001"]
    assert asked.json["TemplateParamSet"] == ["通知"]
    assert (message.state, Attempt.objects.get().ticket) == ("sent", "S1")


def _tc3(asked: Asked, far: Sink) -> str:
    moment = asked.headers["X-TC-Timestamp"]
    day = asked.headers["Authorization"].split("/")[1]
    host = far.address.removeprefix("http://")
    lines = ["POST", "/", "", "content-type:application/json; charset=utf-8", f"host:{host}", "",
             "content-type;host", hashlib.sha256(asked.body).hexdigest()]  # fmt: skip
    whole = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    key = b"TC3the-tencent-key"
    for text in (day, "sms", "tc3_request"):
        key = hmac.new(key, text.encode(), hashlib.sha256).digest()
    signed = f"TC3-HMAC-SHA256\n{moment}\n{day}/sms/tc3_request\n{whole}"
    return hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()


@pytest.mark.django_db
def test_a_refusal_in_another_shape_is_shown_as_it_came(home: Home, world: World) -> None:
    refused = {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure"}}}
    with sink(lambda _: Told(refused)) as far:
        message = _send(home, world, "sms", far, "sms-tencent")
    assert (message.state, message.reason) == ("failed", reasons.REFUSED)
    assert "AuthFailure.SignatureFailure" in Attempt.objects.get().detail


@pytest.mark.django_db
def test_huaweis_digest_is_the_one_it_computes_itself(home: Home, world: World) -> None:
    answer = {"code": "000000", "result": [{"smsMsgId": "H1"}]}
    with sink(lambda _: Told(answer)) as far:
        message = _send(home, world, "sms", far, "sms-huawei")
    (asked,) = far.asked
    wsse = asked.headers["X-WSSE"].removeprefix("UsernameToken ")
    pairs = (one.partition("=") for one in wsse.split(","))
    told = {key: value.strip('"') for key, _, value in pairs}
    plain = f"{told['Nonce']}{told['Created']}the-huawei-secret"
    hexed = hashlib.sha256(plain.encode()).hexdigest()
    assert told["PasswordDigest"] == base64.b64encode(hexed.encode()).decode()
    assert told["Username"] == "the-huawei-key"
    assert json.loads(asked.form["templateParas"]) == ["通知", "8月3日 11:00"]
    assert (message.state, Attempt.objects.get().ticket) == ("sent", "H1")


@pytest.mark.django_db
def test_mas_gets_base64_around_json_and_an_md5_of_its_parts(home: Home, world: World) -> None:
    with sink(lambda _: Told({"success": True, "msgGroup": "M1"})) as far:
        message = _send(home, world, "sms", far, "sms-mas")
    told = json.loads(base64.b64decode(far.asked[0].body))
    parts = [told[key] for key in ("ecName", "apId")] + ["the-mas-secret"]
    parts += [told[key] for key in ("mobiles", "content", "sign", "addSerial")]
    assert told["mac"] == hashlib.md5("".join(parts).encode()).hexdigest()
    assert told["mobiles"] == "13900000001"
    assert (message.state, Attempt.objects.get().ticket) == ("sent", "M1")


@pytest.mark.django_db
def test_a_text_without_an_approved_one_is_not_handed_over(home: Home, world: World) -> None:
    home.settings(LINK)
    with sink() as far:
        unless_called = '\nlongest = 35\ntext = "您有'  # those for whatever has none of its own
        only = f'\nkinds = ["call"]{unless_called}'
        home.preset("sms-aliyun", far.address, **{unless_called: only})
        world.owe("head", ladder=home.ladder("sms"))
        drain()
    assert far.asked == []
    assert Message.objects.get().reason == reasons.NO_TEMPLATE


class Notices:
    """A platform of work notices: hands out tokens, forgets them when told, takes messages."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.given = 0
        self.forgotten: set[str] = set()

    def __call__(self, asked: Asked) -> Told:
        if "gettoken" in asked.path:
            self.given += 1
            return Told({"errcode": 0, "access_token": f"tok-{self.given}", "expires_in": 7200})
        if asked.query["access_token"] in self.forgotten:
            return Told({"errcode": 42001, "errmsg": "access_token expired"})
        return Told(self.answer)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("channel", "account", "ticket"),
    [("dingtalk", "userid_list", "task_id"), ("wecom", "touser", "msgid")],
)
def test_a_work_notice_goes_to_the_account_with_a_token_got_once(
    home: Home, world: World, channel: str, account: str, ticket: str
) -> None:
    v.save("accounts", person="P-head", kind=channel, address="zhang.san")
    v.save("accounts", person="P-next", kind=channel, address="li.si")
    platform = Notices({"errcode": 0, ticket: "T9"})
    home.settings(LINK)
    with sink(platform) as far:
        home.preset(channel, far.address, key=f"{channel}-once")
        (first, _) = world.owe("head", "next", case="C1", ladder=home.ladder(channel))
        drain()
        sent = [one for one in far.asked if "gettoken" not in one.path]
        assert sorted(one.json[account] for one in sent) == ["li.si", "zhang.san"]
        assert platform.given <= 4  # lines ask side by side at first; each keeps it then
        platform.forgotten = {f"tok-{number}" for number in range(1, platform.given + 1)}
        before = platform.given
        world.owe("officer", "next", case="C2", ladder="plain")
        drain()
        assert platform.given > before
    # Taken by the platform is not reached: nobody has said that it was seen.
    assert Obligation.objects.get(pk=first).state == "issued"
    states = set(Message.objects.exclude(person=world.persons["officer"]).values_list("state"))
    assert states == {("sent",)}
    assert Attempt.objects.filter(ticket="T9").count() == 3
    officer = Message.objects.get(person=world.persons["officer"])
    assert (officer.state, officer.reason) == ("failed", reasons.NO_NUMBER)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, "queued", reasons.THROTTLED),
        ({"errcode": 60020, "errmsg": "not allow to access"}, "failed", reasons.REFUSED),
        ({"errcode": 0, "invaliduser": "li.si|ZHANG.SAN"}, "failed", reasons.REFUSED),
    ],
)
def test_a_platforms_codes_become_reasons(
    home: Home, world: World, answer: dict[str, Any], state: str, reason: str
) -> None:
    v.save("accounts", person="P-head", kind="wecom", address="zhang.san")
    home.settings(LINK)
    with sink(Notices(answer)) as far:
        home.preset("wecom", far.address, key="wecom-codes")
        world.owe("head", ladder=home.ladder("wecom"))
        drain()
    message = Message.objects.get()
    assert (message.state, message.reason) == (state, reason)
    assert "the-wecom-secret" not in "".join(Attempt.objects.values_list("detail", flat=True))


@pytest.mark.django_db
def test_a_groups_robot_is_told_once_signed_and_without_anybodys_link(
    home: Home, world: World
) -> None:
    home.settings(LINK)
    with sink(lambda _: Told({"errcode": 0})) as far:
        home.preset("dingtalk-robot", far.address)
        owed = world.owe("head", "next", "officer", case="C1", ladder=home.ladder("robot"))
        drain()
    (asked,) = far.asked
    secret = "the-dingtalk-robot-sign"
    text = f"{asked.query['timestamp']}\n{secret}"
    expected = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    assert asked.query["sign"] == base64.b64encode(expected).decode()
    assert asked.query["access_token"] == "the-dingtalk-robot"
    assert "/m/" not in asked.json["text"]["content"]
    assert {row.state for row in Obligation.objects.filter(pk__in=owed)} == {"issued"}
    assert sorted(Message.objects.values_list("state", "reason")) == [
        ("cancelled", "joined"), ("cancelled", "joined"), ("sent", ""),
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_webhook_signs_its_body_and_keeps_its_key_when_it_tries_again(
    home: Home, world: World, turn: Any
) -> None:
    home.settings(LINK)
    answers = iter([Told(status=503), Told({"ok": True})])
    with sink(lambda _: next(answers)) as far:
        home.preset("webhook", far.address)
        world.owe("head", ladder=home.ladder("webhook"))
        drain()
        turn.forward(seconds=60)
        drain()
    first, second = far.asked
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    signed = second.headers["X-Anlan-Timestamp"].encode() + b"\n" + second.body
    expected = hmac.new(b"the-webhook", signed, hashlib.sha256).hexdigest()
    assert second.headers["X-Anlan-Signature"] == f"sha256={expected}"
    assert second.json["title"] == "防台风会议"
    assert Message.objects.get().state == "sent"
