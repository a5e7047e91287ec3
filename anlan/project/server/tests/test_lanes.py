"""What waits behind what."""

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.project.server.entrance import Entrance
from anlan.project.server.lanes import Gathering, Lane


@pytest.mark.parametrize(
    ("method", "path", "query", "lane"),
    [
        ("GET", "/api/v1/registers/shelters", "", "quick"),
        ("GET", "/api/v1/registers/shelters", "sort=name&page=2", "quick"),
        ("GET", "/api/v1/registers/shelters", "page=2&q=%E5%B0%8F", "slow"),
        ("GET", "/api/v1/registers/shelters", "q=&page=2", "quick"),
        ("GET", "/api/v1/registers/shelters.xlsx", "", "slow"),
        ("POST", "/api/v1/registers/shelters/import", "", "slow"),
        ("GET", "/api/v1/session", "", "quick"),
        ("POST", "/api/v1/session", "", "slow"),
        ("POST", "/api/v1/session/password", "", "slow"),
        ("GET", "/api/v1/tiles/shelters/6/53/26.mvt", "", "quick"),
        ("POST", "/api/v1/exposure", "", "slow"),
        ("POST", "/api/v1/registers/shelters", "", "write"),
        ("DELETE", "/api/v1/session", "", "write"),
    ],
)
def test_what_takes_long_has_a_lane_of_its_own(
    method: str, path: str, query: str, lane: str
) -> None:
    lanes: Any = SimpleNamespace(quick="quick", write="write", slow="slow")
    scope = SimpleNamespace(method=method, path=path, query_string=query)
    chosen: Any = Entrance.lane_of(lanes, scope)
    assert chosen == lane


def test_a_full_lane_takes_nothing_more() -> None:
    lane = Lane("test", threads=1, limit=2)
    assert lane.put(lambda: None)
    assert lane.put(lambda: None)
    assert not lane.put(lambda: None)
    lane.start()
    lane.stop(2.0)


def test_a_job_that_breaks_does_not_stop_the_lane() -> None:
    done = threading.Event()
    lane = Lane("test", threads=1, limit=10)

    def break_it() -> None:
        raise ValueError("broken")

    lane.put(break_it)
    lane.put(done.set)
    lane.start()
    assert done.wait(2.0)
    lane.stop(2.0)


def test_stopping_finishes_what_was_queued_but_not_for_ever() -> None:
    done: list[int] = []
    lane = Lane("test", threads=1, limit=10)
    for number in range(3):
        lane.put(lambda number=number: done.append(number))  # type: ignore[misc]
    lane.start()
    lane.stop(2.0)
    assert done == [0, 1, 2]
    stuck = Lane("test", threads=1, limit=10)
    released = threading.Event()

    def hang() -> None:
        released.wait(10)

    stuck.put(hang)
    stuck.start()
    begun = time.monotonic()
    stuck.stop(0.2)
    assert time.monotonic() - begun < 2
    released.set()


def test_what_waits_is_taken_at_once_and_in_order() -> None:
    taken: list[list[int]] = []
    lane: Gathering[int] = Gathering("test", taken.append, most=3, limit=10)
    for number in range(7):
        assert lane.put(number)
    lane.start()
    lane.stop(2.0)
    assert taken == [[0, 1, 2], [3, 4, 5], [6]]


def test_a_full_gathering_takes_nothing_more() -> None:
    taken: list[list[int]] = []
    lane: Gathering[int] = Gathering("test", taken.append, most=3, limit=2)
    assert lane.put(0)
    assert lane.put(1)
    assert not lane.put(2)
    lane.start()
    lane.stop(2.0)
    assert taken == [[0, 1]]


def test_those_that_break_do_not_stop_those_behind_them() -> None:
    taken: list[int] = []

    def work(numbers: list[int]) -> None:
        if 0 in numbers:
            raise ValueError("broken")
        taken.extend(numbers)

    lane: Gathering[int] = Gathering("test", work, most=2, limit=10)
    for number in range(4):
        lane.put(number)
    lane.start()
    lane.stop(2.0)
    assert taken == [2, 3]
