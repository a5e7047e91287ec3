"""Who was due to leave at a moment and where they were: 应转 = 集中安置 + 投亲靠友 + 未转."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from anlan.respond.evacuation.models import Evacuation
from anlan.respond.evacuation.selectors.counting import Sums, sums, tally
from anlan.respond.papers.selectors.asof.where import Where
from anlan.respond.responses.models import Response


@dataclass(frozen=True)
class MovingThen:
    """Batches that had been ordered, and what they came to together."""

    batches: tuple[tuple[str, str, datetime], ...]
    sums: Sums


def moving_at(where: Where, at: datetime) -> MovingThen:
    """Add up the batches that had been ordered and were not closed."""
    wanted = where.rows()
    if where.cases:  # drawn up for a response of the case, whatever case stands on it
        running = Response.objects.filter(case__in=list(where.cases)).values("pk")
        wanted |= Q(response__in=running)
    rows = Evacuation.objects.filter(wanted, ordered_at__lte=at).exclude(closed_at__lte=at)
    batches = list(rows.order_by("ordered_at", "pk"))
    counted = [states for one in batches for states in tally(one.pk, at).values()]
    return MovingThen(
        tuple((one.pk, one.title, one.ordered_at) for one in batches if one.ordered_at),
        sums(counted),
    )
