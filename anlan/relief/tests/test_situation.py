"""The dead and missing of open matters are a figure that may ask for a response."""

import pytest

from anlan.kernel import clock
from anlan.relief.models import LossMatter
from anlan.relief.selectors.situation import dead_or_missing
from anlan.relief.tests.conftest import COUNTY, OFFICER, begun, reported
from anlan.respond.responses.selectors.figures import counted_in

pytestmark = pytest.mark.usefixtures("world")


def test_the_dead_and_missing_are_counted_once_somebody_told_and_until_the_matter_is_closed() -> (
    None
):
    assert dead_or_missing(COUNTY).value is None
    matter = begun()
    assert dead_or_missing(COUNTY).value is None  # nobody has told: that is not nought
    report = reported(
        matter, COUNTY, OFFICER, affected=10, dead=2, notes={"list-dead/dead": "名册随后补登"}
    )
    told = counted_in(COUNTY, ["dead-or-missing"])["dead-or-missing"]
    assert (told.value, told.at) == (2, report.as_of)
    LossMatter.objects.update(closed_at=clock.now())
    assert dead_or_missing(COUNTY).value is None
