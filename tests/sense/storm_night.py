"""The night a storm takes a village: played in lock-step in a county of its own, and compared."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anlan.base.conftest import RealWorkspace
from anlan.demo import storms
from anlan.project.supervisor.claim import end_leftovers
from tests.sense.demo_workspace import DemoWorkspace, make

#: From so long before the dam bursts that the officer, patient for twelve minutes at night, has
#: relayed what is red and the first have answered, until after the village has fallen silent.
SLICE = ("--from", "2019-08-10T04:24", "--to", "2019-08-10T04:44")
COMMAND = ("replay", "lekima", "--lockstep", "--json", *SLICE)

#: What came of a replay: cases in the order they were opened, debts, what was said; no ids.
#: Alarms by the minute they were heard of: their own time is that of the newest reading known when
#: they were judged, and which bodies of one minute are judged together is up to the machine.
OUTCOME = """
import json
from anlan.base.cases.models import Case
from anlan.base.obligations.models import Obligation, Step
from anlan.base.people.models import Post
from anlan.comms.models import Message
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
kinds = {one.id: [one.kind, one.debtor.code] for one in owed}
posts = dict(Post.objects.values_list("id", "code"))
print(json.dumps({
    "cases": sorted([*place[case.id], minute(case.opened_at)] for case in cases),
    "owed": sorted(
        [*place.get(one.case, ["", "", 0]), one.kind, one.debtor.code, one.title,
         minute(one.issued_at), minute(one.answered_at), minute(one.closed_at)]
        for one in owed
    ),
    "said": sorted(
        [*kinds[one.obligation_id], one.verb, minute(one.at), json.dumps(one.answers)]
        for one in Step.objects.all()
    ),
    "messages": sorted(
        [*kinds.get(one.purpose, [one.purpose_kind, ""]), posts.get(one.post, ""), one.channel,
         one.rung, one.round, minute(one.queued_at)]
        for one in Message.objects.all()
    ),
    "alarms": sorted(
        [one.rule.code, one.station.code if one.station else "", one.worst, minute(one.heard_at)]
        for one in Alarm.objects.select_related("rule", "station")
    ),
    "received": sorted(
        [one.station, one.hazard, one.level, one.action, one.handling, minute(one.received_at)]
        for one in Received.objects.all()
    ),
    "silent": sorted([one.region_id, minute(one.found_at)] for one in SilentVillage.objects.all()),
}))
"""


def county(directory: Path, migrated: RealWorkspace) -> Iterator[DemoWorkspace]:
    """Give a county with the people of two townships, where the village is and another."""
    village = storms.storm("lekima").slide.village
    made = make(directory / "demo", migrated, near=(village[:9],))
    yield made
    for place in (made.dir / "exercises").iterdir():
        end_leftovers(place)  # of a test that failed half-way


def outcome(demo: DemoWorkspace, exercise: str) -> dict[str, Any]:
    place = DemoWorkspace(demo.dir / "exercises" / exercise)
    told: dict[str, Any] = json.loads(place.do(OUTCOME))
    return told


def played(demo: DemoWorkspace, exercise: str) -> dict[str, Any]:
    told = demo.anlan(*COMMAND, "--name", exercise, timeout=900)
    assert told.returncode == 0, told.stderr
    said: dict[str, Any] = json.loads(told.stdout)
    return said
