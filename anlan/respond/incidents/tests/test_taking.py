"""接报: kept from the first word, taken in by a person, never joined silently."""

from dataclasses import replace
from datetime import timedelta

import pytest

from anlan.base.cases.models import Case
from anlan.base.cases.services import erase_case
from anlan.base.journal.models import Entry
from anlan.base.outbox.models import Event
from anlan.base.permissions.actor import system
from anlan.base.vault import services as vault
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.respond.incidents import services
from anlan.respond.incidents.models import Incident
from anlan.respond.incidents.selectors import describing
from anlan.respond.incidents.services import Told
from anlan.respond.incidents.tests.conftest import (
    CHARLIE,
    COUNTY,
    FAR,
    HERE,
    NOON,
    OFFICER,
    SLIDE,
    THERE,
    TOWNSHIP,
    VILLAGER,
    Wall,
    actor,
    taken,
)

pytestmark = pytest.mark.usefixtures("world")


def test_the_first_word_is_kept_and_the_time_it_came(world: Wall) -> None:
    row = services.begin_incident(told=Told(what="山塌"), by=OFFICER)
    world.go(minutes=1)
    services.keep_told(incident=row.pk, told=SLIDE, by=OFFICER)
    world.go(minutes=1)
    row = services.take_in(incident=row.pk, by=OFFICER)
    assert row.received_at == NOON
    assert row.title == "前坑小学后山滑坡、崩塌、泥石流"
    assert describing.page(OFFICER, "drafts")["total"] == 0
    assert describing.page(OFFICER)["items"][0]["id"] == row.pk


def test_taking_in_opens_a_case_and_tells_the_modules_above() -> None:
    row = taken()
    case = Case.objects.get(pk=row.case)
    assert (case.hazard, case.region_id) == ("geological", HERE)
    told = Event.objects.get(kind="respond.IncidentReported")
    assert told.case == row.case
    assert '"figures":{"deaths":0,"trapped":2}' in told.body
    deeds = Entry.objects.filter(case=row.case, subject=row.pk).values_list("deed", flat=True)
    assert list(deeds) == ["incidents.taken", "incidents.clock"]


def test_what_nobody_said_is_unknown_and_not_zero() -> None:
    row = taken(replace(SLIDE, figures={"deaths": None, "trapped": 0}))
    figures = {one["key"]: one["value"] for one in describing.one(OFFICER, row.pk)["figures"]}
    assert figures["deaths"] is None
    assert figures["missing"] is None
    assert figures["trapped"] == 0


def test_a_place_and_a_word_are_needed_and_nothing_else() -> None:
    row = services.begin_incident(told=Told(source="public"), by=OFFICER)
    with pytest.raises(Invalid) as caught:
        services.take_in(incident=row.pk, by=OFFICER)
    assert set(caught.value.errors) == {"region", "what"}
    services.keep_told(incident=row.pk, told=Told(what="不知道是什么", region=HERE), by=OFFICER)
    assert services.take_in(incident=row.pk, by=OFFICER).state == "received"


def test_what_cannot_be_is_refused_by_field() -> None:
    wrong = Told(
        kind="no-such", region="339901999", happened_at=NOON + timedelta(hours=1), lon=121.0,
        figures={"deaths": -1, "ghosts": 1},
    )  # fmt: skip
    with pytest.raises(Invalid) as caught:
        services.begin_incident(told=wrong, by=OFFICER)
    assert set(caught.value.errors) == {
        "kind", "region", "happened_at", "lon", "figures.deaths", "figures.ghosts",
    }  # fmt: skip
    assert not Incident.objects.exists()


def test_a_second_call_near_by_is_offered_and_joins_only_by_a_persons_word(world: Wall) -> None:
    first = taken()
    world.go(minutes=20)
    again = replace(SLIDE, region=THERE, place="", kind="flash-flood")
    call = services.begin_incident(told=again, by=OFFICER)
    offered = describing.one(OFFICER, call.pk)["near"]
    assert [one["id"] for one in offered] == [first.pk]
    with pytest.raises(Conflict, match="是不是同一件"):
        services.take_in(incident=call.pk, by=OFFICER)
    services.join_incident(incident=call.pk, into=first.pk, by=OFFICER)
    call.refresh_from_db()
    assert (call.state, call.joins_id) == ("joined", first.pk)
    assert Case.objects.get(pk=call.case).parent_id == first.case
    assert not call.clocks.exists()
    assert Event.objects.filter(kind="respond.IncidentReported").count() == 1


def test_another_matter_near_by_is_taken_in_when_somebody_says_so() -> None:
    taken()
    call = services.begin_incident(told=SLIDE, by=OFFICER)
    assert services.take_in(incident=call.pk, apart=True, by=OFFICER).state == "received"


