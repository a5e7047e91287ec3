"""A county's duty room, two townships of which one has a duty room, and a clock that stands."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anlan.base.conftest import migrated, workspace_of_tests
from anlan.base.people.tests import village
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.regions import scope
from anlan.kernel import clock

__all__ = ["migrated", "workspace_of_tests"]

COUNTY, TOWN, OTHER, NEIGHBOUR = village.COUNTY, village.TOWN, village.OTHER, "339902000000"
NOON = datetime(2026, 7, 14, 4, 0, tzinfo=UTC)


def actor(role: str, region: str = COUNTY, name: str = "") -> Actor:
    """Somebody with a role in a region."""
    return Actor(
        ref=f"user:{name or role}", user_id=name or role, name=name or role, region=region,
        roles=(Holding(role, scope.prefix(region)),),
    )  # fmt: skip


OFFICER, NEXT = actor("duty-officer"), actor("duty-officer", name="next")
LEAD, SECTION = actor("duty-lead"), actor("section")
TOWNSHIP = actor("township", TOWN)
CHARLIE = actor("duty-lead", NEIGHBOUR, "charlie")


class Wall:
    """The workspace's clock, standing still until it is told to go on."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def go(self, **length: float) -> datetime:
        """Let some time pass."""
        self.at += timedelta(**length)
        return self.at


@pytest.fixture
def world(db: None, workspace_of_tests: Path, monkeypatch: pytest.MonkeyPatch) -> Wall:  # noqa: ARG001
    """The rooms at noon; the leader on duty has a telephone that is dead."""
    made = Wall(NOON)
    monkeypatch.setattr(clock, "now", lambda: made.at)
    village.make_regions()
    village.unit(code="U1", region=COUNTY, name="云屿县应急管理局")
    village.person("R1", "某值班", COUNTY, "10000000001", "10000000009")
    village.person("R2", "某带班", COUNTY)
    village.person("R3", "某乡值班", TOWN, "10000000003")
    village.post("P-DUTY", "duty-officer", COUNTY, "R1")
    village.post("P-LEAD", "duty-leader", COUNTY, "R2")
    village.post("P-TOWN", "duty-officer", TOWN, "R3")
    village.save("duty-shifts", unit="U1", date="2026-07-14", shift="whole", officer="R1")
    return made
