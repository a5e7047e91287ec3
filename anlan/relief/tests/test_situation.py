"""The dead and missing of open matters are a figure that may ask for a response."""

import pytest

from anlan.kernel import clock
from anlan.relief.models import LossMatter
from anlan.relief.selectors.situation import dead_or_missing, losses_at
from anlan.relief.tests.conftest import COUNTY, OFFICER, begun, reported
from anlan.respond.papers.losses import losses_at as handed_down
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


def test_losses_are_handed_down_with_their_report_and_what_is_unknown_stays_so() -> None:
    assert handed_down(COUNTY, clock.now()) == []
    before = clock.now()
    matter = begun()
    (open_,) = losses_at(COUNTY, clock.now())
    assert (open_.report, open_.as_of) == ("", None)
    assert {one.value for one in open_.figures} == {None}
    assert open_.missing
    report = reported(matter, COUNTY, OFFICER, affected=10, dead=0)
    (told,) = handed_down(COUNTY, clock.now())
    figures = {one.name: one.value for one in told.figures}
    assert (figures["受灾人口"], figures["因灾死亡人口"]) == (10, 0)
    assert None in figures.values()
    assert (told.report, told.as_of) == ("灾情初报第1报", report.as_of)
    assert losses_at(COUNTY, before) == []
