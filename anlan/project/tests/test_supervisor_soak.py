"""Tens of kill -9: everything comes back, and no start is ever blocked by what was before."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.kernel.errors import Unavailable
from anlan.project.supervisor import control
from anlan.project.supervisor.claim import end_leftovers, read_pid, supervised_by

DUMMY = Path(__file__).with_name("dummy_workspace.py")
KILLS = 40

pytestmark = [pytest.mark.soak, pytest.mark.slow]


def start(data: Path) -> None:
    command = [
        sys.executable,
        str(DUMMY),
        "healthy",
        "--data",
        str(data),
        "--port",
        "0",
        "--background",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path) -> Iterator[None]:
    yield
    pid = read_pid(tmp_path)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    end_leftovers(tmp_path)


def test_any_process_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(20)
    start(tmp_path)
    for _ in range(KILLS):
        try:
            state = control.wait_ready(tmp_path, 1)
        except Unavailable:
            start(tmp_path)
            state = control.wait_ready(tmp_path, 10)
        victims = [state["pid"], *(child["pid"] for child in state["children"] if child["pid"])]
        with contextlib.suppress(ProcessLookupError):  # the last kill's victim, buried meanwhile
            os.kill(chance.choice(victims), signal.SIGKILL)
        time.sleep(chance.uniform(0, 0.6))
    try:
        control.ask(tmp_path, {"do": "state"})
    except Unavailable:
        start(tmp_path)
    assert control.wait_ready(tmp_path, 20)["ready"]
    assert len(supervised_by(tmp_path)) <= 4
    os.kill(control.ask(tmp_path, {"do": "state"})["pid"], signal.SIGTERM)
    until = time.monotonic() + 15
    while supervised_by(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    assert not supervised_by(tmp_path)
