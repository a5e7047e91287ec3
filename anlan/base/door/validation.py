"""What the API's schema check found, as sentences by field."""

from collections.abc import Mapping, Sequence
from typing import Any

from anlan.base.language import say

#: Kinds of pydantic's findings -> what to do. ``{...}`` is taken from the finding's context.
SENTENCES: Mapping[str, str] = {
    "missing": "必填",
    "extra_forbidden": "没有这一项",
    "string_type": "应为文字",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不对",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "数字太大",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为有限的数字",
    "decimal_parsing": "应为数字",
    "bool_type": "应为是或否",
    "bool_parsing": "应为是或否",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "datetime_type": "应为带时区的时间，如 2026-07-01T08:00:00+08:00",
    "datetime_parsing": "应为带时区的时间，如 2026-07-01T08:00:00+08:00",
    "datetime_from_date_parsing": "应为带时区的时间，如 2026-07-01T08:00:00+08:00",
    "timezone_aware": "时间必须带时区，如 2026-07-01T08:00:00+08:00",
    "date_type": "应为日期，如 2026-07-01",
    "date_parsing": "应为日期，如 2026-07-01",
    "date_from_datetime_parsing": "应为日期，如 2026-07-01",
    "enum": "应为 {expected} 之一",
    "literal_error": "应为 {expected} 之一",
    "list_type": "应为列表",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "json_invalid": "不是有效的 JSON",
}
OTHERWISE = "格式不对"

Finding = Mapping[str, Any]


def sentences(findings: Sequence[Finding], language: str) -> dict[str, list[str]]:
    """Group the findings by field; "" is the whole."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        found.setdefault(_field(finding.get("loc", ())), []).append(_sentence(finding, language))
    return found


def _field(place: Sequence[Any]) -> str:
    """Name a field as the asker knows it: without ``body`` and the view's name for the body."""
    parts = [str(part) for part in place]
    if parts and parts[0] in ("body", "form", "file"):
        return ".".join(parts[2:] or parts[1:])
    return ".".join(parts[1:] or parts)


def _sentence(finding: Finding, language: str) -> str:
    pattern = say(SENTENCES.get(str(finding.get("type")), OTHERWISE), language)
    try:
        return pattern.format(**(finding.get("ctx") or {}))
    except (KeyError, IndexError):
        return say(OTHERWISE, language)