def test_what_is_far_long_ago_or_of_another_class_is_not_offered(world: Wall) -> None:
    taken(replace(SLIDE, region=FAR))
    taken(replace(SLIDE, kind="epidemic"))
    call = services.begin_incident(told=SLIDE, by=OFFICER)
    assert describing.one(OFFICER, call.pk)["near"] == []
    taken()
    world.go(hours=8)
    late = services.begin_incident(told=replace(SLIDE, happened_at=None), by=OFFICER)
    assert describing.one(OFFICER, late.pk)["near"] == []


def test_points_decide_over_townships_where_both_are_known() -> None:
    taken(replace(SLIDE, lon=121.50, lat=28.40))
    near = services.begin_incident(told=replace(SLIDE, lon=121.52, lat=28.40), by=OFFICER)
    (offered,) = describing.one(OFFICER, near.pk)["near"]
    assert offered["km"] == pytest.approx(2.0, abs=0.1)
    far = services.begin_incident(told=replace(SLIDE, lon=121.60, lat=28.40), by=OFFICER)
    assert [one["km"] for one in describing.one(OFFICER, far.pk)["near"]] == []


def test_the_caller_is_masked_and_reading_them_is_journalled() -> None:
    row = taken()
    assert describing.one(OFFICER, row.pk)["caller"] == {
        "name": "王**", "phone": "100****5678", "masked": True,
    }  # fmt: skip
    with pytest.raises(Invalid):
        services.read_caller(incident=row.pk, reason=" ", by=OFFICER)
    caller = services.read_caller(incident=row.pk, reason="回拨核实", by=OFFICER)
    assert caller == ("王小明", "10012345678")
    assert Entry.objects.filter(subject=row.pk, deed="incidents.unmasked").count() == 1
    with pytest.raises(Forbidden):
        services.read_caller(incident=row.pk, reason="看看", by=VILLAGER)


def test_erasing_the_case_erases_what_was_told() -> None:
    row = taken()
    erase_case(case=row.case, by=system("test"))
    told = describing.one(OFFICER, row.pk)
    assert told["what"] == vault.ERASED
    assert "王" not in str(told["caller"])


def test_what_was_taken_down_wrongly_is_put_right_and_noted() -> None:
    row = taken()
    services.keep_told(
        incident=row.pk, told=replace(SLIDE, place="前坑中学", figures={}), by=OFFICER
    )
    row.refresh_from_db()
    assert row.place == "前坑中学"
    assert row.figures == {"deaths": 0, "trapped": 2}
    assert Entry.objects.filter(subject=row.pk, deed="incidents.edited").exists()


def test_a_telling_belongs_to_its_desk_and_a_neighbour_sees_nothing() -> None:
    draft = services.begin_incident(told=SLIDE, by=OFFICER)
    row = taken()
    for incident in (draft.pk, row.pk):
        with pytest.raises(Missing):
            describing.one(CHARLIE, incident)
        with pytest.raises(Missing):
            services.keep_told(incident=incident, told=SLIDE, by=CHARLIE)
    assert describing.page(CHARLIE, "all")["items"] == []
    with pytest.raises(Forbidden):
        services.begin_incident(told=SLIDE, by=actor("enterprise", COUNTY))


def test_what_lies_elsewhere_is_passed_on_and_not_lost_to_who_heard_it() -> None:
    elsewhere = replace(SLIDE, region=FAR)
    with pytest.raises(Invalid) as caught:
        services.begin_incident(told=elsewhere, by=TOWNSHIP)
    assert set(caught.value.errors) == {"region"}
    row = services.begin_incident(told=SLIDE, by=TOWNSHIP)
    with pytest.raises(Invalid):
        services.keep_told(incident=row.pk, told=elsewhere, by=TOWNSHIP)
    assert describing.one(TOWNSHIP, row.pk)["region"] == HERE


def test_a_village_takes_in_its_own_and_the_county_takes_it_over(world: Wall) -> None:
    row = taken(by=VILLAGER)
    assert {one.rule for one in row.clocks.all()} == {"township-phone", "township-written"}
    with pytest.raises(Conflict):
        services.take_over(incident=taken(by=OFFICER).pk, by=TOWNSHIP)
    world.go(minutes=30)
    services.take_over(incident=row.pk, by=OFFICER)
    row.refresh_from_db()
    assert row.office == COUNTY
    running = {one.rule: one.started_at for one in row.clocks.filter(closed_at=None)}
    assert running["county-city"] == world.at
    assert "township-phone" not in running


def test_what_is_not_so_is_dropped_with_a_reason() -> None:
    row = taken()
    with pytest.raises(Invalid):
        services.drop_incident(incident=row.pk, why="", by=OFFICER)
    services.drop_incident(incident=row.pk, why="现场查看是旧塌方", by=OFFICER)
    row.refresh_from_db()
    assert row.state == "dropped"
    assert not row.clocks.filter(closed_at=None).exists()
    with pytest.raises(Conflict):
        services.verify_incident(incident=row.pk, how="电话", by=OFFICER)
