"""A web server of real processes, on a workspace of its own."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace, copy_of, migrated, real, workspace_of_tests

__all__ = ["migrated", "real", "workspace_of_tests"]

ROOT = Path(__file__).resolve().parents[4]

SEED = """
import sys
from anlan.base.permissions import system
from anlan.base.permissions.services import accounts, grants, tokens
from anlan.base.regions.models import Region
by = system("test")
for code, name, level in (("339901000000", "云屿县", 3), ("339901101000", "石门镇", 4),
                          ("339901102000", "沙田乡", 4)):
    Region.objects.create(code=code, name=name, level=level)
for username, role, region in (("county", "duty-lead", "339901000000"),
                               ("town", "township", "339901101000"),
                               ("sys", "system-admin", "339901000000")):
    user = accounts.create_user(username=username, name=username, region=region, by=by,
                                password="Rain-gauge-27")
    grants.give_grant(user=user, role=role, region=region, by=by)
    print(username, tokens.create_token(user=user, name="test", by=by)[0])
"""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Read the body."""
        return json.loads(self.body)


@dataclass
class Site:
    """Two web processes and a worker."""

    workspace: RealWorkspace
    listener: socket.socket
    tokens: dict[str, str]
    web: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    work: "subprocess.Popen[bytes] | None" = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.listener.getsockname()[1])

    def start_web(self, number: int) -> "subprocess.Popen[bytes]":
        """Start one web process on the inherited socket."""
        descriptor = self.listener.fileno()
        command = ("serve", "--port", str(self.port), "--fd", str(descriptor))
        process = self._start((*command, "--worker", str(number)), (descriptor,))
        self.web.append(process)
        return process

    def start_work(self) -> None:
        """Start the worker, which chains the journal."""
        self.work = self._start(("work",), ())

    def _start(
        self, command: tuple[str, ...], descriptors: tuple[int, ...]
    ) -> "subprocess.Popen[bytes]":
        with (self.workspace.dir / f"{command[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "anlan.project", *command],
                env=self.workspace.environment,
                cwd=ROOT,
                pass_fds=descriptors,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | dict[str, Any] | None = None,
        *,
        who: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send one request on a connection of its own."""
        sent = dict(headers or {})
        if who:
            sent["Authorization"] = f"Bearer {self.tokens[who]}"
        if isinstance(body, dict):
            sent["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, sent)
            told = connection.getresponse()
            named = {name.lower(): value for name, value in told.getheaders()}
            return Answer(told.status, named, told.read())
        finally:
            connection.close()

    def wait(self, seconds: float = 60) -> None:
        """Wait until every process has started and one answers."""
        until = time.monotonic() + seconds
        log = self.workspace.dir / "serve.log"
        while log.read_text(encoding="utf-8").count("Started worker") < len(self.web):
            assert time.monotonic() < until, log.read_text(encoding="utf-8")
            time.sleep(0.05)
        assert self.ask("GET", "/api/v1/session").status == 200

    def stop(self) -> None:
        """End all processes."""
        for process in (*self.web, *([self.work] if self.work else [])):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in (*self.web, *([self.work] if self.work else [])):
            process.wait(15)
        self.listener.close()


def serving(workspace: RealWorkspace) -> Iterator[Site]:
    """Serve a small county until the test is over."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    told = dict(line.split() for line in workspace.do(SEED).splitlines())
    made = Site(workspace, listener, told)
    try:
        for number in (1, 2):
            made.start_web(number)
        made.start_work()
        made.wait()
        yield made
    finally:
        made.stop()


@pytest.fixture
def site(real: RealWorkspace) -> Iterator[Site]:
    """Serve a workspace of the test's own, whose processes it may kill."""
    yield from serving(real)


@pytest.fixture(scope="module")
def office(migrated: RealWorkspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve one workspace for all tests of a module that leave it standing."""
    directory = tmp_path_factory.mktemp("office") / "workspace"
    with copy_of(migrated, directory) as made:
        yield from serving(made)
