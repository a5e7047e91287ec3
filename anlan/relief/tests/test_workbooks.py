"""The workbook comes back as it left, filled in; the paper says what a report says."""

import io
import re
import zipfile

import openpyxl
import pytest

from anlan.kernel.errors import Forbidden, Invalid
from anlan.relief import services
from anlan.relief.figures import fields
from anlan.relief.models import LossDraft
from anlan.relief.selectors.exporting import workbook
from anlan.relief.selectors.papers import paper_of
from anlan.relief.tests.conftest import (
    CLERK,
    COUNTY,
    OFFICER,
    OTHER_TOWN,
    TOWN,
    begun,
    reported,
)
from anlan.relief.workbooks import HEAD, TOTAL

pytestmark = pytest.mark.usefixtures("world")


def opened(raw: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(raw))


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def place(key: str) -> int:
    """Tell the column of a figure, counted from 1 as openpyxl does."""
    return 3 + list(fields()).index(key)


def test_the_workbook_has_a_row_a_region_and_says_at_least_where_one_is_missing() -> None:
    matter = begun()
    reported(matter, TOWN, CLERK, affected=120, crops_hit=3.25)
    name, raw = workbook(OFFICER, matter.pk)
    assert name == "演示台风灾情统计表（云屿县）.xlsx"
    sheet = opened(raw).worksheets[0]
    rows = [[cell.value for cell in row[:2]] for row in sheet.iter_rows(min_row=HEAD + 1)]
    assert rows == [[COUNTY, TOTAL], [TOWN, "云岭乡"], [OTHER_TOWN, "海门镇"]]
    total = sheet.cell(HEAD + 1, place("affected"))
    assert (total.value, total.number_format) == (120, '"≥"#,##0.##')
    assert sheet.cell(HEAD + 2, place("crops-hit")).value == 3.25
    assert sheet.cell(HEAD + 3, place("affected")).value is None
    assert sheet.cell(4, place("affected")).value == "受灾人口"
    assert sheet.cell(5, place("affected")).value == "人"


def test_what_is_filled_into_it_becomes_the_drafts_of_its_regions() -> None:
    matter = begun()
    book = opened(workbook(OFFICER, matter.pk)[1])
    sheet = book.worksheets[0]
    sheet.cell(HEAD + 1, place("affected")).value = 999  # the sum is reckoned, not read
    sheet.cell(HEAD + 2, place("affected")).value = "1,250"
    sheet.cell(HEAD + 2, place("crops-hit")).value = 7.5
    sheet.cell(HEAD + 3, place("dead")).value = 0
    services.take_workbook(matter=matter.pk, raw=saved(book), by=OFFICER)
    drafts = {one.region_id: one.figures for one in LossDraft.objects.all()}
    assert drafts == {TOWN: {"affected": 1250, "crops-hit": 7.5}, OTHER_TOWN: {"dead": 0}}


def test_one_wrong_cell_keeps_everything_out_and_is_named() -> None:
    matter = begun()
    book = opened(workbook(OFFICER, matter.pk)[1])
    sheet = book.worksheets[0]
    sheet.cell(HEAD + 2, place("affected")).value = "一百多"
    sheet.cell(HEAD + 3, place("dead")).value = 1.5
    with pytest.raises(Invalid) as caught:
        services.take_workbook(matter=matter.pk, raw=saved(book), by=OFFICER)
    assert caught.value.errors == {
        "7:受灾人口": ["应是数字"], "8:因灾死亡人口": ["应是整数"],
    }  # fmt: skip
    assert not LossDraft.objects.exists()


def test_a_township_brings_its_own_row_and_no_other() -> None:
    matter = begun()
    book = opened(workbook(OFFICER, matter.pk)[1])
    for row in (HEAD + 2, HEAD + 3):
        book.worksheets[0].cell(row, place("affected")).value = 5
    with pytest.raises(Forbidden):
        services.take_workbook(matter=matter.pk, raw=saved(book), by=CLERK)
    assert not LossDraft.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 no workbook", b"a,b,c"])
def test_a_file_that_is_no_workbook_is_refused_in_words(raw: bytes) -> None:
    matter = begun()
    with pytest.raises(Invalid, match="Excel"):
        services.take_workbook(matter=matter.pk, raw=raw, by=OFFICER)


def test_the_paper_says_at_least_and_never_writes_nought_for_what_nobody_knows() -> None:
    matter = begun()
    reported(matter, TOWN, CLERK, affected=1200, dead=0)
    report = reported(matter, COUNTY, OFFICER, affected=1200, dead=0, loss=35.5)
    name, raw = paper_of(OFFICER, report.pk)
    assert name == "关于演示台风灾情的初报（第1报）.docx"
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        text = re.sub("<[^>]+>", "|", packed.read("word/document.xml").decode())
    said = {part for part in text.split("|") if part}
    assert {"≥1,200人", "≥0人", "35.5万元", "云岭乡", "海门镇", "待核"} <= said
    assert f"另有{len(fields()) - 3}项指标待核" in text
    with pytest.raises(Forbidden):
        paper_of(CLERK, report.pk)
