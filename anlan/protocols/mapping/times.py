"""Foreign times: declared formats, zone-less ones in a declared zone (Beijing unless told)."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from anlan.kernel.clock import LOCAL_ZONE
from anlan.kernel.errors import Invalid
from anlan.protocols.mapping.numbers import shown
from anlan.protocols.observations.shapes import EARLIEST_MS, LATEST_MS

#: Formats that are no strptime pattern.
ISO, EPOCH_S, EPOCH_MS, DOTNET = "iso", "epoch-s", "epoch-ms", "dotnet"
NAMED = (ISO, EPOCH_S, EPOCH_MS, DOTNET)

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?")
_DOTNET = re.compile(r"/?Date\((-?\d+)([+-]\d{4})?\)/?")
_MIDNIGHT = re.compile(r"\b24:00(?=(:00(\.0*)?)?(?!\d))")
#: What strptime knows; anything else in a pattern is a slip.
_DIRECTIVES = frozenset("YmdHMSfzyjpIbBZ%")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Untimely(Exception):
    """A text that is no time of the declared format; says why, in Chinese."""


def zone_of(name: str) -> tzinfo:
    """Find a zone by name (``Asia/Shanghai``, ``UTC``) or offset (``+08:00``)."""
    found = _OFFSET.fullmatch(name.strip())
    if found:
        size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        if size < timedelta(hours=24):
            return timezone(size if found[1] == "+" else -size)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"不认识的时区「{name}」，应如 Asia/Shanghai、UTC、+08:00") from None


def check_format(text: str) -> None:
    """Refuse a format nothing can be read by."""
    if text in NAMED:
        return
    used = re.findall(r"%(.)", text)
    if not used:
        raise Invalid(f"时间格式「{text}」应为 {'、'.join(NAMED)} 或如 %Y-%m-%d %H:%M:%S")
    wrong = [letter for letter in used if letter not in _DIRECTIVES]
    if wrong or not {"Y", "y"} & set(used):
        raise Invalid(f"时间格式「{text}」中 {'、'.join('%' + w for w in wrong) or '没有年份 %Y'}")


@dataclass(frozen=True, slots=True)
class TimeForm:
    """How the other side writes times. Several formats are tried in order."""

    formats: tuple[str, ...] = (ISO,)
    zone: tzinfo = LOCAL_ZONE

    def millis(self, raw: Any) -> int:
        """Read a time as milliseconds since 1970 UTC; `Untimely` when it is none."""
        if raw is None or raw == "":
            raise Untimely("没有时间")
        for form in self.formats:
            found = self._one(raw, form)
            if found is not None:
                return _within(found, raw)
        raise Untimely(f"时间「{shown(raw)}」不符合声明的格式 {'、'.join(self.formats)}")

    def _one(self, raw: Any, form: str) -> int | None:
        if form in (EPOCH_S, EPOCH_MS):
            return _epoch(raw, 1000 if form == EPOCH_S else 1)
        text = str(raw).strip()
        if form == DOTNET:
            found = _DOTNET.fullmatch(text)  # its offset is only for show
            return int(found[1]) if found else None
        moment = _moment(text, form)
        if moment is None:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.zone)
        return (moment - _EPOCH) // _MILLISECOND


def _within(millis: int, raw: Any) -> int:
    if not EARLIEST_MS <= millis <= LATEST_MS:
        raise Untimely(f"时间「{shown(raw)}」不在 1900 至 2100 年之间，可能格式或单位声明错了")
    return millis


def _epoch(raw: Any, factor: int) -> int | None:
    try:
        number = float(raw)
    except (TypeError, ValueError):
        return None
    if isinstance(raw, bool) or not math.isfinite(number):
        return None
    return math.floor(number * factor)


def _moment(text: str, form: str) -> datetime | None:
    found = _parsed(text, form)
    if found is None and _MIDNIGHT.search(text):  # the end of a day, as rain tables write it
        found = _parsed(_MIDNIGHT.sub("00:00", text), form)
        found = found + timedelta(days=1) if found else None
    return found


def _parsed(text: str, form: str) -> datetime | None:
    try:
        if form == ISO:
            return datetime.fromisoformat(text)
        return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is declared beside it
    except (ValueError, OverflowError):
        return None
