"""What responses do by themselves: weigh what asks for one, make owed what waited."""

from anlan.base.jobs.registry import JobContext, every, job
from anlan.base.permissions.actor import system
from anlan.respond.responses import services
from anlan.respond.responses.states import RIPEN, WEIGH


@every(minutes=1)
@job(WEIGH, title="研判响应建议", title_en="Weigh what asks for a response")
def weigh(context: JobContext) -> int | None:  # noqa: ARG001 - every job is told
    """Bring proposals up to what is known now."""
    return services.weigh(by=system("proposals")) or None


@every(minutes=1)
@job(RIPEN, title="下达后续步骤", title_en="Make steps owed that waited")
def ripen(context: JobContext, response: str = "") -> int | None:  # noqa: ARG001 - every job is told
    """Make owed what waits no longer: what came before is done, or there is no more time."""
    return services.ripen(response=response, by=system("response-steps")) or None
