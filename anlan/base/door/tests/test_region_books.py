"""Regions come in by workbook: looked at cell by cell, agreed to, written once, and noted."""

import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from anlan.base.conftest import workspace_of_tests
from anlan.base.door.phrases import said
from anlan.base.door.region_books import (
    NO_DAY,
    NO_SUCCESSOR,
    OUTSIDE,
    load_book,
    look_at_book,
)
from anlan.base.journal.models import Entry
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.regions.models import Region
from anlan.base.regions.services.workbooks import COLUMNS, template
from anlan.kernel.errors import Conflict, Forbidden, Invalid

__all__ = ["workspace_of_tests"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("workspace_of_tests")]

HEAD = ("区划代码*", "名称*", "经度", "纬度", "人口", "户数", "启用日期")
COUNTY = (
    ("33", "浙江省"), ("3399", "云上市"), ("339901", "云屿县", 121.6, 28.4),
    ("339901102", "石门镇"), (339901102201.0, "前村", "121.61", "28.41", 1200, "400"),
    ("339901102201001", "前村一网格", None, None, None, None, date(2026, 7, 1)),
)  # fmt: skip


def admin(prefix: str = "", role: str = "system-admin") -> Actor:
    return Actor(ref="user:a", user_id="a", name="a", roles=(Holding(role, prefix),))


def book(*rows: tuple[Any, ...], head: tuple[str, ...] = HEAD, above: int = 0) -> bytes:
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"in_memory": True})
    day = made.add_format({"num_format": "yyyy-mm-dd"})
    sheet = made.add_worksheet()
    for number, cells in enumerate((*[("表",)] * above, head, *rows)):
        for place, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(number, place, cell, day)
            elif cell is not None:
                sheet.write(number, place, cell)
    made.close()
    return buffer.getvalue()


def load(raw: bytes, by: Actor | None = None) -> Any:
    actor = by or admin()
    seen = look_at_book(raw=raw, by=actor).seen
    return load_book(raw=raw, name="区划.xlsx", seen=seen, by=actor)


def test_a_county_is_looked_at_without_being_written_and_then_written_once() -> None:
    raw = book(*COUNTY, above=2)
    told = look_at_book(raw=raw, by=admin())
    assert (told.report.rows, told.report.added, told.report.errors) == (6, 6, [])
    assert not Region.objects.exists()
    assert [(one.code, one.new) for one in told.changes][-1] == ("339901102201001", True)

    load_book(raw=raw, name="区划.xlsx", seen=told.seen, by=admin())
    village = Region.objects.get(code="339901102201")
    assert (village.name, village.parent_id, village.population, village.lon) == (
        "前村", "339901102000", 1200, 121.61,
    )  # fmt: skip
    assert Region.objects.get(code="339901102201001").valid_from == date(2026, 7, 1)
    noted = Entry.objects.filter(deed="regions.imported")
    assert noted.count() == 1
    again = look_at_book(raw=raw, by=admin())
    assert (again.report.added, again.report.changed, again.report.unchanged) == (0, 0, 6)
    with pytest.raises(Invalid):
        load_book(raw=raw, name="区划.xlsx", seen=again.seen, by=admin())
    assert noted.count() == 1


def test_each_wrong_cell_is_named_as_excel_counts_and_the_good_rows_live() -> None:
    raw = book(
        ("339901", "云屿县"), ("33990110", "石门镇"), ("339901102", ""),
        ("339901103", "沙埕乡", "x", 2),
        ("339901104", "三乡", 121.0), ("339901105", "四乡", 1, 1, -3), ("339901", "云屿"),
        ("339901106", "五乡", None, None, None, None, "去年"),
    )  # fmt: skip
    told = look_at_book(raw=raw, by=admin())
    assert [(one.row, one.column) for one in told.report.errors] == [
        (3, "code"), (4, "name"), (5, "lon"), (6, "lon"), (7, "population"), (8, "code"),
        (9, "valid_from"),
    ]  # fmt: skip
    english = [said(one.reason, "en") for one in told.report.errors]
    assert [text for text in english if re.search("[一-鿿]", text)] == []
    assert load(raw).added == 1
    assert list(Region.objects.values_list("code", flat=True)) == ["339901000000"]


