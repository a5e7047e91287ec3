"""Who is woken by what, and how soon a duty is done."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from anlan.base.jobs import wake
from anlan.base.jobs.registry import Duty
from anlan.base.jobs.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)


def until(there: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def test_a_word_on_another_topic_does_not_end_the_sleep() -> None:
    heard: list[set[str]] = []
    with wake.Listener("mine") as listener:
        sleeping = threading.Thread(target=lambda: heard.append(listener.wait(20.0)))
        sleeping.start()
        for topic in ("others", "others", "mine"):
            time.sleep(0.05)
            wake.signal(topic)
        sleeping.join()
    assert heard == [{"mine"}]


def test_a_sleeper_nobody_wakes_gets_up_by_itself() -> None:
    with wake.Listener("mine") as listener:
        wake.signal("others")
        assert listener.wait(0.05) == set()
        wake.signal("mine")
        assert listener.wait(20.0) == {"mine"}


class Clerk:
    """Does whatever lies there, and remembers what was done together."""

    def __init__(self) -> None:
        self._lies: list[str] = []
        self._lock = threading.Lock()
        self.done: list[list[str]] = []
        self.looked = threading.Event()

    def bring(self, *papers: str) -> None:
        """Lay papers down one after another, with a word for each."""
        for paper in papers:
            with self._lock:
                self._lies.append(paper)
            wake.signal("papers")

    def work(self) -> int:
        """Do what lies there."""
        with self._lock:
            lying, self._lies = self._lies, []
        if lying:
            self.done.append(lying)
        self.looked.set()
        return len(lying)


@contextmanager
def attended(clerk: Clerk, gather_s: float) -> Iterator[None]:
    """Let a worker attend to a duty."""
    duty = Duty("papers", clerk.work, ("papers",), leader=False, apart=True, gather_s=gather_s)
    worker = Worker()

    def attend() -> None:
        worker._attend(duty)
        connection.close()

    thread = threading.Thread(target=attend, daemon=True)
    thread.start()
    clerk.looked.wait(20.0)  # by itself, and from now on when told
    yield
    worker.stop()
    thread.join(20.0)
    assert not thread.is_alive()


def test_what_comes_alone_is_done_at_once() -> None:
    clerk = Clerk()
    with attended(clerk, gather_s=60.0):
        clerk.bring("one")
        until(lambda: clerk.done)


@pytest.mark.slow
def test_what_follows_closely_is_done_together() -> None:
    clerk = Clerk()
    with attended(clerk, gather_s=3.0):
        clerk.bring("one")
        until(lambda: clerk.done)
        time.sleep(0.2)  # should it have been found by itself: the word for it comes after
        clerk.bring("two", "three", "four")
        until(lambda: len(clerk.done) > 1)
    assert clerk.done == [["one"], ["two", "three", "four"]]
