"""Comparing what was raised with what had to be."""

from dataclasses import replace

from anlan.demo.days.recording import Due
from anlan.demo.replay.verdict import Raised, Verdict, judge

HOUR = 3_600_000
STORM = Due("rain-1h", "YL1", "rainstorm", 2, 2 * HOUR, 2 * HOUR + 600_000, 4 * HOUR)
LEAK = Due("gas", "WH1", "hazchem", 3, 5 * HOUR, 5 * HOUR + 60_000, 6 * HOUR)
RAINED = Raised("rain-1h", "YL1", "rainstorm", 2, 2 * HOUR + 300_000)
LEAKED = Raised("gas", "WH1", "hazchem", 3, 5 * HOUR + 30_000)


def _judge(*raised: Raised, start: int = 0, end: int = 24 * HOUR) -> Verdict:
    return judge((STORM, LEAK), raised, start=start, end=end, slack=60_000)


def test_all_that_had_to_come_and_no_other() -> None:
    verdict = _judge(LEAKED, RAINED)
    assert verdict.good
    assert verdict.by_hazard() == [("hazchem", 1, 0, 0), ("rainstorm", 1, 0, 0)]


def test_one_that_did_not_come_is_missing_and_one_too_many_is_told() -> None:
    verdict = _judge(RAINED, RAINED)
    assert not verdict.good
    assert verdict.missing == (LEAK,)
    assert verdict.surplus == (RAINED,)


def test_another_place_time_or_level_is_another_alarm() -> None:
    for wrong in (
        replace(LEAKED, matter="WH2"),
        replace(LEAKED, at=6 * HOUR),
        replace(LEAKED, worst=2),
        replace(LEAKED, rule="gas-toxic"),
    ):
        verdict = _judge(RAINED, wrong)
        assert verdict.missing == (LEAK,)
        assert verdict.surplus == (wrong,)


def test_what_is_under_way_at_the_edges_of_a_span_may_come_or_not() -> None:
    assert _judge(start=3 * HOUR, end=4 * HOUR).good
    late = replace(RAINED, at=3 * HOUR + 30_000, worst=3)
    assert _judge(late, start=3 * HOUR, end=4 * HOUR).good
    assert _judge(RAINED, end=3 * HOUR).good
    milder = replace(RAINED, worst=3)
    assert _judge(milder, end=3 * HOUR).good
    assert not _judge(milder, LEAKED).good


def test_what_lies_outside_of_the_span_is_not_asked_for() -> None:
    assert _judge(LEAKED, start=4 * HOUR + 1).good
    assert _judge(RAINED, end=5 * HOUR).good
