"""Feeds of warnings: what is new is fetched and handed over once, and nothing leads us astray."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from anlan.gateways.sources.console import check
from anlan.gateways.sources.declaration import Declaration, Wrong, read_text
from anlan.gateways.sources.polling import Fetched, Outcome, Reach
from anlan.gateways.sources.runner import Runner
from anlan.gateways.sources.selectors import condition
from anlan.gateways.sources.sharing import FOLDER, alone
from anlan.gateways.sources.shelf import Shelf
from anlan.gateways.sources.states import FILE, State, States
from anlan.gateways.sources.tests.far_side import NOW, Answer, Asked, FarSide, far_side
from anlan.kernel.errors import Unavailable
from anlan.protocols.declared.secrets import Secrets
from anlan.sense.receipts import Receipt


def text_of(url: str, more: str = "", warned: str = "") -> str:
    return f"""
title = "省预警发布中心"
region = "339901"
enabled = true
[owner]
unit = "省预警发布中心"
phone = "0571-1234567"
[schedule]
every = "1min"
stale_after = "10min"
[request]
url = "{url}/feed.atom"
{more}
[warnings]
{warned}
"""


def feed_of(*entries: tuple[str, str]) -> bytes:
    told = "".join(
        f'<entry><id>{name}</id><title>{name}</title><link rel="alternate" href="{link}"/></entry>'
        for name, link in entries
    )
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><title>预警</title>{told}</feed>'
    ).encode()


@dataclass
class Office:
    """A department's server: a feed and messages, as a test sets them."""

    feed: bytes = b""
    messages: dict[str, Answer] = field(default_factory=dict)
    away: bool = False

    def decide(self, asked: Asked) -> Answer:
        if self.away:
            return Answer("down", 500)
        if asked.path != "/feed.atom":
            return self.messages.get(asked.path, Answer("no", 404))
        tag = f'"{hash(self.feed)}"'
        if asked.headers.get("If-None-Match") == tag:
            return Answer(b"", 304)
        return Answer(self.feed, headers={"ETag": tag})


@dataclass
class Desk:
    """A workspace that polls it, and what it takes in."""

    home: Path
    side: FarSide
    taken: list[bytes] = field(default_factory=list)
    broken: bool = False

    def __post_init__(self) -> None:
        self.at = NOW
        self.runner = Runner(
            self.home, self._no_values, take_in=self.take_in, now=lambda: self.at,
            real_now=lambda: self.at, sharing=alone(self.home),
        )  # fmt: skip

    @staticmethod
    def _no_values(*_: object) -> "Future[Receipt]":
        raise AssertionError("a feed of warnings has no observations")

    def take_in(self, messages: Sequence[Fetched], source: Declaration) -> list[Outcome]:
        if self.broken:
            raise Unavailable("数据库暂时不可用")
        assert source.title == "省预警发布中心"
        found = []
        for one in messages:
            if one.body.startswith(b"<bad"):
                found.append(Outcome(reason="缺少发布时间", element="alert/sent"))
                continue
            found.append(Outcome(again=one.body in self.taken))
            self.taken.append(one.body)
        return found

    def after(self, minutes: float = 1) -> State:
        self.at += timedelta(minutes=minutes)
        self.runner.step()
        return States(self.home / FOLDER / FILE).get("province")

    def asked(self, path: str) -> int:
        return sum(one.path == path for one in self.side.asked)


@contextmanager
def polled(home: Path, office: Office, more: str = "", warned: str = "") -> Iterator[Desk]:
    with far_side(office.decide) as side:
        Shelf(home).write("province", text_of(side.address, more, warned), seen="")
        yield Desk(home, side)


def two() -> Office:
    return Office(
        feed_of(("a", "a.xml"), ("b", "/deep/b.xml")),
        {"/a.xml": Answer(b"<alert>a</alert>"), "/deep/b.xml": Answer(b"<alert>b</alert>")},
    )


def test_each_message_of_a_feed_is_fetched_once_and_an_unchanged_feed_is_not_sent(
    tmp_path: Path,
) -> None:
    office = two()
    with polled(tmp_path, office) as desk:
        state = desk.after()
        assert desk.taken == [b"<alert>a</alert>", b"<alert>b</alert>"]
        assert (state.last.records, state.last.accepted, state.reason) == (2, 2, "")
        state = desk.after()
        assert desk.side.asked[-1].headers.get("If-None-Match") == state.etag
        office.feed = feed_of(("c", "c.xml"), ("a", "a.xml"))
        office.messages["/c.xml"] = Answer(b"<alert>c</alert>")
        desk.after()
        assert desk.taken[2:] == [b"<alert>c</alert>"]
        assert desk.asked("/a.xml") == 1


