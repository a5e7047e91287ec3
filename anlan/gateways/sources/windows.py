"""Which times are asked for: what is new first, what an outage left out afterwards, in chunks."""

from collections.abc import Iterable
from dataclasses import dataclass

from anlan.gateways.sources.declaration.declared import Window

#: Chunks overlap by so much: some platforms leave out both ends of what is asked for.
SEAM_MS = 60_000


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A time span, milliseconds since 1970 UTC."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask for."""

    live: Span
    #: Still to be filled, the oldest first.
    gaps: tuple[Span, ...]
    #: Too far back to be asked for any more.
    given_up: tuple[Span, ...]


def plan(window: Window, good_until_ms: int | None, gaps: Iterable[Span], now_ms: int) -> Plan:
    """Plan one pull.

    After an outage the newest `chunk` is asked for first: the present matters most. What lies
    before it becomes a gap.
    """
    end = now_ms - _ms(window.delay_s)
    if good_until_ms is None:
        start = end - _ms(window.first_s)
    else:
        start = min(good_until_ms, end) - _ms(window.overlap_s)
    # An ordinary pull reaches back by the overlap; only what is longer than that is an outage.
    longest, wanted = _ms(window.chunk_s + window.overlap_s), [*gaps]
    if end - start > longest:
        wanted.append(Span(start, end - longest))
        start = end - longest - SEAM_MS
    kept, lost = _within(merged(wanted), end - _ms(window.reach_s))
    return Plan(Span(start, end), tuple(kept), tuple(lost))


def first_chunk(gap: Span, window: Window) -> Span:
    """Take the beginning of a gap."""
    return Span(gap.start_ms, min(gap.start_ms + _ms(window.chunk_s), gap.end_ms))


def without(gaps: Iterable[Span], done: Span) -> tuple[Span, ...]:
    """Take a filled chunk, which begins a gap, out of the gaps."""
    left = (Span(done.end_ms, gap.end_ms) if gap.start_ms == done.start_ms else gap for gap in gaps)
    return tuple(gap for gap in left if gap.start_ms < gap.end_ms)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Join spans that touch, in order."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start_ms <= found[-1].end_ms:
            found[-1] = Span(found[-1].start_ms, max(found[-1].end_ms, span.end_ms))
        else:
            found.append(span)
    return found


def _within(gaps: Iterable[Span], earliest: int) -> tuple[list[Span], list[Span]]:
    kept, lost = [], []
    for gap in gaps:
        if gap.start_ms < earliest:
            lost.append(Span(gap.start_ms, min(gap.end_ms, earliest)))
        if gap.end_ms > earliest:
            kept.append(Span(max(gap.start_ms, earliest), gap.end_ms))
    return kept, lost


def _ms(length_s: float) -> int:
    return round(length_s * 1000)
