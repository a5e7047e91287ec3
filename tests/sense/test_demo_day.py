"""The demo day through the real doors: the planted alarms and no other, and the same every time."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace
from anlan.demo.replay.cursor import Cursor
from anlan.project.supervisor.claim import end_leftovers
from tests.sense.demo_workspace import DemoWorkspace, make

pytestmark = [
    pytest.mark.story,
    pytest.mark.slow(module_s=150),
    pytest.mark.skipif(
        bool(os.environ.get("DATABASE_URL")), reason="an exercise is embedded whatever it is of"
    ),
]

#: The six hours in which almost everything happens.
SLICE = ("--from", "13:30", "--to", "19:30")
#: What is sent in a time when the clock of a weather gateway is three hours ahead is refused.
REFUSED = "时间比现在晚 10 分钟以上"


@pytest.fixture(scope="module")
def demo(
    migrated: RealWorkspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DemoWorkspace]:
    made = make(tmp_path_factory.mktemp("day") / "demo", migrated)
    yield made
    for place in (made.dir / "exercises").iterdir():
        end_leftovers(place)  # of a test that failed half-way


@pytest.fixture(scope="module")
def afternoon(demo: DemoWorkspace) -> dict[str, Any]:
    """The six hours, replayed once for all tests."""
    return demo.replay(*SLICE, "--name", "afternoon")


def test_the_planted_alarms_are_raised_and_no_other(afternoon: dict[str, Any]) -> None:
    alarms = afternoon["alarms"]
    assert (alarms["missing"], alarms["surplus"]) == ([], [])
    right = {row["hazard"]: row["right"] for row in alarms["by_hazard"]}
    assert right == {
        "": 2, "dam-danger": 1, "flash-flood": 14, "flood": 6, "gale": 1, "geological": 1,
        "hazchem": 2, "rainstorm": 1, "tailings": 1, "waterlogging": 2,
    }  # fmt: skip
    assert not afternoon["unforeseen"]
    assert not afternoon["unknown"]


def test_everything_sent_is_confirmed_but_what_lies_in_the_future(
    afternoon: dict[str, Any],
) -> None:
    sent = afternoon["sent"]
    assert sent["sent"] > 90_000
    assert list(sent["reasons"]) == [REFUSED]
    assert sent["rejected"] == sent["reasons"][REFUSED] > 300
    assert sent["confirmed"] == sent["sent"] - sent["rejected"]


def test_a_replay_that_was_killed_goes_on_and_comes_to_the_same(
    demo: DemoWorkspace, afternoon: dict[str, Any]
) -> None:
    assert afternoon
    options = ("--from", "13:30", "--to", "15:30", "--name", "again")
    first = demo.start("replay", "demo-day", "--lockstep", *options)
    place = demo.dir / "exercises" / "again"
    until = time.monotonic() + 300
    while _steps(place) < 20 and time.monotonic() < until and first.poll() is None:
        time.sleep(0.1)
    reached = _steps(place)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert 20 <= reached < 60
    said = demo.replay(*options)
    assert said["alarms"]["good"], said["alarms"]
    assert _until(demo.alarms("again")) == _until(demo.alarms("afternoon"))
    assert not (place / "anlan.pid").exists()


def _steps(place: Path) -> int:
    with contextlib.suppress(OSError):
        cursor = Cursor.read(place)
        return 0 if cursor is None else (cursor.at - cursor.start) // 120_000
    return 0


def _until(alarms: list[list[Any]]) -> list[list[Any]]:
    """Rule, matter, stream, when it was raised and heard: what 15:30 does not change any more."""
    return sorted(
        [one[0], one[1], one[9], one[11]] for one in alarms if one[11] <= "2026-08-11 07:30:00"
    )


@pytest.mark.soak
def test_two_whole_days_agree_to_the_last_alarm(demo: DemoWorkspace) -> None:
    first = demo.replay("--name", "first", timeout=3600)
    second = demo.replay("--name", "second", timeout=3600)
    for said in (first, second):
        assert (said["alarms"]["missing"], said["alarms"]["surplus"]) == ([], [])
    assert first["sent"]["sent"] == second["sent"]["sent"]
    assert demo.alarms("first") == demo.alarms("second")
