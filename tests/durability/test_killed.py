"""Any process may be killed at any moment: it comes back, and nothing confirmed is lost."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.base.conftest import RealWorkspace, migrated, real, workspace_of_tests

__all__ = ["migrated", "real", "workspace_of_tests"]

ROOT = Path(__file__).resolve().parents[2]
#: How often everything is killed, and how many rows more are confirmed before each time.
ROUNDS, MORE = 3, 8

PREPARE = """
from anlan.base.permissions.actor import system
from anlan.base.permissions.services.accounts import create_user
from anlan.base.permissions.services.grants import give_grant
from anlan.base.permissions.services.tokens import create_token
from anlan.base.regions.models import Region
by = system("test")
for code, name, level, parent in (
    ("330000000000", "省", 1, None), ("339900000000", "市", 2, "330000000000"),
    ("339901000000", "县", 3, "339900000000"), ("339901101000", "镇", 4, "339901000000"),
    ("339901101201", "村", 5, "339901101000"),
):
    Region.objects.create(code=code, name=name, level=level, parent_id=parent)
made = {}
for role in ("system-admin", "security-admin", "audit-admin", "section"):
    user = create_user(username=role, name=role, region="339901000000", person="",
                       password="Sturdy-Pw-2026", by=by)
    give_grant(user=user, role=role, region="339901000000", by=by)
    made[role] = user
print(create_token(user=made["section"], name="test", expires=None, by=by)[0])
"""

COUNT = """
import json, sys
from anlan.base.places.models import Shelter
print(json.dumps(list(Shelter.objects.values_list("code", flat=True))))
"""


@pytest.fixture
def served(real: RealWorkspace) -> Iterator[tuple[str, str]]:
    """Serve a real workspace; gives its address and a token."""
    token = real.do(PREPARE).strip().splitlines()[-1]
    command = [sys.executable, "-m", "anlan.project.supervisor", "--data", str(real.dir)]
    started = subprocess.run(
        [*command, "--port", "0", "--background"],
        cwd=ROOT, env={**real.environment, "ANLAN_MQTT_PORT": "0"}, capture_output=True,
        text=True, timeout=120, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert started.returncode == 0, started.stdout + started.stderr
    yield started.stdout.strip().splitlines()[-1].rsplit(" ", 1)[-1], token
    pid = real.dir / "anlan.pid"
    os.kill(int(pid.read_text(encoding="ascii")), signal.SIGTERM)
    while pid.exists():
        time.sleep(0.1)


class Writer(threading.Thread):
    """Creates shelters one after another and remembers which were confirmed."""

    def __init__(self, url: str, token: str, name: str) -> None:
        super().__init__(name=name)
        self.confirmed: list[str] = []
        self.refused = 0
        self.stop = threading.Event()
        self._url, self._token = url, token

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            code = f"{self.name}-{number}"
            try:
                if self._create(code):
                    self.confirmed.append(code)
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                self.refused += 1
                time.sleep(0.05)

    def _create(self, code: str) -> bool:
        values = {
            "code": code, "name": code, "region": "339901101201", "level": "village",
            "stay": "emergency", "space": "indoor",
        }  # fmt: skip
        request = urllib.request.Request(
            f"{self._url}/api/v1/registers/shelters",
            data=json.dumps(values).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return bool(answer.status == 201)


def _children(directory: Path) -> dict[int, str]:
    """List the processes that serve a workspace, by what they do."""
    supervisor = int((directory / "anlan.pid").read_text(encoding="ascii"))
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            status = (path / "stat").read_text(encoding="ascii", errors="replace")
            command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if int(status.rsplit(")", 1)[1].split()[1]) == supervisor:
            found[int(path.name)] = "work" if " work" in command else "web"
    return found


def _wait_for_more(writers: list[Writer]) -> None:
    """Wait until so many more rows have been confirmed."""
    before = sum(len(writer.confirmed) for writer in writers)
    until = time.monotonic() + 120
    while sum(len(writer.confirmed) for writer in writers) < before + MORE:
        assert time.monotonic() < until, "it does not come back"
        time.sleep(0.05)


@pytest.mark.slow(module_s=40)
def test_whatever_is_killed_comes_back_and_no_confirmed_row_is_lost(
    real: RealWorkspace, served: tuple[str, str]
) -> None:
    url, token = served
    writers = [Writer(url, token, f"W{number}") for number in range(3)]
    for writer in writers:
        writer.start()
    killed: list[str] = []
    for _ in range(ROUNDS):
        _wait_for_more(writers)  # killed while it confirms, however long it took to come back
        for pid, what in sorted(_children(real.dir).items()):
            os.kill(pid, signal.SIGKILL)
            killed.append(what)
            time.sleep(0.4)
    _wait_for_more(writers)
    for writer in writers:
        writer.stop.set()
    for writer in writers:
        writer.join(timeout=60)
    confirmed = {code for writer in writers for code in writer.confirmed}
    stored = set(json.loads(real.do(COUNT).strip().splitlines()[-1]))
    assert {"web", "work"} <= set(killed)
    assert len(confirmed) > ROUNDS * MORE
    assert confirmed <= stored
    for _ in range(100):
        verified = real.anlan("journal", "verify")
        if verified.returncode == 0 and len(_children(real.dir)) >= 3:
            break
        time.sleep(0.2)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert len(_children(real.dir)) >= 3
