"""Observations taken in: 10,000 streams with two rules each; durable, judged, watched by rules.

`mqtt_per_s`: QoS 1 messages of 100 observations, acknowledged; `json_per_s`: HTTP posts of 1,000;
`arrow_per_s`: HTTP posts of 10,000. Each counts what was confirmed, with the web process between
where it is HTTP. `rss_mb` is the most the ingest process ever held. The peers get batches of 1,000,
one at a time each, in rounds between ours; senders, peers and we share the same cores.
"""

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anlan.project.supervisor.child import leashed
from anlan.project.testing.postgres import free_port
from bench import _peers, _senders, _streams
from bench._senders import Sent, Times

STREAMS = int(os.environ.get("ANLAN_BENCH_STREAMS", "10000"))
ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("ANLAN_BENCH_SECONDS", "5"))
PEERS = os.environ.get("ANLAN_BENCH_PEERS", "1") == "1"
ADDRESS = "/api/v1/sense/observations"
MQTT_BATCH, JSON_BATCH, PEER_BATCH = 100, 1_000, 1_000
PATIENCE_S = 180.0

RULES: dict[str, dict[str, Any]] = {
    "bench-stage": {
        "title": "超警戒", "hazard": "flood", "kind": "level", "quantity": "water-level",
        "hysteresis": 0.05, "conditions": [{"level": 3, "limit": {"level": "warning"}}],
    },
    "bench-rise": {
        "title": "陡涨", "hazard": "flash-flood", "kind": "rate", "quantity": "water-level",
        "window_s": 3600, "hysteresis": 0.2, "conditions": [{"level": 2, "limit": {"number": 30}}],
    },
}  # fmt: skip


def run() -> dict[str, Any]:
    """Seed, serve, send."""
    _streams.seed(STREAMS)
    codes = [_streams.code_of(number) for number in range(STREAMS)]
    login = prepare()
    with serving() as ports:
        doors = rounds_of(codes, login, ports)
        for send in doors.values():
            send(2.0)  # what is compiled or read at first use
        with _peers.running(codes if PEERS else [], PEER_BATCH) as peers:
            every = {**doors, **(peers if PEERS else {})}
            found: dict[str, list[Sent]] = {name: [] for name in every}
            for _ in range(ROUNDS):
                for name, send in every.items():
                    found[name].append(send(SECONDS))
        rss = most_held(ports["ingest"])
    return told(found, list(doors), rss)


def told(found: dict[str, list[Sent]], ours: list[str], rss: float) -> dict[str, Any]:
    """Write the report: medians, spreads, ratios."""
    middle = {name: statistics.median(one.per_s for one in sent) for name, sent in found.items()}
    peers = {name: round(value) for name, value in middle.items() if name not in ours}
    figures = {f"{name}_per_s": round(middle[name]) for name in ours}
    return {
        "figures": {**figures, "rss_mb": round(rss, 1)},
        "peers": {f"{name}_per_s": value for name, value in peers.items()},
        "ratios": {
            f"{name}_to_{peer}": round(middle[name] / value, 2)
            for name in ours
            for peer, value in peers.items()
        },
        "settings": {
            "streams": STREAMS,
            "rules_each": len(RULES),
            "rounds": ROUNDS,
            "seconds": SECONDS,
            "spread": {
                name: [round(min(one.per_s for one in sent)), round(max(one.per_s for one in sent))]
                for name, sent in found.items()
            },
            "refused": {name: sum(one.failed for one in found[name]) for name in ours},
            "sender_cpu": {name: sent[-1].cpu_share for name, sent in found.items()},
        },
    }


def prepare() -> tuple[str, str]:
    """Enable two rules over every stream; return the id and secret of a key for all of them."""
    from anlan.base.permissions import system
    from anlan.kernel import clock
    from anlan.sense.models import Gateway, Station
    from anlan.sense.services.keys import create_key
    from anlan.sense.services.rules import create_rule, enable_rule

    by, now = system("bench"), clock.now()
    gateway = Gateway.objects.create(
        code="G", name="测速网关", region_id=_streams.COUNTY, created_at=now, changed_at=now,
        changed_by=by.ref,
    )  # fmt: skip
    Station.objects.update(gateway=gateway)
    for code, spec in RULES.items():
        rule = create_rule(code=code, region=_streams.COUNTY, spec=spec, by=by)
        enable_rule(rule=rule.pk, by=by)
    made = create_key(name="bench", gateway=gateway.pk, by=by)
    return made.key.pk, made.secret


def rounds_of(
    codes: list[str], login: tuple[str, str], ports: dict[str, int]
) -> dict[str, Callable[[float], Sent]]:
    """Make a round of each door."""
    times = Times()
    small = _senders.stamped(_senders.json_bodies(codes, MQTT_BATCH), times)
    large = _senders.stamped(_senders.json_bodies(codes, JSON_BATCH), times)
    tables = _senders.arrow_bodies(codes, times)
    key = f"Authorization: Device {login[0]}:{login[1]}"
    kinds = {
        "json": "Content-Type: application/json",
        "arrow": "Content-Type: application/vnd.apache.arrow.stream",
    }

    def mqtt(seconds: float) -> Sent:
        return _senders.over_mqtt(
            ports["mqtt"], login, small.__next__, each=MQTT_BATCH, connections=4, seconds=seconds,
        )  # fmt: skip

    def http(name: str, bodies: Iterator[bytes], each: int) -> Callable[[float], Sent]:
        def send(seconds: float) -> Sent:
            said: list[str] = []
            sent = _senders.over_http(
                ports["web"],
                lambda: _senders.request(ADDRESS, next(bodies), key, kinds[name]),
                each=each, connections=16, seconds=seconds, told=said,
            )  # fmt: skip
            if said:
                sys.stderr.write(f"{said[0]}\n")
            return sent

        return send

    return {
        "mqtt": mqtt,
        "json": http("json", large, JSON_BATCH),
        "arrow": http("arrow", tables, len(codes)),
    }


@contextmanager
def serving() -> Iterator[dict[str, int]]:
    """Run an ingest and a web process; gives their ports, and the process id of `ingest`."""
    from anlan.kernel import workspace
    from anlan.sense.relay.beats import ingest_state

    here = workspace.current().dir
    ports = {"mqtt": free_port(), "web": free_port()}
    anlan = (sys.executable, "-m", "anlan.project")
    environment = {**os.environ, "ANLAN_MQTT_PORT": str(ports["mqtt"])}
    log = (here / "ingest.log").open("wb")
    children = [
        subprocess.Popen(
            leashed(command), stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment
        )
        for command in ((*anlan, "ingest"), (*anlan, "serve", "--port", str(ports["web"])))
    ]
    try:
        until = time.monotonic() + PATIENCE_S
        while not (ingest_state(here).ready and _answers(ports["web"])):
            if time.monotonic() > until or any(child.poll() is not None for child in children):
                raise RuntimeError((here / "ingest.log").read_text(encoding="utf-8"))
            time.sleep(0.2)
        yield {**ports, "ingest": ingest_state(here).pid}
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(60)
        log.close()
        if os.environ.get("ANLAN_BENCH_LOG"):
            sys.stderr.write((here / "ingest.log").read_text(encoding="utf-8"))


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            json.load(answer)
    except urllib.error.HTTPError:
        return True  # it lives; that no worker runs is as it should be here
    except OSError:
        return False
    return True


def most_held(pid: int) -> float:
    """Tell the most memory a process ever held, MiB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")
