"""A storm through the real doors, twice: the same cases, owed by the same, at the same minute."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace
from anlan.demo import storms
from anlan.project.supervisor.claim import end_leftovers
from tests.sense.demo_workspace import DemoWorkspace, make

pytestmark = [
    pytest.mark.story,
    pytest.mark.slow(module_s=200),
    pytest.mark.skipif(
        bool(os.environ.get("DATABASE_URL")), reason="an exercise is embedded whatever it is of"
    ),
]

#: From so long before the dam bursts that the officer, patient for twelve minutes at night, has
#: relayed what is red and the first have answered, until after the village has fallen silent.
SLICE = ("--from", "2019-08-10T04:24", "--to", "2019-08-10T04:44")

#: What came of a replay: cases in the order they were opened, debts, what was said; no ids.
OUTCOME = """
import json
from anlan.base.cases.models import Case
from anlan.base.obligations.models import Obligation
from anlan.sense.models import Alarm
from anlan.warn.models import Received, SilentVillage

def minute(at):
    return at.strftime("%m-%d %H:%M") if at else ""

cases = list(Case.objects.order_by("opened_at", "id"))
order = {}
for case in cases:
    key = case.hazard, case.region_id
    order.setdefault(key, []).append(case.id)
place = {pk: [*key, n] for key, ids in order.items() for n, pk in enumerate(ids)}
owed = Obligation.objects.select_related("debtor")
print(json.dumps({
    "cases": sorted([*place[case.id], minute(case.opened_at)] for case in cases),
    "owed": sorted(
        [*place.get(one.case, ["", "", 0]), one.kind, one.debtor.code, one.title,
         minute(one.issued_at), minute(one.answered_at), minute(one.closed_at)]
        for one in owed
    ),
    "alarms": sorted(
        [one.rule.code, one.station.code if one.station else "", one.worst, minute(one.raised_at)]
        for one in Alarm.objects.select_related("rule", "station")
    ),
    "received": sorted(
        [one.station, one.hazard, one.level, one.action, one.handling, minute(one.received_at)]
        for one in Received.objects.all()
    ),
    "silent": sorted([one.region_id, minute(one.found_at)] for one in SilentVillage.objects.all()),
}))
"""


@pytest.fixture(scope="module")
def demo(
    migrated: RealWorkspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DemoWorkspace]:
    village = storms.storm("lekima").slide.village
    made = make(tmp_path_factory.mktemp("storm") / "demo", migrated, near=(village[:9],))
    yield made
    for place in (made.dir / "exercises").iterdir():
        end_leftovers(place)  # of a test that failed half-way


def outcome(demo: DemoWorkspace, exercise: str) -> dict[str, Any]:
    place = DemoWorkspace(demo.dir / "exercises" / exercise)
    told: dict[str, Any] = json.loads(place.do(OUTCOME))
    return told


def played(demo: DemoWorkspace, exercise: str) -> dict[str, Any]:
    told = demo.anlan(
        "replay", "lekima", "--lockstep", "--json", *SLICE, "--name", exercise, timeout=900
    )
    assert told.returncode == 0, told.stderr
    said: dict[str, Any] = json.loads(told.stdout)
    return said


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
