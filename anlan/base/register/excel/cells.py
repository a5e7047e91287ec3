"""One cell between a person's Excel and a column: what is written out, what is taken in."""

import datetime
import json
from collections.abc import Callable, Mapping
from typing import Any

from anlan import codes
from anlan.base.register.columns import Column
from anlan.kernel import clock

YES, NO = "是", "否"
_BOOLS = {"是": True, "否": False, "true": True, "false": False, "1": True, "0": False, "√": True}

#: Cells Excel shall keep as text, so that no code loses its leading zero.
TEXTS = frozenset(("text", "longtext", "choice", "choices", "region", "ref", "json", "geometry"))

#: Marks the template's example row, which an import passes over.
EXAMPLE = "（示例）"


class BadCell(ValueError):
    """A cell that cannot be read; the text says why in Chinese."""


def header(column: Column) -> str:
    """Write a column's heading: label, unit, and a star when it must be filled."""
    unit = f"（{column.unit}）" if column.unit else ""
    return f"{column.label}{unit}{'*' if column.required else ''}"


def plain_header(text: str) -> str:
    """Reduce a heading as people change it to the label alone.

    >>> plain_header(" 容量（人）* ")
    '容量'
    """
    bare = text.strip().rstrip("*＊").strip()
    return bare.split("（")[0].split("(")[0].strip()


def written(column: Column, value: Any, labels: Mapping[str, str]) -> Any:
    """Turn a stored value into what stands in the cell.

    `labels` give the words beside codes of regions and references.
    """
    if value is None or value == "":
        return None
    said = getattr(column.field, "said", None)
    if said is not None:  # a field that says its values in words reads them back, too
        return said(value)
    write = _WRITERS.get(column.type)
    if write is not None:
        return write(column, value)
    return labels.get(value, value) if column.type in ("region", "ref") else value


_WRITERS: Mapping[str, Callable[[Column, Any], Any]] = {
    "choice": lambda column, code: codes.table(column.codes).name(code),
    "choices": lambda column, found: "、".join(codes.table(column.codes).name(c) for c in found),
    "bool": lambda _, value: YES if value else NO,
    "datetime": lambda _, moment: clock.local(moment).strftime("%Y-%m-%d %H:%M"),
    "date": lambda _, day: str(day),
    "json": lambda _, value: json.dumps(value, ensure_ascii=False),
    "geometry": lambda _, value: json.dumps(value, ensure_ascii=False),
}


def taken(column: Column, cell: Any) -> Any:
    """Turn a cell into what the validator is given; `BadCell` when it cannot be meant.

    A number in a column of texts is taken when it is whole (a code typed as a number); the caller
    checks codes for lost zeros. An error value of Excel is never a value.
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return _text(column, cell.strip())
    if column.type == "bool":
        return bool(cell)
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return _moment(column, cell)
    if column.type in TEXTS:
        return _whole(cell)
    return cell


def _text(column: Column, text: str) -> Any:
    if text.startswith("#") and text.rstrip("!?").isupper() and text[-1] in "!?AO":
        raise BadCell("单元格里是 Excel 的错误值，请改正公式或直接填写")
    if column.type == "bool":
        if text.lower() not in _BOOLS:
            raise BadCell("请填写 是 或 否")
        return _BOOLS[text.lower()]
    if column.type in ("int", "float"):
        return text.replace(",", "").replace("，", "")
    if column.type == "datetime" and text:
        return _local(text)
    if column.type in ("json", "geometry") and text:
        return text if hasattr(column.field, "said") else _json(text)
    return text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise BadCell("不是有效的 JSON") from None


def _local(text: str) -> datetime.datetime:
    """Read a time without a zone as Beijing time: that is what people write."""
    try:
        moment = datetime.datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise BadCell("时间应如 2026-07-01 08:30") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.LOCAL_ZONE)


def _moment(column: Column, cell: Any) -> Any:
    if column.type == "date":
        return cell.date() if isinstance(cell, datetime.datetime) else cell
    if column.type == "datetime":
        moment = (
            cell
            if isinstance(cell, datetime.datetime)
            else datetime.datetime.combine(cell, datetime.time())
        )
        return moment.replace(tzinfo=clock.LOCAL_ZONE)
    raise BadCell("这里应填文字或数字，单元格却是日期格式")


def _whole(number: Any) -> str:
    if isinstance(number, float) and not number.is_integer():
        return repr(number)
    return str(int(number))
