"""The exercise a recording is replayed in: made from the demo, served, stopped."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from anlan.kernel import workspace
from anlan.kernel.errors import Conflict, Invalid
from anlan.project.exercises import places, serving
from anlan.project.exercises.making import ELSEWHERE
from anlan.project.supervisor import control
from anlan.project.supervisor.claim import read_pid

READY_S = 120.0
STOP_S = 30.0


def stage(home: Path, name: str, start: datetime, *, titles: tuple[str, str] = ("", "")) -> Path:
    """Find the exercise of a replay, or make it from the workspace at `home`; its clock stands.

    `titles`, Chinese and English, say on every page what is played; without them it is an exercise
    like any other.

    Raises `Invalid` in an exercise, `Conflict` when an exercise of that name has another purpose.
    """
    if workspace.load(home).kind == "exercise":
        raise Invalid(f"{home} 本身是演练工作区；请从正式或演示工作区回放")
    place = places.place_of(home, name)
    if (place / "workspace.json").exists():
        if not (place / "replay").exists() and any(place.glob("log/*")):
            raise Conflict(f"已有名为「{name}」的演练，请用 --name 换一个名称")
        return place
    command = (
        sys.executable, "-m", "anlan.project", "--data", str(home), "workspace", "create", name,
        "--speed", "0", "--start", start.isoformat(), "--title", titles[0], "--title-en", titles[1],
    )  # fmt: skip
    made = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)  # noqa: S603 - our own
    if made.returncode:
        raise Conflict(f"没有建成演练工作区「{name}」，原因见上面的输出")
    return place


def enter(place: Path) -> None:
    """Make the exercise this process's own workspace; Django must not have started."""
    for name in ELSEWHERE:
        os.environ.pop(name, None)
    os.environ["ANLAN_DATA"] = str(place)


@contextmanager
def served(home: Path, place: Path) -> Iterator[str]:
    """Serve the exercise under the supervisor of `home`, else under one of its own for the while.

    Yields its address. One of its own may have been left running by a replay that was killed.
    """
    below = serving.is_served(home)
    url = _state(place)
    if not url:
        url = serving.start(home, place.name) if below else _start(place)
    try:
        yield url
    finally:
        if not below:
            _stop(place)


def _state(place: Path) -> str:
    """Tell the address of an exercise that is served already."""
    with contextlib.suppress(Exception):
        told = control.ask(place, {"do": "state"})
        return str(control.wait_ready(place, READY_S)["url"]) if told["ok"] else ""
    return ""


def _start(place: Path) -> str:
    environment = {**os.environ, "ANLAN_MQTT_PORT": str(_free_port())}
    command = (
        sys.executable, "-m", "anlan.project.supervisor", "--data", str(place), "--port", "0",
        "--background",
    )  # fmt: skip
    told = subprocess.run(  # noqa: S603 - our own
        command, env=environment, stdout=subprocess.DEVNULL, check=False
    )
    if told.returncode:
        raise Conflict(f"演练 {place.name} 没有启动，原因见上面的输出和 {place}/log")
    return str(control.wait_ready(place, READY_S)["url"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop(place: Path) -> None:
    pid = read_pid(place)
    if pid is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + STOP_S
    while (place / "anlan.pid").exists() and time.monotonic() < until:
        time.sleep(0.1)
