"""From transitions to alarms: one a matter, told twice the same, damped, owed."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.cases.models import Case
from anlan.base.journal.models import Entry
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.outbox.models import Event
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.sense.bindings import Binding, Change
from anlan.sense.models import Alarm, Maintenance, Stream
from anlan.sense.services import alarms
from anlan.sense.tests.conftest import (
    BY,
    COUNTY,
    NEIGHBOUR,
    OTHER_TOWN,
    TOWN,
    VILLAGE,
    World,
    actor,
    make_rule,
)

pytestmark = pytest.mark.django_db

#: Milliseconds of a quarter of an hour ago: alarms are of the past, never of the future.
NOW = int(clock.now().timestamp() * 1000) - 900_000
MINUTE = 60_000
OFFICER = actor("duty-officer", COUNTY)


def binding(world: World, level: int | None = 3, **more: Any) -> Binding:
    """A watch of the river rule."""
    values = {
        "watch": f"{level}:1", "matter": f"river-stage:{world.river.pk}", "rule": world.rule.pk,
        "version": 1, "hazard": "flood", "level": level,
        "limit": {3: 12.3, 2: 13.5}.get(level or 0),
        "unit": "m", "decimals": 2, "says": f"水位达到 {level} 级限值", "again_s": 600,
        "station": world.river.pk, "stream": world.level.pk, **more,
    }  # fmt: skip
    return Binding(**values)


def gas(world: World) -> list[Binding]:
    """A watch of each of the plant's two detectors."""
    rule = make_rule("gas", hazard="hazchem")
    return [
        binding(
            world, 3, watch=f"3:{stream.number}", matter=f"gas:{world.plant.pk}", rule=rule.pk,
            hazard="hazchem", station=world.plant.pk, stream=stream.pk,
        )
        for stream in world.gas
    ]  # fmt: skip


def into(one: Binding, minute: float = 0, value: float = 12.5) -> Change:
    return Change(one, True, int(NOW + minute * MINUTE), value)


def out(one: Binding, minute: float = 0, value: float = 12.0) -> Change:
    return Change(one, False, int(NOW + minute * MINUTE), value)


def tell(*changes: Change) -> alarms.Outcome:
    return alarms.raise_alarms(changes=changes, by=BY)


def owed(alarm: Alarm) -> list[tuple[str, str]]:
    rows = Obligation.objects.filter(subject=alarm.pk).order_by("id")
    return list(rows.values_list("state", "ladder"))


def published() -> list[tuple[Any, Any]]:
    import orjson

    bodies = [orjson.loads(row.body) for row in Event.objects.filter(kind="sense.AlarmRaised")]
    return [(body["level"], body["was"]) for body in bodies]


def test_a_crossing_raises_an_alarm_with_a_case_that_somebody_owes(world: World) -> None:
    told = tell(into(binding(world)))
    alarm = Alarm.objects.get(pk=told.raised[0])
    assert (alarm.state, alarm.level, alarm.value, alarm.limit) == ("raised", 3, 12.5, 12.3)
    assert (alarm.place, alarm.region_id, alarm.lon) == ("云溪水位站", VILLAGE, 121.6)
    assert Case.objects.get(pk=alarm.case).hazard == "flood"
    debt = Obligation.objects.get(subject=alarm.pk)
    assert (debt.debtor_id, debt.case, debt.kind) == (world.keeper.pk, alarm.case, "alarm")
    assert published() == [(3, None)]
    entry = Entry.objects.get(deed="alarms.raised")
    assert (entry.topic, entry.region, entry.case) == ("alarm", VILLAGE, alarm.case)


def test_telling_everything_again_changes_nothing(world: World) -> None:
    changes = [into(binding(world)), into(binding(world, 2), 1, 13.6), out(binding(world, 2), 2)]
    tell(*changes)
    before = (Alarm.objects.values().get(), Entry.objects.count(), Event.objects.count())
    again = tell(*changes)
    assert again == alarms.Outcome()
    assert (Alarm.objects.values().get(), Entry.objects.count(), Event.objects.count()) == before


