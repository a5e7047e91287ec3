"""A county where a zone threatens two households, water another village, and two shelters stand."""

from datetime import datetime
from typing import Any

import pytest

from anlan.base.conftest import migrated, workspace_of_tests
from anlan.base.households.tests.people import household, resident
from anlan.base.obligations.models import Obligation
from anlan.base.people.tests import village as v
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.places.models import DangerZone, Shelter
from anlan.base.regions import scope
from anlan.respond.evacuation import services
from anlan.respond.evacuation.models import Entry, Evacuation
from anlan.respond.evacuation.services.ticking import Said, Ticker, Word

__all__ = ["migrated", "workspace_of_tests"]

NEIGHBOUR = "339902000000"
#: By day, and at night, on the clock of the wall.
NOON = datetime.fromisoformat("2031-08-09T12:00:00+08:00")
NIGHT = datetime.fromisoformat("2031-08-10T01:45:00+08:00")
ZONE = {
    "type": "Polygon",
    "coordinates": [[[121.49, 28.39], [121.499, 28.39], [121.499, 28.41], [121.49, 28.39]]],
}


def actor(role: str, region: str = v.COUNTY, name: str = "") -> Actor:
    """Somebody with a role in a region."""
    return Actor(
        ref=f"user:{name or role}", user_id=name or role, name=name or role, region=region,
        roles=(Holding(role, scope.prefix(region)),),
    )  # fmt: skip


COMMANDER, OFFICER, SECTION = actor("commander"), actor("duty-officer"), actor("section")
TOWNSHIP, VILLAGE = actor("township", v.TOWN), actor("village", v.NEAR)
CHARLIE = actor("commander", NEIGHBOUR, "charlie")


def shelter(code: str, lon: float, lat: float, capacity: int | None = 10, **values: Any) -> str:
    """Make a shelter nobody is in."""
    given = {
        "name": f"{code}避灾点", "level": "village", "stay": "short", "region": v.NEAR,
        "occupied": 0, "status": "ready", **values,
    }  # fmt: skip
    return v.save("shelters", code=code, lon=lon, lat=lat, capacity=capacity, **given)


def zone(code: str, **values: Any) -> str:
    """Make a danger zone of flash floods in the near village."""
    given = {
        "name": f"{code}山洪危险区", "kind": "flash-flood", "region": v.NEAR,
        "hazards": ["flash-flood"], "transfer_lead": "P-NEAR", **values,
    }  # fmt: skip
    return v.save("danger-zones", code=code, **given)


def threaten(zone_code: str, home: str) -> None:
    """Say that a zone threatens a household."""
    v.save("threats", zone=zone_code, household=home, note="屋后坡脚")


@pytest.fixture
def world(db: None, workspace_of_tests: object) -> None:  # noqa: ARG001
    """Two households in a zone (one with a person who lives alone), twelve more people unlisted."""
    v.make_regions()
    v.unit(region=v.COUNTY, name="云屿县人民政府")
    v.person("R1", "某转移", v.NEAR, "10000000001")
    v.person("R2", "某乡长", v.TOWN, "10000000002")
    v.post("P-NEAR", "transfer-responsible", v.NEAR, "R1")
    v.post("P-TOWN", "township-deputy", v.TOWN, "R2")
    shelter("S1", 121.505, 28.40, 3)
    shelter("S2", 121.54, 28.41, 100)
    shelter("S-IN", 121.498, 28.395, 500)
    zone("Z1", outline=ZONE, lon=121.49, lat=28.40, households=6, people=17)
    household("H1", 121.50, 28.40, 2, stay="shelter", phone="10000000011")
    resident("H1-1", "H1", "陈老太", groups=["elderly", "alone"], relation="self")
    resident("H1-2", "H1", "陈小")
    household("H2", 121.501, 28.40, 3, stay="shelter")
    threaten("Z1", "H1")
    threaten("Z1", "H2")


def drafted(**values: Any) -> Evacuation:
    """Draft the batch of the zone."""
    given = {"title": "山洪转移", "region": v.COUNTY, "hazards": ["flash-flood"],
             "expected_at": NOON, **values}  # fmt: skip
    made = services.draft_evacuation(ask=services.Ask(**given), by=OFFICER)
    return Evacuation.objects.get(pk=made)


def ordered(**values: Any) -> Evacuation:
    """Draft and order the batch of the zone, with places kept."""
    batch = drafted(**values)
    services.assign_shelters(evacuation=batch.pk, by=OFFICER)
    services.order_evacuation(evacuation=batch.pk, by=COMMANDER)
    return Evacuation.objects.get(pk=batch.pk)


def entry_of(batch: Evacuation, resident_code: str) -> Entry:
    """Find the entry of a resident."""
    return Entry.objects.get(evacuation=batch, resident__code=resident_code)


def home_of(batch: Evacuation, code: str) -> str:
    """Find a household on the list."""
    found = Entry.objects.filter(evacuation=batch, household__code=code).first()
    assert found is not None
    assert found.household_id
    return found.household_id


def tick(batch: Evacuation, state: str, by: Actor = VILLAGE, **values: Any) -> Said:
    """Say one word about somebody."""
    word = Word(state=state, **values)
    return services.tick_roll(evacuation=batch.pk, words=[word], ticker=Ticker(by, "dev"))[0]


def shelter_of(code: str) -> Shelter:
    """Find a shelter."""
    return Shelter.objects.get(code=code)


def zone_of(code: str) -> DangerZone:
    """Find a danger zone."""
    return DangerZone.objects.get(code=code)


def owed(kind: str) -> list[Obligation]:
    """List what is owed of a kind, open."""
    return list(Obligation.objects.filter(kind=kind, closed_at=None).order_by("pk"))
