"""Which times are asked for after a pause of any length."""

from hypothesis import given
from hypothesis import strategies as st

from anlan.gateways.sources.declaration.declared import Window
from anlan.gateways.sources.windows import SEAM_MS, Span, first_chunk, merged, plan, without

MIN, HOUR = 60_000, 3_600_000
WINDOW = Window(first_s=7200, overlap_s=1800, chunk_s=3600, reach_s=10 * 3600)
NOW = 1_000 * HOUR


def test_the_first_pull_reaches_back_as_declared() -> None:
    made = plan(WINDOW, None, (), NOW)
    assert made.live == Span(NOW - 90 * MIN - SEAM_MS, NOW)
    assert made.gaps == (Span(NOW - 2 * HOUR, NOW - 90 * MIN),)


def test_an_ordinary_pull_overlaps_the_last_and_leaves_no_gap() -> None:
    made = plan(WINDOW, NOW - 5 * MIN, (), NOW)
    assert (made.live, made.gaps) == (Span(NOW - 35 * MIN, NOW), ())


def test_after_an_outage_the_present_comes_first() -> None:
    made = plan(WINDOW, NOW - 4 * HOUR, (), NOW)
    assert made.live.end_ms == NOW
    assert made.gaps == (Span(NOW - 4 * HOUR - 30 * MIN, NOW - 90 * MIN),)


def test_what_is_too_far_back_is_given_up_and_said() -> None:
    made = plan(WINDOW, NOW - 20 * HOUR, (), NOW)
    assert made.gaps == (Span(NOW - 10 * HOUR, NOW - 90 * MIN),)
    assert made.given_up == (Span(NOW - 20 * HOUR - 30 * MIN, NOW - 10 * HOUR),)


def test_a_clock_set_back_asks_for_what_is_before_it() -> None:
    made = plan(WINDOW, NOW + 5 * HOUR, (), NOW)
    assert made.live == Span(NOW - 30 * MIN, NOW)


def test_a_gap_is_filled_chunk_by_chunk() -> None:
    gaps: tuple[Span, ...] = (Span(0, 150 * MIN), Span(300 * MIN, 310 * MIN))
    seen = []
    while gaps:
        chunk = first_chunk(gaps[0], WINDOW)
        seen.append((chunk.start_ms // MIN, chunk.end_ms // MIN))
        gaps = without(gaps, chunk)
    assert seen == [(0, 60), (60, 120), (120, 150), (300, 310)]


@given(
    st.lists(st.tuples(st.integers(1, 400), st.booleans()), min_size=1, max_size=40),
)
def test_whatever_fails_every_moment_is_asked_for(turns: list[tuple[int, bool]]) -> None:
    now, good, gaps, asked = NOW, NOW - HOUR, tuple[Span, ...](), [Span(NOW - HOUR, NOW - HOUR)]
    window = Window(first_s=3600, overlap_s=600, chunk_s=3600, reach_s=1e7)
    for minutes, works in turns:
        now += minutes * MIN
        made = plan(window, good, gaps, now)
        if not works:
            continue
        asked.append(made.live)
        good, gaps = made.live.end_ms, made.gaps
        while gaps:
            chunk = first_chunk(gaps[0], window)
            asked.append(chunk)
            gaps = without(gaps, chunk)
    whole = merged(asked)
    assert len(whole) == 1
    assert whole[0].end_ms == good
