"""Times of warning messages: CAP's and the national message's two, and what is written instead."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from anlan.protocols.alerting.mending import Mend, Notes
from anlan.protocols.alerting.message import Unreadable

#: ``2026-08-12T15:20:00+08:00``: what CAP asks for.
_CAP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)
#: ``2026-08-12 15:20:00+08:00`` and ``20260812152000``: the national message's extended and basic.
_NATIONAL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d|\d{14}", re.ASCII)
_ZONE = r"(Z|z|[+-]\d\d:?\d\d)?"
_CLOCK = r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?"
_SPLIT = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[Tt ] ?" + _CLOCK + " ?" + _ZONE)
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)[Tt]?(\d\d)(\d\d)(\d\d) ?" + _ZONE)
#: Years a warning can be of; beyond them sums of times overflow.
_YEARS = range(1900, 2201)
#: The offset by which Beijing differs from UTC; what is written always has it.
BEIJING = timezone(timedelta(hours=8))


def read_time(text: str, path: str, notes: Notes, *, national: bool = False) -> datetime | None:
    """Read a time; None when the text is blank, `Unreadable` when it is no time.

    One without a zone is Beijing time.
    """
    text = text.strip()
    if not text:
        return None
    found = _SPLIT.fullmatch(text) or _BASIC.fullmatch(text)
    if found is None:
        raise Unreadable(f"「{text[:40]}」不是时间，应如 2026-08-12T15:20:00+08:00", element=path)
    if not (_NATIONAL if national else _CAP).fullmatch(text):
        notes.mend(path, Mend.TIME_FORM)
    zone = found[7]
    if zone is None and not (national and text.isdigit()):
        notes.mend(path, Mend.ZONE_MISSING)
    try:
        year, month, day, hour, minute = (int(found[group]) for group in range(1, 6))
        return _moment((year, month, day, hour, minute, int(found[6] or 0)), _zone(zone))
    except ValueError as error:
        raise Unreadable(f"「{text[:40]}」不是日历上的时间", element=path) from error


def _moment(parts: tuple[int, int, int, int, int, int], zone: tzinfo) -> datetime:
    year, month, day, hour, minute, second = parts
    if year not in _YEARS:
        raise ValueError(year)
    midnight = hour == 24 and not (minute or second)  # the end of a day, as forecasts write it
    moment = datetime(year, month, day, 0 if midnight else hour, minute, second, tzinfo=zone)
    return moment + timedelta(days=1) if midnight else moment


@lru_cache(maxsize=256)
def _zone(text: str | None) -> tzinfo:
    if text is None:
        return BEIJING
    if text in "Zz":
        return UTC
    bare = text.replace(":", "")
    size = timedelta(hours=int(bare[1:3]), minutes=int(bare[3:5]))
    return timezone(-size if text[0] == "-" else size)


def in_beijing(moment: datetime) -> datetime:
    """Give a time that has no zone Beijing's."""
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def cap_time(moment: datetime) -> str:
    """Write a time for CAP, in Beijing's zone whatever its own, so that one instant is one text."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M:%S+08:00")


def extended(moment: datetime) -> str:
    """Write a time in the national message's extended form."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S+08:00")


def basic(moment: datetime) -> str:
    """Write a time in the national message's basic form, Beijing time without saying so."""
    return moment.astimezone(BEIJING).strftime("%Y%m%d%H%M%S")
