"""Who was due to leave at a moment and where they were: 应转 = 集中安置 + 投亲靠友 + 未转."""

from dataclasses import dataclass
from datetime import datetime

from anlan.respond.evacuation.models import Evacuation
from anlan.respond.evacuation.selectors.counting import Sums, sums, tally
from anlan.respond.papers.selectors.asof.where import Where


@dataclass(frozen=True)
class MovingThen:
    """Batches that had been ordered, and what they came to together."""

    batches: tuple[tuple[str, str, datetime], ...]
    sums: Sums


def moving_at(where: Where, at: datetime) -> MovingThen:
    """Add up the batches that had been ordered and were not closed."""
    rows = Evacuation.objects.filter(where.rows(), ordered_at__lte=at).exclude(closed_at__lte=at)
    batches = list(rows.order_by("ordered_at", "pk"))
    counted = [states for one in batches for states in tally(one.pk, at).values()]
    return MovingThen(
        tuple((one.pk, one.title, one.ordered_at) for one in batches if one.ordered_at),
        sums(counted),
    )
