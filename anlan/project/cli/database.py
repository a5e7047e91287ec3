"""`anlan migrate` and `anlan django ...`: the database's own commands."""

from typing import Annotated

import typer

from anlan.project.cli import start_django

app = typer.Typer()


@app.command()
def migrate() -> None:
    """建立或升级数据库结构。例：anlan migrate"""
    start_django()
    from anlan.base.db import migrating

    migrating.migrate(tell=True)


@app.command(
    hidden=True, context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
def django(context: typer.Context, command: Annotated[str, typer.Argument()]) -> None:
    """开发用：直接运行 Django 的管理命令。例：anlan django makemigrations --check"""
    start_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["anlan django", command, *context.args])
