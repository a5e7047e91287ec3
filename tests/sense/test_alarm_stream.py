"""An alarm on its way to the screens: every deed on it is told to those who may see it."""

import orjson
import pytest

from anlan.base.conftest import workspace_of_tests
from anlan.base.journal.services.sealing import seal_due
from anlan.base.permissions.actor import Actor, Holding, system
from anlan.base.regions import scope
from anlan.base.register.registry import REGISTERS
from anlan.kernel import clock
from anlan.project.server.stream import feed
from anlan.sense.bindings import Binding, Change
from anlan.sense.models import Alarm
from anlan.sense.services import alarms, rules
from tests.declarations.demo_rows import COUNTY, OTHER_TOWN, TOWN, make_regions, save_demo

__all__ = ["workspace_of_tests"]

pytestmark = [pytest.mark.django_db, pytest.mark.story]

BY = system("test")
SPEC = {
    "title": "汛限", "kind": "level", "quantity": "reservoir-level", "hazard": "dam-danger",
    "conditions": [{"level": 4, "limit": {"level": "flood-limit"}}],
}  # fmt: skip


def officer(region: str) -> Actor:
    return Actor(
        ref="user:o", user_id="o", name="o", region=region,
        roles=(Holding("township", scope.prefix(region)),),
    )  # fmt: skip


def heard(who: Actor) -> list[tuple[str, str]]:
    """List (event, deed) of what somebody's stream would tell."""
    news = feed.read_after(0)
    lines = feed.told([one for one in news if one.action == "alarms.view"], who).split(b"\n")
    events = [line[7:].decode() for line in lines if line.startswith(b"event: ")]
    deeds = [orjson.loads(line[6:])["deed"] for line in lines if line.startswith(b"data: ")]
    return list(zip(events, deeds, strict=True))


def test_raising_and_acknowledging_reach_the_county_and_nobody_else() -> None:
    make_regions()
    stream = save_demo(REGISTERS["streams"]).id
    station = REGISTERS["stations"].model._default_manager.get().pk
    rule = rules.create_rule(code="limit", region=COUNTY, spec=SPEC, by=BY)
    binding = Binding(
        watch="4:1", matter=f"limit:{station}", rule=rule.pk, version=1, hazard="dam-danger",
        level=4, limit=76.0, unit="m", decimals=2, says="超汛限", again_s=600, station=station,
        stream=stream,
    )  # fmt: skip
    at = int(clock.now().timestamp() * 1000)
    alarms.raise_alarms(changes=[Change(binding, True, at, 76.5)], by=BY)
    alarms.acknowledge_alarms(alarms=[Alarm.objects.get().pk], by=officer(TOWN))
    while seal_due():
        pass
    told = [("alarm", "alarms.raised"), ("alarm", "alarms.acknowledged")]
    assert heard(officer(COUNTY)) == heard(officer(TOWN)) == told
    assert heard(officer(OTHER_TOWN)) == heard(officer("339902000000")) == []
