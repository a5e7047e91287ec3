import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engines.series import LATE, STUCK, Columns
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
    backtest,
    warm,
)

MINUTE = 60_000


def told(program: Program, found: Transitions) -> list[tuple[str, int, int]]:
    rows = zip(found.watch, found.time, found.state, strict=True)
    return [(program.keys[watch], int(time) // MINUTE, int(state)) for watch, time, state in rows]


def minutes(values: list[float], start: int = 0, number: int = 1, flags: int = 0) -> Columns:
    time = (start + np.arange(len(values))) * MINUTE
    return Columns.of(np.full(len(values), number), time, values, np.full(len(values), flags))


def test_a_day_of_tenths_adds_up_to_exactly_its_limit() -> None:
    watches: list[Watch] = [
        Sum(key="at", stream=1, op=">=", limit=50.0, window_s=86400),
        Sum(key="over", stream=1, op=">", limit=50.0, window_s=86400),
    ]
    program = Program(watches)
    found = told(program, backtest(program, minutes([0.1] * 500)))
    assert found == [("at", 499, 1)]


def test_a_level_sent_in_centimetres_is_equal_to_its_limit_in_metres() -> None:
    watches: list[Watch] = []
    for stream in range(4000):
        limit = float(f"{stream / 100:.2f}")
        watches += [
            Level(key=f"at {stream}", stream=stream, op=">=", limit=limit),
            Level(key=f"over {stream}", stream=stream, op=">", limit=limit),
            Level(key=f"down to {stream}", stream=stream, op="<=", limit=limit),
            Level(key=f"below {stream}", stream=stream, op="<", limit=limit),
        ]
    program, streams = Program(watches), np.arange(4000)
    found = program.run(Columns.of(streams, streams, streams * 0.01), program.start())
    kinds = {program.keys[watch].rpartition(" ")[0] for watch in found.watch}
    assert kinds == {"at", "down to"}
    assert len(found) == 2 * len(streams)


def test_a_back_fill_raises_nothing_by_itself_but_counts_in_todays_sum() -> None:
    program = Program([
        Sum(key="wet", stream=1, op=">=", limit=30, window_s=3600),
        Level(key="high", stream=1, op=">=", limit=10),
    ])  # fmt: skip
    state = program.start()
    filled = program.run(minutes([15.0, 15.0], flags=LATE), state, 10 * MINUTE)
    assert len(filled) == 0
    now = program.run(minutes([1.0], start=10), state, 10 * MINUTE)
    assert told(program, now) == [("wet", 10, 1)]
    history = Columns.concat([minutes([15.0, 15.0], flags=LATE), minutes([1.0], start=10)])
    over_history = told(program, backtest(program, history))
    assert ("high", 0, 1) in over_history
    assert ("wet", 1, 1) in over_history


def test_a_value_in_doubt_changes_nothing_but_breaks_the_silence() -> None:
    program = Program([
        Level(key="high", stream=1, op=">=", limit=10),
        Silence(key="mute", stream=1, after_s=300),
    ])  # fmt: skip
    state = program.start()
    assert told(program, program.tick(state, 0)) == []
    assert told(program, program.tick(state, 6 * MINUTE)) == [("mute", 5, 1)]
    found = program.run(minutes([99.0], start=7, flags=STUCK), state, 7 * MINUTE)
    assert told(program, found) == [("mute", 7, 0)]
    assert program.standing(state) == []


def test_a_stream_that_runs_behind_is_not_called_silent_for_it() -> None:
    program = Program([Silence(key="mute", stream=1, after_s=600)])
    state = program.start()
    for minute in range(0, 60, 5):
        program.run(minutes([1.0], start=minute), state, (minute + 120) * MINUTE)
        assert len(program.tick(state, (minute + 124) * MINUTE)) == 0
    assert told(program, program.tick(state, 190 * MINUTE)) == [("mute", 65, 1)]


def test_nobody_was_silent_while_nobody_listened() -> None:
    program = Program([Silence(key="mute", stream=1, after_s=600)])
    state = program.start()
    program.run(minutes([1.0]), state, 0)
    program.resume(state, 100 * MINUTE)
    assert len(program.tick(state, 109 * MINUTE)) == 0
    assert told(program, program.tick(state, 111 * MINUTE)) == [("mute", 10, 1)]


def test_what_was_told_is_believed_unless_something_newer_came() -> None:
    program = Program(
        [
            Silence(key="mute", stream=1, after_s=600),
            Level(key="long", stream=2, op=">=", limit=3.0, hold_s=600),
            Silence(key="other", stream=3, after_s=600),
        ]
    )
    state = program.start()
    program.run(minutes([1.0]), state, 0)
    program.run(minutes([4.0], number=2), state, 0)
    program.run(minutes([1.0, 1.0], number=3), state, MINUTE)
    program.believe(state, {0: 10 * MINUTE, 1: 10 * MINUTE, 2: 10 * MINUTE})
    assert program.standing(state) == ["mute", "long"]


def test_a_clock_that_was_set_back_does_not_hide_silence() -> None:
    program = Program([Silence(key="mute", stream=1, after_s=600)])
    state = program.start()
    program.run(minutes([1.0]), state, 100 * MINUTE)
    program.resume(state, 0)
    assert told(program, program.tick(state, 11 * MINUTE)) == [("mute", 10, 1)]


@given(st.integers(1, 1000), st.integers(0, 10_000))
@settings(deadline=None, max_examples=25)
def test_more_values_than_a_ring_may_hold_cost_at_most_the_edge_of_the_window(
    step: int, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    time = np.cumsum(dice.integers(1, 2 * step, 600))
    value = dice.integers(0, 5, 600).astype(float)
    window = 300 * step
    program = Program(
        [Sum(key="sum", stream=1, op=">=", limit=1e6, window_s=window / 1000),
         Rate(key="rise", stream=1, op=">=", limit=1e6, window_s=window / 1000)],
        most=64,
    )  # fmt: skip
    state = program.start()
    for k in range(len(time)):
        program.run(Columns.of([1], time[k : k + 1], value[k : k + 1]), state)
        coarse = int(state.marks.rings["step"][0])
        ages = time[k] - time[: k + 1]
        inside = value[: k + 1][ages < window + coarse].sum()
        least = value[: k + 1][ages < window - coarse].sum()
        assert least <= state.marks.watches["figure"][0] <= inside
        lowest = value[: k + 1][ages < window - int(state.marks.rings["step"][-1])].min()
        assert state.marks.watches["figure"][1] >= value[k] - lowest
    assert state.marks.rings["size"].max() <= 64


def test_a_changed_program_goes_on_where_the_old_one_stood() -> None:
    old = Program([
        Level(key="high", stream=1, op=">=", limit=5),
        Level(key="gone", stream=1, op=">=", limit=5),
        Level(key="held", stream=1, op=">=", limit=5, hold_s=600),
        Sum(key="wet", stream=1, op=">=", limit=100, window_s=3600),
    ])  # fmt: skip
    state = old.start()
    old.run(minutes([8.0] * 6), state, 6 * MINUTE)
    blob = old.dump(state)
    same = old.load(blob)
    assert told(old, old.tick(same, 12 * MINUTE)) == [("held", 10, 1)]
    new = Program([
        Sum(key="short", stream=1, op=">=", limit=30, window_s=240),
        Sum(key="wet", stream=1, op=">=", limit=48, window_s=3600),
        Rate(key="rising", stream=1, op=">=", limit=2, window_s=3600),
        Level(key="held", stream=1, op=">=", limit=6, hold_s=600),
        Level(key="high", stream=1, op=">=", limit=9),
        Level(key="other", stream=7, op=">=", limit=9),
        any_of("any", ["high", "other"]),
    ])  # fmt: skip
    loaded = new.load(blob)
    assert loaded.orphans == ("gone",)
    assert new.standing(loaded) == ["high"]
    assert told(new, new.tick(loaded, 6 * MINUTE)) == [("any", 6, 1)]
    late = Columns.of([1], [90_000], [0.5])
    assert ("wet", 5, 1) in told(new, new.run(late, loaded, 6 * MINUTE))
    found = told(new, new.run(minutes([0.0, 11.0], start=6), loaded, 8 * MINUTE))
    assert ("high", 6, 0) in found
    assert ("any", 6, 0) in found
    assert ("rising", 7, 1) in found
    assert "held" not in {one[0] for one in found}
    again = new.load(new.dump(loaded))
    assert new.standing(again) == new.standing(loaded)
    assert again.orphans == ("gone",)


@pytest.mark.parametrize("blob", [b"", b"anlan-watch-1\n", b"something else" * 4])
def test_bytes_that_are_no_state_are_refused(blob: bytes) -> None:
    with pytest.raises(ValueError, match="state"):
        Program([]).load(blob)


def test_a_damaged_state_is_refused() -> None:
    program = Program([Level(key="a", stream=1, op=">", limit=1)])
    blob = program.dump(program.start())
    for cut in (20, 60, len(blob) - 1):
        with pytest.raises(ValueError, match="state"):
            program.load(blob[:cut])


def test_history_in_chunks_of_days_fires_as_the_whole_does() -> None:
    dice = np.random.default_rng(3)
    days = [
        Columns.concat([minutes(dice.integers(0, 9, 90).tolist(), day * 1440, number)
                        for number in (1, 2)])
        for day in range(4)
    ]  # fmt: skip
    program = Program([
        Difference(key="apart", stream=1, other=2, op=">", limit=6, max_age_s=30),
        Level(key="a", stream=1, op=">=", limit=8, told=False),
        Level(key="b", stream=2, op=">=", limit=8, told=False),
        all_of("both", ["a", "b"]),
        Silence(key="mute", stream=2, after_s=3600),
    ])  # fmt: skip
    whole = told(program, backtest(program, Columns.concat(days), until_ms=5 * 1440 * MINUTE))
    assert whole == told(program, backtest(program, days, until_ms=5 * 1440 * MINUTE))
    assert {key for key, _, _ in whole} == {"apart", "both", "mute"}
    assert whole[-1] == ("mute", 3 * 1440 + 89 + 60, 1)


def level(key: str, stream: int = 1) -> Level:
    return Level(key=key, stream=stream, op=">", limit=1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Program([level("a"), level("a")]),
        lambda: Program([any_of("a", ["b"])]),
        lambda: Program([any_of("a", [])]),
        lambda: Program([Count(key="a", members=("b",), at_least=1),
                         Count(key="b", members=("a",), at_least=1)]),
        lambda: Program([level("a", stream=-1)]),
        lambda: Level(key="a", stream=1, op="=", limit=1),  # type: ignore[arg-type]
        lambda: Level(key="a", stream=1, op=">", limit=1, hysteresis=-1),
        lambda: Rate(key="a", stream=1, op="<", limit=1, window_s=60),
        lambda: Program([Sum(key="a", stream=1, op=">", limit=1, window_s=0)]),
        lambda: Program([Silence(key="a", stream=1, after_s=-5)]),
    ],
)  # fmt: skip
def test_what_cannot_be_watched_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=r"."):
        make()


def test_warming_up_leaves_nothing_to_compile_for_later() -> None:
    warm()
    from anlan.engines.threshold import kernels_groups, kernels_rings, kernels_run, kernels_windows

    entered = (
        kernels_run.run, kernels_run.tick, kernels_groups.compare, kernels_groups.combine,
        kernels_rings.unroll, kernels_rings.refill, kernels_rings.insert,
        kernels_windows.recount_every,
    )  # fmt: skip
    before = [len(getattr(one, "signatures", ())) for one in entered]
    assert min(before) == 1
    test_a_changed_program_goes_on_where_the_old_one_stood()
    assert [len(getattr(one, "signatures", ())) for one in entered] == before


def test_nothing_to_watch_tells_nothing() -> None:
    program = Program([])
    state = program.start()
    assert len(program.run(minutes([1.0]), state)) == 0
    assert len(program.tick(state, 0)) == 0
    assert len(Transitions.concat([])) == 0
    assert len(program.streams) == 0
