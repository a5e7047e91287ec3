"""Mail from end to end through a server that is not ours: STARTTLS, refusals, lines that break."""

from collections.abc import Iterator

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.people.models import Account
from anlan.base.people.tests import village as v
from anlan.comms import reasons
from anlan.comms.models import Attempt, CarrierState, Message
from anlan.comms.tests.conftest import Home, Turn, World
from anlan.comms.tests.postman import Postman, line_to, postman

pytestmark = pytest.mark.django_db

HEAD, NEXT = "head@village.test", "next@village.test"
#: Long enough that a line can break in the middle of it; a line of its own begins with a full stop.
BODY = ".\r\n.. 一行以句点开头\n" + "请转移危险区内的住户。" * 2000


@pytest.fixture
def post(home: Home, world: World) -> Iterator[Postman]:
    home.settings('[comms]\nlink_base = "https://yj.example"\n')
    for short in ("head", "next"):
        v.save("accounts", person=f"P-{short}", kind="mail", address=f"{short}@village.test")
    assert world.posts
    with postman() as made:
        folder = home.dir / "conf" / "channels"
        folder.mkdir(parents=True)
        (folder / "mail.pem").write_bytes(made.certificate)
        home.preset("mail", "", **made.changes())
        yield made


def _message(world: World, short: str) -> Message:
    return Message.objects.get(person=world.persons[short])


def test_a_mail_arrives_whole_over_a_secured_line(home: Home, world: World, post: Postman) -> None:
    text = "第一行\n.第二行以句点开头\n  第三行有空格  \n𠮷“引号”"
    world.owe("head", "next", case="C1", title="防台风会议", body=text, ladder=home.ladder("mail"))
    drain()
    assert sorted(to for to, _, _ in post.taken) == [HEAD, NEXT]
    assert all(secured for _, _, secured in post.taken)
    assert set(post.logins) == {("yjgl", "the-mail-password")}
    for to, mail, _ in post.taken:
        assert (mail["To"], mail["From"]) == (to, "yjgl@example.gov.cn")
        assert mail["Subject"] == "防台风会议"
        assert text in mail.get_content().replace("\r\n", "\n")
        assert "https://yj.example/m/" in mail.get_content()
        assert mail["Auto-Submitted"] == "auto-generated"
    assert len({mail["Message-ID"] for _, mail, _ in post.taken}) == 2
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_a_recipient_it_refuses_is_dead_and_the_other_gets_the_mail(
    home: Home, world: World, post: Postman
) -> None:
    post.answers[HEAD] = ["550 5.1.1 no such user"]
    world.owe("head", "next", case="C1", ladder=home.ladder("mail"))
    drain()
    assert [to for to, _, _ in post.taken] == [NEXT]
    head = _message(world, "head")
    assert (head.state, head.reason) == ("failed", reasons.DEAD_NUMBER)
    assert Account.objects.get(person=world.persons["head"], kind="mail").dead
    assert Attempt.objects.get(message=head).detail == "550 5.1.1 no such user"
    assert _message(world, "next").state == "sent"


def test_a_recipient_put_off_is_tried_again_and_gets_one_mail(
    home: Home, world: World, post: Postman, turn: Turn
) -> None:
    post.answers[HEAD] = ["451 4.7.1 greylisted", "451 4.7.1 greylisted"]
    world.owe("head", "next", case="C1", ladder=home.ladder("mail"))
    drain()
    head = _message(world, "head")
    assert (head.state, head.reason) == ("queued", reasons.THROTTLED)
    assert [to for to, _, _ in post.taken] == [NEXT]
    for _ in range(3):
        turn.forward(minutes=1)
        drain()
    assert [to for to, _, _ in post.taken] == [NEXT, HEAD]
    outcomes = Attempt.objects.filter(message=head).order_by("number").values_list("outcome")
    assert list(outcomes) == [("again",), ("again",), ("sent",)]
    assert not Account.objects.get(person=world.persons["head"], kind="mail").dead


def test_a_wrong_password_is_refused_and_nothing_leaves(
    home: Home, world: World, post: Postman
) -> None:
    post.password = "another"
    world.owe("head", case="C1", ladder=home.ladder("mail"))
    drain()
    assert post.taken == []
    assert Message.objects.get().reason == reasons.REFUSED
    assert "the-mail-password" not in Attempt.objects.get().detail


def test_a_line_that_breaks_in_the_middle_of_a_mail_leaves_nothing_there_and_one_in_the_end(
    home: Home, world: World, post: Postman, turn: Turn
) -> None:
    with line_to(post.port) as line:
        post.port = line.port
        home.preset("mail", "", **post.changes())
        line.breaks_after = 20_000  # greeting, handshake and login take some three thousand
        world.owe("head", case="C1", body=BODY, ladder=home.ladder("mail"))
        drain()
        message = Message.objects.get()
        assert (message.state, line.broken, post.taken) == ("unknown", 1, [])
        assert CarrierState.objects.get(key="mail").failures == 1
        line.breaks_after = 0
        turn.forward(minutes=1)
        drain()
    ((to, mail, _),) = post.taken
    assert to == HEAD
    assert BODY.replace("\r\n", "\n") in mail.get_content().replace("\r\n", "\n")
    message.refresh_from_db()
    assert message.state == "sent"
    first, second = Attempt.objects.order_by("number").values_list("request", flat=True)
    assert first == second
    assert second in mail["Message-ID"]


def test_a_mail_taken_before_the_line_broke_comes_twice_under_one_name(
    home: Home, world: World, post: Postman, turn: Turn
) -> None:
    post.cut = True
    world.owe("head", case="C1", ladder=home.ladder("mail"))
    drain()
    assert Message.objects.get().state == "unknown"
    post.cut = False
    turn.forward(minutes=1)
    drain()
    assert Message.objects.get().state == "sent"
    first, second = (mail["Message-ID"] for _, mail, _ in post.taken)
    assert first == second
