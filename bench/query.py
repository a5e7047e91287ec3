"""Questions to a store of 20 million observations: one stream's week, a thousand by hour, latest.

Seven days of a value a minute are appended as they would come, with upkeep beside, so that files
(or partitions), roll-ups and the open rows are as after a week's work. The questions are asked of
the store, by a reader as every process has one; figures with `http` ask two web processes for the
same, one question after another: a week as a curve reads it (`columns=true`) and the list of all
streams with their newest values. The settings tell what appending takes: batches of 5,000 rows,
each sifted, then durable before the next.
"""

import json
import math
import os
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from anlan.engines.series import Columns
from anlan.kernel import workspace
from anlan.sense.store import open_reader, open_store
from anlan.sense.store.interface import Reader, Store
from anlan.sense.store.latest import LatestReader, LatestWriter
from bench import _streams
from bench.lists import ask, serving

POSTGRES = True

ROWS = int(os.environ.get("ANLAN_BENCH_ROWS", "20000000"))
ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "5"))
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
DAYS, STEP = 7, 5
#: Streams that send every minute; the others of the ten thousand sent once.
BUSY = max(1, ROWS // (DAYS * DAY // MINUTE))
STREAMS = max(10_000, BUSY)
BEGIN = 1_785_729_600_000
END = BEGIN + DAYS * DAY
BATCH, BATCHES = 5_000, 400

Pace = Callable[[], object]


def run() -> dict[str, Any]:
    """Fill the store, ask, append."""
    url = os.environ.get("DATABASE_URL", "")
    home = workspace.current().dir
    store = open_store(home, url)
    begun = time.perf_counter()
    fill(store)
    filled = time.perf_counter() - begun
    latest = LatestWriter(home, store.heads())
    doors = through_the_door(url)
    reader, shown = open_reader(home, url), LatestReader(home)
    cold = took(lambda: reader.raw(1, BEGIN, END), 1)[0]
    asked: dict[str, list[float]] = {"raw": [], "hourly": [], "latest": [], "ten_minutes": []}
    chance = np.random.default_rng(5)
    for _ in range(ROUNDS):
        asked["raw"] += took(lambda: week(reader, int(chance.integers(BUSY))), 60)
        asked["hourly"] += took(lambda: thousand(reader), 5)
        asked["latest"] += took(lambda: ten_thousand(shown), 60)
        asked["ten_minutes"] += took(lambda: reader.buckets([7], BEGIN, END, 10 * MINUTE), 5)
    reader.close()
    latest.close()
    store.close()
    appended = [append_round(number, url) for number in range(ROUNDS)]
    return {
        "figures": {
            "raw_7d_p95_ms": percentile(asked["raw"], 0.95),
            "hourly_1000_7d_ms": percentile(asked["hourly"], 0.5),
            "latest_10k_ms": percentile(asked["latest"], 0.5),
            "raw_7d_http_p95_ms": percentile(doors["raw"], 0.95),
            "latest_10k_http_ms": percentile(doors["latest"], 0.5),
            "append_per_s": round(statistics.median(one["rows_per_s"] for one in appended)),
        },
        "settings": {
            "rows": BUSY * DAYS * DAY // MINUTE + STREAMS - BUSY,
            "streams": STREAMS,
            "streams_each_minute": BUSY,
            "rounds": ROUNDS,
            "filled_per_s": round(ROWS / filled),
            "raw_7d_rows": DAYS * DAY // MINUTE,
            "raw_7d_first_ms": cold,
            "http_p50_p95_max_ms": {name: spread(times) for name, times in doors.items()},
            "store_p50_p95_max_ms": {name: spread(times) for name, times in asked.items()},
            "append": {
                "rows_per_batch": BATCH,
                "by_round": appended,
            },
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        },
    }


def fill(store: Store) -> None:
    """Append a week, five minutes a commit, in the order it would come."""
    chance = np.random.default_rng(1)
    level = chance.uniform(0, 50, STREAMS)
    once = np.arange(BUSY, STREAMS)
    store.append(Columns.of(once, np.full(len(once), BEGIN), level[once].round(2)), BEGIN)
    number = np.repeat(np.arange(BUSY), STEP)
    within = np.tile(np.arange(STEP) * MINUTE, BUSY)
    for now in range(BEGIN, END, STEP * MINUTE):
        drift = level[number] + chance.normal(0, 0.05, len(number))
        rows = Columns.of(number, now + within + number * 7 % MINUTE, drift.round(2))
        store.append(rows, now + STEP * MINUTE)
        while store.maintain(now + STEP * MINUTE).more:
            pass


def through_the_door(url: str) -> dict[str, list[float]]:
    """Ask over HTTP; milliseconds until the whole answer is there."""
    os.environ["TELEMETRY_URL"] = url
    token = _streams.seed(STREAMS)
    chance = np.random.default_rng(6)
    span = "&".join(
        f"{name}={datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
        for name, ms in (("from", BEGIN), ("to", END + MINUTE))
    )
    found: dict[str, list[float]] = {"raw": [], "raw_items": [], "latest": []}
    with serving() as port:
        home = f"http://127.0.0.1:{port}/api/v1/sense"

        def curve(more: str = "&columns=true") -> bytes:
            code = _streams.code_of(int(chance.integers(BUSY)))
            return ask(f"{home}/streams/{code}/observations?{span}{more}", token)

        def latest() -> bytes:
            return ask(f"{home}/latest", token)

        until_both_answer(f"{home}/latest", token)
        assert len(json.loads(curve())["columns"]["value"]) == DAYS * DAY // MINUTE
        assert len(json.loads(curve(""))["items"]) == DAYS * DAY // MINUTE
        items = json.loads(latest())["items"]
        assert sum(row["value"] is not None for row in items) == STREAMS
        for _ in range(ROUNDS):
            found["raw"] += took(curve, 60)
            found["raw_items"] += took(lambda: curve(""), 10)
            found["latest"] += took(latest, 10)
    return found


def until_both_answer(url: str, token: str) -> None:
    """Wait for the web processes, and let each read what it reads once."""
    until = time.monotonic() + 60
    while True:
        try:
            for _ in range(12):
                ask(url, token)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def week(reader: Reader, number: int) -> None:
    """Ask for one stream's seven days; a wrong answer fails the benchmark."""
    assert len(reader.raw(number, BEGIN, END + MINUTE)) == DAYS * DAY // MINUTE


def thousand(reader: Reader) -> None:
    """Ask for a thousand streams' seven days by hour."""
    count = min(1000, BUSY)
    hours = reader.buckets(np.arange(count), BEGIN, END, HOUR)
    assert len(hours) == count * DAYS * 24


def ten_thousand(shown: LatestReader) -> None:
    """Ask for every stream's latest value."""
    assert len(shown.read()) == STREAMS


def append_round(seed: int, url: str) -> dict[str, float]:
    """Append batches to an empty store as fast as each becomes durable."""
    chance, now = np.random.default_rng(seed), BEGIN + (seed + 1) * 900 * DAY
    order = chance.permutation(STREAMS)
    parts = [order[at : at + BATCH] for at in range(0, len(order) - BATCH + 1, BATCH)]
    values = [chance.normal(20, 5, BATCH).round(2) for _ in range(8)]
    batches = [
        Columns.of(parts[at % len(parts)], np.full(BATCH, now + at * 1000), values[at % 8])
        for at in range(BATCHES)
    ]
    with tempfile.TemporaryDirectory(dir=workspace.current().dir) as folder:
        store, done = open_store(Path(folder), url), threading.Event()
        beside = threading.Thread(target=look_after, args=(store, now, done))
        beside.start()
        store.sift(batches[0])
        times = []
        for batch in batches:
            begun = time.perf_counter()
            assert store.sift(batch).fresh.all()
            store.append(batch, now)
            times.append((time.perf_counter() - begun) * 1000)
        done.set()
        beside.join()
        store.close()
    return {
        "rows_per_s": round(BATCH * BATCHES / sum(times) * 1000),
        "commit_p50_ms": percentile(times, 0.5),
        "commit_p99_ms": percentile(times, 0.99),
    }


def look_after(store: Store, now: int, done: threading.Event) -> None:
    """Do the upkeep as the ingest process does."""
    while not done.wait(0.5):
        store.maintain(now)


def took(deed: Pace, times: int) -> list[float]:
    """Time a deed so many times, milliseconds."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        deed()
        found.append((time.perf_counter() - begun) * 1000)
    return found


def percentile(times: list[float], part: float) -> float:
    """Tell a percentile."""
    ordered = sorted(times)
    return round(ordered[max(0, math.ceil(len(ordered) * part) - 1)], 2)


def spread(times: list[float]) -> list[float]:
    """Tell the middle, the 95th percentile and the slowest."""
    return [percentile(times, part) for part in (0.5, 0.95, 1.0)]
