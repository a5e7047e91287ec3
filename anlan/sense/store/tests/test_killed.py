"""kill -9 while appending at full speed, closing and merging: nothing lost, nothing twice."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan.engines.series import Columns
from anlan.sense.store.interface import Reader
from anlan.sense.store.tests.conftest import HOUR, NOON, Shop, settle

ROOT = Path(__file__).parents[4]
STREAMS = 50
ROWS = 200

#: Appends numbered batches as fast as it can, each acknowledged by its number on a line; upkeep in
#: a thread, in small pieces so that it never rests. With a name it kills itself at that point.
PROGRAM = """
import os, signal, sys, threading
from pathlib import Path
from anlan.sense.store import open_store
from anlan.sense.store.interface import Retention
from anlan.sense.store.tests.test_killed import NOON, batch, hasten

directory, url, begin, point, cold = sys.argv[1:]
hasten(point)
retention = Retention(cold_days=2 if cold else None)
store = open_store(Path(directory), url)
store.keep("rules", b"", seq=0)

def upkeep():
    while True:
        try:
            store.maintain(NOON, retention)
        except Exception:
            os._exit(3)

threading.Thread(target=upkeep, daemon=True).start()
step = int(begin)
while True:
    rows = batch(step)
    sifted = store.sift(rows)
    rows = rows.take(sifted.fresh)
    seq = store.append(rows, NOON, note=str(step).encode())
    if step % 7 == 0:
        store.keep("rules", b"", seq=seq - 3)
    os.write(1, b"%d\\n" % step)
    step += 1
"""


def batch(step: int) -> Columns:
    """The rows of a batch: mostly in order, some late, all with keys of their own."""
    rng = np.random.default_rng(step)
    number = rng.integers(0, STREAMS, ROWS)
    late = np.where(rng.random(ROWS) < 0.1, 90 * HOUR, 0)
    time = NOON - late + step * ROWS + np.arange(ROWS)
    return Columns.of(number, time, rng.integers(0, 100, ROWS))


def hasten(point: str) -> None:
    """Make upkeep come all the time; kill this process at a point when one is named."""
    from anlan.sense.store.postgres import cold, cooling, mover, partitions
    from anlan.sense.store.segments import caretaker, files, rollups, upkeep

    mover.MOVE_ROWS = 3000  # type: ignore[misc]
    cooling.SETTLED_MS = 0  # type: ignore[misc]
    cooling.LINGER_S = 0.1  # type: ignore[misc]
    caretaker.CLOSE_ROWS = 3000  # type: ignore[misc]
    caretaker.LINGER_S = 0.1  # type: ignore[misc]
    upkeep.FAN_IN = 2  # type: ignore[misc]
    rollups.DUE_PARTS = 3  # type: ignore[misc]
    if not point:
        return
    modules = {
        "files": files, "rollups": rollups, "caretaker": caretaker, "cold": cold,
        "cooling": cooling, "partitions": partitions,
    }  # fmt: skip
    path, when, count = point.split(":")
    module, name = modules[path.split(".")[0]], path.split(".")[1]
    deed, left = getattr(module, name), [int(count)]

    def deadly(*args: object, **more: object) -> object:
        left[0] -= 1
        if not left[0] and when == "before":
            os.kill(os.getpid(), 9)
        done = deed(*args, **more)
        if not left[0]:
            os.kill(os.getpid(), 9)
        return done

    setattr(module, name, deadly)


def run(shop: Shop, begin: int, *, point: str = "", seconds: float = 0.0) -> int:
    """Append from a batch on until the kill; return the number of the last one acknowledged."""
    last = begin - 1
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            PROGRAM,
            str(shop.dir),
            shop.url,
            str(begin),
            point,
            "cold" if shop.cold else "",
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        if not point:
            last = int(child.stdout.readline())
            time.sleep(seconds)
            child.kill()
        told = [line for line in child.stdout if line.endswith("\n")]
    assert child.returncode == -signal.SIGKILL
    return int(told[-1]) if told else last


def check(reader: Reader, last: int) -> int:
    """Compare everything with what was acknowledged; return how many batches there are."""
    got = Columns.concat(reader.scan(range(STREAMS), 0, 2 * NOON))
    batches, rest = divmod(len(got), ROWS)
    assert rest == 0, "half a commit"
    assert batches in (last + 1, last + 2), f"{batches} batches after {last} was acknowledged"
    want = Columns.concat(batch(step) for step in range(batches)).sorted()
    assert np.array_equal(got.number, want.number)
    assert np.array_equal(got.time, want.time)
    assert np.array_equal(got.value, want.value)
    days = reader.buckets(range(STREAMS), 0, 2 * NOON, 24 * HOUR)
    assert days.n.sum() == len(want)
    assert days.total.sum() == want.value.sum()
    heads = reader.heads()
    newest = np.append(np.flatnonzero(np.diff(want.number)), len(want) - 1)
    assert np.array_equal(heads.number, want.number[newest])
    assert np.array_equal(heads.time, want.time[newest])
    assert np.array_equal(heads.value, want.value[newest])
    return batches


def torment(shop: Shop, kills: int, seed: int) -> None:
    chance, batches = random.Random(seed), 0
    for _ in range(kills):
        last = run(shop, batches, seconds=chance.uniform(0.02, 0.6))
        reader = shop.reader()
        batches = check(reader, last)
        shop.shut(reader)
    store = shop.store()
    assert all(store.sift(batch(step)).same.all() for step in range(0, batches, 3))
    seen = {int(commit.note) for commit in store.after(0)}
    assert seen >= set(range(batches - 3, batches)), "commits no keeper has seen are gone"
    settle(store)
    check(store, batches - 1)


def test_nothing_acknowledged_is_lost_or_doubled_by_kills(shop: Shop) -> None:
    torment(shop, kills=3, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_lost_or_doubled_by_many_kills(shop: Shop, seed: int) -> None:
    torment(shop, kills=25, seed=seed)


def points(everyday: str, *others: str) -> list[Any]:
    """Points to be killed at: one every day, the others in ``./test soak``."""
    return [everyday, *(pytest.param(point, marks=pytest.mark.soak) for point in others)]


def killed_at(shop: Shop, point: str) -> None:
    """Kill at a point, look, and go on."""
    last = run(shop, 0, point=point)
    reader = shop.reader()
    batches = check(reader, last)
    last = run(shop, batches, seconds=0.2)
    assert check(reader, last) > batches


@pytest.mark.slow
@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="the points are those of segments")
@pytest.mark.parametrize(
    "point",
    points(
        "caretaker.write:after:3",  # the file is there, no manifest names it
        "files.sync_folder:before:2",  # the file has its name, its folder is not on the disk
        "rollups.merge_block:after:2",  # within the transaction
        "files.sync_folder:after:9",  # while merging files
        "caretaker.may_remove:before:2",
    ),
)
def test_a_kill_at_the_worst_moment_of_upkeep_loses_nothing(shop: Shop, point: str) -> None:
    killed_at(shop, point)
