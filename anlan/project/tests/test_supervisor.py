"""The supervisor, from outside: real processes, real signals, a data directory of its own."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from anlan.kernel import workspace as workspaces
from anlan.project.supervisor import control
from anlan.project.supervisor.claim import end_leftovers, supervised_by
from anlan.project.supervisor.logs import RotatingLog

DUMMY = Path(__file__).with_name("dummy_workspace.py")


@dataclass
class Run:
    """How the dummy workspace is started and looked at."""

    data: Path
    started: list["subprocess.Popen[str]"] = field(default_factory=list)

    def start(self, what: str, *options: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, str(DUMMY), what, "--data", str(self.data), *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    def background(self) -> "subprocess.CompletedProcess[str]":
        ended = self.start("healthy", "--port", "0", "--background")
        assert ended.returncode == 0, ended.stderr
        return ended

    def state(self) -> dict[str, object]:
        return control.ask(self.data, {"do": "state"})

    def pids(self) -> dict[str, int]:
        children = self.state()["children"]
        assert isinstance(children, list)
        return {child["name"]: child["pid"] for child in children}

    def pid(self) -> int:
        return int((self.data / "anlan.pid").read_text())

    def healthy(self) -> bool:
        with contextlib.suppress(OSError):
            address = f"{self.state()['url']}/healthz"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.status == 200)
        return False


def until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = Run(tmp_path / "ws")
    yield made
    if (tmp_path / "ws" / "anlan.pid").exists():
        with contextlib.suppress(ProcessLookupError):
            os.kill(made.pid(), signal.SIGKILL)
    for data in (tmp_path / "ws", tmp_path / "drill"):
        end_leftovers(data)


def test_background_returns_when_ready_and_prints_one_ready_line(run: Run) -> None:
    ended = run.background()
    ready = [line for line in ended.stdout.splitlines() if "ready" in line]
    assert ready == [f"安澜 Anlan is ready: {run.state()['url']}"]
    assert "prepared" in ended.stdout  # what a preparation prints is passed on
    assert alive(run.pid())
    assert run.healthy()


def test_a_new_directory_becomes_a_demo_and_keeps_what_is_written_in_it(run: Run) -> None:
    run.background()
    written = (run.data / "workspace.json").read_bytes()
    secret = (run.data / "secret").read_bytes()
    assert json.loads(written)["kind"] == "demo"
    assert (run.data / "secret").stat().st_mode & 0o777 == 0o600
    os.kill(run.pid(), signal.SIGTERM)
    assert until(lambda: not (run.data / "anlan.pid").exists())
    run.background()
    assert (run.data / "workspace.json").read_bytes() == written
    assert (run.data / "secret").read_bytes() == secret


def test_no_demo_makes_a_live_workspace_and_never_serves_a_demo(run: Run) -> None:
    workspaces.create(run.data, kind="demo", name="demo")
    ended = run.start("healthy", "--port", "0", "--no-demo")
    assert ended.returncode == 1
    assert "演示" in ended.stderr
    shutil.rmtree(run.data)
    assert run.start("healthy", "--port", "0", "--no-demo", "--background").returncode == 0
    assert workspaces.load(run.data).kind == "live"


@pytest.mark.parametrize("name", ["web-0", "work"])
def test_a_killed_child_comes_back(run: Run, name: str) -> None:
    run.background()
    before = run.pids()
    os.kill(before[name], signal.SIGKILL)
    assert until(lambda: run.pids()[name] not in (None, before[name]))
    assert run.healthy()
    others = {key: pid for key, pid in run.pids().items() if key != name}
    assert others == {key: pid for key, pid in before.items() if key != name}


def test_a_child_that_dies_again_and_again_is_started_ever_more_slowly(run: Run) -> None:
    run.background()
    waits = []
    for _ in range(3):
        died = time.monotonic()
        before = run.pids()["work"]
        os.kill(before, signal.SIGKILL)
        assert until(lambda old=before: run.pids()["work"] not in (None, old))  # type: ignore[misc]
        waits.append(time.monotonic() - died)
    assert waits[0] < 0.6
    assert waits[2] > 0.7


def test_sigterm_stops_every_child_and_frees_the_directory(run: Run) -> None:
    run.background()
    # Two webs, the worker and the worker's own child.
    assert until(lambda: len(supervised_by(run.data)) == 4)
    pids = [run.pid(), *supervised_by(run.data)]
    os.kill(run.pid(), signal.SIGTERM)
    assert until(lambda: not any(map(alive, pids)))
    assert not (run.data / "anlan.pid").exists()
    assert not (run.data / "control.sock").exists()


def test_a_killed_supervisor_leaves_nothing_that_blocks_the_next_start(run: Run) -> None:
    run.background()
    port = str(run.state()["port"])
    left = supervised_by(run.data)
    os.kill(run.pid(), signal.SIGKILL)
    ended = run.start("healthy", "--port", port, "--background")
    assert ended.returncode == 0, ended.stderr
    assert not any(map(alive, left))
    assert run.healthy()


def test_children_of_a_killed_supervisor_end_by_themselves(run: Run) -> None:
    run.background()
    children = list(run.pids().values())
    os.kill(run.pid(), signal.SIGKILL)
    assert until(lambda: not any(map(alive, children)))


def test_ctrl_c_in_the_foreground_ends_everything(run: Run) -> None:
    command = [sys.executable, str(DUMMY), "healthy", "--data", str(run.data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert any("is ready" in line for line in process.stdout)
        left = supervised_by(run.data)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=15) == 0
    assert left
    assert not any(map(alive, left))


def test_a_second_start_on_the_same_directory_is_refused(run: Run) -> None:
    run.background()
    ended = run.start("healthy", "--port", "0")
    assert ended.returncode == 1
    assert f"进程 {run.pid()}" in ended.stderr
    assert "already serves" in ended.stderr
    assert run.healthy()


def test_a_used_port_is_refused_with_the_mend(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run.start("healthy", "--port", str(port))
    assert ended.returncode == 1
    assert f"端口 {port} 已被别的程序占用" in ended.stderr
    assert f"--port {port + 10}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_address_of_another_machine_is_refused(run: Run) -> None:
    ended = run.start("healthy", "--host", "192.0.2.1")
    assert ended.returncode == 1
    assert "--host" in ended.stderr


def test_a_directory_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    ended = Run(tmp_path / "file" / "ws").start("healthy")
    assert ended.returncode == 1
    assert "不能写数据目录" in ended.stderr


def test_a_broken_configuration_stops_the_start_and_shows_its_log(run: Run) -> None:
    ended = run.start("misconfigured", "--port", "0", "--background")
    assert ended.returncode == 1
    assert "DATABASE_URL is wrong" in ended.stderr
    assert "work" in ended.stderr
    assert not supervised_by(run.data)


def test_a_failed_preparation_stops_the_start(run: Run) -> None:
    ended = run.start("unprepared", "--port", "0")
    assert ended.returncode == 1
    assert "没有完成" in ended.stderr


def test_a_start_that_never_becomes_healthy_ends(run: Run) -> None:
    ended = run.start("silent", "--port", "0", "--background")
    assert ended.returncode == 1
    assert "not healthy after 1 s" in ended.stderr


def test_wrong_use_exits_with_two(run: Run) -> None:
    assert run.start("healthy", "--port", "70000").returncode == 2
    assert run.start("healthy", "--no-such-option").returncode == 2


def test_an_exercise_gets_the_next_port_and_ends_with_its_supervisor(
    run: Run, tmp_path: Path
) -> None:
    run.background()
    drill = tmp_path / "drill"
    workspaces.create(drill, kind="exercise", name="drill", parent=str(run.data))
    told = control.ask(run.data, {"do": "start", "data": str(drill)})
    assert told["ok"], told
    assert told["port"] > run.state()["port"]
    state = control.wait_ready(drill, 20)
    assert (state["kind"], state["url"]) == ("exercise", told["url"])
    listed = control.ask(run.data, {"do": "list"})["workspaces"]
    assert [entry["data"] for entry in listed] == [str(drill)]
    assert control.ask(run.data, {"do": "stop", "data": str(drill)})["ok"]
    assert until(lambda: not (drill / "anlan.pid").exists())
    assert run.healthy()


def test_a_running_exercise_comes_back_with_the_next_start(run: Run, tmp_path: Path) -> None:
    run.background()
    drill = tmp_path / "drill"
    workspaces.create(drill, kind="exercise", name="drill")
    control.ask(run.data, {"do": "start", "data": str(drill)})
    control.wait_ready(drill, 20)
    os.kill(run.pid(), signal.SIGKILL)
    run.background()
    assert control.wait_ready(drill, 20)["ready"]


def test_the_control_socket_tells_what_was_asked_wrongly(run: Run, tmp_path: Path) -> None:
    run.background()
    assert not control.ask(run.data, {"do": "explode"})["ok"]
    refused = control.ask(run.data, {"do": "start", "data": str(tmp_path)})
    assert "不是安澜的工作区" in refused["error"]
    assert (run.data / "control.sock").stat().st_mode & 0o777 == 0o600


def test_a_log_is_set_aside_by_size_and_few_are_kept(tmp_path: Path) -> None:
    log = RotatingLog(tmp_path / "web.log", limit=100, kept=2)
    for number in range(40):
        log.write(f"line {number:04d}\n".encode())
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["web.log", "web.log.1", "web.log.2"]
    assert all(path.stat().st_size <= 100 for path in tmp_path.iterdir())
    assert log.tail(2).splitlines() == ["line 0038", "line 0039"]
    log.close()
