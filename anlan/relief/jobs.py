"""Relief's own work: asking for the day's loss reports."""

from anlan.base.jobs.registry import JobContext, every, job
from anlan.relief import services


@every(minutes=15)
@job("losses.daily", title="灾情续报（零报告）", title_en="Ask for the day's loss reports")
def owe_daily(context: JobContext) -> int:  # noqa: ARG001 - every job is told
    """Ask for today's reports of losses that still go on."""
    return services.owe_daily()
