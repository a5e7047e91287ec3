"""Times in running Chinese text: 2026年8月12日15时20分, 12日15:20, 今天下午3点半."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.protocols.alerting.pasted.found import Confidence
from anlan.protocols.alerting.times import BEIJING

_NUMERALS = "〇零一二三四五六七八九十"
_SMALL = rf"(?:\d{{1,2}}|[{_NUMERALS}]{{1,3}})"
_PART = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜间|晚"
_DAY = "今天|今日|今晨|今晚|今早|当日|当天|昨天|昨日|昨晚|明天|明日|明晚|后天"
#: The end of an hour; ":" needs two digits after it, or every list would be full of times.
_CLOCK = rf"(?P<hour>{_SMALL})(?:[时点](?:(?P<half>半|整)|(?P<minute>{_SMALL})分?(?:\d{{1,2}}秒)?)?"
_CLOCK += r"|:(?P<minutes>\d\d)(?::\d\d)?)(?!\d)"
#: A date and a time of day, a time of day with some part of a date, or a bare time of day.
TIME = (
    r"(?:(?P<iso>(?P<y>20\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2}) ?)"
    rf"|(?:(?P<year>20\d\d|二[{_NUMERALS}]{{3}})年)?"
    rf"(?:(?P<month>{_SMALL})月)?(?:(?P<day>{_SMALL})[日号])?|(?P<relative>{_DAY}))"
    rf" ?(?P<part>{_PART})? ?{_CLOCK}(?!小时|[个内])"
)
_TIME = re.compile(TIME)

_DIGITS = {char: place for place, char in enumerate("零一二三四五六七八九")} | {"〇": 0}
_RELATIVE = {"昨天": -1, "昨日": -1, "昨晚": -1, "明天": 1, "明日": 1, "明晚": 1, "后天": 2}
_LATE = frozenset(("下午", "傍晚", "晚上", "夜间", "晚"))
#: A message is pasted after it was sent. So much ahead of the clock a time may be all the same: a
#: bare hour is else the last one there was, a bare date that of last month or year.
_AHEAD, _DATE_AHEAD = timedelta(hours=2), timedelta(days=2)


@dataclass(frozen=True)
class Moment:
    """A time read from text."""

    at: datetime
    confidence: Confidence


def numeral(text: str) -> int:
    """Read a number below a hundred, or a year, in digits or Chinese.

    >>> numeral("二十三"), numeral("十"), numeral("07"), numeral("二〇二六")
    (23, 10, 7, 2026)
    """
    if text.isdigit() and text.isascii():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if ten:
        return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    return int("".join(str(_DIGITS[char]) for char in text))


def moment(text: str, now: datetime, *, after: datetime | None = None) -> Moment | None:
    """Read a time; None when it is on no calendar.

    What is missing of the date comes from `now`, or with `after` from that: then it is the first
    such time that is later (the end of something that began).
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        return _moment(found, (after or now).astimezone(BEIJING), later=after is not None)
    except (ValueError, KeyError, OverflowError):
        return None


def _moment(found: re.Match[str], near: datetime, *, later: bool) -> Moment:
    hour, minute, days = _clock(found)
    year, month, day = (
        numeral(found[name] or found[short]) if found[name] or found[short] else None
        for name, short in (("year", "y"), ("month", "m"), ("day", "d"))
    )
    aim = near + timedelta(days=_RELATIVE.get(found["relative"] or "", 0))
    tries = _dates((year, month, day), aim, spread=not found["relative"])
    moments = [one.replace(hour=hour, minute=minute) + timedelta(days=days) for one in tries]
    if later:
        fitting = [one for one in moments if one > near] or moments[-1:]
    else:
        latest = near + (_AHEAD if day is None else _DATE_AHEAD)
        fitting = [one for one in moments if one <= latest][-1:] or moments[:1]
    whole = None not in (year, month, day)
    return Moment(fitting[0], Confidence.SURE if whole else Confidence.LIKELY)


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    """Read the time of day; 24 o'clock is the next day's beginning."""
    hour = numeral(found["hour"])
    minute = numeral(found["minute"] or found["minutes"] or "0")
    if found["half"] == "半":
        minute = 30
    late = (found["part"] or "") in _LATE or (found["relative"] or "").endswith("晚")
    if hour < 12 and (late or (found["part"] == "中午" and hour < 3)):
        hour += 12
    if hour == 24 and minute == 0:
        return 0, 0, 1
    return hour, minute, 0


def _dates(
    given: tuple[int | None, int | None, int | None], aim: datetime, *, spread: bool
) -> list[datetime]:
    """List the days that may be meant, in order: of last, this and next year, month or day."""
    year, month, day = given
    base = aim.replace(hour=0, minute=0, second=0, microsecond=0)
    if day is None:
        return [base + timedelta(days=shift) for shift in ((-1, 0, 1) if spread else (0,))]
    if month is None:
        months = [_shifted(base, shift) for shift in (-1, 0, 1)]
    else:
        years = (year,) if year is not None else (base.year - 1, base.year, base.year + 1)
        months = [(one, month) for one in years]
    return list(_existing(months, day, base))


def _shifted(base: datetime, shift: int) -> tuple[int, int]:
    months = base.year * 12 + base.month - 1 + shift
    return months // 12, months % 12 + 1


def _existing(months: list[tuple[int, int]], day: int, base: datetime) -> list[datetime]:
    """Keep the days that exist; `ValueError` when none does."""
    found, fault = [], ValueError(f"no day {day}")
    for year, month in months:
        try:
            found.append(base.replace(year=year, month=month, day=day))
        except ValueError as error:
            fault = error
    if not found:
        raise fault
    return found
