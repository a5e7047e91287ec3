"""Loss figures as a workbook: one row a region, one column a figure, grouped as the survey does.

The sheet that leaves can be filled in and brought back: columns are found by their names, rows by
the region's code. Every trouble is one line people can act on, and nothing is taken while there is
any.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import python_calamine
import xlsxwriter

from anlan import codes
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.relief.figures import Field, Figures, fields, read_figures

CODE, NAME, TOTAL = "区划代码", "地区", "合计"
#: Rows above the figures: title, what they hold for, groups, names, units.
HEAD = 5
#: The heading stands in one of the first rows; above it people put titles.
HEADING_WITHIN = 10
#: No county has more townships, no township more villages.
MOST_ROWS = 2_000
UNKNOWN = "空着是不知道；带 ≥ 的合计里还有地区没有报"


@dataclass(frozen=True)
class Line:
    """One region's row."""

    region: str
    name: str
    figures: Figures
    #: Fields that are a lower bound.
    at_least: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Brought:
    """One region's row of a sheet that came back."""

    row: int
    region: str
    name: str
    figures: dict[str, float]


def write(title: str, as_of: datetime | None, total: Line, lines: Sequence[Line]) -> bytes:
    """Write a workbook in the statistical layout."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("灾情")
    wanted = list(fields().values())
    _head(book, sheet, title, as_of, wanted)
    number = book.add_format({"border": 1, "num_format": "#,##0.##"})
    bound = book.add_format({"border": 1, "num_format": '"≥"#,##0.##'})
    text = book.add_format({"border": 1, "num_format": "@"})
    for place, line in enumerate((total, *lines)):
        row = HEAD + place
        sheet.write_string(row, 0, line.region, text)
        sheet.write_string(row, 1, line.name, text)
        for column, one in enumerate(wanted, start=2):
            value = line.figures.get(one.key)
            form = bound if one.key in line.at_least else number
            if value is None:
                sheet.write_blank(row, column, None, number)
            else:
                sheet.write_number(row, column, value, form)
    book.close()
    return buffer.getvalue()


def _head(
    book: Any, sheet: Any, title: str, as_of: datetime | None, wanted: Sequence[Field]
) -> None:
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    sheet.write_string(0, 0, title, bold)
    held = f"{clock.local(as_of):%Y-%m-%d %H:%M}" if as_of else "—"
    sheet.write_string(1, 0, f"截至 {held}；{UNKNOWN}")
    names = codes.table("loss-groups")
    first = 2
    while first - 2 < len(wanted):
        group = wanted[first - 2].group
        last = first
        while last - 1 < len(wanted) and wanted[last - 1].group == group:
            last += 1
        if last > first:
            sheet.merge_range(2, first, 2, last, names.name(group), head)
        else:
            sheet.write_string(2, first, names.name(group), head)
        first = last + 1
    for column, name in enumerate((CODE, NAME)):
        sheet.write_string(3, column, name, head)
        sheet.write_string(4, column, "", head)
    for column, one in enumerate(wanted, start=2):
        sheet.write_string(3, column, one.name, head)
        sheet.write_string(4, column, one.unit, head)
    sheet.set_row(3, 46)
    sheet.set_column(0, 1, 15)
    sheet.set_column(2, len(wanted) + 1, 10)
    sheet.freeze_panes(HEAD, 2)


def read(raw: bytes) -> list[Brought]:
    """Read the rows of a sheet that came back; the row of the sum is passed over.

    Raises `Invalid` with a line for each cell that cannot be taken, by ``row:column``.
    """
    rows = _rows(raw)
    columns, start = _heading(rows)
    found: list[Brought] = []
    wrong: dict[str, list[str]] = {}
    for number, cells in enumerate(rows[start:], start=start + 1):
        region = _text(cells, columns.get(CODE))
        if not region or _text(cells, columns.get(NAME)) == TOTAL:
            continue
        given = {
            key: cells[place] for key, place in columns.items()
            if key not in (CODE, NAME) and place < len(cells)
        }  # fmt: skip
        try:
            figures = read_figures(given)
        except Invalid as error:
            for key, reasons in (error.errors or {}).items():
                wrong[f"{number}:{fields()[key].name}"] = list(reasons)
            continue
        found.append(Brought(number, region, _text(cells, columns.get(NAME)), figures))
    if wrong:
        raise Invalid("表里有的格子不能用，一行也没有存", errors=wrong)
    if not found:
        raise Invalid("表里没有可以读的行", errors={"file": ["没有地区的行"]})
    return found


def _rows(raw: bytes) -> list[list[Any]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
        sheet = book.get_sheet_by_index(0)
    except (python_calamine.CalamineError, IndexError, OSError) as error:
        raise Invalid(
            "这个文件不是可以读取的 Excel 工作簿（.xlsx），请用导出的表填写",
            errors={"file": ["无法读取"]},
        ) from error
    if sheet.height > MOST_ROWS:
        raise Invalid(f"一次最多读 {MOST_ROWS} 行", errors={"file": ["行太多"]})
    return sheet.to_python(skip_empty_area=False)


def _heading(rows: Sequence[Sequence[Any]]) -> tuple[Mapping[str, int], int]:
    """Find the heading: where each figure stands, and the first row below it."""
    by_name = {one.name: key for key, one in fields().items()} | {CODE: CODE, NAME: NAME}
    for number, cells in enumerate(rows[:HEADING_WITHIN]):
        columns = {
            by_name[name]: place for place, name in enumerate(_texts(cells)) if name in by_name
        }
        if CODE in columns and len(columns) > 2:
            return columns, number + 1
    raise Invalid("找不到表头：第一列应是区划代码，其余是指标名", errors={"file": ["没有表头"]})


def _texts(cells: Sequence[Any]) -> Iterator[str]:
    return (str(cell).strip() for cell in cells)


def _text(cells: Sequence[Any], place: int | None) -> str:
    """Read a text; a code that became a number keeps its digits."""
    if place is None or place >= len(cells):
        return ""
    cell = cells[place]
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
