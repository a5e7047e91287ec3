"""Workbooks beside the filling in of old observations: an example, and what was refused."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from anlan.base.door.phrases import said
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.kernel import clock
from anlan.sense.models import Backfill, Stream
from anlan.sense.selectors.identities import ADD

HEADINGS = ("监测项编码", "时间", "数值", "单位")
TITLES = ("行", "列", "填的内容", "原因")
TITLES_EN = ("Row", "Column", "Given", "Reason")


def template(actor: Actor) -> bytes:
    """Make a sheet with the headings and an example row of each of two streams one may write."""
    rows = visible(Stream.objects.filter(retired_at=None), actor, ADD).order_by("code")
    codes = list(rows.values_list("code", flat=True)[:2]) or ["339901-SW001-Z"]
    hour = clock.local(clock.now()).strftime("%Y-%m-%d %H:00:00")
    return _book("数据", HEADINGS, [(code, hour, "12.34", "") for code in codes])


def refused(made: Backfill, language: str) -> bytes:
    """Write the refused rows down, to be mended and brought again."""
    titles = TITLES_EN if language == "en" else TITLES
    rows = [
        (one["row"], one["column"], one["value"], said(one["reason"], language))
        for one in made.troubles
    ]
    return _book("不收的行", titles, rows)


def _book(name: str, titles: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Write a sheet of text cells, so that no code loses its leading zeros."""
    buffer = io.BytesIO()
    # What a file holds is told as it is: a cell that begins with "=" is no formula.
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(name)
    text = book.add_format({"num_format": "@"})
    head = book.add_format({"bold": True, "bg_color": "#E8EDF2", "border": 1})
    for place, title in enumerate(titles):
        sheet.set_column(place, place, 24 if place else 30, text)
        sheet.write_string(0, place, title, head)
    for row, cells in enumerate(rows, start=1):
        sheet.write_row(row, 0, cells, text)
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()
