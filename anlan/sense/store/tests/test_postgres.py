"""What only PostgreSQL does: partitions, and a server that goes away."""

import os

import numpy as np
import psycopg
import pytest

from anlan.engines.series import Columns
from anlan.kernel.errors import Unavailable
from anlan.sense.store.interface import Retention, Store
from anlan.sense.store.tests.conftest import DAY, HOUR, MINUTE, NOON, Shop, put, settle

pytestmark = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL"), reason="runs where the run has a PostgreSQL"
)

TIERS = ["postgres"]


def ask(shop: Shop, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(shop.url, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def names(shop: Shop) -> list[object]:
    rows = ask(shop, "SELECT name FROM telemetry.partition ORDER BY since_ms")
    return [name.removeprefix("observation_") for (name,) in rows]  # type: ignore[attr-defined]


def cut_off(shop: Shop) -> None:
    """Break every connection to the database but this one."""
    ask(
        shop,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


def one(number: int, time: int, value: float = 1.0) -> Columns:
    return Columns.of([number], [time], [value])


def test_partitions_are_made_ahead_by_day_and_for_old_times_by_month(
    shop: Shop, store: Store
) -> None:
    store.maintain(NOON)
    assert names(shop) == ["2026_08_03", "2026_08_04", "2026_08_05"]
    put(store, Columns.of([1, 1, 1], [NOON - 2 * DAY, NOON - 90 * DAY, 0], [1.0, 2.0, 3.0]))
    settle(store)
    assert names(shop) == [
        "1970_01", "2026_05", "2026_08_01", "2026_08_03", "2026_08_04", "2026_08_05",
    ]  # fmt: skip
    assert store.raw(1, 0, 2 * NOON).value.tolist() == [3.0, 2.0, 1.0]
    settle(store, NOON + 3 * DAY)
    assert names(shop)[-1] == "2026_08_08"


def test_partitions_nobody_keeps_are_dropped_and_single_streams_thinned(
    shop: Shop, store: Store
) -> None:
    put(store, Columns.of([1, 2, 3], [NOON] * 3, [1.0, 2.0, 3.0]))
    settle(store)
    kept = Retention(raw_days=30, by_number={1: 2, 2: 60})

    def left() -> list[int]:
        return [n for n in (1, 2, 3) if len(store.raw(n, 0, 2 * NOON))]

    settle(store, NOON + 4 * DAY, kept)
    assert left() == [2, 3]
    settle(store, NOON + 33 * DAY, kept)
    assert left() == [2]
    assert settle(store, NOON + 63 * DAY, kept).dropped > 0
    assert left() == []
    assert "2026_08_03" not in names(shop)
    assert store.buckets([1, 2, 3], 0, 2 * NOON, DAY).n.tolist() == [1, 1, 1]
    settle(store, NOON + 63 * DAY, Retention(hourly_days=10))
    assert not len(store.buckets([1, 2, 3], 0, 2 * NOON, DAY))


def test_other_tools_read_plain_rows(shop: Shop, store: Store) -> None:
    put(store, one(7, NOON + 1, 2.5))
    settle(store)
    rows = ask(
        shop,
        "SELECT number, (time AT TIME ZONE 'Asia/Shanghai')::text, value"
        " FROM telemetry.observation",
    )
    assert rows == [(7, "2026-08-03 12:00:00.001", 2.5)]


def test_a_broken_connection_refuses_once_and_everything_goes_on(shop: Shop, store: Store) -> None:
    put(store, one(1, NOON))
    settle(store)
    put(store, one(1, NOON + MINUTE))
    cut_off(shop)
    with pytest.raises(Unavailable, match="TELEMETRY_URL"):
        store.append(one(1, NOON + 2 * MINUTE), NOON)
    again = Columns.of([1, 1, 1], NOON + np.arange(3) * MINUTE, [1.0, 1.0, 1.0])
    assert put(store, again) == 1
    assert store.raw(1, 0, 2 * NOON).time.tolist() == again.time.tolist()
    cut_off(shop)
    with pytest.raises(Unavailable):
        settle(store, NOON + 2 * HOUR)
    settle(store, NOON + 3 * HOUR)
    settle(store, NOON + 4 * HOUR)
    assert store.buckets([1], 0, 2 * NOON, DAY).n.tolist() == [3]
    assert store.sift(again).same.all()


def test_a_commit_whose_answer_was_lost_is_there_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anlan.sense.store.postgres.writing import PostgresStore

    assert isinstance(store, PostgresStore)

    def lost(_: Columns) -> None:
        raise psycopg.OperationalError("the answer never came")

    monkeypatch.setattr(store._first, "admit", lost)
    with pytest.raises(Unavailable):
        store.append(one(1, NOON), NOON)
    assert put(store, one(1, NOON)) == 0
    settle(store)
    settle(store, NOON + 2 * HOUR)
    assert len(store.raw(1, 0, 2 * NOON)) == 1
    assert store.buckets([1], 0, 2 * NOON, DAY).n.tolist() == [1]


def test_no_server_is_told_in_a_sentence(shop: Shop) -> None:
    from anlan.sense.store import open_reader, open_store

    for opened in (open_store, open_reader):
        with pytest.raises(Unavailable, match="TELEMETRY_URL"):
            opened(shop.dir, "postgres://nobody@127.0.0.1:1/none").heads()
