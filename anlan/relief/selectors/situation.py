"""Losses as others count on them: a figure that may ask for a response, and for briefings."""

from datetime import datetime

from django.db.models import Q

from anlan import codes
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.relief.models import LossMatter
from anlan.relief.selectors.totals import Totals, of
from anlan.respond.papers.losses import Loss, LossTold
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


def losses_at(region: str, at: datetime) -> list[LossTold]:
    """Tell the losses of the matters that were counted in a region at a moment, newest first."""
    still = Q(closed_at=None) | Q(closed_at__gt=at)
    rows = scope.below(LossMatter.objects.filter(still, opened_at__lte=at), region)
    above = [scope.normalise(region), *scope.ancestors(region)]
    rows |= LossMatter.objects.filter(still, opened_at__lte=at, region_id__in=above)
    return [_told(row, region, at) for row in rows.distinct().order_by("-opened_at", "-pk")]


def _told(row: LossMatter, region: str, at: datetime) -> LossTold:
    """Tell a matter's losses where it was asked, or in its own county where that is narrower."""
    inside = scope.covers(scope.prefix(row.region_id), scope.normalise(region))
    totals = of(row, scope.normalise(region) if inside else row.region_id, at)
    names = regions.names(totals.missing)
    return LossTold(
        title=row.title, case=row.case, report=_report(totals), as_of=totals.as_of,
        figures=[
            Loss(name=one.name, value=one.value, unit=one.unit, at_least=one.is_lower_bound)
            for one in totals.figures
        ],
        missing=[names.get(code, code) for code in totals.missing],
    )  # fmt: skip


def _report(totals: Totals) -> str:
    if not totals.number:
        return ""
    phase = codes.table("loss-phases").name(totals.phase)
    return f"灾情{phase}第{totals.number}报"
