"""Workbooks that leave: a round merged, and one region's sheet to fill in."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from anlan.base.forms.columns import FIGURES, Column, columns_of
from anlan.base.forms.excel.layout import DIFFERENCE, NOTE, TOTAL, Layout
from anlan.base.forms.models import Sheet
from anlan.base.forms.selectors.merging import Merged, RowTold
from anlan.base.forms.states import MISSED, STATES
from anlan.base.forms.values import NO, PICTURE, YES, Figure, Row, figure, said
from anlan.kernel import clock

SHEET = "报表"
#: Drop-downs of an empty sheet reach so far down.
FREE_LINES = 200


class _Book:
    """A workbook under the pen: its formats, and the line it is at."""

    def __init__(self, layout: Layout) -> None:
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, {"in_memory": True})
        self.sheet = self.book.add_worksheet(SHEET)
        self.layout = layout
        self.line = 0
        add = self.book.add_format
        self.title = add({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.under = add({"align": "center", "font_color": "#4C5A68"})
        self.head = add({
            "bold": True, "bg_color": "#E8EDF2", "border": 1, "text_wrap": True,
            "align": "center", "valign": "vcenter",
        })  # fmt: skip
        self.text = add({"border": 1, "num_format": "@", "text_wrap": True, "valign": "vcenter"})
        self.number = add({"border": 1, "valign": "vcenter"})
        self.whole = add({"border": 1, "bold": True, "bg_color": "#F3F5F7", "align": "right"})
        self.label = add({"border": 1, "bold": True, "bg_color": "#F3F5F7"})
        self.quiet = add({"font_color": "#4C5A68", "text_wrap": True, "valign": "top"})

    def lead(self, title: str, under: str) -> None:
        """Write the title, the line under it and the heading."""
        last = max(len(self.layout.headings) - 1, 1)
        self.sheet.merge_range(0, 0, 0, last, title, self.title)
        self.sheet.merge_range(1, 0, 1, last, under, self.under)
        self.sheet.set_row(0, 28)
        self.sheet.set_row(2, 34)
        for place, heading in enumerate(self.layout.headings):
            self.sheet.write_string(2, place, heading, self.head)
            self.sheet.set_column(place, place, max(10, min(30, len(heading) * 2 + 2)))
        self.sheet.freeze_panes(3, 2 if self.layout.regions else 0)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(0, 2)
        self.line = 3

    def cells(self, row: Row | None) -> None:
        """Write the form's own cells of a line; what is not known stays empty."""
        for column in self.layout.columns:
            self._cell(self.layout.place(column), column, row)

    def _cell(self, place: int, column: Column, row: Row | None) -> None:
        if row is None or (column.type != "sum" and row.get(column.key) is None):
            self.sheet.write_blank(self.line, place, None, self.text)
        elif column.type == "sum":
            self._figure(place, column, figure(column, row))
        else:
            value = row.get(column.key)
            if isinstance(value, bool):
                value = YES if value else NO
            if column.type == "photo":
                value = f"{PICTURE}{value}"
            if isinstance(value, int | float):
                self.sheet.write_number(self.line, place, value, self.number)
            else:
                self.sheet.write_string(self.line, place, value, self.text)

    def _figure(self, place: int, column: Column, found: Figure) -> None:
        if found.complete and found.value is not None:
            self.sheet.write_number(self.line, place, found.value, self.number)
        else:
            self.sheet.write_string(self.line, place, said(column, found), self.text)

    def done(self) -> bytes:
        """Close the workbook and give its bytes."""
        self.book.close()
        return self.buffer.getvalue()


def moment(at: datetime) -> str:
    """Say a moment as it stands in a cell."""
    return clock.local(at).strftime("%Y-%m-%d %H:%M")


def merged_book(found: Merged) -> bytes:
    """Write a round with its sums; a sum in which something is missing says so."""
    form = found.round.form
    book = _Book(Layout(found.columns, regions=True))
    came = len(found.rows) - len(found.missing)
    book.lead(
        form.title,
        f"制表：{form.region.name}　　第 {found.round.number} 轮　　"
        f"截至 {moment(found.round.as_of)}　　已报 {came}/{len(found.rows)}",
    )
    if form.sums_first:
        _sums(book, found)
    for row in found.rows:
        _region(book, row, over=found.round.closed_at is not None)
    if not form.sums_first:
        _sums(book, found)
    _notes(book, found)
    return book.done()


