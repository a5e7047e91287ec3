"""By when people must have left."""

from datetime import datetime

import pytest

from anlan.respond.evacuation.selectors.deadlines import latest_for, proposes, rules_for


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00")


@pytest.mark.parametrize(
    ("expected", "latest"),
    [
        ("2031-08-09T12:00", "2031-08-09T09:00"),
        ("2031-08-09T20:00", "2031-08-09T17:00"),
        ("2031-08-09T21:30", "2031-08-09T18:00"),
        ("2031-08-10T01:45", "2031-08-09T18:00"),
        ("2031-08-10T07:59", "2031-08-09T18:00"),
        ("2031-08-10T08:00", "2031-08-10T05:00"),
    ],
)
def test_people_leave_three_hours_before_and_before_dark_when_it_comes_at_night(
    expected: str, latest: str
) -> None:
    found = latest_for(["flood"], at(expected))
    assert found is not None
    assert (found.at, found.rule) == (at(latest), "flood")


def test_while_nobody_knows_when_it_comes_nobody_says_by_when() -> None:
    assert latest_for(["flood"], None) is None


def test_every_rule_says_how_far_it_may_be_trusted() -> None:
    assert [row.confidence for row in rules_for(["flood"])] == ["V"]
    assert [row.code for row in rules_for(["earthquake", "typhoon"])] == ["default", "typhoon"]
    assert [row.confidence for row in rules_for(["earthquake"])] == ["M?"]


def test_grave_responses_have_a_batch_drafted_and_slight_ones_none() -> None:
    assert proposes(["typhoon"], 1)
    assert proposes(["typhoon"], 2)
    assert not proposes(["typhoon"], 3)
    assert not proposes(["typhoon"], None)
    assert not proposes(["earthquake"], 1)
