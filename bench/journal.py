"""Deeds a second through the real path: a register's row saved, sealed, journalled, committed.

One writer process and four, each saving shelters one by one (`save_row`: right, check, version,
journal, full commit), while a real worker process chains the journal. Also: how long an entry waits
for its place in the chain, and how fast the whole chain is verified. The peer is the bare database:
one small row a commit with the same durability, from one process without Django.
"""

import contextlib
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

POSTGRES = True

ROUNDS = 5
SECONDS = 3.0
SHELTERS = 2000
VILLAGE = "339901101201"

Report = dict[str, object]


def run() -> Report:
    """Measure; the workspace is migrated and empty."""
    load = round(os.getloadavg()[0], 1)
    ids = _prepare()
    singles, fours, bare, lags, slowest, cpu = [], [], [], [], [], []
    with _worker():
        for _ in range(ROUNDS):
            one = _round(1, ids)
            four = _round(4, ids)
            singles.append(one["per_s"])
            fours.append(four["per_s"])
            slowest.append(four["p99_ms"])
            lags += one["lags_ms"]
            cpu.append(one["cpu_ms"])
            bare.append(_bare_commits())
    verified = _verify()
    figures = {
        "deeds_per_s_1": _middle(singles),
        "deeds_per_s_1_spread": _spread(singles),
        "deeds_per_s_4": _middle(fours),
        "deeds_per_s_4_spread": _spread(fours),
        "deed_p99_ms_4": _middle(slowest),
        "deed_cpu_ms": round(statistics.median(cpu), 2),
        "chained_after_ms_p50": round(statistics.median(lags), 1),
        "chained_after_ms_p99": round(sorted(lags)[int(len(lags) * 0.99)], 1),
        **verified,
    }
    peers = {"bare_commits_per_s_1": _middle(bare)}
    return {
        "figures": figures,
        "peers": peers,
        "ratios": {"deeds_to_bare_commits": round(figures["deeds_per_s_1"] / _middle(bare), 3)},
        "settings": {
            "rounds": ROUNDS,
            "seconds": SECONDS,
            "durability": _durability(),
            # Others on the machine take from every figure here.
            "load_average_before": load,
        },
    }


def _middle(values: list[float]) -> float:
    return round(statistics.median(values), 1)


def _spread(values: list[float]) -> list[float]:
    return [round(min(values), 1), round(max(values), 1)]


def _prepare() -> list[str]:
    from anlan.base.permissions import system
    from anlan.base.regions.models import Region
    from anlan.base.register.registry import REGISTERS
    from anlan.base.register.services import save_row

    Region.objects.bulk_create(
        Region(code=code, name=name, level=level, parent_id=parent)
        for code, name, level, parent in (
            ("339901000000", "云屿县", 3, None),
            ("339901101000", "测试镇", 4, "339901000000"),
            (VILLAGE, "测试村", 5, "339901101000"),
        )
    )
    shelters = REGISTERS["shelters"]
    return [
        save_row(entry=shelters, values=_shelter(number), by=system("bench")).id
        for number in range(SHELTERS)
    ]


