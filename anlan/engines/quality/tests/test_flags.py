"""What is doubted, and what must never be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engines.quality import Checks, State, flag
from anlan.engines.series import GAP, LATE, RANGE, RATE, SPIKE, STUCK, UNIT, Columns

MINUTE = 60_000
NOW = 1_780_272_000_000


def checks(**wanted: float) -> Checks:
    """A gauge that reports every five minutes, from 0 to 20 m, at most 5 cm a minute."""
    told = {
        "low": 0.0, "high": 20.0, "rate": 0.05, "leap": np.nan, "stuck": 7200.0, "least": np.nan,
        "expected": 300.0, "zero": 0.0, **wanted,
    }  # fmt: skip
    two = {name: np.full(2, value) for name, value in told.items()}
    return Checks(
        low=two["low"], high=two["high"], rate_per_min=two["rate"], leap=two["leap"],
        stuck_s=two["stuck"], stuck_least_s=two["least"], expected_s=two["expected"],
        lengths=np.ones(2, np.bool_), zero=two["zero"],
    )  # fmt: skip


def series(values: list[float], *, step: int = 5, first: int = NOW - 40 * MINUTE) -> Columns:
    times = first + np.arange(len(values)) * step * MINUTE
    return Columns.of(np.ones(len(values)), times, values)


def flagged(values: list[float], **wanted: float) -> list[int]:
    return [int(one) for one in flag(series(values), checks(**wanted), State.fresh(2), NOW)]


CALM = [3.0, 3.01, 3.02, 3.01, 3.02, 3.03]


def test_a_calm_river_is_not_doubted() -> None:
    assert flagged(CALM) == [0] * 6


def test_a_single_leap_is_doubted_and_what_follows_is_not() -> None:
    assert flagged([*CALM, 9.0, 3.03]) == [0] * 6 + [SPIKE | RATE, RATE]


def test_a_flood_that_leaps_is_believed_from_its_second_value_on() -> None:
    assert flagged([*CALM, 5.0, 7.5, 9.0]) == [0] * 6 + [SPIKE | RATE, RATE, RATE]


def test_a_quick_rise_within_what_the_quantity_can_do_is_never_doubted() -> None:
    assert flagged([*CALM, 3.25, 3.5, 3.72]) == [0] * 9


def test_centimetres_among_metres_are_told_as_such_however_long_they_last() -> None:
    wrong = flagged([*CALM, 3.03, 303.0, 304.0], high=9000.0)
    assert [bool(one & UNIT) for one in wrong] == [False] * 7 + [True, True]


def test_centimetres_over_a_gauges_zero_are_told_as_such() -> None:
    staff = [55.0 + one for one in CALM]
    wrong = flagged([*staff, 55.0 + 303.0, 55.0 + 304.0], high=9000.0, zero=55.0)
    assert [bool(one & UNIT) for one in wrong] == [False] * 6 + [True, True]


def test_what_the_instrument_cannot_read_is_out_of_range() -> None:
    assert [bool(one & RANGE) for one in flagged([3.0, -0.5, 25.0])] == [False, True, True]


def test_unknown_bounds_exclude_nothing() -> None:
    unknown = flagged([1e9, -1e9], low=np.nan, high=np.nan, rate=np.nan)
    assert unknown == [0, 0]


def test_a_value_that_does_not_move_for_two_hours_is_stuck() -> None:
    found = flag(
        series([3.0] * 30, first=NOW - 150 * MINUTE), checks(), State.fresh(2), NOW
    )  # fmt: skip
    stuck = [bool(one & STUCK) for one in found]
    assert stuck.index(True) == 25  # the first value over 120 minutes after the first
    assert all(stuck[25:])


#: A gas detector, which may leap; its limits are 25 and 50.
GAS = {"high": 105.0, "rate": np.nan, "leap": 5.0, "stuck": np.nan, "expected": 300.0}
AIR = [1.2, 1.4, 1.1, 1.3, 1.2, 1.4]


def test_a_single_leap_of_gas_is_doubted_though_gas_may_leap() -> None:
    assert flagged([*AIR, 56.0, 1.3, 1.2], **GAS) == [0] * 6 + [SPIKE, 0, 0]


def test_gas_that_bursts_out_is_believed_from_its_second_value_on() -> None:
    assert flagged([*AIR, 56.0, 71.0, 64.0, 40.0], **GAS) == [0] * 6 + [SPIKE, 0, 0, 0]


def test_gas_that_leaks_slowly_is_never_doubted() -> None:
    assert flagged([*AIR, 6.0, 10.9, 15.5, 20.4], **GAS) == [0] * 10


def test_a_gauge_that_never_rests_is_stuck_much_sooner_than_a_calm_one() -> None:
    restless = [3.0 + 0.01 * (at % 3) for at in range(30)]
    hours = series([*restless, *[3.0] * 60], first=NOW - 450 * MINUTE)
    day = {"stuck": 86_400.0, "least": 7200.0}
    found = flag(hours, checks(**day), State.fresh(2), NOW)
    stuck = np.flatnonzero(found & STUCK)
    assert stuck.tolist() == list(range(30 + 25, 90))  # two hours after it stopped
    calm = [3.0 + 0.01 * (at // 20 % 2) for at in range(500)]  # rests 95 minutes each time
    rests = series([*calm, *[calm[-1]] * 50], first=NOW - 2750 * MINUTE)
    assert not (flag(rests, checks(**day), State.fresh(2), NOW) & STUCK).any()


def test_who_has_hardly_been_heard_has_no_habit_yet() -> None:
    few = series([3.0, 3.01, 3.0, *[3.01] * 60], first=NOW - 315 * MINUTE)
    found = flag(few, checks(stuck=86_400.0, least=7200.0), State.fresh(2), NOW)
    assert not (found & STUCK).any()


def test_the_first_value_after_a_gap_says_so() -> None:
    times = [NOW - 60 * MINUTE, NOW - 55 * MINUTE, NOW - 20 * MINUTE, NOW - 15 * MINUTE]
    columns = Columns.of([1] * 4, times, [3.0, 3.01, 3.02, 3.03])
    assert flag(columns, checks(), State.fresh(2), NOW).tolist() == [0, 0, GAP, 0]


@pytest.mark.parametrize(("minutes", "late"), [(59, 0), (61, LATE)])
def test_what_is_over_an_hour_old_came_late(minutes: int, late: int) -> None:
    columns = Columns.of([1], [NOW - minutes * MINUTE], [3.0])
    assert flag(columns, checks(), State.fresh(2), NOW).tolist() == [late]


def test_a_stream_that_reports_once_a_day_is_not_late_after_an_hour() -> None:
    columns = Columns.of([1], [NOW - 600 * MINUTE], [3.0])
    assert flag(columns, checks(expected=86_400.0), State.fresh(2), NOW).tolist() == [0]


def test_an_older_value_is_late_and_disturbs_nothing() -> None:
    state = State.fresh(2)
    flag(series(CALM), checks(), state, NOW)
    before = state.dump()
    old = Columns.of([1], [NOW - 50 * MINUTE], [3.0])
    assert flag(old, checks(), state, NOW).tolist() == [LATE]
    assert state.dump() == before


def test_a_back_fill_is_late_throughout() -> None:
    found = flag(series(CALM), checks(), State.fresh(2), NOW, backfill=True)
    assert found.tolist() == [LATE] * 6


def test_a_state_is_read_back_as_it_was_and_grows() -> None:
    state = State.fresh(2)
    flag(series(CALM), checks(), state, NOW)
    again = State.load(state.dump()).resized(5).resized(2)
    assert again.dump() == state.dump()
    with pytest.raises(ValueError, match="state of the checks"):
        State.load(state.dump()[:-3])
    with pytest.raises(ValueError, match="state of the checks"):
        State.load(b"anything")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([0, 1]), st.integers(0, 200), st.floats(-5, 400)),
        max_size=40,
        unique_by=lambda row: row[:2],
    ),
    st.integers(1, 8),
)
def test_batches_cut_anywhere_give_the_same_flags(
    rows: list[tuple[int, int, float]], size: int
) -> None:
    rows.sort(key=lambda row: (row[1], row[0]))
    columns = Columns.of(
        [row[0] for row in rows], [NOW + (row[1] - 250) * MINUTE for row in rows],
        [row[2] for row in rows],
    )  # fmt: skip
    whole, parts = State.fresh(2), State.fresh(2)
    order = columns.order()
    want = np.zeros(len(rows), np.uint16)
    want[order] = flag(columns.take(order), checks(), whole, NOW)
    got = np.zeros(len(rows), np.uint16)
    for start in range(0, len(rows), size):
        piece = np.arange(start, min(start + size, len(rows)))
        inner = piece[columns.take(piece).order()]
        got[inner] = flag(columns.take(inner), checks(), parts, NOW)
    assert got.tolist() == want.tolist()
    assert parts.dump() == whole.dump()
