"""The latest time to have left follows the newest signed forecast and the response's moment."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from anlan.base.journal.models import Entry
from anlan.base.obligations.models import Obligation, Step
from anlan.base.people.tests import village as v
from anlan.forecast.models import Run
from anlan.kernel import clock
from anlan.respond.evacuation.models import Evacuation, Part
from anlan.respond.evacuation.services.rescheduling import follow_forecast, follow_response
from anlan.respond.evacuation.tests.conftest import NIGHT, NOON, drafted, ordered
from anlan.respond.evacuation.tests.test_proposing import approved
from anlan.respond.responses.events import ResponseMoved

pytestmark = pytest.mark.usefixtures("world")

EVENING = NIGHT.replace(day=9, hour=18, minute=0)


def part(batch: Evacuation) -> Part:
    return batch.parts.get(region=v.NEAR)


def foretell(at: Any, hours: float = 0) -> int:
    """Sign a run made so many hours from now, that has the water come to the near village then."""
    event = approved(NEAR={"stage": "move", "first_at": at})
    based = clock.now() + timedelta(hours=hours)
    Run.objects.filter(pk=event.run).update(based_at=based)
    return follow_forecast(event=replace(event, based_at=based))


def test_an_earlier_arrival_moves_the_time_and_tells_the_village_and_the_journal() -> None:
    batch = ordered(expected_at=NIGHT)
    assert part(batch).latest_at == EVENING
    assert foretell(NOON + timedelta(hours=6)) == 1
    moved = part(batch)
    assert moved.latest_at == NOON + timedelta(hours=3)
    owed = Obligation.objects.get(kind="evacuate", region=v.NEAR)
    assert owed.done_due == moved.latest_at
    assert owed.title == "前坑村组织转移：应转17人，8月9日15:00前转移完"
    entry = Entry.objects.get(deed="evacuations.moved")
    facts = json.loads(entry.detail.body)["facts"]
    assert (facts["earlier"], facts["later"], facts["villages"]) == (1, 0, [v.NEAR])
    assert Step.objects.filter(obligation=owed, verb="defer").count() == 1


def test_a_later_arrival_gives_more_time_but_never_into_the_night() -> None:
    batch = ordered(expected_at=NOON)
    assert foretell(NOON + timedelta(hours=8), 1) == 1
    assert part(batch).latest_at == NOON + timedelta(hours=5)
    assert foretell(NIGHT, 2) == 1
    assert part(batch).latest_at == EVENING
    assert foretell(NIGHT + timedelta(hours=2), 3) == 0
    assert part(batch).expected_at == NIGHT + timedelta(hours=2)


def test_a_forecast_older_than_the_one_a_batch_was_drawn_up_by_moves_nothing() -> None:
    run = approved(NEAR={"stage": "move", "first_at": NIGHT}).run
    batch = drafted(run=run)
    assert foretell(NOON, -1) == 0
    assert foretell(NOON, 1) == 1
    assert part(batch).latest_at == NOON - timedelta(hours=3)


def test_an_older_forecast_and_one_without_a_moment_move_nothing() -> None:
    batch = ordered(expected_at=NOON)
    assert foretell(NIGHT, 2) == 1
    assert foretell(NOON, 1) == 0
    assert follow_forecast(event=approved(NEAR={"stage": "move"})) == 0
    assert part(batch).latest_at == EVENING


def test_a_limit_a_person_named_stays_where_it_is_the_earlier_one() -> None:
    limit = NOON - timedelta(hours=6)
    batch = ordered(expected_at=NOON, latest_at=limit)
    assert foretell(NIGHT, 1) == 0
    assert part(batch).latest_at == limit


def test_a_draft_moves_without_a_word_and_what_is_over_does_not() -> None:
    batch = drafted(expected_at=NIGHT)
    assert foretell(NOON, 1) == 1
    assert part(batch).latest_at == NOON - timedelta(hours=3)
    assert not Step.objects.filter(verb="defer").exists()
    Evacuation.objects.update(state="dropped")
    assert foretell(NIGHT, 2) == 0


def test_the_moment_of_its_response_moves_what_no_forecast_told() -> None:
    batch = ordered(expected_at=NIGHT, response="R1")
    given: dict[str, Any] = {
        "response": "R1", "plan": "typhoon-flood", "version": 1, "key": "flood", "stage": "2",
        "level": 2, "hazards": ("flash-flood",), "region": v.COUNTY, "regions": (v.TOWN,),
        "by": "user:x", "started_at": clock.now(), "expects": "water", "expected_at": NOON,
        "stage_was": "2", "level_was": 2, "raised": False, "moved_at": clock.now(),
    }  # fmt: skip
    event = ResponseMoved(**given)
    assert follow_response(event=event) == 1
    assert follow_response(event=event) == 0
    assert part(batch).latest_at == NOON - timedelta(hours=3)