def _region(book: _Book, row: RowTold, *, over: bool) -> None:
    sheet = row.sheet
    label = MISSED[0] if over and not sheet.revision else STATES[sheet.state][0]
    last = len(book.layout.headings) - 1
    for cells in row.rows if row.rows else [None]:
        book.sheet.write_string(book.line, 0, sheet.region_id, book.text)
        book.sheet.write_string(book.line, 1, sheet.region.name, book.text)
        book.cells(cells)
        told = moment(sheet.as_of) if row.rows is not None else ""
        book.sheet.write_string(book.line, last - 1, told, book.text)
        nothing = "（无）" if row.rows == [] else ""
        book.sheet.write_string(book.line, last, label + nothing, book.text)
        if len(row.rows or ()) == 1:
            _comments(book, row)
        book.line += 1


def _comments(book: _Book, row: RowTold) -> None:
    """Note on each corrected cell what it said before."""
    for column in book.layout.columns:
        history = row.corrected.get(column.key)
        if history:
            was = "；".join(
                f"第 {one['revision']} 次报 {'不详' if one['value'] is None else one['value']}"
                for one in history
            )
            book.sheet.write_comment(book.line, book.layout.place(column), f"更正过：{was}")


def _sums(book: _Book, found: Merged) -> None:
    lines: list[tuple[str, Any]] = [(TOTAL, _total)]
    if any(row.before is not None for row in found.rows):
        lines.append((DIFFERENCE, _difference))
    for name, tell in lines:
        for place in range(len(book.layout.headings)):
            book.sheet.write_blank(book.line, place, None, book.whole)
        book.sheet.write_string(book.line, 0, name, book.label)
        for column in found.figures:
            value = tell(found, column)
            place = book.layout.place(column)
            if isinstance(value, str):
                book.sheet.write_string(book.line, place, value, book.whole)
            else:
                book.sheet.write_number(book.line, place, value, book.whole)
        book.line += 1


def _total(found: Merged, column: Column) -> str | float:
    whole = found.total(column)
    return whole.value if whole.complete and whole.value is not None else said(column, whole)


def _difference(found: Merged, column: Column) -> str:
    change, compared = found.total_difference(column)
    if change is None:
        return ""
    some = "" if compared == len(found.rows) else f"（{compared} 个地区）"
    return f"{change:+}{some}"


def _notes(book: _Book, found: Merged) -> None:
    notes = []
    if found.missing:
        names = "、".join(row.sheet.region.name for row in found.missing)
        notes.append(f"未报 {len(found.missing)} 个：{names}。没有报的不按零计，≥ 表示至少。")
    elif any(not found.total(column).complete for column in found.figures):
        notes.append("有的格子空着，不按零计，≥ 表示至少。")
    last = max(len(book.layout.headings) - 1, 1)
    for note in notes:
        book.sheet.merge_range(book.line, 0, book.line, last, f"{NOTE}：{note}", book.quiet)
        book.sheet.set_row(book.line, 32)
        book.line += 1


def sheet_book(sheet: Sheet, rows: Sequence[Row]) -> bytes:
    """Write one region's sheet as it stands, to be filled in and given back."""
    columns = columns_of(sheet.round.columns)
    form = sheet.round.form
    book = _Book(Layout(columns, regions=False))
    book.lead(
        form.title,
        f"{sheet.region.name}　　第 {sheet.round.number} 轮　　截至 {moment(sheet.as_of)}",
    )
    _drop_downs(book, columns, FREE_LINES if form.free else 1)
    for row in rows or ([] if form.free else [{}]):
        book.cells(row)
        book.line += 1
    return book.done()


def _drop_downs(book: _Book, columns: Sequence[Column], lines: int) -> None:
    for column in columns:
        place = book.layout.place(column)
        options = [YES, NO] if column.type == "bool" else list(column.choices)
        if options and sum(map(len, options)) + len(options) <= 255:  # what Excel takes in place
            book.sheet.data_validation(
                3, place, 2 + lines, place,
                {"validate": "list", "source": options, "error_title": "不在选项中",
                 "error_message": "请从下拉列表中选择"},
            )  # fmt: skip
        if column.type in (*FIGURES, "bool", "choice") or not column.help:
            continue
        book.sheet.write_comment(2, place, column.help)