def test_a_restart_remembers_what_was_fetched(tmp_path: Path) -> None:
    with polled(tmp_path, two()) as desk:
        desk.after()
        again = Desk(tmp_path, desk.side)
        again.at = desk.at
        again.after()
        assert again.taken == []


def test_an_outage_is_shown_waits_longer_and_ends_with_all_that_was_missed(tmp_path: Path) -> None:
    office = two()
    office.away = True
    with polled(tmp_path, office) as desk:
        state = desk.after()
        assert state.failures == 1
        assert "500" in state.reason
        declared = read_text("province", text_of(desk.side.address))
        assert condition(declared, state, desk.at) == "failing"
        office.away = False
        state = desk.after(20)
        assert (state.failures, len(desk.taken)) == (0, 2)


def test_a_feed_that_no_longer_answers_is_stale_and_a_quiet_one_is_not(tmp_path: Path) -> None:
    with polled(tmp_path, Office(feed_of())) as desk:
        state = desk.after()
        declared = read_text("province", text_of(desk.side.address))
        assert condition(declared, state, desk.at) == "good"
        assert condition(declared, state, desk.at + timedelta(minutes=11)) == "stale"


@pytest.mark.parametrize(
    "link",
    ["http://169.254.169.254/latest/meta-data", "http://127.0.0.1:1/x", "file:///etc/passwd",
     "http://other.example/a.xml", "http://user@127.0.0.1/x", "javascript:1", ""],
)  # fmt: skip
def test_a_link_elsewhere_is_said_and_never_followed(tmp_path: Path, link: str) -> None:
    office = two()
    office.feed = feed_of(("evil", link), ("a", "a.xml"))
    with polled(tmp_path, office) as desk:
        state = desk.after()
        assert desk.taken == [b"<alert>a</alert>"]
        assert [one.path for one in desk.side.asked] == ["/feed.atom", "/a.xml"]
        assert state.samples[0].field == "link"
        assert state.last.rejected == 1
        assert state.notes
        state = desk.after()
        assert len(state.samples) == 1  # said once
        assert state.notes  # and still to be seen


def test_a_declared_host_is_asked_without_our_password(tmp_path: Path) -> None:
    proof = '[auth]\nkind = "token"\nsecret = "file:feed"\nheader = "X-Key"'
    with far_side(lambda _: Answer(b"<alert>far</alert>")) as other:
        office = Office(feed_of(("x", f"{other.address}/x.xml")))
        host = other.address.removeprefix("http://")
        with polled(tmp_path, office, proof, f'hosts = ["{host}"]') as desk:
            Secrets(tmp_path).keep("feed", "s3cret-of-ours")
            desk.after()
            assert desk.taken == [b"<alert>far</alert>"]
            assert desk.side.asked[0].headers["X-Key"] == "s3cret-of-ours"
            assert "X-Key" not in other.asked[0].headers


@pytest.mark.parametrize("reaches", [True, False])
def test_a_redirect_is_followed_only_where_a_link_might_lead(tmp_path: Path, reaches: bool) -> None:
    office = two()
    to = "/deep/b.xml" if reaches else "http://169.254.169.254/x"
    office.messages["/a.xml"] = Answer(b"", 302, {"Location": to})
    with polled(tmp_path, office) as desk:
        state = desk.after()
        assert len(desk.taken) == (2 if reaches else 1)
        assert state.last.missing == (0 if reaches else 1)
        assert ("没有跟过去" in "".join(one.reason for one in state.samples)) is not reaches


def test_a_message_that_cannot_be_read_is_shown_and_harms_no_other(tmp_path: Path) -> None:
    office = two()
    office.messages["/a.xml"] = Answer(b"<bad/>")
    with polled(tmp_path, office) as desk:
        state = desk.after()
        assert desk.taken == [b"<alert>b</alert>"]
        assert (state.samples[0].field, state.samples[0].reason) == ("alert/sent", "缺少发布时间")
        desk.after()
        assert desk.asked("/a.xml") == 1