def _shelter(number: int) -> dict[str, object]:
    return {
        "region": VILLAGE,
        "code": f"B{number:05d}",
        "name": f"测试避灾点{number}",
        "level": "village",
        "stay": "short",
        "capacity": 100,
        "lon": 121.6,
        "lat": 28.4,
    }


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    from anlan.base.jobs.selectors import worker_state

    process = subprocess.Popen([sys.executable, "-m", "anlan.project", "work"], stdout=sys.stderr)
    try:
        until = time.monotonic() + 30
        while not worker_state().leader and time.monotonic() < until:
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _round(writers: int, ids: list[str]) -> dict[str, object]:
    """Let so many processes write for a while, all beginning together."""
    part = len(ids) // writers
    started = []
    for number in range(writers):
        command = [sys.executable, "-m", "bench.journal", str(SECONDS), str(writers == 1)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        process.stdin.write(json.dumps(ids[number * part : (number + 1) * part]) + "\n")
        process.stdin.flush()
        started.append(process)
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [json.loads(process.communicate()[0].splitlines()[-1]) for process in started]
    took = sorted(ms for one in told for ms in one["took_ms"])
    begun, ended = min(one["begun"] for one in told), max(one["ended"] for one in told)
    return {
        "per_s": len(took) / (ended - begun),
        "cpu_ms": sum(one["cpu_s"] for one in told) / len(took) * 1000,
        "p99_ms": took[int(len(took) * 0.99)],
        "lags_ms": [lag for one in told for lag in one["lags_ms"]],
    }


def _write(seconds: float, *, watch: bool) -> None:
    """Be a writer: save rows one by one; with `watch`, wait now and then for the chain."""
    from anlan.project.cli import start_django

    start_django()
    from anlan.base.permissions import system
    from anlan.base.register.registry import REGISTERS
    from anlan.base.register.services import save_row

    ids = json.loads(sys.stdin.readline())
    shelters, by, chance = REGISTERS["shelters"], system("bench"), random.Random(os.getpid())

    def save() -> None:
        values = {"capacity": chance.randrange(1, 10_000)}
        save_row(entry=shelters, values=values, by=by, row_id=chance.choice(ids))

    save()  # imports and prepared statements
    print("ready", flush=True)
    sys.stdin.readline()
    took: list[float] = []
    begun, cpu = time.time(), time.process_time()
    while time.time() - begun < seconds:
        before = time.perf_counter()
        save()
        took.append((time.perf_counter() - before) * 1000)
    ended, cpu = time.time(), time.process_time() - cpu
    lags = [_lag(save) for _ in range(20)] if watch else []
    told = {"took_ms": took, "begun": begun, "ended": ended, "lags_ms": lags, "cpu_s": cpu}
    print(json.dumps(told))


def _lag(save: object) -> float:
    """Save once and wait until the entry is chained, in milliseconds."""
    from anlan.base.jobs.wake import Listener
    from anlan.base.journal.models import Entry

    time.sleep(0.05)
    with Listener("sealed") as listener:
        save()
        before = time.perf_counter()
        while Entry.objects.filter(seq=None).exists():
            listener.wait(0.02)
        return (time.perf_counter() - before) * 1000


def _bare_commits() -> float:
    """Count commits a second of one small row, as durable as ours."""
    from django.db import connection, transaction

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS bare (id bigserial, body text)")
            begun = time.perf_counter()
            for count in range(300):
                with transaction.atomic():
                    cursor.execute("INSERT INTO bare (body) VALUES (%s)", [f"row {count}"])
        return 300 / (time.perf_counter() - begun)
    with tempfile.TemporaryDirectory(dir=os.environ["ANLAN_DATA"]) as folder:
        bare = sqlite3.connect(Path(folder) / "bare.sqlite3", isolation_level=None)
        bare.execute("PRAGMA journal_mode=WAL")
        bare.execute("PRAGMA synchronous=FULL")
        bare.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT)")
        begun = time.perf_counter()
        for count in range(300):
            bare.execute("INSERT INTO bare (body) VALUES (?)", [f"row {count}"])
        spent = time.perf_counter() - begun
        bare.close()
    return 300 / spent


def _verify() -> Report:
    from anlan.base.journal.services.sealing import seal_due
    from anlan.base.journal.verification import verify

    while seal_due():
        pass
    begun = time.perf_counter()
    verdict = verify()
    assert verdict.ok, verdict.fault
    per_s = verdict.entries / (time.perf_counter() - begun)
    return {"entries": verdict.entries, "verified_per_s": round(per_s)}


def _durability() -> str:
    from django.db import connection

    if connection.vendor == "sqlite":
        return "SQLite WAL, synchronous=FULL"
    with connection.cursor() as cursor:
        told = []
        for name in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            told.append(f"{name}={cursor.fetchone()[0]}")
    return f"PostgreSQL, {', '.join(told)}"


if __name__ == "__main__":
    _write(float(sys.argv[1]), watch=sys.argv[2] == "True")
