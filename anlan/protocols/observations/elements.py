"""One element by itself, read with care: what is accepted here, and the sentence for what is not.

The kernels read the usual spelling; everything else comes here, so this decides what is right.
"""

import json
import math
import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from anlan.protocols.observations.shapes import EARLIEST_MS, LATEST_MS, LONGEST_CODE

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_LEAP = re.compile(r":60(?=[.,Z+\-]|$)")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

NOT_JSON = "不是合法的 JSON"
NOT_OBJECT = "应为 {stream, time, value} 对象"
NOT_FINITE = "value 不是有限数"
OUT_OF_RANGE = "time 超出范围（1900 至 2100 年），请检查设备时钟"
NO_OFFSET = "time 缺少时区（例：2026-07-01T08:00:00+08:00）"
UNREADABLE_TIME = "time 无法识别，应为带时区的时间（例：2026-07-01T08:00:00+08:00）"
UNREADABLE_WALL_TIME = "time 无法识别（例：2026-07-01 08:00）"
UNREADABLE_VALUE = "value 应为数字"
OTHER_STREAM = "stream 与主题中的代码不符"


class Reading(NamedTuple):
    """One observation; unit "" when the sender named none."""

    code: str
    time: int
    value: float
    unit: str


class Refused(Exception):
    """An element that is none; the text says why."""


def read_json(raw: bytes, told: str | None = None) -> Reading:
    """Read one JSON object; `told` is a code named elsewhere, which it need not name again."""
    element = _parse(raw)
    if not isinstance(element, dict):
        raise Refused(NOT_OBJECT)
    if told is not None and element.setdefault("stream", told) != told:
        raise Refused(OTHER_STREAM)
    return Reading(
        _code(_needed(element, "stream")),
        _json_time(_needed(element, "time")),
        _json_value(_needed(element, "value")),
        _unit(element.get("unit")),
    )


def read_texts(
    code: str, time: str, value: str, unit: str = "", zone: tzinfo | None = None
) -> Reading:
    """Read one observation of texts, as in a table; `zone` is that of times without an offset."""
    for name, text in (("stream", code), ("time", time), ("value", value)):
        if not text.strip():
            raise Refused(f"缺少 {name}")
    moment = read_moment(time.strip(), zone)
    return Reading(_code(code.strip()), moment, _text_value(value.strip()), _unit(unit))


def read_moment(text: str, zone: tzinfo | None = None) -> int:
    """Read a time as milliseconds since 1970 UTC; without an offset it is of `zone`, or refused."""
    leap = _LEAP.search(text)
    try:
        moment = datetime.fromisoformat(_LEAP.sub(":59", text, count=1) if leap else text)
    except ValueError:
        raise Refused(UNREADABLE_WALL_TIME if zone else UNREADABLE_TIME) from None
    if moment.tzinfo is None:
        if zone is None:
            raise Refused(NO_OFFSET)
        moment = moment.replace(tzinfo=zone)
    try:
        ms = (moment - _EPOCH) // _MS + (1000 if leap else 0)
    except OverflowError:
        raise Refused(OUT_OF_RANGE) from None
    if not EARLIEST_MS <= ms < LATEST_MS:
        raise Refused(OUT_OF_RANGE)
    return ms


def fault_of_code(code: str) -> str:
    """Say what is wrong with a stream code; "" for nothing."""
    if not code:
        return "stream 为空"
    if len(code) > LONGEST_CODE:
        return f"stream 超过 {LONGEST_CODE} 个字符"
    return "" if code.isprintable() else "stream 含有不可见的字符"


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refused("不是 UTF-8 文本") from None
    except (ValueError, RecursionError):
        raise Refused(NOT_JSON) from None


def _needed(element: dict[str, Any], name: str) -> Any:
    if element.get(name) is None:
        raise Refused(f"缺少 {name}")
    return element[name]


def _code(given: Any) -> str:
    if not isinstance(given, str):
        raise Refused("stream 应为文本")
    if fault := fault_of_code(given):
        raise Refused(fault)
    return given


def _unit(given: Any) -> str:
    if given is None:
        return ""
    if not isinstance(given, str) or len(given) > LONGEST_CODE:
        raise Refused("unit 应为单位文本")
    return given.strip()


def _json_time(given: Any) -> int:
    if not isinstance(given, str):
        raise Refused("time 应为带时区的时间文本，不是数字")
    return read_moment(given)


def _json_value(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise Refused(UNREADABLE_VALUE)
    return _finite(given)


def _text_value(given: str) -> float:
    if not _NUMBER.fullmatch(given):
        named = given.lstrip("+-").lower() in ("nan", "inf", "infinity")
        raise Refused(NOT_FINITE if named else UNREADABLE_VALUE)
    return _finite(float(given))


def _finite(given: float) -> float:
    try:
        number = float(given)
    except OverflowError:
        raise Refused(NOT_FINITE) from None
    if not math.isfinite(number):
        raise Refused(NOT_FINITE)
    return number
