"""Warn's own work in the background: what runs out by itself."""

from anlan.base.jobs.registry import JobContext, every, job
from anlan.warn.services import expiring


@every(minutes=1)
@job("warn.expire", title="预警到期", title_en="Expire alerts")
def expire(context: JobContext) -> int | None:  # noqa: ARG001 - every job is told
    """End messages and alerts whose time is over."""
    return expiring.expire_due() or None
