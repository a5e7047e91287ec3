"""A storm through the real doors, twice: the same cases, owed by the same, at the same minute.

The second time somebody looks at the wall meanwhile: that changes nothing, and the wall is right.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace
from anlan.demo import storms
from anlan.demo.replay.cursor import Cursor
from tests.sense.demo_workspace import DemoWorkspace
from tests.sense.storm_night import county, outcome, played
from tests.sense.storm_wall import WallWatch

pytestmark = [
    pytest.mark.story,
    pytest.mark.slow(module_s=200),
    pytest.mark.skipif(
        bool(os.environ.get("DATABASE_URL")), reason="an exercise is embedded whatever it is of"
    ),
]


@pytest.fixture(scope="module")
def demo(
    migrated: RealWorkspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DemoWorkspace]:
    yield from county(tmp_path_factory.mktemp("storm"), migrated)


@pytest.fixture(scope="module")
def first(demo: DemoWorkspace) -> dict[str, Any]:
    return played(demo, "first")


def test_letters_values_and_answers_come_by_the_real_doors(
    demo: DemoWorkspace, first: dict[str, Any]
) -> None:
    assert first["alarms"] is None
    assert not first["unknown"]
    assert first["sent"]["rejected"] == 0
    assert first["sent"]["confirmed"] == first["sent"]["sent"] > 3_000
    assert first["letters"] > 5
    assert first["relayed"] > 0
    assert first["answers"] > 20
    assert first["tempo"]["ends"] - first["tempo"]["begins"] == 20 * 60_000
    found = outcome(demo, "first")
    assert {one[1] for one in found["received"]} >= {"typhoon", "rainstorm", "storm-surge"}
    assert "call" in {one[3] for one in found["owed"]}


def test_the_village_nobody_listed_is_found_within_five_minutes_of_falling_silent(
    demo: DemoWorkspace, first: dict[str, Any]
) -> None:
    assert first
    slide = storms.storm("lekima").slide
    silent = dict(outcome(demo, "first")["silent"])
    found = silent[slide.village]
    # 04:39:30 it is gone, in Beijing time; minutes are told in UTC.
    assert "08-09 20:39" <= found <= "08-09 20:44"


@pytest.fixture(scope="module")
def second(demo: DemoWorkspace) -> tuple[dict[str, Any], dict[str, Any]]:
    """Play it again while somebody looks at the wall; gives what was played and what they saw."""
    place = DemoWorkspace(demo.dir / "exercises" / "second")
    with ThreadPoolExecutor(1) as pool:
        playing = pool.submit(played, demo, "second")
        while Cursor.read(place.dir) is None and not playing.done():
            time.sleep(0.1)
        watch = WallWatch(place, demo.dir / "seen-enough", seed="wall")
        try:
            told = playing.result()
        finally:
            seen = watch.close()
    return told, seen


def test_the_wall_adds_up_to_its_exports_at_ten_moments_of_the_storm(
    second: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    _, seen = second
    assert seen["wrong"] == []
    moments = seen["moments"]
    assert len(moments) >= 10
    known = {key for one in moments for key, value in one.items() if value is not None}
    assert known >= {"calls", "owed", "warnings", "stations", "reservoirs"}
    for key in ("calls", "owed"):
        assert len({one[key] for one in moments}) > 1, f"{key} never moved"


def test_two_replays_in_lock_step_come_to_the_same(
    demo: DemoWorkspace,
    first: dict[str, Any],
    second: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    second_told, _ = second
    for name in ("letters", "answers", "relayed"):
        assert second_told[name] == first[name], name
    one, other = outcome(demo, "first"), outcome(demo, "second")
    for name, rows in one.items():
        assert other[name] == rows, name
