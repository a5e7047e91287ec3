"""`anlan doctor`: is everything well, and if not, how to mend it."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from anlan.project.cli import REFUSED, start_django

app = typer.Typer()

MARKS = {True: "[green]正常[/]", False: "[bold red]有问题[/]", None: "[dim]留意[/]"}


@app.command()
def doctor(
    env: Annotated[bool, typer.Option("--env", help="列出全部环境变量")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """体检：配置了什么、能否连通、缺什么、怎么修。有问题时退出码为 1。

    例：anlan doctor；anlan doctor --env；anlan --data var/live doctor --json
    """
    from rich.console import Console
    from rich.table import Table

    from anlan.project import doctor as doctors

    if env:
        table = Table("环境变量", "现值 [默认]", "含义")
        for row in doctors.variables():
            table.add_row(*row)
        Console().print(table)
        return
    start_django()
    findings = list(doctors.examine())
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in findings], ensure_ascii=False))
    else:
        table = Table("项目", "状态", "情况", "怎么修")
        for one in findings:
            mend = one.mend if one.ok is not True else ""
            table.add_row(one.what, MARKS[one.ok], one.told, mend)
        Console().print(table)
    if any(one.ok is False for one in findings):
        raise typer.Exit(REFUSED)
