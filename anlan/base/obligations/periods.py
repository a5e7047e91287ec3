"""Spans counted in months."""

from datetime import datetime


def months_ago(moment: datetime, months: int) -> datetime:
    """Tell the same day some months earlier, or that month's last day.

    >>> from datetime import UTC
    >>> months_ago(datetime(2026, 3, 31, tzinfo=UTC), 1).date().isoformat()
    '2026-02-28'
    """
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    for day in (moment.day, 30, 29, 28):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
