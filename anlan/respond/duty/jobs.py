"""Calling the roll at the moment that was drawn."""

from anlan.base.jobs.registry import JobContext, every, job
from anlan.respond.duty import services


@every(minutes=1)
@job("duty.roll-calls", title="定时和随机点名查岗", title_en="Call the roll by schedule and by lot")
def call_due(context: JobContext) -> int | None:  # noqa: ARG001 - every job is told
    """Lay out what the schedules name, and ask the rooms whose moment has come."""
    laid = services.lay_out_rolls()
    return laid + services.call_due() or None
