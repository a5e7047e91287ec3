"""A hostile feed through the real poller: nothing breaks, nothing it names is fetched, all shows.

The poller, the door of warnings and the servers are real; a canary listens where every lure leads.
"""

import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from anlan.base.conftest import workspace_of_tests
from anlan.gateways.alerts.polled import take_in
from anlan.gateways.sources.declaration import read_text
from anlan.gateways.sources.runner import Runner
from anlan.gateways.sources.selectors import condition
from anlan.gateways.sources.sharing import FOLDER, alone
from anlan.gateways.sources.shelf import Shelf
from anlan.gateways.sources.states import FILE, Attempt, State, States
from anlan.gateways.sources.tests.far_side import NOW, Answer, Asked, FarSide, far_side
from anlan.gateways.sources.tests.test_polling import feed_of, text_of
from anlan.protocols.alerting.tests.test_hostile import HOSTILE
from anlan.sense.receipts import Receipt
from anlan.warn.models import Alert, Received, Refused
from anlan.warn.tests.conftest import at, national, world
from tests.warn.canary import Canary, listening_canary
from tests.warn.test_hostile_door import LURES

__all__ = ["workspace_of_tests", "world"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

HUNDRED_MB = 100 * 2**20
#: The canary's address in words that a check by the text of a link could overlook.
SPELLINGS = (
    "http://127.0.0.1:{port}/x",
    "//127.0.0.1:{port}/x",
    "http://localhost:{port}/x",
    "http://2130706433:{port}/x",
    "http://user:word@127.0.0.1:{port}/x",
    "HTTP://127.0.0.1:{port}/x",
)


@dataclass
class Office:
    """A department's server that somebody took over: a feed, and whatever lies beside it."""

    feed: Answer = field(default_factory=Answer)
    beside: dict[str, Answer] = field(default_factory=dict)

    def decide(self, asked: Asked) -> Answer:
        return self.feed if asked.path == "/feed.atom" else self.beside[asked.path]

    def lists(self, *links: str) -> None:
        """Name these links in the feed, one entry each."""
        self.feed = Answer(feed_of(*((f"e{n}", link) for n, link in enumerate(links))))


@dataclass
class Desk:
    """A workspace that polls the office with everything real behind it."""

    home: Path
    side: FarSide
    warned: str

    def __post_init__(self) -> None:
        self.at = NOW
        self.runner = Runner(
            self.home, self._no_values, take_in=take_in, now=lambda: self.at,
            sharing=alone(self.home),
        )  # fmt: skip

    @staticmethod
    def _no_values(*_: object) -> "Future[Receipt]":
        raise AssertionError("a feed of warnings has no observations")

    @property
    def _book(self) -> States:
        return States(self.home / FOLDER / FILE)

    def look(self) -> State:
        """Poll once, later than any wait after failures; a fault of ours does not pass."""
        self.at += timedelta(days=2)
        assert self.runner.step() == 1
        state = self._book.get("province")
        assert state.cause != "internal", state.reason
        return state

    def newest_try(self) -> Attempt:
        return self._book.tries("province")[0]

    def shown(self, state: State) -> str:
        """Tell the condition of the source as its page does."""
        declared = read_text("province", text_of(self.side.address, "", self.warned))
        return condition(declared, state, self.at)

    def paths(self) -> list[str]:
        return [one.path for one in self.side.asked]


@contextmanager
def polled(home: Path, office: Office, warned: str = "largest_kb = 2048") -> Iterator[Desk]:
    with far_side(office.decide) as side:
        Shelf(home).write("province", text_of(side.address, "", warned), seen="")
        yield Desk(home, side, warned)


@pytest.fixture
def canary() -> Iterator[Canary]:
    with listening_canary() as made:
        yield made


def good() -> Answer:
    return Answer(national(sent=at(-5)))


def lured(text: str, canary: Canary) -> bytes:
    """Lead what a document names to the canary."""
    led = text.replace("http://127.0.0.1", canary.address).replace("{at}", canary.address)
    return led.encode("utf-8", "surrogatepass")


def failed_and_shown(desk: Desk, state: State, cause: str) -> None:
    """The feed's failure stands on its page and in the list of its tries."""
    assert (state.cause, state.failures > 0) == (cause, True)
    assert state.reason
    assert desk.shown(state) == "failing"
    newest = desk.newest_try()
    assert (newest.ok, newest.reason) == (False, state.reason)


def test_a_feed_that_is_itself_hostile_is_a_failure_that_shows_and_calls_nobody(
    tmp_path: Path, canary: Canary
) -> None:
    office = Office()
    with polled(tmp_path, office) as desk:
        for text in HOSTILE.values():
            office.feed = Answer(lured(text, canary))
            failed_and_shown(desk, desk.look(), "answer")
        assert set(desk.paths()) == {"/feed.atom"}
        # Mended, it is taken in again as if nothing had been.
        office.lists("good.xml")
        office.beside["/good.xml"] = good()
        assert desk.look().reason == ""
    assert Received.objects.count() == 1


def test_hostile_messages_are_rows_to_look_at_and_harm_no_other_message(
    tmp_path: Path, canary: Canary
) -> None:
    office = Office()
    hostile = {f"/h{n}.xml": text for n, text in enumerate(HOSTILE.values())}
    lures = {f"/l{n}.xml": text for n, text in enumerate(LURES.values())}
    for path, text in {**hostile, **lures}.items():
        office.beside[path] = Answer(lured(text, canary))
    office.beside["/good.xml"] = good()
    office.lists(*office.beside)
    with polled(tmp_path, office) as desk:
        state = desk.look()
        assert sorted(desk.paths()) == sorted(["/feed.atom", *office.beside])
        assert (state.reason, state.last.missing) == ("", 0)
        assert state.last.rejected >= len(hostile)
        assert state.samples
    rows = Refused.objects.filter(way="poll", source="省预警发布中心", seen_at=None)
    kept = {bytes(row.original.body) for row in rows.select_related("original")}
    assert {lured(text, canary) for text in hostile.values()} <= kept
    assert all(row.reason for row in rows)
    # What is only a lure may be read, as the door reads it; its addresses stay words.
    taken = {bytes(row.original.body) for row in Received.objects.select_related("original")}
    whole = office.beside["/good.xml"].raw()
    assert whole in taken
    assert taken <= {whole, *(lured(text, canary) for text in lures.values())}
    assert not Alert.objects.exists()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_link_to_a_host_nobody_declared_is_not_followed_and_shows(
    tmp_path: Path, canary: Canary, spelling: str
) -> None:
    office = Office(beside={"/good.xml": good()})
    office.lists(spelling.format(port=canary.port), "good.xml")
    with polled(tmp_path, office) as desk:
        state = desk.look()
        assert desk.paths() == ["/feed.atom", "/good.xml"]
        assert (state.last.accepted, state.last.rejected) == (1, 1)
        assert [one.field for one in state.samples] == ["link"]
        assert state.notes
    assert Received.objects.count() == 1


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_redirect_to_a_private_address_is_not_followed_and_shows(
    tmp_path: Path, canary: Canary, spelling: str
) -> None:
    to = spelling.format(port=canary.port)
    with far_side(lambda _: Answer(b"", 307, {"Location": to})) as declared:
        office = Office(
            beside={
                "/at-once.xml": Answer(b"", 302, {"Location": to}),
                "/by-a-detour.xml": Answer(b"", 301, {"Location": "/at-once.xml"}),
                "/good.xml": good(),
            }
        )
        office.lists("at-once.xml", "by-a-detour.xml", f"{declared.address}/x.xml", "good.xml")
        host = declared.address.removeprefix("http://")
        with polled(tmp_path, office, f'hosts = ["{host}"]') as desk:
            state = desk.look()
            assert len(declared.asked) == 1
            assert (state.last.accepted, state.last.missing) == (1, 3)
            assert [one.field for one in state.samples] == ["message"] * 3
            assert all("没有跟过去" in one.reason for one in state.samples)
            # The feed itself may no more lead us there.
            office.feed = Answer(b"", 302, {"Location": to})
            failed_and_shown(desk, desk.look(), "status")


def heap() -> Answer:
    return Answer(b"<alert>" + b"x" * HUNDRED_MB + b"</alert>")


def packed_heap() -> Answer:
    return Answer(gzip.compress(b" " * HUNDRED_MB, 1), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize("large", [heap, packed_heap])
def test_a_hundred_megabytes_are_given_up_and_show_as_message_and_as_feed(
    tmp_path: Path, canary: Canary, large: Callable[[], Answer]
) -> None:
    office = Office(beside={"/large.xml": large(), "/good.xml": good()})
    office.lists("large.xml", f"{canary.address}/x", "good.xml")
    with polled(tmp_path, office) as desk:
        state = desk.look()
        assert (state.last.accepted, state.last.rejected, state.last.missing) == (1, 1, 1)
        assert {one.field for one in state.samples} == {"link", "message"}
        assert any("MB" in one.reason for one in state.samples)
        office.feed = office.beside["/large.xml"]
        failed_and_shown(desk, desk.look(), "size")
