"""What evacuations do by themselves: destroy what is kept of people once its term is over."""

from anlan.base.jobs.registry import JobContext, every, job
from anlan.base.permissions.actor import system
from anlan.respond.evacuation import services


@every(hours=6)
@job(
    "respond.evacuation.erase", title="到期销毁转移名单外人员的信息",
    title_en="Destroy what rolls keep of people whose term is over",
)  # fmt: skip
def erase_due(context: JobContext) -> int | None:  # noqa: ARG001 - every job is told
    """Destroy the keys of whoever was added to batches whose term is over."""
    return services.erase_due(by=system("evacuation-term")) or None
