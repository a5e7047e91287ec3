"""Workbooks that arrive: headings matched, cells read, every trouble a line people can act on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import python_calamine

from anlan.base.register.columns import Column, writable
from anlan.base.register.excel.cells import EXAMPLE, TEXTS, BadCell, header, plain_header, taken
from anlan.base.register.excel.writing import SHEET
from anlan.base.register.registry import Register
from anlan.kernel.errors import Invalid

#: A heading stands in one of the first rows; above it people put titles.
HEADING_WITHIN = 10
MOST_ROWS = 200_000


@dataclass(frozen=True)
class Trouble:
    """What is wrong with one cell. `row` counts as Excel shows it; `column` is the label."""

    row: int
    column: str
    value: str
    reason: str


@dataclass
class Line:
    """One row of the sheet: values by column name, and what is already known to be wrong."""

    row: int
    values: dict[str, Any]
    troubles: list[Trouble] = field(default_factory=list)
    #: Codes that were typed as numbers and may have lost leading zeros.
    numeric: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Heading:
    """Where the heading stands and which column each place holds."""

    row: int
    columns: dict[int, Column]


class Sheet:
    """A workbook's first data sheet, opened."""

    def __init__(self, path: Path, entry: Register) -> None:
        self.entry = entry
        try:
            book = python_calamine.CalamineWorkbook.from_path(str(path))
            names = book.sheet_names
            sheet = book.get_sheet_by_name(SHEET if SHEET in names else names[0])
        except (python_calamine.CalamineError, IndexError, OSError) as error:
            raise Invalid(
                "这个文件不是可以读取的 Excel 工作簿（.xlsx），请用模板另存后再试",
                errors={"file": ["无法读取"]},
            ) from error
        self._sheet = sheet
        self._rows: Iterator[Sequence[Any]] = sheet.iter_rows()
        # A sheet whose first rows are empty begins later: rows are counted as Excel shows them.
        self._first = (sheet.start[0] if sheet.start else 0) + 1
        self.total = sheet.height
        if self.total > MOST_ROWS:
            raise Invalid(f"一次最多导入 {MOST_ROWS} 行，请分成几个文件")
        self.heading = self._find_heading()

    def merged(self) -> list[Trouble]:
        """List merged cells below the heading: only their first cell holds a value."""
        ranges = self._sheet.merged_cell_ranges or []
        return [
            Trouble(top + 1, "", "", f"第 {top + 1} 至 {bottom + 1} 行有合并的单元格，请取消合并")
            for (top, _), (bottom, _) in ranges
            if bottom + 1 > self.heading.row
        ]

    def lines(self) -> Iterator[Line]:
        """Read the rows below the heading; empty rows and the example are passed over."""
        number = self.heading.row
        for cells in self._rows:
            number += 1
            if all(cell in (None, "") for cell in cells):
                continue
            if any(isinstance(cell, str) and cell.startswith(EXAMPLE) for cell in cells):
                continue
            yield self._line(number, cells)

    def _line(self, number: int, cells: Sequence[Any]) -> Line:
        line = Line(number, {})
        for place, column in self.heading.columns.items():
            cell = cells[place] if place < len(cells) else None
            try:
                line.values[column.name] = taken(column, cell)
            except BadCell as error:
                line.troubles.append(Trouble(number, column.label, str(cell), str(error)))
            if isinstance(cell, int | float) and column.type in TEXTS:
                line.numeric.add(column.name)
        return line

    def _find_heading(self) -> Heading:
        known = {plain_header(header(column)): column for column in writable(self.entry)}
        known |= {column.name: column for column in writable(self.entry)}
        best: dict[int, Column] = {}
        seen: list[str] = []
        for number, cells in enumerate(self._rows, start=self._first):
            texts = {place: str(cell) for place, cell in enumerate(cells) if cell not in (None, "")}
            found = {
                place: known[plain_header(text)]
                for place, text in texts.items()
                if plain_header(text) in known
            }
            if len(found) > len(texts) / 2 and found:
                self._check_heading(texts, found)
                return Heading(number, found)
            if len(found) >= len(best):
                best, seen = found, list(texts.values())
            if number - self._first >= HEADING_WITHIN:
                break
        unknown = "、".join(seen[:8]) or "（空）"
        raise Invalid(
            f"没有找到表头。表头应为：{'、'.join(header(c) for c in writable(self.entry)[:6])}……"
            f"文件里是：{unknown}",
            errors={"file": ["表头不对，请使用模板"]},
        )

    def _check_heading(self, texts: dict[int, str], found: dict[int, Column]) -> None:
        names = [column.name for column in found.values()]
        doubled = {column.label for column in found.values() if names.count(column.name) > 1}
        if doubled:
            raise Invalid(f"表头重复：{'、'.join(sorted(doubled))}")
        unknown = [text for place, text in texts.items() if place not in found]
        if unknown:
            raise Invalid(
                f"表头里有不认识的列：{'、'.join(unknown)}。请删去，或改回模板的表头",
                errors={"file": [f"不认识的列：{'、'.join(unknown)}"]},
            )
        missing = [
            column.label
            for column in writable(self.entry)
            if column.name in self.entry.natural and column.name not in names
        ]
        if missing:
            raise Invalid(f"表头缺少：{'、'.join(missing)}", errors={"file": ["缺少编号列"]})
