"""`anlan erase`: destroy personal data by destroying its key."""

import sys
from typing import Annotated

import typer

from anlan.kernel.errors import Invalid
from anlan.project.cli import REFUSED, start_django

app = typer.Typer()


@app.command()
def erase(
    person: Annotated[str, typer.Option(help="人员、居民或住户的编号（26 位）")] = "",
    case: Annotated[str, typer.Option(help="事件的编号（26 位）")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
) -> None:
    """销毁个人信息：销毁其密钥，数据库、索引和此后的备份中都不再能读出。不能撤销。

    例：anlan erase --person 01J9ZK3T8W5Y2V7Q4N6M0XACDE

    例：anlan erase --case 01J9ZK3T8W5Y2V7Q4N6M0XACDE --yes

    从这个工作区复制的演练也一并销毁。销毁之前做的备份里仍有密钥，请按保存期限另行销毁。
    """
    if bool(person) == bool(case):
        raise Invalid("请给出 --person 或 --case，二者选一")
    start_django()
    from django.db import transaction

    from anlan.base.cases.selectors import members
    from anlan.base.cases.services import erase_case
    from anlan.base.files.services import destroy_files
    from anlan.base.forms.services import destroy_pictures
    from anlan.base.households.services import erase as erase_subject
    from anlan.base.obligations.services import destroy_voices
    from anlan.base.permissions.actor import system
    from anlan.relief.services import destroy_lists
    from anlan.respond.incidents.services import destroy_told

    if not yes and not typer.confirm("销毁后无法恢复，确定吗？", err=True):
        raise typer.Exit(1)
    by = system("erase")
    if person:
        keys = erase_subject(subject=person, by=by)
    else:
        with transaction.atomic():
            keys = erase_case(case=case, by=by)
            keys += destroy_lists(cases=members(case), by=by)
            destroy_files(subject_kind="case", subjects=members(case))
            destroy_voices(cases=members(case))
            destroy_pictures(cases=members(case))
            destroy_told(cases=members(case))
    sys.stdout.write(f"已销毁 {keys} 个密钥。\n")
    _reach_exercises()


def _reach_exercises() -> None:
    """Erase the same in every exercise copied from this workspace; exit 1 when one was not reached.

    The worker tries again every minute, and so does the next `anlan erase`.
    """
    from anlan.kernel import workspace
    from anlan.project.exercises.following import follow

    reached = follow(workspace.directory())
    for one in reached:
        told = one.problem or f"已销毁 {one.keys} 个密钥。"
        (sys.stderr if one.problem else sys.stdout).write(f"演练 {one.name}：{told}\n")
    if any(one.problem for one in reached):
        raise typer.Exit(REFUSED)
