"""A small county with stations, a duty room, and somebody in it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from anlan.base.conftest import migrated, workspace_of_tests
from anlan.base.people.models import Post, Unit
from anlan.base.permissions.actor import Actor, Holding, system
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.sense.models import Gateway, Rule, RuleVersion, Station, Stream
from anlan.sense.services.epochs import turn_epoch

__all__ = ["migrated", "workspace_of_tests"]

COUNTY, NEIGHBOUR = "339901000000", "339902000000"
TOWN, OTHER_TOWN = "339901101000", "339901102000"
VILLAGE = "339901101201"
BY = system("test")


def actor(role: str, region: str, name: str = "") -> Actor:
    """Somebody with a role in a region."""
    return Actor(
        ref=f"user:{name or role}", user_id=name or role, name=name or role, region=region,
        roles=(Holding(role, scope.prefix(region)),),
    )  # fmt: skip


@dataclass
class World:
    """What there is."""

    gateway: Gateway
    river: Station
    plant: Station
    level: Stream
    gas: tuple[Stream, Stream]
    duty: Post
    keeper: Post
    rule: Rule


def row(**more: Any) -> dict[str, Any]:
    """What every row of a register has."""
    now = datetime(2026, 6, 1, tzinfo=UTC)
    return {"created_at": now, "changed_at": now, "changed_by": "system:test", **more}


def make_rule(code: str = "river-stage", **more: Any) -> Rule:
    """A rule in force, as far as its alarms ask."""
    values = {
        "title": "河道水位", "region_id": COUNTY, "hazard": "flood", "kind": "level",
        "quantity": "water-level", "version": 1, "active": 1, "changed_at": clock.now(),
        "changed_by": "system:test", **more,
    }  # fmt: skip
    rule = Rule.objects.create(code=code, **values)
    spec = {
        "title": rule.title, "kind": "level", "quantity": "water-level",
        "conditions": [{"level": 3, "limit": {"level": "warning"}}],
    }  # fmt: skip
    RuleVersion.objects.create(rule=rule, number=1, spec=spec, at=clock.now(), by=BY.ref)
    return rule


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    """One gateway, a river gauge with a keeper, a plant with two gas detectors and none."""
    regions = [
        ("330000000000", "某省", 1, None), ("339900000000", "某市", 2, "330000000000"),
        (COUNTY, "云屿县", 3, "339900000000"), (NEIGHBOUR, "邻县", 3, "339900000000"),
        (TOWN, "云岭乡", 4, COUNTY), (OTHER_TOWN, "海门镇", 4, COUNTY),
        (VILLAGE, "前坑村", 5, TOWN),
    ]  # fmt: skip
    for code, name, high, parent in regions:
        Region.objects.create(code=code, name=name, level=high, parent_id=parent)
    bureau = Unit.objects.create(
        **row(code="U1", name="应急局", kind="emergency-bureau", region_id=COUNTY)
    )
    duty = Post.objects.create(
        **row(code="P1", title="县值班员", unit=bureau, role="duty-officer", region_id=COUNTY)
    )
    keeper = Post.objects.create(
        **row(code="P2", title="测站看护", unit=bureau, role="patroller", region_id=TOWN)
    )
    gateway = Gateway.objects.create(**row(code="GW-1", name="水利网关", region_id=COUNTY))
    river = Station.objects.create(
        **row(
            code="RIVER-1", name="云溪水位站", kind="river", region_id=VILLAGE, gateway=gateway,
            keeper=keeper, lon=121.6, lat=28.4,
        )
    )  # fmt: skip
    plant = Station.objects.create(
        **row(code="PLANT-1", name="海门化工", kind="hazchem", region_id=OTHER_TOWN)
    )
    level = Stream.objects.create(
        **row(
            code="RIVER-1.level", station=river, quantity="water-level", region_id=VILLAGE,
            number=1, interval_s=300, levels={"warning": 12.3, "guarantee": 13.5},
        )
    )  # fmt: skip
    gas = [
        Stream.objects.create(
            **row(
                code=f"PLANT-1.gas{n}", station=plant, quantity="combustible-gas",
                region_id=OTHER_TOWN, number=1 + n, interval_s=60,
            )
        )
        for n in (1, 2)
    ]  # fmt: skip
    turn_epoch()
    return World(gateway, river, plant, level, (gas[0], gas[1]), duty, keeper, make_rule())
