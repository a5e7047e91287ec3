"""The four facts that modules tell each other across the whole house."""

from dataclasses import FrozenInstanceError, fields
from datetime import UTC, datetime

import msgspec
import orjson
import pytest
from django.db import transaction

from anlan.base.outbox.models import Event as EventRow
from anlan.base.outbox.services import publish, read_event
from anlan.forecast.events import ForecastApproved
from anlan.kernel.events import Event, facts, kind, kind_of
from anlan.sense.events import AlarmRaised
from anlan.warn.events import AlertIssued, AlertReceived

AT = datetime(2026, 8, 9, 4, 10, 0, 123456, tzinfo=UTC)
CASE = "01K2E8W0000000000000000000"
VILLAGES = ("339901102201", "339901102202")

LEAST: dict[str, Event] = {
    "sense.AlarmRaised": AlarmRaised(
        case=CASE,
        alarm="A1",
        hazard="flood",
        level=None,
        region="339901102000",
        where="云溪水库坝前",
        raised_at=AT,
    ),
    "warn.AlertReceived": AlertReceived(
        case=CASE,
        alert="R1",
        message="M1",
        digest="0" * 64,
        station="云屿县气象台",
        hazard="",
        level=None,
        action="alert",
        status="actual",
        region="339901000000",
        regions=VILLAGES,
        sent_at=AT,
        received_at=AT,
    ),
    "warn.AlertIssued": AlertIssued(
        case=CASE,
        alert="I1",
        kind="risk-notice",
        relayed=False,
        hazard="rainstorm",
        level=None,
        action="issue",
        region="339901000000",
        regions=VILLAGES,
        by="user:1",
        issued_at=AT,
    ),
    "forecast.ForecastApproved": ForecastApproved(
        case=CASE,
        run="F1",
        engine="surge",
        hazard="storm-surge",
        level=None,
        lower_bound=True,
        region="339901000000",
        based_at=AT,
        valid_from=AT,
        valid_until=AT,
        by="user:1",
        approved_at=AT,
    ),
}

FULL: dict[str, Event] = {
    "sense.AlarmRaised": AlarmRaised(
        case=CASE,
        alarm="A1",
        hazard="flood",
        level=1,
        was=3,
        region="339901102201007",
        where="云溪水库坝前",
        lon=121.6,
        lat=28.4,
        stream="YX-SK-01.level",
        value=78.2,
        limit=78.0,
        unit="m",
        raised_at=AT,
    ),
    "warn.AlertReceived": AlertReceived(
        case=CASE,
        alert="R2",
        message="M2",
        digest="a" * 64,
        identifier="33990141600000_20260809041000",
        station="云屿县气象台",
        hazard="rainstorm",
        event_code="11B03",
        level=1,
        action="update",
        status="exercise",
        region="339901000000",
        regions=VILLAGES,
        replaces=("R1",),
        sent_at=AT,
        effective_at=AT,
        expires_at=AT,
        received_at=AT,
    ),
    "warn.AlertIssued": AlertIssued(
        case=CASE,
        alert="I2",
        kind="weather-signal",
        relayed=True,
        received="R2",
        hazard="rainstorm",
        level=1,
        was=2,
        action="raise",
        region="339901000000",
        regions=VILLAGES,
        by="user:1",
        standing_order="S1",
        issued_at=AT,
        effective_at=AT,
        expires_at=AT,
    ),
    "forecast.ForecastApproved": ForecastApproved(
        case=CASE,
        run="F2",
        engine="surge",
        hazard="storm-surge",
        level=1,
        lower_bound=False,
        region="339901000000",
        stations=("YX-TIDE-1",),
        station_levels=(1,),
        villages=VILLAGES,
        village_nearness=(1.2, None),
        village_depths=(0.6, None),
        village_arrivals=(AT, None),
        preparing=("339901102203",),
        storm="1909",
        based_at=AT,
        valid_from=AT,
        valid_until=AT,
        first_at=AT,
        by="user:1",
        approved_at=AT,
    ),
}

SAMPLES = [
    pytest.param(name, event, id=f"{name}-{size}")
    for size, events in (("least", LEAST), ("full", FULL))
    for name, event in events.items()
]


@pytest.mark.parametrize("name", LEAST)
def test_a_contract_is_declared_under_the_name_others_subscribe_to(name: str) -> None:
    assert kind(name) is type(LEAST[name])
    assert kind_of(LEAST[name]) == name


@pytest.mark.parametrize("name", LEAST)
def test_a_fact_cannot_be_changed_afterwards(name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        LEAST[name].case = "another"  # type: ignore[misc]


@pytest.mark.parametrize("name", LEAST)
def test_every_contract_says_what_matter_hazard_level_and_region_it_is_about(name: str) -> None:
    assert {"case", "hazard", "level", "region"} <= {one.name for one in fields(LEAST[name])}


@pytest.mark.parametrize("name", FULL)
def test_the_full_sample_leaves_no_field_at_its_default(name: str) -> None:
    blank = [key for key, value in facts(FULL[name]).items() if value in (None, "", ())]
    assert not blank


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "event"), SAMPLES)
def test_what_is_told_is_what_is_heard(name: str, event: Event) -> None:
    with transaction.atomic():
        (pk,) = publish(event)
    row = EventRow.objects.get(pk=pk)
    assert (row.kind, row.case) == (name, CASE)
    assert read_event(row) == event


@pytest.mark.parametrize("level", [0, 5, "红"])
@pytest.mark.parametrize("name", LEAST)
def test_a_level_outside_one_to_four_is_not_read(name: str, level: object) -> None:
    told = orjson.loads(orjson.dumps({**facts(LEAST[name]), "level": level}))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(told, kind(name), strict=False)


def test_alerts_carry_no_text_that_somebody_could_alter() -> None:
    for name in ("warn.AlertReceived", "warn.AlertIssued"):
        names = {one.name for one in fields(LEAST[name])}
        assert not names & {"text", "body", "headline", "description", "instruction", "area"}
