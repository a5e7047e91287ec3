"""Days as announced by the State Council for 2025 and 2026."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan import codes
from anlan.codes.calendar import Unit, is_certain, working_days_between
from anlan.codes.tests import Write
from anlan.kernel.errors import Invalid

MADE_UP = [  # weekends that are worked
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
]  # fmt: skip
OFF = [  # weekdays that are not
    "2025-01-01", "2025-01-28", "2025-02-04", "2025-04-04", "2025-05-05", "2025-06-02",
    "2025-10-01", "2025-10-08", "2026-01-01", "2026-01-02", "2026-02-16", "2026-02-17",
    "2026-02-23", "2026-04-06", "2026-05-01", "2026-05-05", "2026-06-19", "2026-09-25",
    "2026-10-01", "2026-10-07",
]  # fmt: skip


@pytest.mark.parametrize("text", MADE_UP)
def test_a_weekend_given_for_a_holiday_is_a_working_day(text: str) -> None:
    day = date.fromisoformat(text)
    assert day.weekday() >= 5
    found = codes.is_working_day(day)
    assert (found.working, found.source, found.certain) == (True, "package", True)
    assert found.name


@pytest.mark.parametrize("text", OFF)
def test_a_holiday_on_a_weekday_is_no_working_day(text: str) -> None:
    day = date.fromisoformat(text)
    assert day.weekday() < 5
    found = codes.is_working_day(day)
    assert (found.working, found.certain) == (False, True)
    assert found.name


def test_spring_festival_of_2026_runs_from_the_15th_to_the_23rd_of_february() -> None:
    days = [date(2026, 2, 14) + timedelta(days=ahead) for ahead in range(11)]
    assert [codes.is_working_day(day).working for day in days] == [True, *[False] * 9, True]
    assert codes.is_working_day(date(2026, 2, 17)).name == "春节"


def test_a_year_nobody_has_announced_falls_back_to_weekends_and_says_so() -> None:
    tuesday, sunday = codes.is_working_day(date(2040, 3, 6)), codes.is_working_day(date(2040, 3, 4))
    assert tuesday == codes.Day(working=True, name=None, source="weekend-fallback", certain=False)
    assert (sunday.working, sunday.certain) == (False, False)


def test_the_fixed_days_of_the_statute_hold_in_every_year() -> None:
    found = codes.is_working_day(date(2040, 10, 1))
    assert (found.working, found.name, found.source, found.certain) == (
        False,
        "国庆节",
        "law-table",
        True,
    )


def test_the_editable_table_goes_before_the_package(write: Write, operator: Path) -> None:
    write(
        "holidays.csv",
        "# source: 国办通知\n# confidence: V\ncode,name,name_en,working:bool\n"
        "2026-03-02,临时放假,Day off,否\n2027-02-06,春节调休,Made-up day,是\n",
    )
    codes.overlay(operator)
    assert codes.is_working_day(date(2026, 3, 2)) == codes.Day(
        working=False, name="临时放假", source="law-table", certain=True
    )
    assert codes.is_working_day(date(2027, 2, 6)).working
    assert not codes.is_working_day(date(2027, 10, 1)).working


def test_working_days_are_counted_over_the_spring_festival() -> None:
    friday = date(2026, 2, 13)
    assert codes.add_working_days(friday, 1) == date(2026, 2, 14)
    assert codes.add_working_days(friday, 2) == date(2026, 2, 24)
    assert codes.add_working_days(date(2026, 2, 24), -1) == date(2026, 2, 14)
    assert codes.add_working_days(friday, 0) == friday


def test_certainty_of_a_span_is_that_of_its_least_certain_day() -> None:
    assert is_certain(date(2026, 12, 1), date(2026, 12, 31))
    assert not is_certain(date(2026, 12, 1), date(2027, 1, 4))


def test_minutes_and_hours_run_on_through_nights_and_holidays() -> None:
    start = datetime(2026, 9, 30, 23, 50, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert codes.deadline(start, 20, "minute") == datetime(2026, 9, 30, 16, 10, tzinfo=UTC)
    assert codes.deadline(start, 1, "hour") == datetime(2026, 9, 30, 16, 50, tzinfo=UTC)


def test_days_end_with_the_last_second_of_the_last_day_in_shanghai() -> None:
    # 20:00 UTC is already the next day in Shanghai, and that day does not count.
    start = datetime(2026, 1, 9, 20, 0, tzinfo=UTC)
    assert codes.deadline(start, 1, "day") == datetime(2026, 1, 11, 15, 59, 59, tzinfo=UTC)
    assert codes.deadline(start, 60, "day") == datetime(2026, 3, 11, 15, 59, 59, tzinfo=UTC)


def test_working_days_skip_the_national_day_week() -> None:
    start = datetime(2026, 9, 29, 1, 0, tzinfo=UTC)
    assert codes.deadline(start, 2, "working-day") == datetime(2026, 10, 8, 15, 59, 59, tzinfo=UTC)


def test_another_zone_may_be_asked_for() -> None:
    start = datetime(2026, 1, 9, 20, 0, tzinfo=UTC)
    zone = ZoneInfo("Asia/Urumqi")
    assert codes.deadline(start, 1, "day", zone) == datetime(2026, 1, 11, 17, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "amount", "unit"),
    [
        (datetime(2026, 1, 1), 1, "day"),  # noqa: DTZ001 - a naive time is what is refused
        (datetime(2026, 1, 1, tzinfo=UTC), -1, "day"),
        (datetime(2026, 1, 1, tzinfo=UTC), 10**9, "working-day"),
        (datetime(2026, 1, 1, tzinfo=UTC), 30_000, "working-day"),
        (datetime(2026, 1, 1, tzinfo=UTC), 1, "week"),
    ],
)
def test_a_deadline_that_makes_no_sense_is_refused(
    start: datetime, amount: int, unit: Unit
) -> None:
    with pytest.raises(Invalid):
        codes.deadline(start, amount, unit)


days = st.dates(date(2015, 1, 1), date(2045, 12, 31))


@given(days, st.integers(1, 80))
def test_adding_working_days_and_counting_them_agree(start: date, count: int) -> None:
    end = codes.add_working_days(start, count)
    assert codes.is_working_day(end).working
    assert working_days_between(start, end) == count


@given(st.datetimes(datetime(2015, 1, 1), datetime(2045, 1, 1)), st.integers(0, 60))  # noqa: DTZ001
def test_a_longer_limit_never_ends_earlier(moment: datetime, amount: int) -> None:
    start = moment.replace(tzinfo=UTC)
    units: list[Unit] = ["minute", "hour", "day", "working-day"]
    for unit in units:
        ends = codes.deadline(start, amount, unit)
        assert start <= ends <= codes.deadline(start, amount + 1, unit)
    assert codes.deadline(start, amount, "day") <= codes.deadline(start, amount, "working-day")
