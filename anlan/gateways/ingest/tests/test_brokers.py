"""External brokers: a real mosquitto, declared in a file, and what a wrong file is told."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from anlan.gateways.ingest.brokers.declaration import read_broker
from anlan.gateways.ingest.tests.conftest import Served, batch, moment, wait_for
from anlan.gateways.ingest.tests.processes import free_port, leashed
from anlan.protocols.declared.taking import Wrong

GOOD = 'title = "水利"\nhost = "10.0.0.1"\n'


def test_a_declaration_with_only_a_host_takes_our_topics() -> None:
    broker = read_broker("water", GOOD)
    assert (broker.port, broker.version, broker.client_id) == (1883, 4, "anlan-water")
    assert broker.filters == ["anlan/obs", "anlan/obs/+"]
    assert broker.stream_of("anlan/obs/RIVER-1") == "RIVER-1"
    assert broker.stream_of("anlan/obs") is None


def test_the_code_may_stand_anywhere_in_a_topic() -> None:
    broker = read_broker("water", GOOD + 'batches = []\nsingles = ["sl/+/{stream}/up"]\n')
    assert broker.filters == ["sl/+/+/up"]
    assert broker.stream_of("sl/3301/A-7/up") == "A-7"
    assert broker.stream_of("sl/3301/A-7/down") is None


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("host = ", None, "TOML"),
        ('title = "x"\n', None, "必须填写"),
        (GOOD + "prot = 1883\n", 3, "是不是 port"),
        (GOOD + 'port = "1883"\n', 3, "数字"),
        (GOOD + "port = 70000\n", 3, "65535"),
        (GOOD + 'version = "3.1"\n', 3, "不在可选之列"),
        (GOOD + 'username = "u"\npassword = "hunter2"\n', 4, "不写密码本身"),
        (GOOD + 'password = "file:x"\n', None, "用户名"),
        (GOOD + 'singles = ["a/{stream}/{stream}"]\n', 3, "一级"),
        (GOOD + 'singles = ["a/b"]\n', 3, "一级"),
        (GOOD + 'batches = ["a/#/b"]\n', 3, "主题"),
        (GOOD + 'batches = ["a/b+"]\n', 3, "主题"),
        (GOOD + "batches = []\nsingles = []\n", 3, "都是空的"),
    ],
)
def test_a_wrong_declaration_is_refused_with_line_and_reason(
    text: str, line: int | None, reason: str
) -> None:
    with pytest.raises(Wrong) as told:
        read_broker("water", text)
    assert reason in told.value.detail
    assert "hunter2" not in told.value.detail
    assert told.value.problems[0].line == line


@dataclass
class Mosquitto:
    """A broker of the tests' own."""

    folder: Path
    port: int
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self) -> None:
        """Start it and wait until it listens."""
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {self.folder}/\nmax_inflight_messages 0\nuser root\n",
            encoding="utf-8",
        )
        with (self.folder / "log").open("ab") as log:
            self.processes.append(
                subprocess.Popen(leashed((program, "-c", str(config))), stdout=log, stderr=log)
            )
        client = Client(CallbackAPIVersion.VERSION2)
        wait_for(lambda: not _fails(lambda: client.connect("127.0.0.1", self.port)))
        client.disconnect()

    def stop(self) -> None:
        """End it."""
        process = self.processes.pop()
        process.terminate()
        process.wait(10)

    def publish(self, topic: str, *payloads: bytes) -> None:
        """Publish at QoS 1 and wait until the broker has them."""
        client = Client(CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        for one in [client.publish(topic, payload, qos=1) for payload in payloads]:
            one.wait_for_publish(10)
            assert one.is_published()
        client.disconnect()
        client.loop_stop()


def _fails(act: Callable[[], object]) -> bool:
    try:
        act()
    except OSError:
        return True
    return False


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path, free_port())
    made.start()
    yield made
    while made.processes:
        made.stop()


@contextmanager
def declared(served: Served, name: str, text: str) -> Iterator[Path]:
    """Keep a broker's file for a while."""
    path = served.dir / "conf" / "brokers" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    yield path
    path.unlink()
    wait_for(lambda: f"broker:{name}" not in [door["name"] for door in served.doors()])


@pytest.mark.slow
@pytest.mark.mosquitto
@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_messages_of_an_external_broker_come_in(
    served: Served, mosquitto: Mosquitto, version: str
) -> None:
    key = f"ext{version[0]}"
    text = f'host = "127.0.0.1"\nport = {mosquitto.port}\nversion = "{version}"\n'
    door = f"broker:{key}"
    with declared(served, key, text + 'singles = ["sl/{stream}/up"]\n'):
        served.wait_for_door(door, "state", "open")
        mosquitto.publish("anlan/obs", batch(("one-0", 1.0), ("two-1", 2.0)), b"{")
        one = json.dumps({"time": moment(), "value": 3}).encode()
        mosquitto.publish("sl/one-2/up", one, one)
        told = served.wait_for_door(door, "messages", 4)
        served.wait_for_door(door, "duplicates", 1)
        told = served.wait_for_door(door, "accepted", 3)
        assert told["rejected"] == 1
        assert told["faults"] == 1


@pytest.mark.slow
@pytest.mark.mosquitto
def test_a_broker_keeps_what_came_while_we_were_away(served: Served, mosquitto: Mosquitto) -> None:
    text = f'host = "127.0.0.1"\nport = {mosquitto.port}\n'
    with declared(served, "away", text) as path:
        served.wait_for_door("broker:away", "state", "open")
        path.write_text(text + "enabled = false\n", encoding="utf-8")
        served.wait_for_door("broker:away", "state", "off")
        mosquitto.publish("anlan/obs", *(batch(("one-3", float(k))) for k in range(30)))
        before = served.door("broker:away")["accepted"]
        path.write_text(text, encoding="utf-8")
        served.wait_for_door("broker:away", "accepted", before + 30)
        mosquitto.stop()
        served.wait_for_door("broker:away", "state", "failed")
        mosquitto.start()
        served.wait_for_door("broker:away", "state", "open")
        mosquitto.publish("anlan/obs", batch(("one-3", 1.0)))
        served.wait_for_door("broker:away", "accepted", before + 31)


@pytest.mark.slow
def test_a_wrong_file_is_told_and_what_ran_before_runs_on(served: Served) -> None:
    text = f'host = "127.0.0.1"\nport = {free_port()}\n'
    with declared(served, "wrong", text) as path:
        door = served.wait_for_door("broker:wrong", "state", "failed")
        assert "连" in door["text"]
        path.write_text(text + "prot = 1\n", encoding="utf-8")
        until = time.monotonic() + 10
        while not (door := served.door("broker:wrong"))["refused"]:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert "第 3 行" in door["refused"]
        assert "仍按改动前的运行" in door["refused"]
        path.write_text(text, encoding="utf-8")
        served.wait_for_door("broker:wrong", "refused", "")
