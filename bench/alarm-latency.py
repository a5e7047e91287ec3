"""From a value at the door to its alarm on an event stream: idle, under load, and in a storm.

Two web processes, one ingest process and one worker over ten thousand streams with a level rule and
a rate rule each. Values come by HTTP in batches of a thousand; a probe is one value over its limit,
posted alone, and its time runs from the moment it is sent to the moment the alarm's event is read
by a client of `/api/v1/stream`. The load, the probes and the client share the machine's cores.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import _streams
from bench._ear import Ear
from bench.lists import COUNTY, serving

STREAMS = 10_000
RATE = int(os.environ.get("ANLAN_BENCH_RATE", "50000"))
ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "5"))
PROBES = 40
BATCH = 1_000
STORM = 2_000
OBSERVATIONS = "/api/v1/sense/observations"
PATIENCE_S = 30.0


def run() -> dict[str, Any]:
    """Seed, serve, probe."""
    token = _streams.seed(STREAMS + ROUNDS * 2 * PROBES + STORM)
    rules()
    with serving() as port, ingesting():
        wait_for_doors(port, token)
        ear = Ear(port, f"Authorization: Bearer {token}")
        door = Door(port, token)
        # Streams of their own: among calm values a single leap would be doubted as a spike.
        fresh = iter(range(STREAMS, STREAMS + ROUNDS * 2 * PROBES + STORM))
        door.post([(number, 50.0) for number in range(BATCH)])
        idle = [probe(door, ear, fresh, PROBES) for _ in range(ROUNDS)]
        busy, sent = [], []
        for _ in range(ROUNDS):
            with Load(port, token) as load:
                busy.append(probe(door, ear, fresh, PROBES))
            sent.append(load.per_s)
        storm = gather_storm(door, ear, fresh)
        ear.close()
    return {
        "figures": {
            "p50_ms": percentile(busy, 0.5),
            "p99_ms": percentile(busy, 0.99),
            "p50_idle_ms": percentile(idle, 0.5),
            "storm_2000_s": storm,
        },
        "settings": {
            "streams": STREAMS,
            "rules_per_stream": 2,
            "wanted_per_s": RATE,
            "sent_per_s": [round(one) for one in sent],
            "probes": PROBES * ROUNDS,
            "p50_ms_by_round": [round(statistics.median(one), 1) for one in busy],
            "p50_idle_ms_by_round": [round(statistics.median(one), 1) for one in idle],
            "worst_ms": round(max(max(one) for one in busy), 1),
        },
    }


def percentile(rounds: list[list[float]], part: float) -> float:
    """Tell a percentile of all rounds together, milliseconds."""
    every = sorted(one for took in rounds for one in took)
    return round(every[min(len(every) - 1, int(len(every) * part))], 1)


def rules() -> None:
    """Write and switch on two rules for every stream; each stream is a matter of its own."""
    from anlan.base.permissions import system
    from anlan.sense.services import rules as services

    by = system("bench")
    same = {"quantity": "water-level", "hazard": "flood", "matter": "stream", "source": "bench"}
    specs = {
        "high": {"kind": "level", "conditions": [{"level": 2, "limit": {"level": "guarantee"}}]},
        "rising": {
            "kind": "rate", "window_s": 3600, "op": ">=",
            "conditions": [{"level": 3, "limit": {"number": 40.0}}],
        },
    }  # fmt: skip
    for code, spec in specs.items():
        made = services.create_rule(
            code=code, region=COUNTY, spec={"title": code, **same, **spec}, by=by
        )
        services.enable_rule(rule=made.pk, by=by)


@contextmanager
def ingesting() -> Iterator[None]:
    """Run the ingest process, without an MQTT door."""
    child = subprocess.Popen(  # our own command
        [sys.executable, "-m", "anlan.project", "ingest"],
        env={**os.environ, "ANLAN_MQTT_PORT": "0"},
        stdin=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        child.terminate()
        child.wait(30)


class Door:
    """A kept connection that posts observations and waits until they are durable."""

    def __init__(self, port: int, token: str) -> None:
        self._way = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._since = datetime.now(UTC) - timedelta(minutes=1)  # noqa: TID251 - real time

    def post(self, rows: list[tuple[int, float]]) -> None:
        """Post values as measured now; anything but a full acceptance fails the benchmark."""
        now = datetime.now(UTC).isoformat()  # noqa: TID251 - real time
        body = {
            "observations": [
                {"stream": _streams.code_of(number), "time": now, "value": value}
                for number, value in rows
            ]
        }
        self.send(json.dumps(body).encode(), len(rows))

    def send(self, body: bytes, count: int) -> None:
        """Post a body."""
        self._way.request("POST", OBSERVATIONS, body, self._headers)
        answer = self._way.getresponse()
        told = answer.read()
        if answer.status != 200 or json.loads(told)["accepted"] != count:
            raise AssertionError(f"{answer.status}: {told[:300]!r}")


class Load(threading.Thread):
    """Posts batches of ordinary values at the wanted rate until left."""

    def __init__(self, port: int, token: str) -> None:
        super().__init__(daemon=True)
        self._door = Door(port, token)
        self._ends = threading.Event()
        self.per_s = 0.0

    def __enter__(self) -> "Load":
        self.start()
        time.sleep(1.0)
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self.join()

    def run(self) -> None:
        """Send; a batch is due every BATCH / RATE seconds, and late ones are made up."""
        begun, count = time.perf_counter(), 0
        heads = [f'{{"stream":"{_streams.code_of(n)}","time":"' for n in range(STREAMS)]
        while not self._ends.is_set():
            wait = begun + count / RATE - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            now = datetime.now(UTC).isoformat()  # noqa: TID251 - real time
            tail = f'{now}","value":50.{count // BATCH % 7}}}'
            start = count % STREAMS
            rows = ",".join(head + tail for head in heads[start : start + BATCH])
            self._door.send(f'{{"observations":[{rows}]}}'.encode(), BATCH)
            count += BATCH
        self.per_s = count / (time.perf_counter() - begun)


def probe(door: Door, ear: Ear, fresh: Iterator[int], count: int) -> list[float]:
    """Raise so many alarms one after another, ten a second; milliseconds of each."""
    sent: dict[int, float] = {}
    for _ in range(count):
        number = next(fresh)
        sent[number] = time.perf_counter()
        door.post([(number, 60.0)])
        time.sleep(0.1)
    numbers = alarms_of(sent.keys())
    until = time.monotonic() + PATIENCE_S
    while not all(alarm in ear.heard for alarm in numbers.values()):
        if time.monotonic() > until:
            raise AssertionError("an alarm was not heard of")
        time.sleep(0.05)
        numbers = alarms_of(sent.keys())
    return [(ear.heard[alarm] - sent[number]) * 1000 for number, alarm in numbers.items()]


def alarms_of(numbers: Any) -> dict[int, str]:
    """Find the alarms of streams, once each stream has one."""
    from anlan.sense.models import Alarm

    until = time.monotonic() + PATIENCE_S
    while True:
        rows = Alarm.objects.filter(stream__number__in=list(numbers), rule__code="high")
        found = dict(rows.values_list("stream__number", "pk"))
        if len(found) == len(numbers):
            return found
        if time.monotonic() > until:
            raise AssertionError(f"{len(numbers) - len(found)} alarms were not raised")
        time.sleep(0.05)


def gather_storm(door: Door, ear: Ear, fresh: Iterator[int]) -> float:
    """Raise 2,000 alarms at once; seconds until the client has heard of each."""
    known = len(ear.heard)
    begun = time.perf_counter()
    door.post([(next(fresh), 60.0) for _ in range(STORM)])
    until = time.monotonic() + PATIENCE_S
    while len(ear.heard) < known + STORM:
        if time.monotonic() > until:
            raise AssertionError(f"heard of {len(ear.heard) - known} of {STORM}")
        time.sleep(0.005)
    return round(max(ear.heard.values()) - begun, 3)


def wait_for_doors(port: int, token: str) -> None:
    """Wait until an observation is taken in."""
    until = time.monotonic() + 120
    while True:
        try:
            Door(port, token).post([(0, 50.0)])
        except (AssertionError, OSError, http.client.HTTPException):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return
