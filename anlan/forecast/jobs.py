"""Forecast's own work in the background: cycles that begin, truths to compare, water to watch."""

from anlan.base.jobs.registry import JobContext, every, job
from anlan.forecast.services import owing, scheduling, verifying


@every(minutes=1)
@job("forecast.schedule", title="按时次发起预报", title_en="Start forecasts that are due")
def start_due(context: JobContext) -> None:  # noqa: ARG001 - every job is told
    """Ask for the runs whose cycle has begun."""
    scheduling.start_due_runs()


@every(minutes=20)
@job("forecast.verify", title="检验预报", title_en="Verify forecasts")
def verify(context: JobContext) -> dict[str, int] | None:  # noqa: ARG001 - every job is told
    """Compare forecasts whose time is over with what was measured."""
    done = verifying.verify_runs()
    return {"verified": done} if done else None


@every(minutes=5)
@job("forecast.sudden", title="水位骤变叫人", title_en="Call for water that jumped")
def call_for_sudden(context: JobContext) -> dict[str, int] | None:  # noqa: ARG001 - every job is told
    """Let the watch look at water that rose or fell as no rain explains."""
    called = owing.owe_sudden_changes()
    return {"called": called} if called else None


@every(hours=24)
@job("forecast.forget", title="清理旧的预报产品", title_en="Drop old products of forecasts")
def forget(context: JobContext) -> dict[str, int] | None:  # noqa: ARG001 - every job is told
    """Drop the products of unsigned runs a month after they ended."""
    gone = scheduling.forget_products()
    return {"dropped": gone} if gone else None
