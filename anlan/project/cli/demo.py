"""`anlan demo load`: the invented county."""

import json
import sys
from typing import Annotated, Any

import typer

from anlan.project.cli import start_django

GROUP = "demo"

app = typer.Typer(help="演示县：虚构的云屿县。", no_args_is_help=True)


@app.callback()
def demo() -> None:
    """演示县：虚构的云屿县（339901），其中的人和号码都不存在。"""


@app.command("load")
def load(
    scale: Annotated[int, typer.Option(min=1, max=100, help="放大倍数，用于压力测试")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 打印结果")] = False,
) -> None:
    """把演示县装入演示工作区；可重复执行，已有的行不动。

    例：anlan demo load

    例：anlan --data var/big demo load --scale 10
    """
    start_django()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from anlan.demo.load import load_county

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        report = load_county(scale=scale, progress=tell)
    if as_json:
        told = {"already": report.already, "added": report.added, "seconds": report.seconds}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    elif report.already:
        sys.stdout.write("演示县已经在这个工作区里，没有改动。\n")
    else:
        total = sum(report.added.values())
        took = sum(report.seconds.values())
        sys.stdout.write(f"演示县装好了：{total} 行，用时 {took:.0f} 秒。\n")
