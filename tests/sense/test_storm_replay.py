"""A storm through the real doors, twice: the same cases, owed by the same, at the same minute."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace
from anlan.demo import storms
from tests.sense.demo_workspace import DemoWorkspace
from tests.sense.storm_night import county, outcome, played

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


def test_two_replays_in_lock_step_come_to_the_same(
    demo: DemoWorkspace, first: dict[str, Any]
) -> None:
    second = played(demo, "second")
    for name in ("letters", "answers", "relayed"):
        assert second[name] == first[name], name
    one, other = outcome(demo, "first"), outcome(demo, "second")
    for name, rows in one.items():
        assert other[name] == rows, name