def test_a_second_level_worsens_the_same_alarm_and_the_ladder_grows_steeper(world: World) -> None:
    tell(into(binding(world)))
    told = tell(into(binding(world, 2), 1, 13.6))
    alarm = Alarm.objects.get()
    assert told.worsened == (alarm.pk,)
    assert (alarm.level, alarm.worst, alarm.value) == (2, 2, 13.6)
    assert owed(alarm) == [("withdrawn", "alarm"), ("issued", "alarm-urgent")]
    assert published() == [(3, None), (2, 3)]


def test_two_levels_of_one_value_are_one_alarm_at_the_worse(world: World) -> None:
    told = tell(into(binding(world), 0, 13.7), into(binding(world, 2), 0, 13.7))
    assert (len(told.raised), told.worsened) == (1, ())
    assert Alarm.objects.get().level == 2
    assert published() == [(2, None)]


def test_it_eases_and_clears(world: World) -> None:
    tell(into(binding(world)), into(binding(world, 2), 1, 13.6))
    assert tell(out(binding(world, 2), 2, 13.0)).eased
    alarm = Alarm.objects.get()
    assert (alarm.level, alarm.worst, alarm.state) == (3, 2, "raised")
    assert tell(out(binding(world), 3, 12.0)).cleared
    alarm.refresh_from_db()
    assert (alarm.state, alarm.cleared_at) != ("raised", None)
    # It was orange: somebody must look even though it is over.
    assert owed(alarm)[-1] == ("issued", "alarm-urgent")


def test_a_mild_alarm_that_clears_by_itself_calls_nobody_any_more(world: World) -> None:
    tell(into(binding(world)), out(binding(world), 2))
    alarm = Alarm.objects.get()
    assert alarm.state == "cleared"
    assert [state for state, _ in owed(alarm)] in ([], ["withdrawn"])


def test_one_that_comes_back_soon_is_the_same_and_rings_nobody_again(world: World) -> None:
    one = binding(world)
    tell(into(one), out(one, 1))
    told = tell(into(one, 3), out(one, 4), into(one, 5))
    alarm = Alarm.objects.get()
    assert told.returned == (alarm.pk,)
    assert (alarm.flaps, alarm.state, alarm.cleared_at) == (2, "raised", None)
    assert published() == [(3, None)]
    assert "issued" not in [state for state, _ in owed(alarm)]
    # It stayed: now somebody is called.
    Alarm.objects.update(level_at=clock.now() - timedelta(minutes=6))
    assert alarms.owe_forgotten() == 1
    assert owed(alarm)[-1] == ("issued", "alarm")
    assert alarms.owe_forgotten() == 0


def test_one_that_comes_back_late_is_a_new_matter(world: World) -> None:
    one = binding(world)
    tell(into(one, -40), out(one, -30))
    assert tell(into(one)).raised
    assert Alarm.objects.count() == 2
    assert len({alarm.case for alarm in Alarm.objects.all()}) == 2


def test_two_detectors_of_one_plant_are_one_alarm_until_both_are_well(world: World) -> None:
    both = gas(world)
    told = tell(into(both[0], 0), into(both[1], 1))
    assert (len(told.raised), Alarm.objects.count()) == (1, 1)
    tell(out(both[0], 2))
    assert Alarm.objects.get().state == "raised"
    assert Alarm.objects.get().stream_id == world.gas[1].pk
    tell(out(both[1], 3))
    assert Alarm.objects.get().state == "cleared"
    # Nobody looks after the plant: the county's duty room is asked.
    assert Obligation.objects.get().debtor_id == world.duty.pk


def test_equipment_that_falls_silent_is_told_to_no_module_above(world: World) -> None:
    tell(into(binding(world, None, hazard="")))
    alarm = Alarm.objects.get()
    assert (alarm.level, alarm.hazard) == (None, "")
    assert published() == []
    assert owed(alarm) == [("issued", "alarm")]


def test_acknowledging_answers_what_is_owed_and_says_who(world: World) -> None:
    tell(into(binding(world)))
    alarm = Alarm.objects.get()
    assert alarms.acknowledge_alarms(alarms=[alarm.pk], by=OFFICER).done
    assert alarms.acknowledge_alarms(alarms=[alarm.pk], by=OFFICER).unchanged
    alarm.refresh_from_db()
    assert (alarm.state, alarm.acknowledged_by) == ("acknowledged", OFFICER.ref)
    assert owed(alarm) == [("closed", "alarm")]
    assert Entry.objects.filter(deed="alarms.acknowledged").count() == 1


