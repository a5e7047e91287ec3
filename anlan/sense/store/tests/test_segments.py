"""What only segments do: files, their upkeep, and a full disk."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from anlan.engines.series import Columns, reduce
from anlan.kernel.errors import Unavailable
from anlan.sense.store import open_reader, open_store
from anlan.sense.store.interface import Retention, Store
from anlan.sense.store.segments import caretaker, files, rollups, upkeep
from anlan.sense.store.segments.schema import Place, hold_files
from anlan.sense.store.segments.writing import SegmentsStore
from anlan.sense.store.tests.conftest import DAY, HOUR, MINUTE, NOON, listed, put, settle


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def segments(tmp_path: Path) -> object:
    made = SegmentsStore(tmp_path)
    yield made
    made.close()


def parquets(place: Place) -> list[str]:
    return sorted(path.name for path in place.files.glob("*.parquet"))


def some(seed: int, first: int, count: int = 50, streams: int = 5) -> Columns:
    """Random streams at distinct times after `first`, within an hour."""
    rng = np.random.default_rng(seed)
    number = rng.integers(0, streams, count)
    return Columns.of(number, first + rng.permutation(HOUR)[:count], rng.normal(0, 1, count))


def everything(store: Store) -> list[tuple[int, int, float, int]]:
    return [row for piece in store.scan(range(1000), 0, 2 * NOON) for row in listed(piece)]


def test_a_segment_closes_after_five_minutes_or_enough_rows(
    segments: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(segments, some(1, NOON))
    assert segments.maintain(NOON + 299_000).closed == 0
    assert segments.maintain(NOON + 300_000).closed == 50
    monkeypatch.setattr(caretaker, "CLOSE_ROWS", 60)
    put(segments, some(2, NOON + HOUR), NOON + HOUR)
    assert segments.maintain(NOON + HOUR).closed == 0
    put(segments, some(3, NOON + 2 * HOUR), NOON + HOUR)
    assert segments.maintain(NOON + HOUR).closed == 100


def test_small_files_of_a_day_are_merged_and_a_finished_day_becomes_one(
    segments: Store, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caretaker, "LINGER_S", 0.0)
    want = []
    for step in range(17):
        rows = some(step, NOON + step * HOUR // 2)
        now = NOON + (step + 2) * HOUR // 2
        put(segments, rows, now)
        settle(segments, now + 5 * MINUTE)
        want += listed(rows)
        assert len(parquets(place)) <= upkeep.FAN_IN + 2
    assert everything(segments) == sorted(want)
    settle(segments, NOON + 2 * DAY)
    assert len(parquets(place)) == 1
    assert everything(segments) == sorted(want)


def test_what_is_late_for_a_finished_day_waits_until_it_is_worth_a_merge(
    segments: Store, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caretaker, "LINGER_S", 0.0)
    for step in range(2):
        put(segments, some(step, NOON + step * HOUR, 100))
        settle(segments, NOON + 9 * HOUR)
    settle(segments, NOON + 2 * DAY)
    put(segments, some(3, NOON + 3 * HOUR, 10), NOON + 2 * DAY)
    settle(segments, NOON + 2 * DAY + HOUR)
    assert len(parquets(place)) == 2
    put(segments, some(4, NOON + 4 * HOUR, 15), NOON + 2 * DAY)
    settle(segments, NOON + 2 * DAY + 2 * HOUR)
    assert len(parquets(place)) == 1
    assert len(everything(segments)) == 225


def test_old_history_does_not_become_a_file_a_day(segments: Store, place: Place) -> None:
    days = NOON - np.arange(3000) * DAY
    put(segments, Columns.of(np.full(3000, 1), days, np.arange(3000.0)))
    settle(segments, NOON + HOUR)
    assert len(parquets(place)) <= 3
    assert len(segments.raw(1, 0, 2 * NOON)) == 3000
    assert segments.known([1, 1], [NOON - 77 * DAY, NOON - 77 * DAY - 1]).tolist() == [True, False]
    assert segments.buckets([1], 0, 2 * NOON, DAY).n.sum() == 3000


def test_row_groups_are_chosen_by_stream_and_time(
    segments: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "GROUP_ROWS", 64)
    monkeypatch.setattr(files, "PIECE_ROWS", 256)
    rng = np.random.default_rng(5)
    number = np.repeat([1, 2, 5, 9], [700, 3, 400, 61])
    rows = Columns.of(number, NOON + np.arange(len(number)), rng.normal(0, 1, len(number)))
    shuffled = rows.take(rng.permutation(len(rows)))
    put(segments, shuffled)
    settle(segments)
    for wanted in (0, 1, 2, 3, 5, 9, 10):
        assert listed(segments.raw(wanted, 0, 2 * NOON)) == listed(rows.take(number == wanted))
    assert listed(segments.raw(1, NOON + 333, NOON + 334)) == listed(rows.take([333]))
    assert segments.known(rows.number, rows.time).all()
    assert not segments.known(rows.number, rows.time + 5000).any()
    assert everything(segments) == listed(rows)


def test_a_segment_is_written_in_pieces_as_if_sorted_whole(
    segments: Store, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caretaker, "PIECE_ROWS", 40)
    monkeypatch.setattr(files, "GROUP_ROWS", 16)
    monkeypatch.setattr(files, "PIECE_ROWS", 64)
    rows = Columns.concat([some(day, NOON + day * DAY, 300, 9) for day in (0, 1)])
    put(segments, rows.take(np.random.default_rng(1).permutation(len(rows))), NOON + DAY)
    assert settle(segments, NOON + DAY + HOUR).closed == 600
    assert len(parquets(place)) == 2
    assert everything(segments) == listed(rows.sorted())
    assert segments.known(rows.number, rows.time).all()
    hours = segments.buckets(range(9), 0, 2 * NOON, HOUR)
    want = reduce(rows, HOUR)
    assert hours.n.tolist() == want.n.tolist()
    assert hours.last.tolist() == want.last.tolist()


def test_what_fills_up_while_files_are_merged_is_closed_meanwhile(
    segments: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caretaker, "CLOSE_ROWS", 20)
    monkeypatch.setattr(upkeep, "FAN_IN", 2)
    monkeypatch.setattr(upkeep, "PIECE_ROWS", 16)
    monkeypatch.setattr(files, "GROUP_ROWS", 16)
    sent, both, done = [0], [False], threading.Event()

    def send() -> None:
        while not done.wait(0.0002):
            if segments.crowded():
                continue  # else closing alone would fill every call
            at = NOON + (sent[0] * 10 + np.arange(10)) * 1000
            segments.append(Columns.of(np.arange(10), at, at * 1e-9), NOON)
            sent[0] += 1

    sending = threading.Thread(target=send)
    sending.start()
    until = time.monotonic() + 60
    while not both[0] and time.monotonic() < until:
        report = segments.maintain(NOON)
        both[0] = bool(report.compacted and report.closed)
    done.set()
    sending.join()
    assert both[0], "nothing was closed while files were merged"
    assert len(everything(segments)) == 10 * sent[0]
    assert segments.buckets(range(10), 0, 2 * NOON, DAY).n.sum() == 10 * sent[0]


def test_rows_nobody_keeps_are_dropped_by_stream_and_their_hours_stay(
    segments: Store, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caretaker, "LINGER_S", 0.0)
    put(segments, some(1, NOON, 200))
    settle(segments)
    hours = segments.buckets(range(5), 0, 2 * NOON, HOUR)
    kept = Retention(raw_days=30, by_number={1: 2, 2: 60, 3: 2})
    assert settle(segments, NOON + 3 * DAY, kept).dropped == 0
    assert {row[0] for row in everything(segments)} == {0, 2, 4}
    settle(segments, NOON + 32 * DAY, kept)
    assert {row[0] for row in everything(segments)} == {2}
    assert settle(segments, NOON + 62 * DAY, kept).dropped == 1
    assert everything(segments) == []
    assert parquets(place) == []
    assert segments.buckets(range(5), 0, 2 * NOON, HOUR).n.sum() == hours.n.sum() == 200


def test_roll_ups_nobody_keeps_are_dropped(
    segments: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "DUE_PARTS", 1)
    for day in range(4):
        rows = Columns.of([1, 5000], [NOON + day * DAY] * 2, [1.0, 2.0])
        put(segments, rows, NOON + day * DAY)
    settle(segments, NOON + 4 * DAY)
    settle(segments, NOON + 4 * DAY, Retention(hourly_days=2))
    assert segments.buckets([1, 5000], 0, 2 * NOON, HOUR).start.tolist() == [
        NOON + 2 * DAY, NOON + 3 * DAY,
    ] * 2  # fmt: skip


def test_parts_of_roll_ups_are_merged_when_there_are_many(
    segments: SegmentsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "DUE_PARTS", 3)
    rows = []
    for step in range(7):
        rows.append(some(step, NOON + step * HOUR // 4, streams=3000))
        put(segments, rows[-1])
        settle(segments, NOON + (step + 9) * HOUR)
    waiting = segments._log.execute(
        "SELECT max(n) FROM (SELECT count(*) AS n FROM part GROUP BY block)"
    )
    assert waiting.fetchone()[0] < 3
    got = segments.buckets(range(3000), 0, 2 * NOON, HOUR)
    assert got.n.sum() == 350
    assert got.total.sum() == pytest.approx(sum(part.value.sum() for part in rows))


def test_files_a_killed_process_left_are_removed_at_the_start(place: Place) -> None:
    store = open_store(place.dir)
    put(store, some(1, NOON))
    settle(store)
    (real,) = parquets(place)
    store.close()
    for name in (".2026-08-03-00000077.parquet.new", "2026-08-03-00000078.parquet"):
        (place.files / name).write_bytes(b"half")
    store = open_store(place.dir)
    assert {path.name for path in place.files.iterdir()} == {real, "lock", "hold"}
    assert len(everything(store)) == 50
    store.close()


def test_files_are_not_removed_while_somebody_holds_them(
    segments: Store, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caretaker, "LINGER_S", 0.0)
    with hold_files(place):
        for step in range(8):
            put(segments, some(step, NOON + step * HOUR))
            settle(segments, NOON + (step + 1) * HOUR)
        assert len(parquets(place)) == 9
    settle(segments, NOON + 10 * HOUR)
    assert len(parquets(place)) == 1


def test_a_reader_follows_files_that_are_merged_away(
    segments: Store, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers ask without pause while everything is closed and merged: no gap, nothing twice."""
    monkeypatch.setattr(caretaker, "LINGER_S", 0.0)
    monkeypatch.setattr(caretaker, "CLOSE_ROWS", 40)
    monkeypatch.setattr(upkeep, "FAN_IN", 2)
    wrong: list[str] = []
    sure, asked, done = [0], [0], threading.Event()

    def ask() -> None:
        reader = open_reader(place.dir)
        while not done.is_set():
            least = sure[0]
            counts = (
                len(reader.raw(1, 0, 2 * NOON)),
                int(reader.buckets([1], 0, 2 * NOON, DAY).n.sum()),
                sum(len(piece) for piece in reader.scan([1, 2], 0, 2 * NOON)) // 2,
            )
            most, asked[0] = sure[0] + 10, asked[0] + 1
            if not all(least <= count <= most for count in counts):
                wrong.append(f"{least} {counts} {most}")
        reader.close()

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    for step in range(60):
        time = NOON + (step * 10 + np.arange(10)) * 1000
        rows = Columns.of(np.repeat([1, 2], 10), np.tile(time, 2), np.arange(20.0))
        put(segments, rows)
        sure[0] += 10
        segments.maintain(NOON)
    done.set()
    for thread in asking:
        thread.join()
    assert wrong == []
    assert asked[0] > 20


