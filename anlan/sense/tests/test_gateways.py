"""A whole gateway gone is one alarm, and nothing of what hangs on it is forgotten."""

from datetime import timedelta

import pytest

from anlan.kernel import clock
from anlan.sense.bindings import Binding, Change
from anlan.sense.models import Alarm
from anlan.sense.services import alarms
from anlan.sense.tests.conftest import BY, World, make_rule

pytestmark = pytest.mark.django_db

NOW = int(clock.now().timestamp() * 1000) - 600_000


@pytest.fixture
def gone(world: World) -> tuple[Binding, Binding]:
    """The watch of the gateway and of the one station behind it."""
    rule = make_rule("silence", hazard="", kind="silence")
    whole = Binding(
        watch="gone", matter=f"silence:{world.gateway.pk}", rule=rule.pk, version=1, hazard="",
        level=None, limit=None, unit="", decimals=0, says="上报网关中断", again_s=1800,
        gateway=world.gateway.pk,
    )  # fmt: skip
    one = Binding(
        watch="silent:1", matter=f"silence:{world.river.pk}", rule=rule.pk, version=1, hazard="",
        level=None, limit=None, unit="m", decimals=2, says="水位中断", again_s=1800,
        station=world.river.pk, stream=world.level.pk, under=whole.matter,
    )  # fmt: skip
    return whole, one


def tell(binding: Binding, entered: bool, minute: float = 0) -> alarms.Outcome:
    return alarms.raise_alarms(
        changes=[Change(binding, entered, int(NOW + minute * 60_000))], by=BY
    )


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_both_told_at_once_are_one_alarm(gone: tuple[Binding, Binding]) -> None:
    whole, one = gone
    changes = [Change(one, True, NOW), Change(whole, True, NOW)]
    told = alarms.raise_alarms(changes=changes, by=BY)
    assert len(told.raised) == 1
    alarm = Alarm.objects.get()
    assert (alarm.gateway_id, alarm.place) == (whole.gateway, "水利网关")
    assert alarms.raise_alarms(changes=changes, by=BY) == alarms.Outcome()


def test_a_station_that_is_heard_again_needs_no_alarm(
    gone: tuple[Binding, Binding], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, one = gone
    tell(whole, True)
    assert tell(one, True) == alarms.Outcome()
    tell(whole, False, 2)
    tell(one, False, 3)
    later(monkeypatch)
    assert alarms.release_held(by=BY) == alarms.Outcome()
    assert Alarm.objects.count() == 1


def test_a_station_that_stays_silent_gets_its_own_alarm(
    gone: tuple[Binding, Binding], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, one = gone
    tell(whole, True)
    tell(one, True)
    tell(whole, False, 2)
    assert alarms.release_held(by=BY) == alarms.Outcome()
    later(monkeypatch)
    told = alarms.release_held(by=BY)
    assert Alarm.objects.get(pk=told.raised[0]).station_id == one.station
    assert alarms.release_held(by=BY) == alarms.Outcome()


def test_a_station_without_its_gateway_gone_raises_at_once(gone: tuple[Binding, Binding]) -> None:
    assert tell(gone[1], True).raised
