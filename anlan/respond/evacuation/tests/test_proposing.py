"""Drafts that forecasts and responses ask for: proposed once, ordered by nobody but people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from anlan.base.cases.services import open_case
from anlan.base.people.tests import village as v
from anlan.base.permissions.actor import system
from anlan.forecast.events import ForecastApproved
from anlan.forecast.models import Run, VillageOutlook
from anlan.kernel import clock
from anlan.respond.evacuation import services
from anlan.respond.evacuation.models import Evacuation
from anlan.respond.evacuation.selectors import pages
from anlan.respond.evacuation.services.proposing import (
    propose_from_forecast,
    propose_from_response,
)
from anlan.respond.evacuation.tests.conftest import COMMANDER, NIGHT, OFFICER, TOWNSHIP
from anlan.respond.responses.events import ResponseStarted

pytestmark = pytest.mark.usefixtures("world")


def approved(**villages: dict[str, Any]) -> ForecastApproved:
    """A signed run and its event, with what it says of villages."""
    now = clock.now()
    case = open_case(hazard="flash-flood", region=v.COUNTY, title="山洪", by=system("test"),
                     key="storm")  # fmt: skip
    run = Run.objects.create(
        model="basins", model_version="1", engine="basin", title="小流域", hazard="flash-flood",
        region_id=v.COUNTY, based_at=now, valid_from=now, valid_until=now + timedelta(hours=24),
        step_s=3600, seed=1, how="hand", asked_by="user:x", asked_at=now, state="done",
        signing="approved", signed_by="user:x", signed_at=now, case=case,
    )  # fmt: skip
    for code, told in villages.items():
        VillageOutlook.objects.create(run=run, region_id=getattr(v, code), **told)
    return ForecastApproved(
        case=case, run=run.pk, engine="basin", hazard="flash-flood", level=2, lower_bound=False,
        region=v.COUNTY, villages=tuple(getattr(v, code) for code in villages), based_at=now,
        valid_from=now, valid_until=now, by="user:x", approved_at=now,
    )  # fmt: skip


def test_a_signed_forecast_drafts_its_villages_with_when_it_comes_to_each() -> None:
    event = approved(
        NEAR={"stage": "move", "first_at": NIGHT},
        FAR={"depth": 1.2, "ground": 2.0, "arrives_at": NIGHT},
        NEXT={"stage": "prepare"},
    )
    made = propose_from_forecast(event=event)
    assert propose_from_forecast(event=event) == made
    told = pages.one(OFFICER, made)
    assert told["state"] == "draft"
    rows = {one["name"]: one for one in told["villages"]}
    assert set(rows) == {"前坑村", "渔山村"}
    assert rows["前坑村"]["sums"]["due"] == {"people": 17, "unknown": 0}
    # Nobody has a list of the flooded village: it stands there as a number nobody knows.
    assert rows["渔山村"]["sums"]["due"] == {"people": 0, "unknown": 1}
    assert rows["渔山村"]["flooded"]
    assert rows["渔山村"]["latest_at"] == NIGHT.replace(day=9, hour=18, minute=0)


def test_a_later_run_replaces_the_draft_and_after_the_order_adds_only_who_is_new() -> None:
    first = propose_from_forecast(event=approved(NEAR={"stage": "move", "first_at": NIGHT}))
    second = propose_from_forecast(event=approved(NEAR={"stage": "move", "first_at": NIGHT}))
    assert Evacuation.objects.get(pk=first).state == "dropped"
    services.order_evacuation(evacuation=second, by=COMMANDER)
    assert propose_from_forecast(event=approved(NEAR={"stage": "move"})) == ""
    third = propose_from_forecast(
        event=approved(NEAR={"stage": "move"}, NEXT={"stage": "move", "first_at": NIGHT})
    )
    told = pages.one(OFFICER, third)
    assert {one["name"]: one["sums"]["due"] for one in told["villages"]} == {
        "后坑村": {"people": 0, "unknown": 1},
    }


def test_a_township_drafts_its_own_villages_of_a_run_and_no_others() -> None:
    run = approved(NEAR={"stage": "move"}, FAR={"stage": "move"}).run
    ask = services.Ask(title="本镇", region=v.TOWN, hazards=["flash-flood"], run=run)
    made = services.draft_evacuation(ask=ask, by=TOWNSHIP)
    assert [one["name"] for one in pages.one(TOWNSHIP, made)["villages"]] == ["前坑村"]


def test_a_forecast_that_drives_nobody_out_drafts_nothing() -> None:
    event = approved(NEAR={"stage": "move"})
    assert propose_from_forecast(event=replace(event, villages=())) == ""
    assert not Evacuation.objects.exists()


def started(**values: Any) -> ResponseStarted:
    given: dict[str, Any] = {
        "response": "R1", "plan": "typhoon-flood", "version": 1, "key": "flood", "stage": "2",
        "level": 2, "hazards": ("flash-flood",), "region": v.COUNTY, "regions": (v.TOWN,),
        "by": "user:x", "started_at": clock.now(), "expects": "water", "expected_at": NIGHT,
        **values,
    }  # fmt: skip
    return ResponseStarted(**given)


def test_a_grave_response_drafts_the_prepared_lists_of_its_hazards_once() -> None:
    made = propose_from_response(event=started())
    assert propose_from_response(event=started()) == made
    told = pages.one(OFFICER, made)
    assert (told["state"], told["response"]) == ("draft", "R1")
    assert told["sums"]["due"]["people"] == 17
    assert propose_from_response(event=started(response="R2", level=3)) == ""
