from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engines.series import DUPLICATE, FUTURE, LATE, SPIKE, Columns
from anlan.engines.threshold import (
    Count,
    Difference,
    Level,
    Program,
    Rate,
    Silence,
    Sum,
    Transitions,
    Watch,
    all_of,
    any_of,
)
from anlan.engines.threshold.tests.oracle import Oracle, Row, Told

WATCHES: list[Watch] = [
    Level(key="high", stream=1, op=">=", limit=2, hysteresis=1),
    Level(key="over", stream=1, op=">", limit=2, hold_s=4),
    Level(key="low", stream=1, op="<", limit=-1, hysteresis=1, hold_s=2),
    Level(key="below", stream=2, op="<=", limit=-1),
    Sum(key="wet", stream=1, op=">=", limit=3, window_s=5, patience_s=3, hysteresis=1),
    Sum(key="soaked", stream=1, op=">", limit=4, window_s=11, patience_s=2, hold_s=3),
    Sum(key="dry", stream=2, op="<=", limit=-2, window_s=6),
    Rate(key="rising", stream=1, op=">=", limit=3, window_s=7, patience_s=4, hold_s=1),
    Rate(key="falling", stream=2, op="<", limit=-2, window_s=4, patience_s=1, hysteresis=1),
    Difference(key="apart", stream=1, other=2, op=">=", limit=2, max_age_s=2, hold_s=2),
    Silence(key="mute", stream=2, after_s=6),
    Count(key="two", members=("high", "wet", "below"), at_least=2),
    all_of("both", ["two", "mute"]),
    any_of("any", ["two", "falling", "apart"], hold_s=2),
]
LEAVES = [watch for watch in WATCHES if not isinstance(watch, Count)]

flags = st.sampled_from([0, 0, 0, 0, 0, SPIKE, LATE, DUPLICATE, FUTURE])
values = st.one_of(st.integers(-4, 4).map(float), st.just(float("nan")))
rows = st.tuples(st.sampled_from([1, 2, 3]), st.integers(0, 40), values, flags)
batches = st.lists(st.lists(rows, max_size=12), max_size=5)


def columns(given_rows: list[Row]) -> Columns:
    number, time, value, flag = zip(*given_rows, strict=True) if given_rows else ((), (), (), ())
    return Columns.of(number, np.asarray(time, np.int64) * 1000, value, flag)


def plain(program: Program, told: Transitions) -> list[Told]:
    entries = zip(told.watch, told.time, told.state, told.value, strict=True)
    return [(program.keys[w], int(t), int(s), float(v)) for w, t, s, v in entries]


def same(found: list[Told], expected: list[Told]) -> None:
    """Compare as sets in time: what happens at one moment may be told in any order."""
    assert [(one[1]) for one in found] == sorted(one[1] for one in found)
    assert sorted(one[:3] for one in found) == sorted(one[:3] for one in expected)
    shown = [sorted((one[:3], one[3]) for one in many) for many in (found, expected)]
    assert [v for _, v in shown[0]] == pytest.approx([v for _, v in shown[1]], nan_ok=True)


@given(batches, st.booleans(), st.lists(st.integers(0, 30), min_size=6, max_size=6))
@settings(deadline=None, max_examples=60)
def test_batches_in_any_order_and_ticks_do_what_the_plain_rules_say(
    given_batches: list[list[Row]], live: bool, waits: list[int]
) -> None:
    program, oracle = Program(WATCHES), Oracle(WATCHES)
    state, now = program.start(), 0
    for batch, wait in zip(given_batches, waits, strict=False):
        now = max(now + 1, *(row[1] for row in batch), 0)
        slow = [(row[0], row[1] * 1000, row[2], row[3]) for row in batch]
        found = plain(program, program.run(columns(batch), state, now * 1000, live=live))
        same(found, oracle.run(slow, now * 1000, live))
        now += wait
        same(plain(program, program.tick(state, now * 1000)), oracle.tick(now * 1000))
        standing = sorted(key for key, one in oracle.machines.items() if one.active)
        assert sorted(program.standing(state)) == standing
        state = program.load(program.dump(state))


ordered = st.lists(st.tuples(st.sampled_from([1, 2]), st.integers(0, 99), values, st.just(0)),
                   max_size=60, unique_by=lambda row: row[:2])  # fmt: skip


@given(ordered, st.lists(st.integers(0, 60), max_size=4))
@settings(deadline=None, max_examples=40)
def test_values_in_order_give_the_same_however_they_are_cut_into_batches(
    given_rows: list[Row], cuts: list[int]
) -> None:
    given_rows.sort(key=lambda row: row[1])
    whole, parts = Program(WATCHES), Program(WATCHES)
    found = plain(whole, whole.run(columns(given_rows), whole.start()))
    state, pieces = parts.start(), []
    for start, end in pairwise([0, *sorted(cuts), len(given_rows)]):
        pieces += plain(parts, parts.run(columns(given_rows[start:end]), state))
    single = {watch.key for watch in LEAVES if not isinstance(watch, Difference)}
    alone = [[one for one in many if one[0] in single] for many in (found, pieces)]
    assert sorted(map(str, alone[0])) == sorted(map(str, alone[1]))


@given(ordered, st.lists(st.integers(0, 120), max_size=8))
@settings(deadline=None, max_examples=40)
def test_ticks_tell_sooner_but_never_other_things(given_rows: list[Row], ticks: list[int]) -> None:
    given_rows = sorted((row for row in given_rows if row[0] == 1), key=lambda row: row[1])
    watches = [watch for watch in LEAVES if getattr(watch, "stream", 0) == 1]
    watches = [watch for watch in watches if not isinstance(watch, Difference)]
    watches.append(Silence(key="mute", stream=1, after_s=6))
    program = Program(watches)
    seldom, often = program.start(), program.start()
    once: list[Told] = []
    many: list[Told] = []
    for row in given_rows:
        for moment in sorted(one for one in ticks if one <= row[1]):
            if once or seldom.marks.slots["seen_time"].max() >= 0:
                many += plain(program, program.tick(often, moment * 1000))
        once += plain(program, program.run(columns([row]), seldom, row[1] * 1000))
        many += plain(program, program.run(columns([row]), often, row[1] * 1000))
    for state, told in ((seldom, once), (often, many)):
        told += plain(program, program.tick(state, 300_000))
    assert sorted(map(str, once)) == sorted(map(str, many))
