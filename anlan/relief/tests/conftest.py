"""A county of two townships, one of which has two villages; each with an information officer."""

from datetime import datetime, timedelta

import pytest

from anlan.base.conftest import migrated, workspace_of_tests
from anlan.base.people.tests import village
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.relief import services
from anlan.relief.models import LossMatter, LossReport

__all__ = ["migrated", "workspace_of_tests"]

COUNTY, TOWN, OTHER_TOWN = "339901000000", "339901101000", "339901102000"
UPPER, LOWER = "339901101201", "339901101202"
NEIGHBOUR = "339902000000"


def actor(role: str, region: str = COUNTY, name: str = "") -> Actor:
    """Somebody with a role in a region."""
    return Actor(
        ref=f"user:{name or role}", user_id=name or role, name=name or role, region=region,
        roles=(Holding(role, scope.prefix(region)),),
    )  # fmt: skip


SECTION, OFFICER = actor("section"), actor("duty-officer")
CLERK, OTHER_CLERK = actor("township", TOWN, "clerk"), actor("township", OTHER_TOWN, "other")
VILLAGER = actor("village", UPPER)
CHARLIE = actor("section", NEIGHBOUR, "charlie")


@pytest.fixture
def world(db: None, workspace_of_tests: object) -> None:  # noqa: ARG001
    """The regions, and an information officer of the county and of one township."""
    rows = [
        ("330000000000", "某省", 1, None), ("339900000000", "某市", 2, "330000000000"),
        (COUNTY, "云屿县", 3, "339900000000"), (TOWN, "云岭乡", 4, COUNTY),
        (OTHER_TOWN, "海门镇", 4, COUNTY), (UPPER, "前坑村", 5, TOWN), (LOWER, "后坑村", 5, TOWN),
        (NEIGHBOUR, "邻县", 3, "339900000000"),
    ]  # fmt: skip
    for code, name, level, parent in rows:
        Region.objects.create(code=code, name=name, level=level, parent_id=parent)
    village.unit(region=COUNTY, name="云屿县应急管理局")
    village.person("R1", "某信息员", COUNTY, "10000000001")
    village.person("R2", "某乡信息员", TOWN, "10000000002")
    village.post("P-COUNTY", "disaster-reporter", COUNTY, "R1")
    village.post("P-TOWN", "disaster-reporter", TOWN, "R2")


def begun(*, ago: timedelta = timedelta(0), title: str = "演示台风") -> LossMatter:
    """Begin to count the losses of a typhoon that struck so long ago."""
    return services.open_matter(
        occurrence=services.Occurrence(
            hazard="typhoon", region=COUNTY, title=title, occurred_at=clock.now() - ago
        ),
        by=SECTION,
    )


def reported(
    matter: LossMatter, region: str, by: Actor, *, notes: dict[str, str] | None = None,
    **figures: float,
) -> LossReport:  # fmt: skip
    """Fill in a region's figures (``a_b`` for ``a-b``) and hand them in."""
    told = {name.replace("_", "-"): value for name, value in figures.items()}
    draft = services.save_draft(
        matter=matter.pk, region=region, by=by,
        drafted=services.Drafted(figures=told, notes=notes or {}),
    )  # fmt: skip
    return services.hand_in(matter=matter.pk, region=region, version=draft.version, by=by)


def received(report: LossReport, by: Actor = SECTION, at: datetime | None = None) -> LossReport:
    """Note that the city received a report."""
    receipt = services.Receipt(receiver="市应急管理局 某某", at=at or clock.now(), number="S-1")
    return services.mark_sent(report=report.pk, receipt=receipt, by=by)