def test_a_message_that_does_not_come_is_asked_for_again_and_told_once(tmp_path: Path) -> None:
    office = two()
    gone = office.messages.pop("/a.xml")
    with polled(tmp_path, office) as desk:
        desk.after()
        state = desk.after()
        assert desk.asked("/a.xml") == 2
        assert (len(state.samples), state.reason) == (1, "")
        assert "没有取到" in state.notes[-1]
        office.messages["/a.xml"] = gone
        desk.after()
        assert sorted(desk.taken) == [b"<alert>a</alert>", b"<alert>b</alert>"]


def test_a_large_message_is_not_read_to_its_end(tmp_path: Path) -> None:
    office = two()
    office.messages["/a.xml"] = Answer(b"<alert>" + b"x" * 5000 + b"</alert>")
    with polled(tmp_path, office, warned="largest_kb = 2") as desk:
        state = desk.after()
        assert desk.taken == [b"<alert>b</alert>"]
        assert state.last.missing == 1


def test_nothing_counts_as_dealt_with_before_it_is_durable(tmp_path: Path) -> None:
    with polled(tmp_path, two()) as desk:
        desk.broken = True
        state = desk.after()
        assert "没有存好" in state.reason
        desk.broken = False
        desk.after(20)
        assert len(desk.taken) == 2


@pytest.mark.parametrize(
    "feed",
    [b"", b"{}", b"<html/>", b"\x00\xff\xfe", b"<feed><entry>",
     b'<!DOCTYPE f [<!ENTITY e SYSTEM "file:///etc/passwd">]><feed>&e;</feed>',
     b'<!DOCTYPE f SYSTEM "http://127.0.0.1:1/x.dtd"><feed/>'],
)  # fmt: skip
def test_what_is_no_feed_is_a_failure_with_its_reason(tmp_path: Path, feed: bytes) -> None:
    with polled(tmp_path, Office(feed)) as desk:
        state = desk.after()
        assert state.cause == "answer"
        assert "Atom" in state.reason
        assert [one.path for one in desk.side.asked] == ["/feed.atom"]


def test_another_declaration_looks_at_everything_again(tmp_path: Path) -> None:
    with polled(tmp_path, two()) as desk:
        desk.after()
        shelf = Shelf(tmp_path)
        text = (
            shelf.sheet("province").text.replace("省预警发布中心", "省预警发布中心", 1) + "\n# 2\n"
        )
        shelf.write("province", text, seen=shelf.sheet("province").version)
        state = desk.after()
        assert state.last.duplicates == 2


def test_a_try_shows_what_the_feed_holds_and_stores_nothing(tmp_path: Path) -> None:
    office = two()
    office.feed = feed_of(("a", "a.xml"), ("evil", "http://other.example/x"))
    with polled(tmp_path, office) as desk:
        declared = read_text("province", text_of(desk.side.address))
        found = check(declared, tmp_path)
        assert (found.records, found.mapped, found.rejected_count) == (2, 1, 1)
        assert desk.asked("/a.xml") == 0
        office.feed = b"no"
        assert "Atom" in check(declared, tmp_path).reason


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        (lambda text: text + 'hosts = ["http://x.example/"]\n', "warnings.hosts"),
        (lambda text: text + "largest_kb = 0\n", "warnings.largest_kb"),
        (lambda text: text + "[mapping]\nrecords = 'x'\n", "mapping"),
        (lambda text: text + "[window]\nfirst = '1d'\n", "window"),
        (lambda text: text + "word = 1\n", "warnings.word"),
    ],
)
def test_a_wrong_declaration_is_refused_with_line_and_reason(
    broken: Callable[[str], str], where: str
) -> None:
    with pytest.raises(Wrong) as caught:
        read_text("province", broken(text_of("https://alerts.example")))
    problem = next(one for one in caught.value.problems if one.where.startswith(where))
    assert problem.line
    assert problem.reason


def test_own_means_scheme_host_and_port() -> None:
    reach = Reach("https://Alerts.Example/feed", ("data.example", "data.example:8443"))
    assert reach.allows("https://alerts.example:443/x")
    assert not reach.allows("http://alerts.example/x")
    assert not reach.allows("https://alerts.example:8443/x")
    assert reach.allows("http://data.example/x")
    assert reach.allows("https://data.example:8443/x")
    assert not reach.allows("https://data.example:9/x")
    assert not reach.allows("https://data.example:port/x")
    assert not reach.is_own("https://data.example/x")
