"""Page of the command line: what ``--help`` says, for every command there is."""

import inspect
from collections.abc import Iterator
from typing import Any

import typer
from typer.main import get_command

from anlan.project import cli
from anlan.project.docs.markdown import Page, block, cell, code, page, table
from anlan.project.supervisor.options import parser
from anlan.project.testing.__main__ import USAGE


def commands() -> Page:
    """Describe ``./run``, ``./test`` and every command of ``anlan``."""
    return page(
        "命令行",
        "## ./run",
        block(parser().format_help()),
        "## ./test",
        block(USAGE),
        "## anlan",
        "程序在 `.venv/bin/anlan`。`--data DIR` 写在命令之前，指明工作区；"
        "也可用环境变量 `ANLAN_DATA`。"
        "退出码：0 完成，1 被拒绝，2 用法不对。",
        *(part for name, one in walk() for part in _command(name, one)),
    )


def walk() -> Iterator[tuple[str, Any]]:
    """Walk every visible command with its full name, e.g. ``anlan journal verify``."""
    whole = typer.Typer()
    whole.callback()(cli.workspace)
    cli.collect(whole)
    yield from _below("anlan", get_command(whole))


def _below(name: str, one: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(one, "commands", None)
    if inner is None:
        yield name, one
        return
    for key, command in sorted(inner.items()):
        if not command.hidden:
            yield from _below(f"{name} {key}", command)


def _command(name: str, one: Any) -> list[str]:
    arguments = [param for param in one.params if param.param_type_name == "argument"]
    options = [
        param
        for param in one.params
        if param.param_type_name == "option" and not param.hidden and param.name != "help"
    ]
    usage = " ".join(
        [name, *(_shape(param) for param in arguments), *(["[选项]"] if options else [])]
    )
    rows = [[code(_shape(param)), cell(param.help)] for param in arguments]
    rows += [[code(", ".join(param.opts)), cell(param.help)] for param in options]
    return [
        f"### {name}",
        block(usage, "sh"),
        inspect.cleandoc(one.help or ""),
        table(("参数", "含义"), rows),
    ]


def _shape(param: Any) -> str:
    name = (param.metavar or param.name).upper().rstrip("_")
    return name if param.required else f"[{name}]"
