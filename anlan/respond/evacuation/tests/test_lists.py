"""Who is on a list: the prepared ones first, everyone once, what is unknown said."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.households.tests.people import household, resident
from anlan.base.people.tests import village as v
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.respond.evacuation import services
from anlan.respond.evacuation.models import Entry
from anlan.respond.evacuation.selectors import pages, roll
from anlan.respond.evacuation.selectors.gathering import gather
from anlan.respond.evacuation.tests.conftest import (
    CHARLIE,
    COMMANDER,
    NIGHT,
    NOON,
    OFFICER,
    SECTION,
    VILLAGE,
    drafted,
    home_of,
    ordered,
    threaten,
    tick,
    zone,
    zone_of,
)

pytestmark = pytest.mark.usefixtures("world")


def test_the_list_has_people_of_the_zone_special_groups_first_and_the_rest_as_a_number() -> None:
    batch = drafted()
    shown = roll.page(OFFICER, batch.pk, roll.Query())["items"]
    assert [(one["household_code"], one["people"], one["special"]) for one in shown] == [
        ("H1", 1, True), ("H1", 1, False), ("H2", 3, False), ("", 12, False),
    ]  # fmt: skip
    assert shown[0]["groups"] == ["elderly", "alone"]
    assert shown[0]["name"] == "陈**"
    assert shown[0]["phone"] == "100****0011"
    assert shown[0]["lead"]["name"] == "某转移"
    assert shown[0]["lead"]["phone"] == "100****0001"


def test_the_latest_hour_is_reckoned_and_says_by_which_rule() -> None:
    told = pages.one(OFFICER, drafted(expected_at=NIGHT).pk)
    (village,) = told["villages"]
    assert village["latest_at"] == NIGHT.replace(day=9, hour=18, minute=0)
    assert (village["rule"], village["rule_confidence"]) == ("flash-flood", "M?")
    assert village["sums"]["due"] == {"people": 17, "unknown": 0}
    assert village["urgent"] == 1


def test_an_hour_that_a_person_names_counts_where_it_is_earlier() -> None:
    early = NOON - timedelta(hours=6)
    (village,) = pages.one(OFFICER, drafted(latest_at=early).pk)["villages"]
    assert (village["latest_at"], village["rule"]) == (early, None)
    (village,) = pages.one(OFFICER, drafted(latest_at=NOON).pk)["villages"]
    assert village["latest_at"] == NOON - timedelta(hours=3)
    (village,) = pages.one(OFFICER, drafted(expected_at=None).pk)["villages"]
    assert village["latest_at"] is None
    assert pages.one(OFFICER, drafted(expected_at=None).pk)["gaps"]["without_time"] == 1


def test_a_household_in_two_zones_is_on_the_list_once() -> None:
    zone("Z2", lon=121.49, lat=28.40)
    threaten("Z2", "H1")
    batch = drafted()
    assert Entry.objects.filter(evacuation=batch, household__code="H1").count() == 2


def test_zones_are_those_of_the_hazard_or_those_chosen_by_hand() -> None:
    zone("Z3", hazards=["typhoon"], kind="unsafe-houses", people=7)
    assert drafted().entries.filter(zone__code="Z3").count() == 0
    by_hand = drafted(zones=[zone_of("Z3").pk])
    assert [one.people for one in by_hand.entries.all()] == [7]


def test_what_nobody_counted_is_not_nought() -> None:
    zone("Z4", people=None, region=v.FAR)
    household("H4", 121.5, 28.4, None)
    threaten("Z1", "H4")
    told = pages.one(OFFICER, drafted().pk)
    assert told["sums"]["due"] == {"people": 17, "unknown": 2}
    assert {one["name"]: one["sums"]["due"]["unknown"] for one in told["villages"]} == {
        "前坑村": 1, "渔山村": 1,
    }  # fmt: skip
    assert told["gaps"]["without_lead"] == 1


def test_whoever_is_away_is_not_on_the_list() -> None:
    household("H5", 121.5, 28.4, 1)
    resident("H5-1", "H5", "常年在外", away=True)
    resident("H5-2", "H5", "在家")
    threaten("Z1", "H5")
    batch = drafted()
    found = Entry.objects.filter(evacuation=batch, household__code="H5")
    assert [one.resident and one.resident.code for one in found] == ["H5-2"]


def test_whoever_is_moved_by_another_batch_is_left_out_until_it_is_over() -> None:
    first = ordered()
    assert not drafted().entries.exists()
    services.lift_danger(evacuation=first.pk, by=COMMANDER)
    assert drafted().entries.count() == 4


def test_a_draft_is_drawn_up_again_and_what_was_ordered_is_not() -> None:
    batch = drafted()
    household("H6", 121.5, 28.4, 4)
    threaten("Z1", "H6")
    services.build_list(evacuation=batch.pk, by=OFFICER)
    assert Entry.objects.filter(evacuation=batch, household__code="H6").count() == 1
    services.order_evacuation(evacuation=batch.pk, by=COMMANDER)
    with pytest.raises(Exception, match="已下达"):
        services.build_list(evacuation=batch.pk, by=OFFICER)
    assert Entry.objects.filter(evacuation=batch).count() == 5


def test_what_a_batch_asks_for_wrongly_is_said_by_field() -> None:
    with pytest.raises(Invalid) as caught:
        drafted(title=" ", hazards=["no-such"], zones=["nobody"], regions=["339902"])
    assert sorted(caught.value.errors) == ["hazards", "regions", "title", "zones"]
    with pytest.raises(Forbidden):
        services.draft_evacuation(
            ask=services.Ask(title="x", region=v.COUNTY, hazards=["flood"]), by=VILLAGE
        )
    with pytest.raises(Forbidden):
        services.order_evacuation(evacuation=drafted().pk, by=SECTION)


def test_a_neighbour_sees_nothing_and_a_village_its_own() -> None:
    zone("Z7", region=v.FAR, people=9)
    batch = drafted()
    with pytest.raises(Missing):
        pages.one(CHARLIE, batch.pk)
    assert pages.listed(CHARLIE) == []
    assert [one["name"] for one in pages.one(VILLAGE, batch.pk)["villages"]] == ["前坑村"]
    (row,) = pages.listed(VILLAGE)
    assert row["sums"]["due"]["people"] == 17
    (row,) = pages.listed(OFFICER)
    assert row["sums"]["due"]["people"] == 26
    assert roll.page(VILLAGE, batch.pk, roll.Query())["total"] == 4


def test_people_are_found_by_name_by_state_and_by_place() -> None:
    batch = ordered()
    tick(batch, "told", household=home_of(batch, "H2"))

    def codes(**asked: object) -> list[str]:
        page = roll.page(OFFICER, batch.pk, roll.Query(**asked))  # type: ignore[arg-type]
        return sorted({one["household_code"] for one in page["items"]})

    assert codes(q="陈老太") == ["H1"]
    assert codes(q="H2") == ["H2"]
    assert codes(q="0011") == ["H1"]
    assert codes(q="没有这个人") == []
    assert codes(state="told") == ["H2"]
    assert codes(state="pending") == ["", "H1", "H2"]
    assert codes(special=True) == ["H1"]
    assert codes(region=v.FAR) == []
    with pytest.raises(Invalid):
        codes(state="no-such")


def test_many_villages_cost_as_many_questions_as_one() -> None:
    batch = drafted()
    with CaptureQueriesContext(connection) as few:
        gather(batch)
    for number in range(30):
        zone(f"M{number}", people=9, region=(v.NEAR, v.NEXT, v.FAR)[number % 3])
        household(f"MH{number}", 121.5, 28.4, 4)
        resident(f"MH{number}-1", f"MH{number}", "某某")
        threaten(f"M{number}", f"MH{number}")
    with CaptureQueriesContext(connection) as many:
        found = gather(batch)
    assert len(found.listed) >= 60
    assert len(found.villages) == 3
    assert len(many) == len(few) <= 6
    services.build_list(evacuation=batch.pk, by=OFFICER)
    with CaptureQueriesContext(connection) as page:
        roll.page(OFFICER, batch.pk, roll.Query(size=200))
    with CaptureQueriesContext(connection) as small:
        roll.page(OFFICER, batch.pk, roll.Query(size=2))
    assert len(page) == len(small)
