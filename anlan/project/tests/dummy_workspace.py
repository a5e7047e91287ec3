"""A workspace of tiny processes, so that the supervisor can be tested for what it is.

``python dummy_workspace.py WHAT [OPTIONS OF ./run]`` supervises; with ``ROLE`` first it is a child.
"""

import http.server
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from anlan.project.supervisor.roles import Preparation, Recipe, Role
from anlan.project.supervisor.start import main

HERE = (sys.executable, str(Path(__file__).resolve()))


class Door(http.server.BaseHTTPRequestHandler):
    """Answers everything with its process id."""

    def do_GET(self) -> None:
        body = f"{os.getpid()}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve() -> None:
    """Answer on the inherited socket."""
    descriptor = int(sys.argv[sys.argv.index("--fd") + 1])
    server = http.server.HTTPServer(("127.0.0.1", 0), Door, bind_and_activate=False)
    server.socket.close()
    server.socket = socket.socket(fileno=descriptor)
    print("serving", sys.argv, flush=True)
    server.serve_forever()


def work() -> None:
    """Do nothing, and leave a grandchild that ignores every polite word."""
    subprocess.Popen([*HERE, "stubborn"])
    print("working", os.environ["ANLAN_DATA"], flush=True)
    time.sleep(3_600)


def stubborn() -> None:
    """Ignore SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(3_600)


def broken() -> None:
    """Fail as a wrong configuration does."""
    sys.exit("DATABASE_URL is wrong")


def errand() -> None:
    """Note each start; end at once when told ``fail``, at the word of a file when told ``wait``."""
    print("asked", *sys.argv[2:], flush=True)
    here = Path(os.environ["ANLAN_DATA"])
    with (here / "errand.txt").open("a", encoding="utf-8") as file:
        file.write(f"{' '.join(sys.argv[2:])}\n")
    if "fail" in sys.argv:
        sys.exit("no such storm")
    while not (here / "enough").exists():
        time.sleep(0.02)


def nested(data: Path, host: str, port: int) -> tuple[str, ...]:
    """Serve an exercise with the same dummies."""
    return (*HERE, "healthy", "--data", str(data), "--host", host, "--port", str(port))


WEB = Role("web", (*HERE, "serve"), count=2, listens=True)
WORK = Role("work", (*HERE, "work"))
RECIPES = {
    "healthy": Recipe(
        (WEB, WORK, Role("ingest", (*HERE, "broken"), module="anlan.gateways.not_built_yet")),
        (Preparation("准备 Preparing", (*HERE, "prepared"), kinds=("demo",)),),
        nested=nested,
        errands={"errand": (*HERE, "errand")},
    ),
    "misconfigured": Recipe((Role("work", (*HERE, "broken")),)),
    "unprepared": Recipe((WEB,), (Preparation("准备 Preparing", (*HERE, "broken")),)),
    "silent": Recipe((WORK,), patience_s=1.0),
}
CHILDREN: dict[str, Callable[[], None]] = {
    "serve": serve,
    "work": work,
    "stubborn": stubborn,
    "broken": broken,
    "errand": errand,
    "prepared": lambda: print("prepared", flush=True),
}

if __name__ == "__main__":
    what = sys.argv[1]
    if what in CHILDREN:
        CHILDREN[what]()
    else:
        sys.exit(main(sys.argv[2:], RECIPES[what]))
