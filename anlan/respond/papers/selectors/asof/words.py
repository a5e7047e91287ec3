"""Warnings in force and forecasts that somebody stood behind, at a moment."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from anlan.forecast.models import Run
from anlan.respond.papers.selectors.asof.where import Where
from anlan.warn.models import Alert

#: A run that counted at the time: it stands, or a newer one took its place.
COUNTED = ("approved", "superseded")


def warnings_at(where: Where, at: datetime) -> list[Alert]:
    """List the warnings that were in force, the gravest first."""
    rows = Alert.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), issued_at__lte=at)
    rows = rows.exclude(action__in=("cancel", "withdraw"))
    if where.cases:
        rows = rows.filter(case__in=list(where.cases))
    found = [one for one in rows if where.touching([*one.regions, one.region_id])]
    return sorted(found, key=lambda one: (one.level or 9, one.issued_at, one.pk))


@dataclass(frozen=True)
class ForecastThen:
    """A forecast that counted."""

    id: str
    title: str
    hazard: str
    level: int | None
    based_at: datetime
    signed_at: datetime | None
    lower_bound: bool


def forecasts_at(where: Where, at: datetime) -> list[ForecastThen]:
    """List the newest signed run of each model and storm that still told something.

    One that was taken back later is left out: nobody stands behind it.
    """
    rows = Run.objects.filter(signing__in=COUNTED, signed_at__lte=at, valid_until__gt=at)
    newest = {
        (row.model, row.storm, row.region_id): row
        for row in rows.defer("inputs", "outputs", "notes", "given").order_by("signed_at", "pk")
        if where.touching([row.region_id])
    }
    return [
        ForecastThen(
            row.pk, row.title, row.hazard, row.level, row.based_at, row.signed_at, row.lower_bound
        )
        for row in sorted(newest.values(), key=lambda row: (row.level or 9, row.pk))
    ]
