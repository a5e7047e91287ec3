"""Forms' own work: rounds that are due by themselves."""

from anlan.base.forms import services
from anlan.base.jobs.registry import JobContext, every, job


@every(seconds=30)
@job("forms.rounds", title="定时下发报表", title_en="Send forms that are due")
def open_rounds(context: JobContext) -> None:  # noqa: ARG001 - every job is told
    """Send the rounds that are due; a round is one transaction, so it may be cut off anywhere."""
    services.open_due()
