"""How long a roll keeps people whom no register has: a stated term after the batch is over."""

from datetime import datetime, timedelta

from anlan import codes
from anlan.kernel import clock
from anlan.respond.evacuation.models import Evacuation

TABLE, TERM = "retention-terms", "evacuation-added"


def erased_on(batch: Evacuation) -> datetime | None:
    """Tell when what was added to a batch is destroyed by itself; None before it is over."""
    if batch.state != "closed" or batch.closed_at is None:
        return None
    term = codes.table(TABLE, region=batch.region_id).get(TERM)
    days = term.whole("days") if term else None
    return None if days is None else batch.closed_at + timedelta(days=days)


def over_due() -> list[str]:
    """List the batches whose term is over and that were not erased."""
    now = clock.now()
    rows = Evacuation.objects.filter(state="closed", erased_at=None).order_by("pk")
    return [row.pk for row in rows if (due := erased_on(row)) is not None and due <= now]
