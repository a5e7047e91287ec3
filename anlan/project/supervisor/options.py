"""The options of ``./run``: contracts.md, section 1."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PORT = 8000
HOST = "127.0.0.1"

EPILOG = """例子 Examples:
  ./run                         演示工作区 the demo workspace, http://127.0.0.1:8000
  ./run --no-demo               正式工作区 the live workspace, asks for the first administrators
  ./run --data /srv/anlan --host 0.0.0.0 --background
"""


@dataclass(frozen=True)
class Options:
    """What to serve and where. `kind` is for a new directory; an existing one keeps its own."""

    data: Path
    kind: str
    host: str = HOST
    port: int = PORT
    background: bool = False
    #: `--no-demo` was said: a directory that holds a demo is then refused, not served.
    refuse_demo: bool = False


def parser() -> argparse.ArgumentParser:
    """Build the parser of ``./run``."""
    made = argparse.ArgumentParser(
        prog="./run",
        description="安装并启动安澜。Set up and start Anlan.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument(
        "--port",
        type=_port,
        default=None,
        help=f"端口，默认 {PORT}，0 为任意空闲端口。Port; 0 takes any free one.",
    )
    made.add_argument(
        "--host",
        default=os.environ.get("ANLAN_HOST", HOST),
        help=f"监听地址，默认 {HOST}（仅本机）。Address to listen on.",
    )
    made.add_argument(
        "--data",
        metavar="DIR",
        default=None,
        help="数据目录；要保留的一切都在里面。Data directory; holds everything to keep.",
    )
    made.add_argument(
        "--no-demo",
        action="store_true",
        help="正式工作区，没有演示数据和默认账号。A live workspace without demo data or accounts.",
    )
    made.add_argument(
        "--background",
        action="store_true",
        help="就绪后返回，进程号写在 DIR/anlan.pid。Return when ready; pid in DIR/anlan.pid.",
    )
    return made


def parse(argv: Sequence[str]) -> Options:
    """Read the options; wrong use ends the program with exit code 2."""
    made = parser()
    given = made.parse_args(argv)
    data = given.data or os.environ.get("ANLAN_DATA")
    kind = "live" if given.no_demo else "demo"
    port = given.port
    if port is None:
        try:
            port = _port(os.environ.get("ANLAN_PORT", str(PORT)))
        except ValueError as error:
            made.error(f"ANLAN_PORT: {error}")
    return Options(
        data=Path(data).expanduser().resolve() if data else ROOT / "var" / kind,
        kind=kind,
        host=given.host,
        port=port,
        background=given.background,
        refuse_demo=given.no_demo,
    )


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("端口在 0 到 65535 之间 (a port is between 0 and 65535)")
    return number
