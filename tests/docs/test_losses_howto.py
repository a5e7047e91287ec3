"""The guide to losses is followed from the first report to the verified one."""

from datetime import timedelta

import pytest

from anlan import codes
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.ladders import ladder
from anlan.base.obligations.models import Obligation
from anlan.base.register.registry import REGISTERS
from anlan.kernel.errors import Invalid
from anlan.project.urls import api
from anlan.relief import services
from anlan.relief.selectors import totals
from anlan.relief.tests.conftest import (
    CLERK,
    COUNTY,
    OFFICER,
    OTHER_CLERK,
    OTHER_TOWN,
    SECTION,
    TOWN,
    begun,
    migrated,
    received,
    reported,
    workspace_of_tests,
    world,
)

from .written import DOCS, spans

__all__ = ["migrated", "workspace_of_tests", "world"]

GUIDE = DOCS / "howto" / "losses.md"


def test_the_kinds_tables_registers_and_addresses_it_names_are_there() -> None:
    named = set(spans(GUIDE))
    assert {"loss-first", "loss-daily", "loss-final"} <= named & set(KINDS.keys())
    assert {"casualties", "damaged-houses"} <= named & set(REGISTERS.keys())
    for table in ("loss-fields", "loss-rules", "loss-clocks", "relief-thresholds"):
        assert table in named
        assert codes.table(table).rows
    assert ladder("loss-report").rungs
    assert "loss-report" in named
    paths = {path for _, router in api._routers for path in router.path_operations}
    assert "/losses/{matter}/sheet/workbook" in paths
    assert "POST /losses/{matter}/sheet/workbook" in named


@pytest.mark.usefixtures("world")
def test_a_matter_goes_the_way_the_guide_tells() -> None:
    matter = begun(ago=timedelta(minutes=10))
    with pytest.raises(Invalid):
        reported(matter, TOWN, CLERK, affected=10, crops_hit=1, crops_damaged=2)
    services.save_draft(
        matter=matter.pk, region=TOWN, by=CLERK,
        drafted=services.Drafted(figures={"affected": 10, "crops-hit": 2}, version=1),
    )  # fmt: skip
    services.hand_in(matter=matter.pk, region=TOWN, version=2, by=CLERK)
    services.merge_below(matter=matter.pk, region=COUNTY, version=0, by=OFFICER)
    first = services.hand_in(matter=matter.pk, region=COUNTY, version=1, by=OFFICER)
    told = totals(case=matter.case)
    assert told is not None
    assert told.get("affected").is_lower_bound
    owed = Obligation.objects.filter(kind="loss-first", region=COUNTY)
    assert owed.get().closed_at is None
    received(first)
    assert owed.get().closed_at is not None

    reported(matter, OTHER_TOWN, OTHER_CLERK, affected=5, crops_hit=0)
    services.mark_steady(matter=matter.pk, by=SECTION)
    services.merge_below(matter=matter.pk, region=COUNTY, version=0, by=OFFICER)
    last = services.hand_in(matter=matter.pk, region=COUNTY, version=1, by=OFFICER)
    assert (last.phase, last.figures["affected"], last.at_least) == ("final", 15, [])
    received(last)
    services.close_matter(matter=matter.pk, by=SECTION)
    assert not Obligation.objects.filter(kind__startswith="loss-", closed_at=None).exists()
