"""`anlan serve`: one web process."""

from typing import Annotated

import typer

from anlan.project.cli import start_django

app = typer.Typer()


@app.command()
def serve(
    host: Annotated[str, typer.Option(envvar="ANLAN_HOST", help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="ANLAN_PORT", help="端口")] = 8000,
    fd: Annotated[
        int | None, typer.Option(help="已在监听的套接字（由 ./run 传入）", hidden=True)
    ] = None,
    worker: Annotated[int, typer.Option(help="第几个网页进程", hidden=True)] = 1,
) -> None:
    """运行一个网页进程。可以同时运行几个，共用一个端口。例：anlan serve --port 8000"""
    start_django()
    from anlan.project.logs import configure
    from anlan.project.server.process import run

    configure(f"web-{worker}")
    run(host=host, port=port, descriptor=fd)
