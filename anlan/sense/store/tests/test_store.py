"""What both stores promise."""

import numpy as np
import pytest

from anlan.engines.series import BAD, RANGE, REVISED, SPIKE, Columns, reduce
from anlan.kernel.errors import Conflict
from anlan.sense.store.interface import CHANGED, FRESH, SAME, Store
from anlan.sense.store.tests.conftest import DAY, HOUR, MINUTE, NOON, Shop, listed, put, settle


def minutes(number: int, count: int, first: int = NOON) -> Columns:
    """One value a minute: 0.0, 0.5, 1.0 ..."""
    steps = np.arange(count)
    return Columns.of(np.full(count, number), first + steps * MINUTE, steps * 0.5)


def test_what_was_appended_is_read_back_by_time(store: Store) -> None:
    rows = Columns.of([7, 8, 7], [NOON + 2, NOON, NOON], [1.5, 2.5, 3.5], [0, SPIKE, RANGE])
    store.append(rows, NOON)
    assert listed(store.raw(7, NOON, NOON + 3)) == [(7, NOON, 3.5, RANGE), (7, NOON + 2, 1.5, 0)]


def test_a_span_holds_its_beginning_and_not_its_end(store: Store) -> None:
    store.append(minutes(1, 10), NOON)
    for _ in ("open", "closed"):
        got = store.raw(1, NOON + MINUTE, NOON + 3 * MINUTE)
        assert got.value.tolist() == [0.5, 1.0]
        settle(store)


def test_a_limit_gives_the_first_values(store: Store) -> None:
    for day in (0, 2, 1, -1):  # the last one is late and stays open
        put(store, minutes(1, 10, NOON + day * DAY), NOON + 2 * DAY)
        if day >= 0:
            settle(store, NOON + 2 * DAY + HOUR)
    every = store.raw(1, 0, 2 * NOON)
    assert len(every) == 40
    for limit in (1, 3, 10, 15, 40, 50):
        assert listed(store.raw(1, 0, 2 * NOON, limit=limit)) == listed(every)[:limit]


def test_sequence_numbers_grow_over_closing_and_restarts(shop: Shop) -> None:
    store = shop.store()
    first = store.append(minutes(1, 2), NOON)
    settle(store)
    second = store.append(minutes(2, 2), NOON)
    shop.shut(store)
    store = shop.store()
    third = store.append(minutes(3, 2), NOON)
    assert first < second < third


@pytest.mark.parametrize("state", ["open", "closed", "restarted"])
def test_the_first_value_of_a_key_wins(shop: Shop, state: str) -> None:
    store = shop.store()
    put(store, minutes(1, 5))
    put(store, minutes(2, 5))
    if state != "open":
        settle(store)
    if state == "restarted":
        shop.shut(store)
        store = shop.store()
    again = Columns.of(
        [1, 1, 3, 1, 3], [NOON + MINUTE, NOON + 2 * MINUTE, NOON, NOON + 90_000, NOON],
        [0.5, 99.0, 4.0, 5.0, 6.0],
    )  # fmt: skip
    assert store.sift(again).verdict.tolist() == [SAME, CHANGED, FRESH, FRESH, CHANGED]
    assert put(store, again) == 2
    assert store.raw(1, 0, 2 * NOON).value.tolist() == [0.0, 0.5, 5.0, 1.0, 1.5, 2.0]
    assert store.sift(again).verdict.tolist() == [SAME, CHANGED, SAME, SAME, CHANGED]


def test_repetitions_inside_one_batch_are_told(store: Store) -> None:
    batch = Columns.of([1, 1, 1, 2, 1], [5, 5, 4, 5, 5], [1.0, 1.0, 1.0, 1.0, 2.0])
    assert store.sift(batch).verdict.tolist() == [FRESH, SAME, FRESH, FRESH, CHANGED]


def test_known_and_values_answer_for_single_keys(store: Store) -> None:
    put(store, minutes(1, 3))
    settle(store)
    put(store, minutes(1, 3, NOON + HOUR))
    number = [1, 1, 1, 900]
    time = [NOON + MINUTE, NOON + MINUTE + 1, NOON + HOUR + MINUTE, NOON]
    assert store.known(number, time).tolist() == [True, False, True, False]
    assert np.array_equal(store.values_at(number, time), [0.5, np.nan, 0.5, np.nan], equal_nan=True)


def test_sifting_changes_nothing(store: Store) -> None:
    batch = minutes(1, 3)
    assert store.sift(batch).fresh.all()
    assert store.sift(batch).fresh.all()
    assert not len(store.raw(1, 0, 2 * NOON))


def test_a_revision_is_kept_beside_the_first_value_and_marks_it(store: Store) -> None:
    put(store, minutes(1, 3))
    changed = Columns.of([1], [NOON + MINUTE], [7.0])
    assert store.revise(changed, NOON + 5) == 1
    assert store.revise(changed, NOON + 6) == 0
    assert store.revise(Columns.of([1], [NOON + MINUTE], [8.0]), NOON + 7) == 1
    rows = store.raw(1, 0, 2 * NOON)
    assert rows.value.tolist() == [0.0, 0.5, 1.0]
    assert rows.flags.tolist() == [0, REVISED, 0]
    told = store.revisions(1, 0, 2 * NOON)
    assert (told.value.tolist(), told.received_ms.tolist()) == ([7.0, 8.0], [NOON + 5, NOON + 7])
    assert not len(store.revisions(2, 0, 2 * NOON))


