"""Old days of PostgreSQL in files: what goes there, when, and what can go wrong."""

import os
import threading
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import psycopg
import pyarrow.parquet as pq
import pytest

from anlan.engines.series import REVISED, Columns
from anlan.kernel.errors import Invalid, Unavailable
from anlan.sense.store.interface import CHANGED, SAME, Reader, Retention, Store
from anlan.sense.store.postgres import cold, cooling, mover, wire
from anlan.sense.store.postgres.schema import TABLES
from anlan.sense.store.segments import files, upkeep
from anlan.sense.store.segments.schema import Place, hold_files
from anlan.sense.store.tests.conftest import DAY, HOUR, MINUTE, NOON, Shop, listed, put, settle

pytestmark = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL"), reason="runs where the run has a PostgreSQL"
)

TIERS = ["postgres"]
KEPT = Retention(cold_days=30)


def days(count: int, streams: int = 5) -> Columns:
    """A value of some streams every hour for so many days from NOON on."""
    steps = np.arange(count * 24)
    number = np.repeat(np.arange(streams), len(steps))
    time = NOON + np.tile(steps, streams) * HOUR
    return Columns.of(number, time, np.arange(len(number)) / 4)


def everything(store: Reader, streams: int = 50) -> list[tuple[int, int, float, int]]:
    return [row for piece in store.scan(range(streams), 0, 2 * NOON) for row in listed(piece)]


def parquets(shop: Shop) -> list[Path]:
    return sorted((shop.dir / "telemetry" / "cold").glob("*.parquet"))


