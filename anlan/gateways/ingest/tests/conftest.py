"""A real ingest process over a real workspace: two gateways' streams, keys and a token."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace, copy_of, migrated, workspace_of_tests
from anlan.gateways.ingest.tests.processes import free_port, leashed
from anlan.kernel import clock
from anlan.sense.relay import Answer, Ask
from anlan.sense.relay.beats import ingest_state
from anlan.sense.relay.calling import Caller

__all__ = ["migrated", "workspace_of_tests"]

ROOT = Path(__file__).resolve().parents[4]

PREPARE = """
import json
from anlan.base.permissions.actor import system
from anlan.base.permissions.services.accounts import create_user
from anlan.base.permissions.services.grants import give_grant
from anlan.base.permissions.services.tokens import create_token
from anlan.base.regions.models import Region
from anlan.sense.models import Gateway, Station, Stream
from anlan.sense.services.epochs import turn_epoch
from anlan.sense.services.keys import create_key
from anlan.kernel.clock import now
by = system("test")
kept = {"created_at": now(), "changed_at": now(), "changed_by": by.ref}
for code, name, level, parent in (
    ("330000000000", "省", 1, None), ("339900000000", "市", 2, "330000000000"),
    ("339901000000", "县", 3, "339900000000"), ("339901101000", "镇", 4, "339901000000"),
):
    Region.objects.create(code=code, name=name, level=level, parent_id=parent)
town = Region.objects.get(code="339901101000")
made = {}
number = 0
for name in ("one", "two"):
    gateway = Gateway.objects.create(code=f"G-{name}", name=name, region=town, **kept)
    station = Station.objects.create(
        code=f"S-{name}", name=name, region=town, kind="river", gateway=gateway, **kept)
    for place in range(5):
        number += 1
        Stream.objects.create(
            code=f"{name}-{place}", station=station, region=town, quantity="water-level",
            number=number, **kept)
    key = create_key(name=name, by=by, gateway=gateway.pk)
    made[name] = [key.key.pk, key.secret]
for role in ("section", "duty-officer"):
    user = create_user(username=role, name=role, region="339901000000", person="",
                       password="Sturdy-Pw-2026", by=by)
    give_grant(user=user, role=role, region="339901000000", by=by)
    made[role] = create_token(user=user, name="test", expires=None, by=by)[0]
turn_epoch()
print(json.dumps(made))
"""


@dataclass
class Served:
    """A running ingest process and what opens its doors."""

    workspace: RealWorkspace
    port: int
    keys: dict[str, Any]
    process: "subprocess.Popen[bytes]"

    @property
    def dir(self) -> Path:
        """The workspace's directory."""
        return self.workspace.dir

    def device(self, name: str = "one") -> str:
        """Write the header of a device."""
        key, secret = self.keys[name]
        return f"Device {key}:{secret}"

    def ask(self, ask: Ask, body: bytes = b"") -> tuple[Answer, Any]:
        """Ask over the socket as a web process does."""
        with Caller(self.dir) as caller:
            caller.send(ask, body)
            answer, told = caller.receive()
        return answer, json.loads(told) if told else None

    def stored(self, stream: str) -> list[tuple[int, float]]:
        """Read what is stored of a stream, from a process of its own."""
        told = self.workspace.do(STORED, stream)
        return [tuple(row) for row in json.loads(told.splitlines()[-1])]

    def doors(self) -> list[dict[str, Any]]:
        """List how the doors are."""
        _, told = self.ask(Ask("state"))
        return list(told["doors"])

    def door(self, name: str) -> dict[str, Any]:
        """Tell how one door is."""
        return next(door for door in self.doors() if door["name"] == name)

    def wait_for_door(self, name: str, key: str, value: object) -> dict[str, Any]:
        """Wait until a door says so."""
        door: dict[str, Any] = {}
        until = time.monotonic() + 20
        while time.monotonic() < until:
            door = next((one for one in self.doors() if one["name"] == name), {})
            if door.get(key) == value:
                return door
            time.sleep(0.1)
        raise AssertionError(f"{name}: {door}")


STORED = """
import json, os, sys
from pathlib import Path
from anlan.sense.models import Stream
from anlan.sense.store import open_reader
store = open_reader(Path(os.environ["ANLAN_DATA"]), os.environ.get("TELEMETRY_URL", ""))
rows = store.raw(Stream.objects.get(code=sys.argv[1]).number, 0, 1 << 60, None)
print(json.dumps([[int(t), float(v)] for t, v in zip(rows.time, rows.value)]))
"""


def start(workspace: RealWorkspace, **environment: str) -> "subprocess.Popen[bytes]":
    """Start an ingest process and wait until it takes observations in."""
    with (workspace.dir / "ingest.log").open("ab") as log:
        process = subprocess.Popen(
            leashed((sys.executable, "-m", "anlan.project", "ingest")),
            cwd=ROOT, stdout=log, stderr=log,
            env={**workspace.environment, "PYTHONPATH": str(ROOT), **environment},
        )  # fmt: skip
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        state = ingest_state(workspace.dir)
        if state.ready and state.pid == process.pid:
            return process
        time.sleep(0.1)
    process.kill()
    raise AssertionError((workspace.dir / "ingest.log").read_text(encoding="utf-8"))


def end(process: "subprocess.Popen[bytes]") -> int:
    """Ask it to end as the supervisor does; returns its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(30)


@pytest.fixture(scope="session")
def served(migrated: RealWorkspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One ingest process for all tests of a run."""
    with copy_of(migrated, tmp_path_factory.mktemp("ingest") / "workspace") as workspace:
        keys = json.loads(workspace.do(PREPARE).splitlines()[-1])
        # A run may take longer than a segment stays open; what old files bring is to stay.
        conf = workspace.dir / "conf"
        conf.mkdir(exist_ok=True)
        (conf / "settings.toml").write_text("[observations]\nraw_days = 0\n", encoding="utf-8")
        port = free_port()
        process = start(workspace, ANLAN_MQTT_PORT=str(port))
        made = Served(workspace, port, keys, process)
        # The first commit of a new version compiles what judges values.
        made.ask(Ask("observations", 0, made.device(), "application/json"), batch(("one-0", 0.0)))
        yield made
        assert end(process) == 0, (workspace.dir / "ingest.log").read_text(encoding="utf-8")
        assert not (workspace.dir / "run" / "ingest.json").exists()


_moments = iter(range(1, 10_000_000))


def moment() -> str:
    """Write a time nobody used before, shortly before now."""
    back = clock.real_now().timestamp() - 3600 + next(_moments)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(back))}Z"


def batch(*elements: tuple[str, float]) -> bytes:
    """Write a batch of (stream, value)."""
    told = [{"stream": code, "time": moment(), "value": value} for code, value in elements]
    return json.dumps({"observations": told}).encode()


def wait_for(there: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until
        time.sleep(0.05)


def connected(port: int) -> socket.socket:
    """Connect to a port of this machine."""
    return socket.create_connection(("127.0.0.1", port), 10)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.project.settings")
