"""Mail, against a server that speaks SMTP: TLS both ways, logins, refusals, a line that breaks."""

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.people.models import Account
from anlan.base.people.tests import village as v
from anlan.comms import reasons
from anlan.comms.models import Attempt, CarrierState, Message
from anlan.comms.tests.conftest import Home, Turn, World
from anlan.comms.tests.mailbox import Mailbox, mailbox

pytestmark = pytest.mark.django_db

TRUSTED = '[tls]\nca = "mail.pem"\n\n[pace]'


@pytest.fixture(autouse=True)
def _addresses(home: Home, world: World) -> None:
    home.settings('[comms]\nlink_base = "https://yj.example"\n')
    for short in ("head", "next"):
        v.save("accounts", person=f"P-{short}", kind="mail", address=f"{short}@village.test")
    assert world.posts


def _set_up(home: Home, post: Mailbox, security: str, *, trusts: bool = True) -> None:
    changes = post.changes(security)
    if trusts:
        (home.dir / "conf" / "channels").mkdir(parents=True, exist_ok=True)
        (home.dir / "conf" / "channels" / "mail.pem").write_bytes(post.certificate)
        changes["[pace]"] = TRUSTED
    home.preset("mail", "", **changes)


@pytest.mark.parametrize(("security", "tls"), [("none", False), ("starttls", False), ("tls", True)])
def test_a_mail_arrives_by_every_way_a_server_offers(
    home: Home, world: World, security: str, tls: bool
) -> None:
    with mailbox(tls=tls) as post:
        _set_up(home, post, security)
        world.owe("head", "next", case="C1", title="防台风会议", ladder=home.ladder("mail"))
        drain()
        assert post.secured == (0 if security == "none" else 1)
    assert post.logins == [("yjgl", "the-mail-password")]
    mails = dict(post.taken)
    assert sorted(mails) == ["head@village.test", "next@village.test"]
    mail = mails["head@village.test"]
    assert (mail["From"], mail["To"]) == ("yjgl@example.gov.cn", "head@village.test")
    assert mail["Subject"] == "防台风会议"
    assert "https://yj.example/m/" in mail.get_content()
    assert mail["Message-ID"] != mails["next@village.test"]["Message-ID"]
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_password(
    home: Home, world: World
) -> None:
    with mailbox() as post:
        _set_up(home, post, "starttls", trusts=False)
        world.owe("head", ladder=home.ladder("mail"))
        drain()
    assert (post.logins, post.taken) == ([], [])
    message = Message.objects.get()
    assert (message.state, message.reason) == ("queued", reasons.NETWORK)


def test_a_wrong_password_is_said_and_shown_nowhere(home: Home, world: World) -> None:
    with mailbox() as post:
        post.password = "another"
        _set_up(home, post, "none")
        world.owe("head", ladder=home.ladder("mail"))
        drain()
    assert Message.objects.get().reason == reasons.REFUSED
    detail = Attempt.objects.get().detail
    assert "535" in detail
    assert "the-mail-password" not in detail


@pytest.mark.parametrize(
    ("answer", "state", "reason", "dead"),
    [
        ("550 5.1.1 no such user", "failed", reasons.DEAD_NUMBER, True),
        ("452 4.2.2 mailbox full", "queued", reasons.THROTTLED, False),
        ("554 5.7.1 looks like spam", "failed", reasons.REFUSED, False),
    ],
)
def test_what_the_server_says_of_an_address_becomes_the_reason(
    home: Home, world: World, answer: str, state: str, reason: str, dead: bool
) -> None:
    with mailbox() as post:
        post.answer = lambda to: answer if to.startswith("head") else "250 ok"
        _set_up(home, post, "none")
        world.owe("head", "next", case="C1", ladder=home.ladder("mail"))
        drain()
    head = Message.objects.get(person=world.persons["head"])
    assert (head.state, head.reason) == (state, reason)
    assert Message.objects.get(person=world.persons["next"]).state == "sent"
    account = Account.objects.get(person=world.persons["head"], kind="mail")
    assert account.dead is dead


def test_a_line_that_breaks_after_the_mail_leaves_it_unknown_and_the_id_stays(
    home: Home, world: World, turn: Turn
) -> None:
    with mailbox() as post:
        post.cut = True
        _set_up(home, post, "none")
        world.owe("head", ladder=home.ladder("mail"))
        drain()
        assert Message.objects.get().state == "unknown"
        post.cut = False
        turn.forward(minutes=1)
        drain()
    assert Message.objects.get().state == "sent"
    first, second = (mail["Message-ID"] for _, mail in post.taken)
    assert first == second


def test_a_server_that_is_away_is_left_alone_for_longer_and_longer(
    home: Home, world: World, turn: Turn
) -> None:
    with mailbox() as post:
        _set_up(home, post, "none")
    world.owe("head", ladder=home.ladder("mail"))
    for _ in range(4):
        drain()
        turn.forward(minutes=2)
    state = CarrierState.objects.get(key="mail")
    assert state.failures == 4
    assert state.again_at is not None
    assert "连不上" in state.last_error