@pytest.mark.parametrize(
    ("number", "time", "value"),
    [
        (-1, 0, 1.0),
        (1 << 24, 0, 1.0),
        (1, -(1 << 60), 1.0),
        (1, 1 << 60, 1.0),
        (1, 0, np.nan),
        (1, 0, np.inf),
    ],
)
def test_a_row_without_stream_time_or_value_is_refused_whole(
    store: Store, number: int, time: int, value: float
) -> None:
    batch = Columns.of([1, number], [NOON, time], [1.0, value])
    for deed in (lambda: store.append(batch, NOON), lambda: store.sift(batch)):
        with pytest.raises(ValueError, match="cannot be stored"):
            deed()
    assert not len(store.raw(1, 0, 2 * NOON))


def test_heads_are_the_newest_by_time_not_by_arrival(shop: Shop) -> None:
    store = shop.store()
    put(store, Columns.of([3, 5], [NOON + 9, NOON], [1.0, 2.0], [SPIKE, 0]))
    settle(store)
    put(store, Columns.of([3, 5], [NOON + 1, NOON + 4], [7.0, 8.0]))
    for one in (store, shop.reader()):
        heads = one.heads()
        assert heads.number.tolist() == [3, 5]
        assert heads.time.tolist() == [NOON + 9, NOON + 4]
        assert heads.value.tolist() == [1.0, 8.0]
        assert heads.flags.tolist() == [SPIKE, 0]


def test_commits_are_replayed_until_their_keeper_has_seen_them(shop: Shop) -> None:
    store = shop.store()
    store.keep("rules", b"nothing", seq=0)
    seqs = [store.append(minutes(n, 3), NOON + n, note=b"n%d" % n) for n in range(4)]
    settle(store)
    store.keep("rules", b"half", seq=seqs[1])
    settle(store)
    shop.shut(store)
    store = shop.store()
    assert [one.seq for one in store.after(0)] == seqs[2:]
    last = list(store.after(seqs[2]))
    assert [(one.seq, one.received_ms, one.note) for one in last] == [(seqs[3], NOON + 3, b"n3")]
    assert listed(last[0].columns) == listed(minutes(3, 3))
    assert store.kept("rules") == b"half"
    store.forget("rules")
    settle(store)
    assert store.kept("rules") is None
    assert list(store.after(0)) == []


def test_open_commits_are_replayed_without_a_keeper(store: Store) -> None:
    seqs = [store.append(minutes(n, 2), NOON) for n in range(3)]
    assert [one.seq for one in store.after(seqs[0])] == seqs[1:]


def test_only_one_process_writes(shop: Shop) -> None:
    store = shop.store()
    with pytest.raises(Conflict, match="另一个进程"):
        shop.store()
    shop.shut(store)
    shop.store().append(minutes(1, 1), NOON)


def test_a_reader_before_the_first_writer_knows_nothing(shop: Shop) -> None:
    reader = shop.reader()
    assert not len(reader.raw(1, 0, 2 * NOON))
    assert not len(reader.buckets([1], 0, 2 * NOON, HOUR))
    assert not len(reader.heads())
    assert reader.kept("rules") is None
    assert list(reader.scan([1], 0, 2 * NOON)) == []
    put(shop.store(), minutes(1, 3))
    assert len(reader.raw(1, 0, 2 * NOON)) == 3


def test_a_reader_sees_each_row_once_whatever_state_it_is_in(shop: Shop) -> None:
    store, reader = shop.store(), shop.reader()
    for day in range(3):
        put(store, minutes(1, 60, NOON + day * DAY), NOON + day * DAY)
        assert len(reader.raw(1, 0, 2 * NOON)) == 60 * (day + 1)
        settle(store, NOON + day * DAY + HOUR)
        assert len(reader.raw(1, 0, 2 * NOON)) == 60 * (day + 1)
    settle(store, NOON + 9 * DAY)
    assert listed(reader.raw(1, 0, 2 * NOON)) == [
        row for day in range(3) for row in listed(minutes(1, 60, NOON + day * DAY))
    ]


