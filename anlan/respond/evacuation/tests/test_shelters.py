"""Shelters: never more than they hold, never in danger, and opened by who really comes."""

from pathlib import Path

import pytest
from django.db.models import Sum

from anlan.base.conftest import RealWorkspace, real
from anlan.base.people.tests import village as v
from anlan.base.places.models import Shelter
from anlan.respond.evacuation import services
from anlan.respond.evacuation.models import Entry, Part
from anlan.respond.evacuation.selectors import pages, places
from anlan.respond.evacuation.selectors.shelters import booked
from anlan.respond.evacuation.tests.conftest import (
    OFFICER,
    drafted,
    home_of,
    ordered,
    shelter,
    shelter_of,
    tick,
    zone,
)

__all__ = ["real"]


@pytest.mark.usefixtures("world")
def test_special_groups_are_placed_first_and_the_nearest_shelter_takes_who_fits() -> None:
    batch = drafted()
    placing = services.assign_shelters(evacuation=batch.pk, by=OFFICER)
    kept = dict(
        Entry.objects.filter(evacuation=batch).values_list("shelter__code").annotate(Sum("people"))
    )
    # S1 is nearest and holds three: H1 with its special person comes first, H2 no longer fits.
    assert kept == {"S1": 2, "S2": 15}
    assert (placing.people, placing.unplaced) == (17, {})
    assert Entry.objects.get(resident__code="H1-1").shelter == shelter_of("S1")


@pytest.mark.usefixtures("world")
def test_a_shelter_in_a_danger_zone_of_the_same_hazard_is_never_used() -> None:
    Shelter.objects.exclude(code="S-IN").update(status="closed")
    batch = drafted()
    placing = services.assign_shelters(evacuation=batch.pk, by=OFFICER)
    assert placing.placed == 0
    assert placing.unplaced == {"no-shelter": 4}
    told = pages.one(OFFICER, batch.pk)
    assert [(one["why"], one["people"]) for one in told["gaps"]["unplaced"]] == [("no-shelter", 17)]
    rows = {one["name"]: one for one in places.shelters(OFFICER, batch.pk, all_=True)["items"]}
    assert rows["S-IN避灾点"]["in_zone"]
    other = drafted(hazards=["typhoon"], zones=[zone("ZT", hazards=["typhoon"], people=4)])
    assert services.assign_shelters(evacuation=other.pk, by=OFFICER).people == 4


@pytest.mark.usefixtures("world")
def test_a_shelter_in_the_water_is_used_only_where_it_is_known_to_stand_above() -> None:
    shelter("S-HIGH", 121.505, 28.401, 50, height=9.0)
    batch = drafted()
    Part.objects.filter(evacuation=batch, region=v.NEAR).update(flooded=True, surface=4.5)
    rows = {one["name"]: one["flooded"] for one in
            places.shelters(OFFICER, batch.pk, all_=True)["items"]}  # fmt: skip
    assert rows == {
        "S1避灾点": True, "S2避灾点": True, "S-IN避灾点": True, "S-HIGH避灾点": False,
    }  # fmt: skip
    services.assign_shelters(evacuation=batch.pk, by=OFFICER)
    used = Entry.objects.filter(evacuation=batch).values_list("shelter__code", flat=True)
    assert set(used) == {"S-HIGH"}


@pytest.mark.usefixtures("world")
def test_places_are_given_anew_when_a_shelter_is_shut_and_good_ones_stay() -> None:
    batch = ordered()
    Shelter.objects.filter(code="S1").update(status="out-of-use")
    services.assign_shelters(evacuation=batch.pk, by=OFFICER)
    used = Entry.objects.filter(evacuation=batch).values_list("shelter__code", flat=True)
    assert set(used) == {"S2"}


@pytest.mark.usefixtures("world")
def test_two_batches_share_a_shelter_and_together_stay_within_it() -> None:
    Shelter.objects.exclude(code="S2").update(status="closed")
    Shelter.objects.filter(code="S2").update(capacity=20)
    first = drafted()
    other = drafted(hazards=["typhoon"], zones=[zone("ZT", hazards=["typhoon"], people=8)])
    assert services.assign_shelters(evacuation=first.pk, by=OFFICER).people == 17
    left = services.assign_shelters(evacuation=other.pk, by=OFFICER)
    assert (left.people, left.unplaced) == (0, {"no-room": 1})
    assert booked() == {shelter_of("S2").pk: 17}
    services.drop_evacuation(evacuation=first.pk, by=OFFICER)
    assert services.assign_shelters(evacuation=other.pk, by=OFFICER).people == 8


@pytest.mark.usefixtures("world")
def test_a_shelter_opens_with_who_comes_in_is_full_when_it_is_and_open_when_they_leave() -> None:
    batch = ordered()
    home = home_of(batch, "H2")
    s1 = shelter_of("S1").pk
    tick(batch, "sheltered", household=home, shelter=s1)
    assert (shelter_of("S1").status, shelter_of("S1").occupied) == ("full", 3)
    tick(batch, "sheltered", household=home, shelter=shelter_of("S2").pk)
    assert (shelter_of("S1").status, shelter_of("S1").occupied) == ("open", 0)
    (row,) = [one for one in places.shelters(OFFICER, batch.pk)["items"] if one["inside"]]
    assert (row["name"], row["inside"], row["occupied"]) == ("S2避灾点", 3, 3)
    Shelter.objects.filter(code="S1").update(status="closed")
    assert "已关闭" in tick(batch, "sheltered", household=home, shelter=s1).why


RACE = """
import sys, time
from pathlib import Path
from anlan.respond.evacuation import services
from anlan.respond.evacuation.tests.conftest import OFFICER
Path(sys.argv[2]).touch()
while not Path(sys.argv[3]).exists():
    time.sleep(0.005)
print(services.assign_shelters(evacuation=sys.argv[1], by=OFFICER).people)
"""
SETUP = """
from anlan.base.people.tests import village as v
from anlan.respond.evacuation.tests import conftest as c
v.make_regions(); v.unit(region=v.COUNTY, name="县")
c.shelter("S2", 121.54, 28.41, 100)
for hazard in ("flash-flood", "typhoon"):
    for number in range(40):
        c.zone(f"{hazard}{number}", hazards=[hazard], transfer_lead="", people=3,
               lon=121.5, lat=28.4)
    print(c.drafted(hazards=[hazard]).pk)
"""
KEPT = """
from anlan.respond.evacuation.selectors.shelters import booked
print(sum(booked().values()))
"""


@pytest.mark.slow
def test_two_batches_assigned_at_the_same_time_never_overfill_a_shelter(
    real: RealWorkspace, tmp_path: Path
) -> None:
    batches = real.do(SETUP).split()
    go = tmp_path / "go"
    ready = [tmp_path / f"ready{number}" for number in range(2)]
    running = [
        real.start(RACE, batch, str(one), str(go))
        for batch, one in zip(batches, ready, strict=True)
    ]
    while not all(one.exists() for one in ready):
        assert all(process.poll() is None for process in running), running[0].communicate()
    go.touch()
    placed = [int(process.communicate(timeout=120)[0]) for process in running]
    # 240 people want 100 places, three by three: together they got what there is.
    assert sum(placed) == int(real.do(KEPT)) == 99
