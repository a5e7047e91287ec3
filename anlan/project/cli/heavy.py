"""`anlan heavy`: the process that computes forecasts."""

from typing import Annotated

import typer

from anlan.project.cli import start_django

app = typer.Typer()


@app.command()
def heavy(
    once: Annotated[bool, typer.Option("--once", help="把排队的算完就结束")] = False,
) -> None:
    """运行预报计算进程：取出排队的计算，每个核算一个，不占值班用的进程。例：anlan heavy --once"""
    start_django()
    from anlan.forecast import heavy as computing
    from anlan.project.logs import configure

    configure("heavy")
    if once:
        typer.echo(f"算了 {computing.drain()} 次")
        return
    computing.run()
