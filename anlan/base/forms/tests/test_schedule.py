from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.forms.schedule import Schedule, latest, next_after, read_schedule
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

NOW = datetime(2026, 8, 9, 1, 0, tzinfo=UTC)  # 09:00 in Beijing


def read(**given: Any) -> Schedule:
    return read_schedule(given, NOW)


def test_every_so_many_hours_is_counted_from_when_it_was_set() -> None:
    every = read(every_hours=2)
    assert next_after(every, NOW) == NOW + timedelta(hours=2)
    assert next_after(every, NOW + timedelta(minutes=121)) == NOW + timedelta(hours=4)


def test_hours_of_the_day_are_those_on_the_wall_in_order() -> None:
    at = read(at=["16:00", "08:00", "08:00"])
    assert at.at == ("08:00", "16:00")
    first = next_after(at, NOW)
    assert first is not None
    assert clock.local(first).strftime("%d %H:%M") == "09 16:00"
    second = next_after(at, first)
    assert second is not None
    assert clock.local(second).strftime("%d %H:%M") == "10 08:00"


def test_nothing_comes_after_the_end() -> None:
    every = read(every_hours=1, until=NOW + timedelta(hours=1))
    assert next_after(every, NOW) == NOW + timedelta(hours=1)
    assert next_after(every, NOW + timedelta(hours=1)) is None


def test_rounds_nobody_sent_are_one_round() -> None:
    every = read(every_hours=1)
    due = NOW + timedelta(hours=1)
    assert latest(every, due, NOW + timedelta(hours=10, minutes=5)) == NOW + timedelta(hours=10)
    assert latest(every, due, due) == due


@given(hours=st.integers(1, 168), off=st.integers(0, 20_000))
def test_the_last_one_due_is_never_ahead_and_the_next_one_always(hours: int, off: int) -> None:
    every = Schedule(begins=NOW, every_hours=hours)
    now = NOW + timedelta(hours=hours, minutes=off)
    found = latest(every, NOW + timedelta(hours=hours), now)
    following = next_after(every, found)
    assert following is not None
    assert found <= now < following


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "请选每几小时一轮，或者固定的钟点"),
        ({"every_hours": 2, "at": ["08:00"]}, "请选每几小时一轮，或者固定的钟点"),
        ({"every_hours": 169}, "间隔应为 1 至 168 小时"),
        ({"at": ["八点"]}, "钟点应如 08:00"),
        ({"every_hours": 1, "until": NOW}, "截止时间已经过了"),
        ({"every_hours": 1, "until": datetime(2027, 1, 1)}, "时间要带时区"),  # noqa: DTZ001
        ({"every_hours": "soon"}, "重复的写法读不懂"),
    ],
)
def test_a_schedule_that_cannot_be_meant_is_refused(given: dict[str, Any], why: str) -> None:
    with pytest.raises(Invalid) as wrong:
        read(**given)
    assert wrong.value.detail == why
