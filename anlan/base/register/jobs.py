"""Registers' own work: checking and writing sheets."""

from anlan.base.jobs.registry import JobContext, every, job
from anlan.base.permissions.selectors import actor_by_ref
from anlan.base.register.services import imports


@job("register.check", title="检查导入的表格", title_en="Check a sheet", tries=2)
def check(context: JobContext, identity: str) -> None:
    """Check a sheet in the name of who brought it."""
    imports.check_import(identity=identity, by=actor_by_ref(context.by), progress=context.progress)


@job("register.write", title="写入导入的表格", title_en="Write a sheet", tries=3)
def write(context: JobContext, identity: str) -> None:
    """Write a sheet in the name of who accepted it, with the rights they have now."""
    imports.write_import(identity=identity, by=actor_by_ref(context.by), progress=context.progress)


@every(hours=6)
@job("register.sweep", title="清理未确认的导入", title_en="Let go of imports nobody accepted")
def sweep(context: JobContext) -> int:  # noqa: ARG001 - every job is told
    """Delete sheets that wait too long; they may hold personal values."""
    return imports.sweep_imports()
