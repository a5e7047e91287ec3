"""Obligations' own work: climbing and lapsing without end, reviews once a day."""

from anlan.base.jobs.registry import JobContext, duty, every, job
from anlan.base.obligations import services


@duty("obligations.climb", topics=("obligation",))
def climb() -> int:
    """Move what is due one rung."""
    return services.climb_due(batches=20)


@duty("obligations.lapse", topics=("obligation",))
def lapse() -> int:
    """Mark what is late."""
    return services.lapse_due(batches=20)


@every(hours=12)
@job("obligations.reviews", title="台账到期确认", title_en="Open register reviews")
def open_reviews(context: JobContext) -> int:  # noqa: ARG001 - every job is told
    """Ask keepers to confirm rows that are due."""
    return services.open_reviews()
