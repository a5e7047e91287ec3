"""Calling the roll at the moment that was drawn."""

from anlan.base.jobs.registry import JobContext, every, job
from anlan.respond.duty import services


@every(minutes=1)
@job("duty.roll-calls", title="随机点名查岗", title_en="Call the roll at random")
def call_due(context: JobContext) -> int:  # noqa: ARG001 - every job is told
    """Ask the rooms whose moment has come."""
    return services.call_due()
