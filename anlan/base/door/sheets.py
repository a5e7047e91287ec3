"""Workbooks of one plain table, as lists hand them out."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

#: What an answer with such a workbook is.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_book(name: str, titles: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Write a sheet of text cells, so that no code loses its leading zeros.

    Numbers stay numbers, and what is None stays empty: nobody shall add up an unknown as nought.
    """
    buffer = io.BytesIO()
    # What a file holds is told as it is: a cell that begins with "=" is no formula.
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(name)
    text = book.add_format({"num_format": "@"})
    plain = book.add_format({"num_format": "General"})
    head = book.add_format({"bold": True, "bg_color": "#E8EDF2", "border": 1})
    for place, title in enumerate(titles):
        sheet.set_column(place, place, 24 if place else 30, text)
        sheet.write_string(0, place, title, head)
    for row, cells in enumerate(rows, start=1):
        for place, cell in enumerate(cells):
            sheet.write(row, place, cell, plain if isinstance(cell, int | float) else text)
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()
