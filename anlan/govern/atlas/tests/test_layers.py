"""A layer shows what its own module lists, to whom it may, as it was at any moment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import Actor
from anlan.base.regions.models import Region
from anlan.govern.atlas.selectors import layers
from anlan.govern.atlas.selectors.drawn import Asked
from anlan.kernel import clock
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.respond.casebook.tests.test_desk import Day
from anlan.respond.incidents.models import Incident
from anlan.respond.papers.tests.conftest import A1, CHARLIE, COUNTY, OFFICER, TOWNSHIP, actor
from anlan.sense.models import Alarm
from anlan.warn.models import Alert
from anlan.warn.tests.conftest import NEIGHBOUR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seated")]


def told(key: str, by: Actor = OFFICER, **asked: Any) -> dict[str, Any]:
    return layers.read(key, Asked(by, **asked))


def ids(key: str, by: Actor = OFFICER, **asked: Any) -> set[str]:
    return {one["properties"]["id"] for one in told(key, by, **asked)["features"]}


def test_each_layer_shows_what_its_own_module_has_open(begun: Callable[[int], Day]) -> None:
    day = begun(21)
    for deed in (day.warn, day.tell, day.alarm, day.alarm):
        day.go(deed)
    in_force = Alert.objects.filter(state="issued", ended_at=None)
    assert ids("live-warnings") == set(in_force.values_list("pk", flat=True)) != set()
    standing = Alarm.objects.filter(cleared_at=None)
    assert ids("live-alarms") == set(standing.values_list("pk", flat=True)) != set()
    running = Incident.objects.filter(closed_at=None).exclude(state="draft")
    assert ids("live-incidents") == set(running.values_list("pk", flat=True)) != set()
    owed = Obligation.objects.filter(closed_at=None, region__code__startswith=COUNTY[:6])
    shown = told("live-owed")
    assert shown["count"] == owed.count() > 0
    marks = sum(one["properties"]["count"] for one in shown["features"])
    assert marks + shown["unplaced"] == shown["count"]


def test_the_past_is_drawn_as_it_was_then(begun: Callable[[int], Day]) -> None:
    day = begun(22)
    before = day.turn.at
    then = {key: ids(key) for key in ("live-warnings", "live-alarms", "live-incidents")}
    owed = told("live-owed")["features"]
    for deed in (day.warn, day.alarm, day.tell, day.finish):
        day.go(deed)
    assert ids("live-alarms") != then["live-alarms"], "nothing was tried"
    for key, was in then.items():
        assert ids(key, moment=before) == was, key
    assert told("live-owed", moment=before)["features"] == owed
    with pytest.raises(Invalid):
        told("live-alarms", moment=clock.now() + timedelta(hours=1))


def test_stations_of_the_past_say_whose_registers_they_are_drawn_by() -> None:
    now, past = told("live-stations"), told("live-stations", moment=clock.now())
    assert {**past, "note": "", "note_en": "", "at": now["at"], "as_of": now["as_of"]} == now
    assert "当时" in past["note"]
    assert past["note_en"]


def test_whoever_sees_only_a_township_sees_only_its_marks(begun: Callable[[int], Day]) -> None:
    day = begun(23)
    for deed in (day.alarm, day.tell):
        day.go(deed)
    everything, own = ids("live-owed"), ids("live-owed", TOWNSHIP)
    assert own < everything
    assert all(code.startswith(TOWNSHIP.region.rstrip("0")) for code in own)
    assert ids("live-owed", region=TOWNSHIP.region) == own
    for key in ("live-alarms", "live-incidents", "live-warnings", "live-owed"):
        assert ids(key, CHARLIE) == set(), key
        assert ids(key, CHARLIE, region=COUNTY) == set(), key


def test_what_one_has_no_right_to_is_refused_and_not_listed() -> None:
    audit = actor("audit-admin")
    assert not {one["key"] for one in layers.listed(OFFICER)["items"]} - set(layers.LIVE)
    with pytest.raises(Forbidden):
        layers.listed(audit)
    with pytest.raises(Forbidden):
        told("live-alarms", audit)
    with pytest.raises(Missing):
        told("live-nothing")


def test_a_thing_without_a_place_stands_at_its_regions_seat_or_is_counted(
    begun: Callable[[int], Day],
) -> None:
    day = begun(24)
    day.go(day.tell)
    Incident.objects.update(lon=None, lat=None)
    rough = told("live-incidents")
    assert rough["features"]
    assert all(one["properties"]["rough"] for one in rough["features"])
    Region.objects.update(lon=None, lat=None)
    lost = told("live-incidents")
    assert (lost["features"], lost["unplaced"]) == ([], lost["count"])
    assert lost["count"] > 0


def test_registers_are_counted_within_ones_regions() -> None:
    counted = layers.listed(OFFICER)["counts"]
    assert counted["shelters"] == {"all": 1, "placed": 0}
    assert layers.listed(actor("township", A1[:9] + "000"))["counts"]["shelters"]["all"] == 1
    assert layers.listed(actor("duty-officer", NEIGHBOUR))["counts"]["shelters"]["all"] == 0