def test_answering_the_obligation_acknowledges_the_alarm(world: World) -> None:
    tell(into(binding(world)))
    alarm, debt = Alarm.objects.get(), Obligation.objects.get()
    obligations.answer(obligation=debt.pk, by=OFFICER)
    alarm.refresh_from_db()
    assert (alarm.state, alarm.acknowledged_by) == ("acknowledged", OFFICER.ref)


def test_what_grows_worse_than_what_was_acknowledged_must_be_acknowledged_again(
    world: World,
) -> None:
    tell(into(binding(world)))
    alarm = Alarm.objects.get()
    alarms.acknowledge_alarms(alarms=[alarm.pk], by=OFFICER)
    tell(into(binding(world, 2), 1, 13.6))
    alarm.refresh_from_db()
    assert (alarm.state, alarm.acknowledged_at) == ("raised", None)
    assert owed(alarm)[-1] == ("issued", "alarm-urgent")


def test_an_alarm_is_closed_only_when_it_is_over_and_understood(world: World) -> None:
    tell(into(binding(world)))
    alarm = Alarm.objects.get()
    with pytest.raises(Conflict):
        alarms.close_alarms(alarms=[alarm.pk], by=OFFICER)
    tell(out(binding(world), 1))
    with pytest.raises(Conflict):
        alarms.close_alarms(alarms=[alarm.pk], by=OFFICER)
    with pytest.raises(Invalid):
        alarms.classify_alarms(alarms=[alarm.pk], cause="no-such-cause", by=OFFICER)
    alarms.classify_alarms(alarms=[alarm.pk], cause="real", note="洪水过境", by=OFFICER)
    assert alarms.close_alarms(alarms=[alarm.pk], by=OFFICER).done == (alarm.pk,)
    alarm.refresh_from_db()
    assert (alarm.state, alarm.cause, alarm.cause_by) == ("closed", "real", OFFICER.ref)
    tell(into(binding(world), 2))
    assert Alarm.objects.count() == 2


def test_a_shelved_matter_keeps_quiet_until_its_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = binding(world)
    tell(into(one, -60))
    first = Alarm.objects.get()
    until = clock.now() + timedelta(hours=2)
    with pytest.raises(Invalid):
        alarms.shelve_alarms(alarms=[first.pk], until=until, reason=" ", by=OFFICER)
    alarms.shelve_alarms(alarms=[first.pk], until=until, reason="换探头", by=OFFICER)
    assert owed(first)[-1][0] == "withdrawn"
    tell(out(one, -50))
    tell(into(one))
    second = Alarm.objects.latest("id")
    assert second.pk != first.pk
    assert second.shelved_until == until
    assert owed(second) == []
    assert alarms.owe_forgotten() == 0
    later = until + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert alarms.end_shelvings() == 2
    assert owed(second) == [("issued", "alarm")]
    assert alarms.end_shelvings() == 0


def test_what_is_taken_off_the_shelf_by_hand_is_owed_again(world: World) -> None:
    tell(into(binding(world)))
    alarm = Alarm.objects.get()
    until = clock.now() + timedelta(hours=2)
    alarms.shelve_alarms(alarms=[alarm.pk], until=until, reason="换探头", by=OFFICER)
    alarms.unshelve_alarms(alarms=[alarm.pk], by=OFFICER)
    assert [state for state, _ in owed(alarm)] == ["withdrawn", "issued"]
    with pytest.raises(Conflict):
        alarms.unshelve_alarms(alarms=[alarm.pk], by=OFFICER)


@pytest.mark.parametrize("what", ["gateway", "station", "stream"])
def test_what_is_raised_under_maintenance_waits_for_its_end(world: World, what: str) -> None:
    now = clock.now()
    target = {"gateway": world.gateway, "station": world.river, "stream": world.level}[what]
    Maintenance.objects.create(
        region_id=COUNTY, reason="年检", starts=now - timedelta(hours=1),
        ends=now + timedelta(hours=1), at=now, by=BY.ref, **{what: target},
    )  # fmt: skip
    tell(into(binding(world)))
    alarm = Alarm.objects.get()
    assert alarm.shelved_until == now + timedelta(hours=1)
    assert owed(alarm) == []


