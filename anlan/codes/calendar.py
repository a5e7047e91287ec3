"""Working days and deadlines in Chinese law.

Three sources, the first that knows wins: the editable table ``holidays`` (exact days, then the
fixed days of the statute book), the package ``chinesecalendar`` (the State Council's yearly
notices, up to the year it was published for), and plain weekends, which are marked uncertain.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from anlan.codes import loader
from anlan.kernel.errors import Invalid

ZONE = ZoneInfo("Asia/Shanghai")
LAST_SECOND = time(23, 59, 59)
Source = Literal["law-table", "package", "weekend-fallback"]
Unit = Literal["minute", "hour", "day", "working-day"]

#: A longer count is a slip of the finger, and would walk the calendar for minutes.
MOST_DAYS = 20_000


@dataclass(frozen=True)
class Day:
    """Whether people work on a day, which holiday it belongs to, and who says so."""

    working: bool
    name: str | None
    source: Source
    certain: bool


def is_working_day(day: date) -> Day:
    """Tell whether a day is a working day; ``certain`` is false where only weekends are known."""
    return _from_table(day) or _from_package(day) or _from_statute(day) or _from_weekday(day)


def _from_table(day: date) -> Day | None:
    row = loader.table("holidays", on=day).get(day.isoformat())
    working = row.flag("working") if row else None
    return None if row is None else Day(bool(working), row.name, "law-table", certain=True)


def _from_statute(day: date) -> Day | None:
    row = loader.table("holidays", on=day).get(day.strftime("--%m-%d"))
    return (
        None if row is None else Day(bool(row.flag("working")), row.name, "law-table", certain=True)
    )


def _from_package(day: date) -> Day | None:
    import chinese_calendar  # imported late: its tables take 20 ms, few callers need them

    try:
        holiday, english = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    names = {one.value: one.chinese for one in chinese_calendar.Holiday}
    name = names.get(english, english) if english else None
    return Day(not holiday, name, "package", certain=True)


def _from_weekday(day: date) -> Day:
    return Day(day.weekday() < 5, None, "weekend-fallback", certain=False)


def add_working_days(start: date, count: int) -> date:
    """Count working days from a day, which itself does not count; negative counts go back.

    >>> add_working_days(date(2026, 2, 13), 1)  # 14 February 2026 is a Saturday, but worked
    datetime.date(2026, 2, 14)
    """
    if abs(count) > MOST_DAYS:
        raise Invalid(f"工作日数 {count} 太大")
    stride = timedelta(days=1 if count > 0 else -1)
    day, left = start, abs(count)
    while left:
        day += stride
        left -= is_working_day(day).working
    return day


def working_days_between(start: date, end: date) -> int:
    """Count the working days after `start` up to and including `end`; 0 when `end` is not later."""
    days = (start + timedelta(days=ahead) for ahead in range(1, (end - start).days + 1))
    return sum(is_working_day(day).working for day in days)


def is_certain(start: date, end: date) -> bool:
    """Tell whether every day from `start` to `end`, both included, is known, not guessed."""
    days = (start + timedelta(days=ahead) for ahead in range((end - start).days + 1))
    return all(is_working_day(day).certain for day in days)


def deadline(start: datetime, amount: int, unit: Unit, tz: ZoneInfo = ZONE) -> datetime:
    """Return the last moment that is in time, in UTC.

    Minutes and hours run on from the start. Days and working days do not count the day of the start
    and end with the last second of the last day in `tz` (民法典 arts. 201, 203 [M]). Calendar days
    are not moved when the last one is a holiday: the limits of accident handling are plain days.
    `Invalid` when the start has no zone, the amount is negative or the unit is unknown.
    """
    if start.tzinfo is None:
        raise Invalid("起算时间必须带时区")
    if not 0 <= amount <= MOST_DAYS * 24 * 60:
        raise Invalid(f"期限 {amount} 不能为负或过大")
    if unit in ("minute", "hour"):
        span = timedelta(minutes=amount) if unit == "minute" else timedelta(hours=amount)
        return start.astimezone(UTC) + span
    first = start.astimezone(tz).date()
    if unit == "day":
        last = first + timedelta(days=amount)
    elif unit == "working-day":
        last = add_working_days(first, amount)
    else:
        raise Invalid(f"期限单位「{unit}」不认识，只能是 minute、hour、day、working-day")
    return datetime.combine(last, LAST_SECOND, tz).astimezone(UTC)