def test_what_changes_is_shown_with_before_and_after_and_an_empty_cell_unsays_nothing() -> None:
    load(book(*COUNTY))
    told = look_at_book(raw=book(("339901102201", "前头村", None, None, 1300)), by=admin())
    (change,) = told.changes
    assert change.columns == {"name": ("前村", "前头村"), "population": (1200, 1300)}
    assert (told.report.changed, told.report.unchanged) == (1, 0)


def test_a_region_merged_into_another_is_closed_and_says_who_follows() -> None:
    load(book(*COUNTY, ("339901102202", "后村")))
    head = (*HEAD, "停用日期", "继任区划")
    gone = ("339901102202", "后村", *[None] * 5)
    for day, heir, reason in (
        (None, "339901102201", NO_DAY), (date(2026, 7, 1), "339901102299", NO_SUCCESSOR),
    ):  # fmt: skip
        (error,) = look_at_book(raw=book((*gone, day, heir), head=head), by=admin()).report.errors
        assert (error.row, error.column, error.reason) == (2, "successor", reason)
        assert not re.search("[一-鿿]", said(reason, "en"))
    raw = book((*gone, date(2026, 7, 1), "339901102201"), head=head)
    (change,) = look_at_book(raw=raw, by=admin()).changes
    assert change.columns == {
        "valid_to": (None, "2026-07-01"), "successor": ("", "339901102201")
    }  # fmt: skip
    load(raw)
    closed = Region.objects.get(code="339901102202")
    assert (closed.valid_to, closed.successor) == (date(2026, 7, 1), "339901102201")
    # The template, which has the columns, leaves closed what is closed.
    assert look_at_book(raw=book(gone, head=head), by=admin()).report.changed == 0


def test_what_was_agreed_to_is_what_is_written_or_nothing() -> None:
    first = look_at_book(raw=book(*COUNTY), by=admin())
    load(book(("33", "浙江")))
    with pytest.raises(Conflict):
        load_book(raw=book(*COUNTY), name="x", seen=first.seen, by=admin())
    assert Region.objects.count() == 1


def test_one_loads_what_lies_in_ones_own_reach_and_names_above_may_stand_there() -> None:
    load(book(*COUNTY[:3]))
    own = admin("339901")
    told = look_at_book(raw=book(*COUNTY, ("339902", "邻县"), ("3399", "别的名字")), by=own)
    assert [(one.row, one.value, one.reason) for one in told.report.errors] == [
        (8, "339902000000", OUTSIDE),
        (9, "339900000000", "与第 3 行重复而内容不同"),
    ]
    assert [one.code for one in told.changes] == [
        "339901102000", "339901102201", "339901102201001",
    ]  # fmt: skip
    renamed = look_at_book(raw=book(("3399", "别的名字")), by=own)
    assert [one.reason for one in renamed.report.errors] == [OUTSIDE]


def test_a_gap_above_is_told_and_whoever_may_not_is_refused() -> None:
    told = look_at_book(raw=book(*COUNTY[:3], ("339901109201", "孤村")), by=admin())
    (gap,) = told.report.missing_parents
    assert (gap.code, gap.example, gap.count) == ("339901109000", "339901109201", 1)
    load(book(*COUNTY[2:]))  # without its city, which is not the matter of the next sheet
    told = look_at_book(raw=book(("339901102202", "后村")), by=admin())
    assert told.report.missing_parents == []
    for role in ("duty-lead", "section", "audit-admin"):
        with pytest.raises(Forbidden):
            look_at_book(raw=b"", by=admin("339901", role))
        with pytest.raises(Forbidden):
            load_book(raw=b"", name="", seen="", by=admin("339901", role))


def test_the_template_comes_back_empty_and_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(template())
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows[0] == [title for title, *_ in COLUMNS]
    told = look_at_book(raw=template(), by=admin())
    assert (told.report.rows, told.changes) == (0, [])
    for raw in (b"PK", b"", book(("339901", "云屿县"), head=("甲", "乙"))):
        with pytest.raises(Invalid):
            look_at_book(raw=raw, by=admin())
