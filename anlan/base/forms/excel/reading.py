"""Workbooks that come back: the heading found, cells read, every slip by its cell, or nothing."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import python_calamine

from anlan.base.forms.columns import Column
from anlan.base.forms.excel.layout import (
    CODE,
    DIFFERENCE,
    HEADING_WITHIN,
    NOTE,
    OWN,
    REGION,
    TOTAL,
    known,
    letter,
    plain,
)
from anlan.base.forms.values import BadCell, asked, taken
from anlan.kernel.errors import Invalid

LARGEST = 4 * 1024 * 1024
MOST_LINES = 20_000


@dataclass(frozen=True)
class Line:
    """One line that says something. `row` counts as Excel shows it."""

    row: int
    #: Region code, or name where there is no code; "" on a region's own sheet.
    region: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class _Heading:
    row: int
    columns: Mapping[int, Column]
    code: int | None
    name: int | None


def read_book(content: bytes, columns: Sequence[Column], *, whole: bool) -> list[Line]:
    """Read the lines below the heading; `Invalid` names every wrong cell, and nothing is taken.

    `whole`: what is required must stand in every line that says something.
    """
    lines = _lines(content)
    heading = _heading(lines, columns)
    errors: dict[str, list[str]] = {}
    found = []
    for row, cells in lines:
        if row <= heading.row or _says_nothing(cells, heading):
            continue
        found.append(_line(row, cells, heading, errors))
    for line in found if whole else ():
        for place, column in heading.columns.items():
            if column.required and line.values.get(column.key) is None:
                at = _at(line.row, place, column)
                errors.setdefault(at, [f"请填写「{column.label}」"])
    if errors:
        raise Invalid(f"有 {len(errors)} 个格子要改，一处也没有存", errors=errors)
    return found


def _at(row: int, place: int, column: Column) -> str:
    return f"{letter(place)}{row} {column.label}"


def _lines(content: bytes) -> list[tuple[int, Sequence[Any]]]:
    if len(content) > LARGEST:
        raise Invalid("文件太大", errors={"file": ["文件太大"]})
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        first = (sheet.start[0] if sheet.start else 0) + 1
        if sheet.height > MOST_LINES:
            raise Invalid("行太多", errors={"file": ["行太多"]})
        return list(enumerate(sheet.iter_rows(), start=first))
    except (python_calamine.CalamineError, IndexError, OSError, ValueError) as error:
        why = "这个文件不是可以读取的 Excel 工作簿（.xlsx），请用导出的表填好再传"
        raise Invalid(why, errors={"file": ["无法读取"]}) from error


def _heading(lines: Sequence[tuple[int, Sequence[Any]]], columns: Sequence[Column]) -> _Heading:
    by_name = known(columns)
    for row, cells in lines[:HEADING_WITHIN]:
        texts = {place: str(cell).strip() for place, cell in enumerate(cells) if cell}
        found = {
            place: by_name.get(text) or by_name[plain(text)]
            for place, text in texts.items()
            if text in by_name or plain(text) in by_name
        }
        if not found or len(found) * 2 < len(columns):
            continue
        unknown = [t for p, t in texts.items() if p not in found and t not in OWN]
        if unknown:
            raise Invalid(
                f"表头里有不认识的列：{'、'.join(unknown)}",
                errors={"file": ["请用导出的表，不要改表头"]},
            )
        places = {text: place for place, text in texts.items()}
        fillable = {place: one for place, one in found.items() if one in asked(columns)}
        return _Heading(row, fillable, places.get(CODE), places.get(REGION))
    raise Invalid("没有找到表头，请用导出的表填好再传", errors={"file": ["没有找到表头"]})


def _says_nothing(cells: Sequence[Any], heading: _Heading) -> bool:
    """Tell whether a line is no row of the form: a sum, a note, or nothing filled in."""
    first = str(cells[0]).strip() if cells else ""
    if heading.code is not None and first in (TOTAL, DIFFERENCE):
        return True
    if first.startswith(f"{NOTE}：") and not any(cells[1:]):
        return True
    return all(_cell(cells, place) in (None, "") for place in heading.columns)


def _cell(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if place < len(cells) else None


def _line(row: int, cells: Sequence[Any], heading: _Heading, errors: dict[str, list[str]]) -> Line:
    values: dict[str, Any] = {}
    for place, column in heading.columns.items():
        given = _cell(cells, place)
        try:
            values[column.key] = taken(column, _meant(column, given))
        except BadCell as bad:
            errors[_at(row, place, column)] = [str(bad)]
    code = _cell(cells, heading.code) if heading.code is not None else None
    name = _cell(cells, heading.name) if heading.name is not None else None
    return Line(row, _whole(code) or _whole(name), values)


def _meant(column: Column, given: Any) -> Any:
    """Refuse what Excel put where no such thing was asked: an error, a date for a number."""
    if isinstance(given, str) and given.startswith("#") and given.rstrip("!?/0A")[:2].isupper():
        raise BadCell("单元格里是 Excel 的错误值，请改正公式或直接填写")
    if isinstance(given, datetime | date) and column.type in ("number", "bool"):
        raise BadCell("这里是日期格式，请改成数字")
    if column.type == "bool" and isinstance(given, float) and given in (0.0, 1.0):
        return bool(given)
    return given


def _whole(cell: Any) -> str:
    """Read a code as text, though Excel took it for a number."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