def ask(shop: Shop, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(shop.url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def partitions(shop: Shop) -> list[object]:
    rows = ask(shop, "SELECT name FROM telemetry.partition ORDER BY since_ms")
    return [name.removeprefix("observation_") for (name,) in rows]  # type: ignore[attr-defined]


def chilled(store: Store, count: int = 3) -> Columns:
    """Some days, all of them in files."""
    rows = days(count)
    put(store, rows)
    settle(store)
    settle(store, NOON + (count + 40) * DAY, KEPT)
    return rows


def test_days_become_files_at_their_age_and_are_read_as_before(shop: Shop, store: Store) -> None:
    rows, reader = days(3), shop.reader()
    put(store, rows)
    settle(store, NOON + HOUR, KEPT)
    settle(store, NOON + 31 * DAY, KEPT)  # the first day ended 30 and a half days ago
    assert len(parquets(shop)) == 1
    assert partitions(shop)[:2] == ["2026_08_04", "2026_08_05"]
    settle(store, NOON + 40 * DAY, KEPT)
    assert len(parquets(shop)) == 4  # noon to noon: three days touch four
    assert "2026_08_06" not in partitions(shop)
    assert not ask(shop, "SELECT 1 FROM telemetry.observation")
    for one in (store, reader):
        assert everything(one) == listed(rows.sorted())
        ten = one.buckets([1], NOON, NOON + DAY, 10 * MINUTE)
        assert (len(ten), ten.n.sum()) == (24, 24)
        assert one.buckets([1, 4], NOON, NOON + 3 * DAY, HOUR).n.sum() == 2 * 72
        assert (
            listed(one.raw(2, NOON, NOON + 3 * DAY, limit=30))
            == listed(rows.take(rows.number == 2))[:30]
        )
        assert not len(one.raw(77, 0, 2 * NOON))


def test_a_file_is_like_those_of_the_embedded_store(shop: Shop, store: Store) -> None:
    rows = chilled(store)
    for path in parquets(shop):
        file = pq.ParquetFile(path)
        assert file.schema_arrow == files.SCHEMA
        table = file.read()
        order = np.lexsort((table.column("time"), table.column("number")))
        assert np.array_equal(order, np.arange(len(table)))
    assert sum(pq.ParquetFile(path).metadata.num_rows for path in parquets(shop)) == len(rows)
    manifest = ask(shop, "SELECT level, length(digest), state FROM telemetry.file")
    assert set(manifest) == {(upkeep.WHOLE, 32, "kept")}


def test_what_comes_late_for_a_cold_day_is_taken_and_follows(shop: Shop, store: Store) -> None:
    rows, now = chilled(store), NOON + 60 * DAY
    again = Columns.of([1, 1, 2], [NOON, NOON + HOUR, NOON + 1], [6.0, 6.0, 9.0])
    verdict = store.sift(again).verdict.tolist()
    known = rows.take(rows.number == 1).value.tolist()
    assert verdict == [SAME if known[0] == 6.0 else CHANGED, CHANGED, 0]
    assert put(store, again, now) == 1
    settle(store, now + MINUTE, KEPT)
    assert partitions(shop)[0] == "2026_08"  # nothing else of that month is there any more
    both = Columns.concat([rows, again.take(slice(2, 3))]).sorted()
    marked = store.raw(1, NOON, NOON + 2 * HOUR)
    assert [bool(flags & REVISED) for flags in marked.flags.tolist()] == [True, True]
    assert everything(shop.reader()) == listed(both)
    assert store.sift(again).verdict.tolist()[2] == SAME
    settle(store, now + 3 * HOUR, KEPT)  # nothing more has come
    assert "2026_08" not in partitions(shop)
    assert len(parquets(shop)) == 5
    assert store.sift(again).verdict.tolist()[2] == SAME
    assert everything(shop.reader()) == listed(both)
    assert store.buckets([2], NOON, NOON + HOUR, HOUR).n.tolist() == [2]


def test_much_that_is_late_is_merged_into_its_day(
    shop: Shop, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cooling, "LINGER_S", 0.0)
    rows, now = chilled(store, 1), NOON + 60 * DAY
    late = Columns.of(np.full(40, 3), NOON + 1 + np.arange(40), np.arange(40.0))
    put(store, late, now)
    settle(store, now + MINUTE, KEPT)
    settle(store, now + 3 * HOUR, KEPT)
    settle(store, now + 4 * HOUR, KEPT)
    assert len(parquets(shop)) == 2  # the two days
    assert everything(shop.reader()) == listed(Columns.concat([rows, late]).sorted())
    assert store.sift(late).same.all()


def test_cold_days_are_thinned_and_dropped_as_files(
    shop: Shop, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cooling, "LINGER_S", 0.0)
    chilled(store)
    kept = Retention(raw_days=100, by_number={1: 60, 2: 200}, cold_days=30)

    def left() -> list[int]:
        return [n for n in range(5) if len(store.raw(n, 0, 2 * NOON))]

    settle(store, NOON + 70 * DAY, kept)
    assert left() == [0, 2, 3, 4]
    settle(store, NOON + 110 * DAY, kept)
    assert left() == [2]
    assert settle(store, NOON + 210 * DAY, kept).dropped == 4
    settle(store, NOON + 210 * DAY, kept)
    assert (left(), parquets(shop)) == ([], [])
    assert not ask(shop, "SELECT 1 FROM telemetry.file")
    assert store.buckets(range(5), 0, 2 * NOON, DAY).n.sum() == 5 * 72


def test_rows_that_come_while_a_day_leaves_keep_its_partition(shop: Shop, store: Store) -> None:
    rows, late = days(1), Columns.of([9], [NOON + 1], [1.0])
    put(store, rows)
    settle(store)
    with psycopg.connect(shop.url) as reading:
        reading.execute("SELECT count(*) FROM telemetry.observation")
        store.maintain(NOON + 40 * DAY, KEPT)  # written, and waits for who reads
        assert parquets(shop)
        put(store, late, NOON + 40 * DAY)
    settle(store, NOON + 40 * DAY + MINUTE, KEPT)
    assert "2026_08_03" in partitions(shop)
    both = listed(Columns.concat([rows, late]).sorted())
    assert everything(store) == everything(shop.reader()) == both
    settle(store, NOON + 41 * DAY, KEPT)
    assert not ask(shop, "SELECT 1 FROM telemetry.observation")
    assert everything(store) == everything(shop.reader()) == both
    assert len(parquets(shop)) == len(ask(shop, "SELECT 1 FROM telemetry.file"))


def test_a_day_waits_for_who_reads_it(shop: Shop, store: Store) -> None:
    rows = days(1)
    put(store, rows)
    settle(store)
    with psycopg.connect(shop.url) as reading:
        reading.execute("SELECT count(*) FROM telemetry.observation")
        assert store.maintain(NOON + 40 * DAY, KEPT).cooled == 0
        assert "2026_08_03" in partitions(shop)
    settle(store, NOON + 40 * DAY, KEPT)
    assert "2026_08_03" not in partitions(shop)
    assert everything(shop.reader()) == listed(rows.sorted())


def test_much_that_comes_meanwhile_is_moved_between_the_pieces(
    shop: Shop, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, fresh = days(2), Columns.of(np.arange(9), np.full(9, NOON + 50 * DAY), np.arange(9.0))
    put(store, rows)
    settle(store)
    monkeypatch.setattr(wire, "PIECE", 7)
    monkeypatch.setattr(mover, "CROWD_ROWS", 1)
    put(store, fresh, NOON + 50 * DAY)
    store.maintain(NOON + 50 * DAY, KEPT)
    assert [row[0] for row in ask(shop, "SELECT count(*) FROM telemetry.observation")] != [9]
    settle(store, NOON + 50 * DAY + 1, KEPT)
    assert everything(shop.reader()) == listed(Columns.concat([rows, fresh]).sorted())
    assert ask(shop, "SELECT count(*) FROM telemetry.observation") == [(9,)]


def test_a_large_day_becomes_several_files(
    shop: Shop, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PIECE", 20)
    monkeypatch.setattr(upkeep, "FILE_ROWS", 50)
    rows = chilled(store)
    assert len(parquets(shop)) > 4
    assert everything(shop.reader()) == listed(rows.sorted())
    assert store.sift(rows).same.all()


def test_who_reads_on_sees_every_row_once_while_days_leave(shop: Shop, store: Store) -> None:
    rows = days(25, 2)
    put(store, rows)
    settle(store)
    want, seen, over = listed(rows.sorted()), [0], threading.Event()
    wrong: list[int] = []

    def read_on() -> None:
        reader = shop.reader()
        while not over.is_set():
            got = everything(reader)
            seen[0] += 1
            if got != want:
                wrong.append(len(got))

    reading = threading.Thread(target=read_on)
    reading.start()
    settle(store, NOON + 90 * DAY, KEPT)
    over.set()
    reading.join()
    assert seen[0] > 2
    assert not wrong
    assert not ask(shop, "SELECT 1 FROM telemetry.observation")


def test_a_file_that_is_not_what_was_written_leaves_the_partition(
    shop: Shop, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, write = days(1), files.write
    put(store, rows)
    settle(store)

    def on_a_bad_disk(
        folder: Path, name: str, pieces: Iterable[Columns], *, level: int, kept_days: int
    ) -> files.Filed | None:
        worn = (Columns.of(it.number, it.time, it.value + 1.0, it.flags) for it in pieces)
        return write(folder, name, worn, level=level, kept_days=kept_days)

    with monkeypatch.context() as bad:
        bad.setattr(cooling, "write", on_a_bad_disk)
        with pytest.raises(Unavailable, match="核对不符"):
            settle(store, NOON + 40 * DAY, KEPT)
        with pytest.raises(Unavailable, match="核对不符"):  # the other day; each once
            settle(store, NOON + 40 * DAY, KEPT)
        settle(store, NOON + 40 * DAY, KEPT)
    assert everything(store) == listed(rows.sorted())
    assert not parquets(shop)
    put(store, Columns.of([7], [NOON + 40 * DAY], [1.0]))  # and what is new goes on
    assert settle(store, NOON + 41 * DAY, KEPT).closed == 1
    shop.shut(store)
    settle(shop.store(), NOON + 41 * DAY, KEPT)
    assert len(parquets(shop)) == 2
    assert len(everything(shop.reader())) == len(rows) + 1


def test_a_full_disk_of_files_stops_nothing_else(shop: Shop, store: Store) -> None:
    rows = days(1)
    put(store, rows)
    settle(store)
    (shop.dir / "telemetry").write_text("no folder can be made here")
    for step in range(2):
        put(store, Columns.of([7], [NOON + 40 * DAY + step], [1.0]), NOON + 40 * DAY)
        with pytest.raises(Unavailable):
            settle(store, NOON + (41 + step) * DAY, KEPT)
    assert not ask(shop, "SELECT 1 FROM telemetry.batch")
    (shop.dir / "telemetry").unlink()
    settle(store, NOON + 43 * DAY, KEPT)
    assert len(parquets(shop)) == 2
    assert len(everything(shop.reader())) == len(rows) + 2


def test_files_stay_while_somebody_holds_them(
    shop: Shop, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cooling, "LINGER_S", 0.0)
    chilled(store)
    dropped = Retention(raw_days=50)
    with hold_files(Place(shop.dir)):
        settle(store, NOON + 90 * DAY, dropped)
        assert (len(parquets(shop)), everything(store)) == (4, [])
        shop.shut(store)
        store = shop.store()
        assert len(parquets(shop)) == 4
    shop.shut(store)
    shop.store()
    assert not parquets(shop)


def test_files_nobody_names_are_left_alone(shop: Shop, store: Store) -> None:
    chilled(store)
    foreign = parquets(shop)[0].with_name("2026-08-03-OTHER.parquet")
    foreign.write_bytes(b"of another database")
    shop.shut(store)
    shop.store()
    assert foreign.exists()


def test_a_file_that_is_missing_or_damaged_is_told(shop: Shop, store: Store) -> None:
    chilled(store)
    gone, worn = parquets(shop)[:2]
    body = gone.read_bytes()
    gone.unlink()
    with pytest.raises(Unavailable, match="几台机器要共用这个目录"):
        everything(shop.reader())
    gone.write_bytes(body)
    worn.write_bytes(b"\0" * 400)
    with pytest.raises(Unavailable, match="无法读取"):
        everything(shop.reader())
    late = Columns.of([1], [NOON + 1], [2.0])
    assert put(store, late) == 1  # what is new is not refused because of what is old


def test_tables_of_the_first_version_get_what_is_new(shop: Shop) -> None:
    with psycopg.connect(shop.url, autocommit=True) as connection:
        for statement in TABLES:
            connection.execute(statement)
    with pytest.raises(Unavailable, match="旧版本"):
        everything(shop.reader())
    store = shop.store()
    rows = chilled(store)
    assert everything(shop.reader()) == listed(rows.sorted())
    shop.shut(store)
    ask_version = "UPDATE telemetry.state SET value = 99 WHERE key = 'version' RETURNING 1"
    ask(shop, ask_version)
    with pytest.raises(Invalid, match="更新的版本"):
        shop.store()


def test_a_manifest_too_long_to_remember_is_read_again(
    shop: Shop, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cold, "REMEMBERED", 2)
    rows, reader = chilled(store), shop.reader()
    for _ in range(2):
        assert len(reader.raw(1, NOON, NOON + HOUR)) == 1
        assert everything(reader) == listed(rows.sorted())
