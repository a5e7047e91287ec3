"""`anlan bench`: what this machine does, measured through the real doors."""

import json
from typing import Annotated

import typer

from anlan.kernel.errors import Invalid

app = typer.Typer()


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="测速名称，或 list 列出全部")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
    every: Annotated[bool, typer.Option("--all", help="逐个运行全部测速")] = False,
    database: Annotated[
        str, typer.Option("--postgres", help="使用这个 PostgreSQL，而不临时启动一个")
    ] = "",
) -> None:
    """测速。每项在新建的工作区里单独运行，走真实的路径，落盘才算数。

    例：anlan bench list；anlan bench journal --json；anlan bench --all
    """
    from anlan.project import bench as benches

    if name == "list":
        told = {one: benches.describe(one) for one in benches.names()}
        if as_json:
            rows = [{"name": one, "title": title} for one, title in told.items()]
            typer.echo(json.dumps(rows, ensure_ascii=False))
            return
        for one, title in told.items():
            typer.echo(f"{one:<16}{title}")
        return
    wanted = benches.names() if every else [name]
    if not every and not name:
        raise Invalid("请写明测速名称，或用 --all；anlan bench list 列出全部")
    for one in wanted:
        report = benches.measure(one, database=database)
        if as_json:
            typer.echo(json.dumps(report, ensure_ascii=False))
        else:
            _show(report)


def _show(report: dict[str, object]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=str(report["name"]))
    table.add_column("指标")
    table.add_column("数值", justify="right")
    for part in ("figures", "peers", "ratios"):
        values = report[part]
        if isinstance(values, dict):
            for key, value in values.items():
                table.add_row(key, str(value))
    Console().print(table)
