"""The command line, `anlan`.

Every module of this package holds one group of commands in ``app: typer.Typer``; ``GROUP`` names
the group ("" puts its commands at the top level). A module imports nothing of Django at its top:
the main callback names the workspace and starts Django before a command runs.
"""

import gc
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from anlan.kernel.errors import AnlanError, Forbidden, Invalid

#: Exit codes, as contracts promise: refused, and wrong use.
REFUSED, WRONG_USE = 1, 2

app = typer.Typer(
    name="anlan",
    help="安澜 Anlan：应急管理平台的命令行。每个命令都有 --help 和例子。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def workspace(
    data: Annotated[
        Path | None, typer.Option("--data", help="工作区目录（也可用环境变量 ANLAN_DATA）")
    ] = None,
) -> None:
    """Name the workspace for the command that follows."""
    if data is not None:
        os.environ["ANLAN_DATA"] = str(data.resolve())


def start_django() -> None:
    """Load the settings and every module's doors; commands that use the database call it first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.project.settings")
    with _importing():
        import django

        django.setup()


@contextmanager
def _importing() -> Iterator[None]:
    """Hold the collector back meanwhile: what is imported stays, and it walks all of it each time.

    That is a fifth of a start. (It is not frozen for good: what is frozen is not let go at the end,
    and a database that is not closed leaves its log behind.)
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def collect(into: typer.Typer) -> None:
    """Hang the commands of every module below one application."""
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("_"):
            continue
        part = importlib.import_module(f"{__name__}.{module.name}")
        group = getattr(part, "GROUP", "")
        into.add_typer(part.app, name=group or None)


def main() -> None:
    """Run the command line; expected errors leave as one Chinese sentence and an exit code."""
    with _importing():
        collect(app)
    try:
        app(standalone_mode=True)
    except AnlanError as error:
        sys.stderr.write(f"{error.detail or error.code}\n")
        for field, sentences in getattr(error, "errors", {}).items():
            sys.stderr.write(f"  {field}：{'；'.join(sentences)}\n")
        wrong = isinstance(error, Invalid) and not isinstance(error, Forbidden)
        raise SystemExit(WRONG_USE if wrong else REFUSED) from error
    except Exception as error:
        said = _unready(error)
        if not said:
            raise
        sys.stderr.write(f"{said}\n")
        raise SystemExit(WRONG_USE) from error


def _unready(error: Exception) -> str:
    """Say what is wrong with the workspace where a database error comes of that alone."""
    if "django.db" not in sys.modules:
        return ""
    from django.db import DatabaseError, connection

    from anlan.kernel import workspace as here

    if not isinstance(error, DatabaseError):
        return ""
    place = here.directory()
    if not (place / "workspace.json").is_file():
        return f"{place} 不是安澜的工作区；请核对 --data，或用 ./run 新建"
    try:
        is_made = "django_migrations" in connection.introspection.table_names()
    except DatabaseError:
        return ""
    return "" if is_made else f"工作区 {place} 还没有数据库结构，请先运行 anlan migrate"
