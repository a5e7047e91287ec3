"""What stands in the cells: taken from what people gave, added up, never a zero for a gap."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from anlan.base.forms.columns import FIGURES, Column
from anlan.kernel.errors import Invalid
from anlan.kernel.ids import is_id

#: Rows of one sheet with free rows.
MOST_ROWS = 200
LONGEST_TEXT = 500
LARGEST = 1e12
YES, NO = "是", "否"
#: How a picture stands in Excel: the word, and its number.
PICTURE = "照片 "
_BOOLS = {"是": True, "否": False, "true": True, "false": False, "1": True, "0": False, "√": True}

Row = Mapping[str, Any]


class Figure(NamedTuple):
    """A number as far as it is known; `complete` tells whether all that belongs into it is."""

    value: float | None
    complete: bool


class BadCell(Exception):
    """A cell that cannot be meant; the text says why."""


def taken(column: Column, given: Any) -> Any:
    """Turn what somebody gave into the value kept; None is "not known". `BadCell` says why not."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    return _TAKERS[column.type](column, given)


def _number(column: Column, given: Any) -> float:
    if isinstance(given, bool):
        raise BadCell("应为数字")
    if isinstance(given, str):
        given = given.strip().replace(",", "").replace("，", "")
    try:
        value = float(given)
    except (TypeError, ValueError):
        raise BadCell("应为数字；不知道就空着") from None
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise BadCell("这个数太大了")
    if value < 0 and not column.signed:
        raise BadCell("不能是负数")
    return int(value) if value.is_integer() else value


def _text(column: Column, given: Any) -> str:  # noqa: ARG001 - as every taker
    if isinstance(given, float) and given.is_integer():
        given = int(given)  # typed as a number into Excel
    text = str(given).strip()
    if len(text) > LONGEST_TEXT:
        raise BadCell(f"最多 {LONGEST_TEXT} 个字")
    return text


def _choice(column: Column, given: Any) -> str:
    text = _text(column, given)
    if text not in column.choices:
        raise BadCell(f"应为其中之一：{'、'.join(column.choices)}")
    return text


def _date(column: Column, given: Any) -> str:
    if isinstance(given, date):  # a moment is a date, too
        return given.strftime("%Y-%m-%d")
    text = _text(column, given).replace("/", "-")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadCell("日期应如 2026-08-09") from None


def _bool(column: Column, given: Any) -> bool:
    if isinstance(given, bool):
        return given
    value = _BOOLS.get(_text(column, given).lower())
    if value is None:
        raise BadCell("请填写 是 或 否")
    return value


def _photo(column: Column, given: Any) -> str:
    """Take a picture by its id, as the page says it or as it stands in Excel."""
    text = _text(column, given).removeprefix(PICTURE).strip()
    if not is_id(text):
        raise BadCell("照片请在手机或网页上传，Excel 里不要改动")
    return text


_TAKERS = {
    "number": _number, "text": _text, "choice": _choice, "date": _date, "bool": _bool,
    "photo": _photo,
}  # fmt: skip


def read_rows(
    columns: Sequence[Column], given: Sequence[Any], *, free: bool, whole: bool
) -> list[dict[str, Any]]:
    """Judge the rows of one sheet; `Invalid` names each slip as ``rows.0.key``.

    `whole`: what is required must be there; a draft may have gaps.
    """
    if not isinstance(given, list | tuple) or len(given) > MOST_ROWS:
        raise Invalid(f"一张表最多 {MOST_ROWS} 行", errors={"rows": [f"最多 {MOST_ROWS} 行"]})
    if not free and len(given) != 1:
        raise Invalid("这张表每个地区一行", errors={"rows": ["每个地区一行"]})
    errors: dict[str, list[str]] = {}
    rows = []
    for place, raw in enumerate(given):
        row = raw if isinstance(raw, Mapping) else {}
        values: dict[str, Any] = {}
        for column in asked(columns):
            try:
                values[column.key] = taken(column, row.get(column.key))
            except BadCell as bad:
                errors[f"rows.{place}.{column.key}"] = [str(bad)]
                continue
            if whole and column.required and values[column.key] is None:
                errors[f"rows.{place}.{column.key}"] = [f"请填写「{column.label}」"]
        rows.append(values)
    if errors:
        raise Invalid("有几处需要改正", errors=errors)
    return [row for row in rows if not free or any(v is not None for v in row.values())]


def asked(columns: Iterable[Column]) -> list[Column]:
    """List the columns somebody fills in; sums are reckoned."""
    return [column for column in columns if column.type != "sum"]


def figure(column: Column, row: Row) -> Figure:
    """Tell the figure of one cell: a number, or a sum of cells, or how often yes was said."""
    if column.type == "sum":
        parts = [row.get(key) for key in column.parts]
        return added(Figure(value, value is not None) for value in parts)
    value = row.get(column.key)
    if column.type == "bool":
        value = None if value is None else int(value)
    return Figure(value, value is not None)


def total(column: Column, rows: Iterable[Row], *, complete: bool = True) -> Figure:
    """Add a column up; `complete` False where rows are missing altogether."""
    found = added(figure(column, row) for row in rows)
    return Figure(found.value, found.complete and complete)


def added(figures: Iterable[Figure]) -> Figure:
    """Add what is known; none at all is not known, and no figure to add is nothing: zero."""
    whole = list(figures)
    known = [one.value for one in whole if one.value is not None]
    value = _round(sum(known)) if known or not whole else None
    return Figure(value, all(one.complete for one in whole))


def _round(value: float) -> float:
    """Take the dust off a sum of decimals: 0.1 + 0.2 is 0.3 on every screen."""
    rounded = round(value, 6)
    return int(rounded) if float(rounded).is_integer() else rounded


def minus(now: Figure, before: Figure) -> float | None:
    """Tell a difference; None where either is not wholly known."""
    if now.value is None or before.value is None or not (now.complete and before.complete):
        return None
    return _round(now.value - before.value)


def adds_up(column: Column) -> bool:
    """Tell whether a column has a total."""
    return column.totalled and column.type in (*FIGURES, "bool")


def said(column: Column, figure_: Figure) -> str:
    """Say a figure: 12, ≥ 12 where something is missing, 12（不全） where it may be below zero.

    >>> said(Column("a", "转移人数"), Figure(12, False))
    '≥12'
    """
    if figure_.value is None:
        return ""
    if figure_.complete:
        return str(figure_.value)
    return f"{figure_.value}（不全）" if column.signed else f"≥{figure_.value}"
