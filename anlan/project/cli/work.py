"""`anlan work`: one worker process."""

import typer

from anlan.project.cli import start_django

app = typer.Typer()


@app.command()
def work() -> None:
    """运行一个后台进程：投递事件、执行作业、提级催办、留痕入链。例：anlan work"""
    start_django()
    from anlan.base.jobs.worker import run
    from anlan.kernel.longlived import settle
    from anlan.project.logs import configure

    configure("work")
    settle()
    run()
