"""Losses as a figure of the situation: what may ask for a response."""

from anlan.base.regions import scope
from anlan.relief.models import LossMatter
from anlan.relief.selectors.totals import of
from anlan.respond.responses.figures import Counted

LOST = ("dead", "missing")


def dead_or_missing(region: str) -> Counted:
    """Count the dead and missing of matters that are open; None where nobody has told of any.

    What some have not told yet can only add to it.
    """
    totals = [
        of(matter, matter.region_id)
        for matter in scope.below(LossMatter.objects.filter(closed_at=None), region)
    ]
    figures = [one.get(key) for one in totals for key in LOST]
    known = [one.value for one in figures if one.value is not None]
    times = [one.as_of for one in totals if one.as_of is not None]
    return Counted(sum(known) if known else None, max(times, default=None))