@pytest.mark.parametrize("every", [10 * MINUTE, HOUR, 3 * HOUR, DAY])
def test_buckets_equal_the_reduction_of_the_values(store: Store, every: int) -> None:
    rng = np.random.default_rng(every)
    parts = []
    for step in range(4):  # closed long ago, closed and late, open and late, open
        number = rng.integers(1, 9, 500)
        time = NOON + rng.integers(0, 2 * DAY, 500)
        flags = np.where(rng.random(500) < 0.1, SPIKE, 0)
        rows = Columns.of(number, time, rng.normal(0, 1, 500).round(3), flags)
        rows = rows.take(store.sift(rows).fresh)
        store.append(rows, NOON)
        parts.append(rows)
        if step < 2:
            settle(store, NOON + (step + 1) * HOUR)
    every_value = Columns.concat(parts)
    kept = every_value.take(np.isin(every_value.number, [2, 3, 7]))
    want = reduce(kept, every, skip=BAD)
    got = store.buckets([7, 3, 2, 3], NOON, NOON + 2 * DAY, every)
    assert got.number.tolist() == want.number.tolist()
    for name in ("start", "n", "low", "high", "last", "last_time"):
        assert np.array_equal(getattr(got, name), getattr(want, name)), name
    assert np.allclose(got.total, want.total)


def test_days_begin_where_asked(store: Store) -> None:
    midnight = NOON - 12 * HOUR  # in Beijing
    put(store, minutes(1, 3, midnight - MINUTE))
    settle(store)
    got = store.buckets([1], midnight, midnight + 1, DAY, origin_ms=-8 * HOUR)
    assert (got.start.tolist(), got.n.tolist()) == ([midnight], [2])


def test_a_bucket_touched_by_the_span_is_answered_whole(store: Store) -> None:
    put(store, minutes(1, 120))
    got = store.buckets([1], NOON + 30 * MINUTE, NOON + 61 * MINUTE, HOUR)
    assert (got.start.tolist(), got.n.tolist()) == ([NOON, NOON + HOUR], [60, 60])


def test_a_scan_gives_every_stream_once_in_order(store: Store) -> None:
    rng = np.random.default_rng(3)
    parts = []
    for day in range(3):
        parts += [
            minutes(int(number), 20, NOON + day * DAY + int(number))
            for number in rng.permutation(40)
        ]
        put(store, Columns.concat(parts[-40:]), NOON + day * DAY)
        settle(store, NOON + day * DAY + HOUR)
    put(store, minutes(50, 5))
    wanted = [3, 17, 4, 39, 50, 77]
    every = Columns.concat([*parts, minutes(50, 5)])
    want = every.take(np.isin(every.number, wanted) & (every.time < NOON + 2 * DAY)).sorted()
    got = Columns.concat(store.scan(wanted, 0, NOON + 2 * DAY))
    assert listed(got) == listed(want)


def test_a_store_says_when_too_much_waits_in_memory(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlan.sense.store.segments.caretaker.CLOSE_ROWS", 10)
    monkeypatch.setattr("anlan.sense.store.postgres.writing.CROWD_ROWS", 10)
    put(store, minutes(1, 9))
    assert not store.crowded()
    put(store, minutes(2, 9))
    assert store.crowded()
    settle(store)
    assert not store.crowded()


def test_rows_are_put_away_in_pieces_as_if_all_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlan.sense.store.segments.caretaker.PIECE_ROWS", 50)
    monkeypatch.setattr("anlan.sense.store.postgres.mover.PIECE_ROWS", 50)
    rows = Columns.concat([minutes(number, 40, NOON - DAY // 2) for number in (9, 2, 4, 3, 7)])
    rows = Columns.concat([rows, minutes(5, 180, NOON - DAY // 2)])
    put(store, rows.take(np.random.default_rng(2).permutation(len(rows))))
    settle(store)
    assert listed(Columns.concat(store.scan(range(10), 0, 2 * NOON))) == listed(rows.sorted())
    got, want = store.buckets(range(10), 0, 2 * NOON, HOUR), reduce(rows, HOUR)
    assert [got.n.tolist(), got.last.tolist()] == [want.n.tolist(), want.last.tolist()]


def test_anything_may_come_in_any_order(shop: Shop) -> None:
    """A long random life, against a plain dictionary."""
    rng = np.random.default_rng(11)
    store, model, now = shop.store(), dict[tuple[int, int], float](), NOON
    for step in range(60):
        size = int(rng.integers(1, 60))
        number = rng.integers(0, 6, size)
        back = rng.choice([0, HOUR, 30 * HOUR, 900 * HOUR], size)
        time = now - back + rng.integers(-20, 20, size) * 1000
        batch = Columns.of(number, time, rng.integers(0, 3, size))
        verdict = store.sift(batch).verdict
        for row, told in zip(listed(batch), verdict.tolist(), strict=True):
            key, value = row[:2], row[2]
            assert told == (FRESH if key not in model else SAME if model[key] == value else CHANGED)
            model.setdefault(key, value)
        put(store, batch, now)
        now += int(rng.integers(0, 20 * MINUTE))
        if step % 3 == 0:
            settle(store, now)
        if step % 20 == 19:
            shop.shut(store)
            store = shop.store()
    reader = shop.reader()
    for stream in range(6):
        want = sorted((time, value) for (n, time), value in model.items() if n == stream)
        rows = reader.raw(stream, 0, 2 * NOON)
        assert list(zip(rows.time.tolist(), rows.value.tolist(), strict=True)) == want
    hours = reader.buckets(range(6), 0, 2 * NOON, HOUR)
    assert hours.n.sum() == len(model)
    assert hours.total.sum() == sum(model.values())
