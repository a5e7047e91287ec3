"""Full speed, kill -9, start again, ten times: nothing confirmed is lost, nothing there twice."""

import json
import os
import random
import signal
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from anlan.base.conftest import RealWorkspace, copy_of, migrated, workspace_of_tests
from anlan.gateways.ingest.tests.conftest import PREPARE, Served, end, start, wait_for
from anlan.kernel import clock
from anlan.kernel.errors import Unavailable
from anlan.project.testing import postgres
from anlan.sense.relay import Ask
from anlan.sense.relay.calling import Caller

__all__ = ["migrated", "workspace_of_tests"]

pytestmark = [pytest.mark.soak, pytest.mark.slow]

KILLS = 10
BATCH = 200
COUNT = """
import collections, json, os
from pathlib import Path
from anlan.sense.models import Stream
from anlan.sense.store import open_reader
store = open_reader(Path(os.environ["ANLAN_DATA"]), os.environ.get("TELEMETRY_URL", ""))
found = collections.Counter()
for number in Stream.objects.values_list("number", flat=True):
    found.update(store.raw(number, 0, 1 << 60, None).value.tolist())
print(json.dumps({"values": sorted(found), "twice": [v for v, n in found.items() if n > 1]}))
"""


class Numbers:
    """Gives batches whose values and times nobody else has."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 1
        self._first_ms = int(clock.real_now().timestamp() * 1000) - 86_400_000

    def batch(self, prefix: str) -> tuple[list[int], bytes]:
        """Write one for the streams of a gateway."""
        with self._lock:
            mine = range(self._next, self._next + BATCH)
            self._next += BATCH
        rows = []
        for value in mine:
            at = self._first_ms + value
            moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at / 1000))
            rows.append(
                f'{{"stream":"{prefix}-{value % 5}","time":"{moment}.{at % 1000:03d}Z",'
                f'"value":{value}}}'
            )
        return list(mine), f"[{','.join(rows)}]".encode()


class Poster(threading.Thread):
    """Sends batches over the web processes' socket, again and again until each is answered."""

    def __init__(self, served: Served, numbers: Numbers, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.confirmed: list[int] = []
        self._served, self._numbers, self._ends = served, numbers, stop

    def run(self) -> None:
        """Send."""
        ask = Ask("observations", 0, self._served.device("one"), "application/json")
        while not self._ends.is_set():
            mine, body = self._numbers.batch("one")
            while not self._send(ask, body) and not self._ends.is_set():
                time.sleep(0.1)
            if not self._ends.is_set():
                self.confirmed += mine

    def _send(self, ask: Ask, body: bytes) -> bool:
        try:
            with Caller(self._served.dir) as caller:
                caller.send(ask, body)
                answer, told = caller.receive()
        except Unavailable:
            return False
        counts = json.loads(told or b"{}")
        return answer.status == 200 and counts["accepted"] + counts["duplicates"] == BATCH


class Publisher:
    """Publishes batches at QoS 1; what is not acknowledged paho sends again after each kill."""

    def __init__(self, served: Served, numbers: Numbers, port: int) -> None:
        self.confirmed: list[int] = []
        self._numbers = numbers
        self._sent: dict[int, list[int]] = {}
        key, secret = served.keys["two"]
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="p", clean_session=False)
        self._client.username_pw_set(key, secret)
        self._client.max_inflight_messages_set(50)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = lambda _c, _d, mid, _r, _p: self._note(mid)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    @property
    def waiting(self) -> int:
        """How many batches are not acknowledged."""
        return len(self._sent)

    def publish(self) -> None:
        """Publish one batch."""
        mine, body = self._numbers.batch("two")
        self._sent[self._client.publish("anlan/obs", body, qos=1).mid] = mine

    def close(self) -> None:
        """Say good-bye."""
        self._client.disconnect()
        self._client.loop_stop()

    def _note(self, mid: int) -> None:
        until = time.monotonic() + 5
        while mid not in self._sent and time.monotonic() < until:  # acknowledged very soon
            time.sleep(0.001)
        self.confirmed += self._sent.pop(mid)


def kill(served: Served) -> None:
    """End what a failed test left."""
    if served.process.poll() is None:
        served.process.kill()
        served.process.wait(10)


@pytest.mark.parametrize("store", ["segments", "postgres"])
def test_ten_kills_at_full_speed_lose_and_double_nothing(
    migrated: RealWorkspace, tmp_path: Path, store: str
) -> None:
    with ExitStack() as stack:
        telemetry = (
            stack.enter_context(postgres.running(durable=True)) if store != "segments" else ""
        )
        workspace = stack.enter_context(copy_of(migrated, tmp_path / "workspace"))
        keys = json.loads(workspace.do(PREPARE).splitlines()[-1])
        port = postgres.free_port()
        settings = {"ANLAN_MQTT_PORT": str(port), "TELEMETRY_URL": telemetry}
        served = Served(workspace, port, keys, start(workspace, **settings))
        stack.callback(lambda: kill(served))
        numbers, stop = Numbers(), threading.Event()
        posters = [Poster(served, numbers, stop) for _ in range(3)]
        for poster in posters:
            poster.start()
        publisher = Publisher(served, numbers, port)
        chance = random.Random(7)
        for _ in range(KILLS):
            until = time.monotonic() + chance.uniform(1.0, 4.0)
            while time.monotonic() < until:
                if publisher.waiting < 200:
                    publisher.publish()
                time.sleep(0.002)
            served.process.send_signal(signal.SIGKILL)
            served.process.wait(10)
            served.process = start(workspace, **settings)
        wait_for(lambda: not publisher.waiting, 120)
        stop.set()
        for poster in posters:
            poster.join(90)
        publisher.close()
        assert end(served.process) == 0
        os.environ["TELEMETRY_URL"] = telemetry
        stack.callback(os.environ.pop, "TELEMETRY_URL")
        told = json.loads(workspace.do(COUNT).splitlines()[-1])
        confirmed = set(publisher.confirmed).union(*(poster.confirmed for poster in posters))
        print(
            f"{store}: {len(confirmed)} confirmed over {KILLS} kills, {len(told['values'])} stored"
        )
        assert len(confirmed) > KILLS * BATCH
        assert confirmed <= set(map(int, told["values"]))
        assert told["twice"] == []