def test_what_no_watch_holds_any_more_is_cleared(world: World) -> None:
    one, other = binding(world), binding(world, 2)
    tell(into(one), into(other, 0, 13.6))
    alarm = Alarm.objects.get()
    assert alarms.reconcile_alarms(standing=[(one.matter, one.watch)], by=BY).eased == (alarm.pk,)
    assert alarms.reconcile_alarms(standing=[(one.matter, one.watch)], by=BY) == alarms.Outcome()
    assert alarms.reconcile_alarms(standing=[], by=BY).cleared == (alarm.pk,)


def _deeds(alarm: str, by: Actor) -> Sequence[Any]:
    until: datetime = clock.now() + timedelta(hours=1)
    return (
        lambda: alarms.acknowledge_alarms(alarms=[alarm], by=by),
        lambda: alarms.classify_alarms(alarms=[alarm], cause="real", by=by),
        lambda: alarms.shelve_alarms(alarms=[alarm], until=until, reason="试", by=by),
        lambda: alarms.unshelve_alarms(alarms=[alarm], by=by),
        lambda: alarms.close_alarms(alarms=[alarm], by=by),
    )


def test_charlie_of_the_next_county_finds_no_such_alarm(world: World) -> None:
    tell(into(binding(world)))
    before = Alarm.objects.values().get()
    for region in (NEIGHBOUR, OTHER_TOWN):
        for deed in _deeds(before["id"], actor("township", region, "charlie")):
            with pytest.raises(Missing):
                deed()
    for deed in _deeds(before["id"], actor("expert", COUNTY)):
        with pytest.raises(Forbidden):
            deed()
    assert Alarm.objects.values().get() == before


def test_one_deed_on_several_does_each_where_it_may_and_tells_why_not(world: World) -> None:
    """A township's officer chose one of the own town and one of the next: one entry, one reason."""
    tell(into(binding(world)), into(gas(world)[0]))
    mine, other = Alarm.objects.get(station=world.river), Alarm.objects.get(station=world.plant)
    town = actor("township", TOWN)
    until = clock.now() + timedelta(hours=1)
    deeds: dict[str, Callable[[list[str]], alarms.Told]] = {
        "acknowledged": lambda ids: alarms.acknowledge_alarms(alarms=ids, by=town),
        "classified": lambda ids: alarms.classify_alarms(alarms=ids, cause="real", by=OFFICER),
        "shelved": lambda ids: alarms.shelve_alarms(
            alarms=ids, until=until, reason="换探头", by=OFFICER
        ),
        "unshelved": lambda ids: alarms.unshelve_alarms(alarms=ids, by=OFFICER),
    }
    for name, deed in deeds.items():
        told = deed([mine.pk, mine.pk, other.pk])
        entries = Entry.objects.filter(deed=f"alarms.{name}").values_list("subject", flat=True)
        assert sorted(told.done) == sorted(entries), name
        assert set(told.done) | set(told.refused) == {mine.pk, other.pk}, name
        assert (other.pk in told.refused) is (name == "acknowledged")
    other.refresh_from_db()
    assert (other.cause, other.acknowledged_by) == ("real", OFFICER.ref)
    tell(out(binding(world), 1))
    told = alarms.close_alarms(alarms=[mine.pk, other.pk], by=OFFICER)
    assert told.done == (mine.pk,)
    assert "尚未解除" in told.refused[other.pk].detail
    assert alarms.close_alarms(alarms=[mine.pk], by=OFFICER).unchanged == (mine.pk,)


def test_many_alarms_take_few_statements(world: World) -> None:
    numbers = range(100, 300)
    Stream.objects.bulk_create(
        [
            Stream(
                code=f"S{n}", station=world.river, quantity="water-level", region_id=VILLAGE,
                number=n, created_at=clock.now(), changed_at=clock.now(), changed_by="test",
            )
            for n in numbers
        ]
    )  # fmt: skip
    ids = dict(Stream.objects.values_list("number", "pk"))
    changes = [
        into(binding(world, watch=f"3:{n}", matter=f"river-stage:{ids[n]}", stream=ids[n]))
        for n in numbers
    ]
    with CaptureQueriesContext(connection) as asked:
        assert len(tell(*changes).raised) == 200
    assert len(asked) < 50, len(asked)
