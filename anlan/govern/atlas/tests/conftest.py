"""The county of `papers`, its regions with seats."""

import pytest

from anlan.base.regions.models import Boundary, Region
from anlan.respond.casebook.tests.test_desk import begun
from anlan.respond.papers.tests.conftest import county, home, scene, turn, workspace_of_tests, world

__all__ = ["begun", "county", "home", "scene", "turn", "workspace_of_tests", "world"]


@pytest.fixture
def seated(county: object) -> None:  # noqa: ARG001 - its regions
    """Give every region that has a boundary a seat in the middle of it."""
    for one in Boundary.objects.all():
        middle = {"lon": (one.west + one.east) / 2, "lat": (one.south + one.north) / 2}
        Region.objects.filter(code=one.region_id).update(**middle)
