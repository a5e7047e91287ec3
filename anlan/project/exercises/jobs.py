"""Scheduled work on exercises."""

from anlan.base.jobs.registry import JobContext, every, job
from anlan.kernel import workspace
from anlan.kernel.errors import Unavailable


@every(minutes=1)
@job("exercises.follow", title="在演练中同样销毁", title_en="Erase in the exercises too")
def follow(_context: JobContext) -> None:
    """Erase in every exercise what was erased here, whoever did it and whatever was in the way."""
    from anlan.project.exercises import following

    failed = [one for one in following.follow(workspace.directory()) if one.problem]
    if failed:
        told = "；".join(f"{one.name}：{one.problem}" for one in failed)
        raise Unavailable(f"有演练工作区没有销毁成功：{told}")


@every(minutes=1)
@job(
    "exercises.real_alarms", title="把真实报警告诉演练", title_en="Tell the exercises what is real"
)
def tell_exercises(_context: JobContext) -> None:
    """Tell every exercise what waits here, and so that somebody would tell it."""
    from anlan.project.exercises import real_alarms

    real_alarms.tell_exercises(workspace.directory())
