"""The process itself: starts, used ports, kills and farewells."""

import json
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace, copy_of
from anlan.gateways.ingest.tests.conftest import (
    PREPARE,
    Served,
    batch,
    end,
    moment,
    start,
    wait_for,
)
from anlan.gateways.ingest.tests.processes import free_port
from anlan.gateways.ingest.tests.publishing import Publisher
from anlan.kernel.errors import Unavailable
from anlan.sense.relay import Ask, socket_of

pytestmark = pytest.mark.slow

JSON = "application/json"


def served_in(workspace: RealWorkspace, port: int = 0) -> Served:
    keys = json.loads(workspace.do(PREPARE).splitlines()[-1])
    return Served(workspace, port, keys, start(workspace, ANLAN_MQTT_PORT=str(port)))


def send(served: Served, body: bytes) -> dict[str, Any]:
    answer, told = served.ask(Ask("observations", 0, served.device(), JSON), body)
    assert answer.status == 200
    return dict(told)


def test_a_used_port_and_a_long_path_do_not_stop_the_other_doors(
    migrated: RealWorkspace, tmp_path: Path
) -> None:
    folder = tmp_path / ("long" * 20) / "workspace"
    folder.parent.mkdir()
    with copy_of(migrated, folder) as workspace, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        served = served_in(workspace, port)
        door = served.door("mqtt")
        assert door["state"] == "failed"
        assert str(port) in door["text"]
        assert "ANLAN_MQTT_PORT" in door["text"]
        log = (workspace.dir / "ingest.log").read_text(encoding="utf-8")
        assert len([line for line in log.splitlines() if "端口监听" in line]) == 1
        assert send(served, batch(("one-0", 1.0)))["accepted"] == 1
        assert len(str(socket_of(workspace.dir))) < 108
        assert end(served.process) == 0


class Poster(threading.Thread):
    """Posts one value after another until the process is gone; remembers what was answered."""

    def __init__(self, served: Served, first: float) -> None:
        super().__init__()
        self.confirmed: list[float] = []
        self.unanswered = b""
        self._served, self._first = served, first

    def run(self) -> None:
        """Post."""
        value = self._first
        while True:
            value += 1
            told = {"stream": "one-1", "time": moment(), "value": value}
            self.unanswered = json.dumps({"observations": [told]}).encode()
            try:
                send(self._served, self.unanswered)
            except Unavailable:
                return
            self.confirmed.append(value)


def test_what_was_confirmed_outlives_a_kill_and_is_there_once(
    migrated: RealWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over both doors; with the records on PostgreSQL the observations are there too."""
    with copy_of(migrated, tmp_path / "workspace") as workspace:
        monkeypatch.setenv("TELEMETRY_URL", workspace.database_url)
        port = free_port()
        served = served_in(workspace, port)
        posters = [Poster(served, k * 1e6) for k in (1, 2)]
        for poster in posters:
            poster.start()
        publisher = Publisher(served)
        wait_for(lambda: all(len(poster.confirmed) > 5 for poster in posters), 60)
        for k in range(150):
            publisher.publish(float(k))
            if k == 100:
                wait_for(lambda: len(publisher.acknowledged) > 50)
                served.process.send_signal(signal.SIGKILL)
            time.sleep(0.002)
        served.process.wait(10)
        for poster in posters:
            poster.join(30)
        served.process = start(workspace, ANLAN_MQTT_PORT=str(port))
        # Senders that were not answered send again; who was answered need not.
        again = [send(served, poster.unanswered) for poster in posters]
        assert all(one["accepted"] + one["duplicates"] == 1 for one in again)
        wait_for(lambda: len(set(publisher.acknowledged)) == 150, 40)
        publisher.close()
        assert end(served.process) == 0
        assert (workspace.dir / "telemetry.sqlite3").exists() is not bool(workspace.database_url)
        values = [value for _, value in served.stored("one-1")]
        assert {value for poster in posters for value in poster.confirmed} <= set(values)
        assert len(values) == len(set(values))
        told = sorted(value for _, value in served.stored("one-2"))
        assert told == [float(k) for k in range(150)]


def test_a_second_process_of_one_workspace_is_refused_in_one_sentence(served: Served) -> None:
    told = served.workspace.anlan("ingest")
    assert told.returncode != 0
    assert len(told.stderr.strip().splitlines()) == 1
    assert send(served, batch(("one-4", 1.0)))["accepted"] == 1
