"""Bounces, out of a mailbox that speaks IMAP: the try fails with its reason, the ladder goes on."""

import json
from collections.abc import Iterator

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.obligations.services import climb_due
from anlan.base.people.models import Account
from anlan.base.people.tests import village as v
from anlan.comms import reasons, services
from anlan.comms.declaration import read_text
from anlan.comms.models import Attempt, CarrierState, Message, Stray
from anlan.comms.selectors import health
from anlan.comms.services import bounces
from anlan.comms.tests.conftest import PRESETS, Home, Turn, World, actor
from anlan.comms.tests.inbox import Inbox, inbox
from anlan.comms.tests.mailbox import Mailbox, mailbox
from anlan.protocols.declared.taking import Wrong
from anlan.protocols.tests.test_bounces import MAIL, POSTFIX

pytestmark = pytest.mark.django_db

CLIMBING = """[climbing]
title = "先邮件后电话"
title_en = "Mail, then a call"
answer_within = "2h"
until = "answered"
confidence = "M?"
rungs = [
  { after = "0min", whom = "debtor", channels = ["mail"] },
  { after = "10min", whom = "debtor", channels = ["sheet"] },
]
"""


@pytest.fixture(autouse=True)
def _addresses(home: Home, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings('[comms]\nlink_base = "https://yj.example"\n')
    for short in ("head", "next"):
        v.save("accounts", person=f"P-{short}", kind="mail", address=f"{short}@village.test")
    assert world.posts
    monkeypatch.setattr(bounces, "_next_at", {})


@pytest.fixture
def post() -> Iterator[Mailbox]:
    with mailbox() as made:
        yield made


@pytest.fixture
def box() -> Iterator[Inbox]:
    with inbox() as made:
        yield made


def declare(home: Home, post: Mailbox, box: Inbox, security: str = "none", more: str = "") -> None:
    folder = home.dir / "conf" / "channels"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inbox.pem").write_bytes(box.certificate)
    bounces_ = (
        f'[mail.bounces]\nhost = "127.0.0.1"\nport = {box.port}\nsecurity = "{security}"\n{more}\n'
        '[tls]\nca = "inbox.pem"\n\n[pace]'
    )
    home.preset("mail", "", **post.changes(), **{"[pace]": bounces_})


def sent(home: Home, world: World, *to: str, ladder: str = "") -> dict[str, Message]:
    world.owe(*(to or ("head",)), case="C1", ladder=ladder or home.ladder("mail"))
    drain()
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    return {row.person: row for row in Message.objects.all()}


def bounce(post: Mailbox, to: str, said: str = "", *, status: str = "5.1.1") -> str:
    """Write what comes back of the mail somebody was sent."""
    mail = dict(post.taken)[f"{to}@village.test"]
    text = POSTFIX.replace(f"<{MAIL}>", mail["Message-ID"]).replace("li@", f"{to}@")
    return text.replace("5.1.1", status).replace("Recipient address", said or "Recipient address")


def again() -> int:
    bounces._next_at.clear()
    return services.read_bounces_due()


def test_a_bounce_fails_the_try_and_the_message_with_the_servers_words(
    home: Home, world: World, post: Mailbox, box: Inbox
) -> None:
    declare(home, post, box)
    rows = sent(home, world, "head", "next")
    held = box.put(bounce(post, "head"))
    assert again() == 1
    head = rows[world.persons["head"]]
    head.refresh_from_db()
    assert (head.state, head.reason) == ("failed", reasons.DEAD_NUMBER)
    attempt = Attempt.objects.get(message=head)
    assert (attempt.outcome, attempt.receipt) == ("sent", "failed")
    assert "5.1.1" in attempt.detail
    assert "User unknown" in attempt.detail
    assert "head@" not in attempt.detail
    assert Account.objects.get(person=world.persons["head"]).dead is True
    assert Message.objects.get(person=world.persons["next"]).state == "sent"
    assert held.read is True
    assert set(box.logins) == {("yjgl", "the-mail-password")}
    assert set(box.folders) == {"INBOX"}


def test_the_ladder_climbs_past_a_mail_that_came_back(
    home: Home, world: World, post: Mailbox, box: Inbox, turn: Turn
) -> None:
    declare(home, post, box)
    (home.dir / "conf" / "ladders.toml").write_text(CLIMBING, encoding="utf-8")
    sent(home, world, ladder="climbing")
    box.put(bounce(post, "head"))
    assert again() == 1
    turn.forward(minutes=11)
    climb_due()
    drain()
    assert list(Message.objects.order_by("rung").values_list("channel", "state")) == [
        ("mail", "failed"), ("sheet", "manual"),
    ]  # fmt: skip


def test_a_mail_refused_for_another_reason_is_not_sent_there_again(
    home: Home, world: World, post: Mailbox, box: Inbox
) -> None:
    declare(home, post, box)
    sent(home, world)
    box.put(bounce(post, "head", status="5.7.1"))
    assert again() == 1
    drain()
    row = Message.objects.get()
    assert (row.state, row.reason, row.tries) == ("failed", reasons.UNDELIVERED, 1)
    assert Account.objects.get(person=world.persons["head"]).dead is False
    assert len(post.taken) == 1


def test_a_delay_changes_nothing_and_a_delivery_is_noted(
    home: Home, world: World, post: Mailbox, box: Inbox
) -> None:
    declare(home, post, box)
    sent(home, world)
    box.put(bounce(post, "head", status="4.4.1").replace("Action: failed", "Action: delayed"))
    assert again() == 0
    assert Message.objects.get().state == "sent"
    box.put(bounce(post, "head", status="2.0.0").replace("Action: failed", "Action: delivered"))
    assert again() == 1
    assert Message.objects.get().state == "delivered"


def test_what_was_answered_meanwhile_stays_answered(
    home: Home, world: World, post: Mailbox, box: Inbox
) -> None:
    declare(home, post, box)
    row = sent(home, world)[world.persons["head"]]
    Message.objects.filter(pk=row.pk).update(state="answered")
    box.put(bounce(post, "head", status="5.2.2"))
    assert again() == 1
    assert Message.objects.get().state == "answered"


def test_letters_and_bounces_of_other_mails_are_left_unread(
    home: Home, world: World, post: Mailbox, box: Inbox
) -> None:
    declare(home, post, box)
    sent(home, world)
    letter = box.put("From: li@village.test\nContent-Type: text/plain\nSubject: hello\n\nhello\n")
    other = box.put(POSTFIX.replace(MAIL, "someone-elses@mail.example.gov.cn"))
    assert again() == 0
    assert (letter.read, other.read) == (False, False)
    assert box.fetched == [2]  # of a letter nothing but its type is read
    assert not Stray.objects.exists()


def test_a_bounce_read_twice_is_one(home: Home, world: World, post: Mailbox, box: Inbox) -> None:
    declare(home, post, box)
    sent(home, world)
    held = box.put(bounce(post, "head", status="5.2.2"))
    box.cut = True
    assert again() == 0  # the line broke before it was marked as read
    assert Message.objects.get().state == "failed"
    assert held.read is False
    detail = Attempt.objects.get().detail
    box.cut = False
    assert again() == 1
    assert held.read is True
    assert Attempt.objects.get().detail == detail


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mailbox_is_read_over_a_secured_line(
    home: Home, world: World, post: Mailbox, security: str
) -> None:
    with inbox(tls=security == "tls") as box:
        declare(home, post, box, security)
        sent(home, world)
        box.put(bounce(post, "head"))
        assert again() == 1
        assert box.secured == len(box.folders)


def test_a_mailbox_with_an_account_and_a_folder_of_its_own(
    home: Home, post: Mailbox, box: Inbox
) -> None:
    more = 'username = "tuixin"\nsecret = "file:bounce-password"\nfolder = "退信"\n'
    box.password = "the-bounce-password"
    declare(home, post, box, more=more)
    again()
    assert box.logins == [("tuixin", "the-bounce-password")]
    assert box.folders == ["&kABP4Q-"]


@pytest.mark.parametrize(
    ("more", "said"), [('folder = "nowhere"', "没有文件夹"), ("", "wrong password")]
)
def test_a_mailbox_that_cannot_be_read_is_said_on_the_page_and_asked_less_often(
    home: Home, world: World, post: Mailbox, box: Inbox, more: str, said: str
) -> None:
    assert world.posts
    declare(home, post, box, more=more)
    box.password = "the-mail-password" if more else "another"
    assert again() == 0
    state = CarrierState.objects.get(key="mail.bounce")
    assert state.failures == 1
    assert said in state.last_error
    assert "the-mail-password" not in state.last_error
    told = health.channels(actor("duty-officer", v.NEAR))["items"]
    (mail,) = (one for one in told if one["key"] == "mail")
    assert "取退信失败" in mail["carriers"][0]["problem"]
    assert services.read_bounces_due() == 0
    assert len(box.logins) == 1


def test_an_exercise_opens_no_mailbox(home: Home, world: World, post: Mailbox, box: Inbox) -> None:
    assert world.posts
    declare(home, post, box)
    kept = json.loads((home.dir / "workspace.json").read_text(encoding="utf-8"))
    kept["kind"] = "exercise"
    (home.dir / "workspace.json").write_text(json.dumps(kept), encoding="utf-8")
    assert again() == 0
    assert box.logins == []


def test_a_mailbox_without_an_account_is_refused_with_its_line() -> None:
    text = (PRESETS / "mail.toml").read_text(encoding="utf-8")
    for name in ("username", "secret"):
        text = "\n".join(one for one in text.splitlines() if not one.startswith(f"{name} ="))
    text = text.replace("[pace]", '[mail.bounces]\nhost = "imap.example.gov.cn"\n\n[pace]')
    with pytest.raises(Wrong) as told:
        read_text("mail", text)
    (problem,) = told.value.problems
    assert "哪个账号取退信" in problem.sentence()
