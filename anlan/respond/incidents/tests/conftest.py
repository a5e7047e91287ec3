"""A county with a duty room, its township, somebody who leads, and a clock that stands."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anlan.base.conftest import migrated, workspace_of_tests
from anlan.base.people.tests import village
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.respond.incidents import services
from anlan.respond.incidents.models import Incident
from anlan.respond.incidents.services import Sent, Told

__all__ = ["migrated", "workspace_of_tests"]

COUNTY, TOWN, NEIGHBOUR = village.COUNTY, village.TOWN, "339902000000"
HERE, THERE, FAR = village.NEAR, village.NEXT, village.FAR
NOON = datetime(2026, 7, 14, 4, 0, tzinfo=UTC)


def actor(role: str, region: str = COUNTY, name: str = "") -> Actor:
    """Somebody with a role in a region."""
    return Actor(
        ref=f"user:{name or role}", user_id=name or role, name=name or role, region=region,
        roles=(Holding(role, scope.prefix(region)),),
    )  # fmt: skip


OFFICER, LEAD = actor("duty-officer"), actor("duty-lead")
TOWNSHIP = actor("township", TOWN)
VILLAGER = actor("village", HERE)
CHARLIE = actor("duty-lead", NEIGHBOUR, "charlie")

SLIDE = Told(
    kind="landslide", what="屋后山体滑下来，压了两间房", region=HERE, place="前坑小学后山",
    happened_at=NOON - timedelta(minutes=10), figures={"deaths": 0, "trapped": 2},
    caller_name="王小明", caller_phone="10012345678", source="public",
)  # fmt: skip
BLAST = Told(
    kind="hazchem", what="储罐爆炸", region=HERE, figures={"deaths": 3}, source="unit"
)  # fmt: skip


class Wall:
    """The workspace's clock, standing still until it is told to go on."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def go(self, **length: float) -> datetime:
        """Let some time pass."""
        self.at += timedelta(**length)
        return self.at


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """Stand at noon."""
    made = Wall(NOON)
    monkeypatch.setattr(clock, "now", lambda: made.at)
    return made


@pytest.fixture
def world(db: None, workspace_of_tests: Path, wall: Wall) -> Wall:  # noqa: ARG001
    """The county's duty room and the township's, each with somebody; a commander."""
    village.make_regions()
    village.unit(code="U1", region=COUNTY, name="云屿县应急管理局")
    village.person("R1", "某值班", COUNTY, "10000000001")
    village.person("R2", "某指挥", COUNTY, "10000000002")
    village.person("R3", "某乡值班", TOWN, "10000000003")
    village.post("P-DUTY", "duty-officer", COUNTY, "R1")
    village.post("P-CHIEF", "commander", COUNTY, "R2")
    village.post("P-TOWN", "duty-officer", TOWN, "R3")
    return wall


def taken(told: Told = SLIDE, by: Actor = OFFICER) -> Incident:
    """Take an incident in, whatever lies near it."""
    row = services.begin_incident(told=told, by=by)
    return services.take_in(incident=row.pk, apart=True, by=by)


def sent(row: Incident, number: int, way: str, to: str = "city", *, by: Actor = OFFICER) -> None:
    """Let a report reach somebody now."""
    services.note_dispatch(
        incident=row.pk, number=number, by=by,
        sent=Sent(to=to, way=way, receiver="市局 李某", at=clock.now()),
    )  # fmt: skip