def test_a_damaged_file_is_named_and_everything_else_goes_on(
    segments: Store, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "FAN_IN", 3)
    for step in range(2):
        put(segments, some(step, NOON + step * HOUR))
        settle(segments, NOON + (step + 1) * HOUR)
    bad = place.files / parquets(place)[0]
    body = bytearray(bad.read_bytes())
    body[4:-200] = bytes(len(body) - 204)
    bad.write_bytes(body)
    put(segments, some(3, NOON + 3 * HOUR), NOON + 3 * HOUR)
    with pytest.raises(Unavailable, match=bad.name):
        settle(segments, NOON + 4 * HOUR)
    assert settle(segments, NOON + 4 * HOUR).compacted == 0
    put(segments, some(4, NOON + 4 * HOUR), NOON + 4 * HOUR)
    assert settle(segments, NOON + 5 * HOUR).closed == 50
    with pytest.raises(Unavailable, match=bad.name):
        segments.raw(1, 0, 2 * NOON)
    assert len(segments.raw(1, NOON + 2 * HOUR, 2 * NOON)) > 10
    assert segments.buckets(range(5), 0, 2 * NOON, DAY).n.sum() == 200
    assert put(segments, some(0, NOON, 7)) == 7


FULL = """
import resource, sys
import numpy as np
from pathlib import Path
from anlan.engines.series import Columns
from anlan.kernel.errors import Unavailable
from anlan.kernel.errors import Unavailable
from anlan.sense.store import open_store
from anlan.sense.store.segments import caretaker
caretaker.CLOSE_ROWS = 100_000
store = open_store(Path(sys.argv[1]))
MEGABYTE = 2**20
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
def batch(step):
    rng = np.random.default_rng(step)
    return Columns.of(np.arange(2000), np.full(2000, 10**12 + step), rng.normal(0, 1, 2000))
def refused(deed):
    try:
        deed()
    except Unavailable as error:
        assert "磁盘" in error.detail, error.detail
        return True
    return False
stored = 0
resource.setrlimit(resource.RLIMIT_FSIZE, (3 * MEGABYTE, hard))
while not refused(lambda: store.append(batch(stored), 0)):
    stored += 1
assert 10 < stored < 200, stored
assert refused(lambda: store.append(batch(stored), 0))
assert len(store.raw(5, 0, 2 * 10**12)) == stored
resource.setrlimit(resource.RLIMIT_FSIZE, (64 * MEGABYTE, hard))
for _ in range(60):
    assert store.sift(batch(stored)).fresh.all()
    store.append(batch(stored), 0)
    stored += 1
resource.setrlimit(resource.RLIMIT_FSIZE, (MEGABYTE // 4, hard))
assert refused(lambda: store.maintain(0))
assert len(store.raw(5, 0, 2 * 10**12)) == stored
resource.setrlimit(resource.RLIMIT_FSIZE, (64 * MEGABYTE, hard))
assert store.maintain(0).closed == 2000 * stored
assert len(store.raw(5, 0, 2 * 10**12)) == stored
assert store.buckets([5], 0, 2 * 10**12, 3_600_000).n.tolist() == [stored]
assert all(store.sift(batch(step)).same.all() for step in range(0, stored, 7))
print("sound")
"""


def test_a_full_disk_refuses_cleanly_and_everything_goes_on_afterwards(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[4],
        env={**os.environ}, timeout=120,
    )  # fmt: skip
    assert done.stdout.strip() == "sound", done.stderr
