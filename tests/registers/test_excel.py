"""Excel out, edited by a person, and in again."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from anlan.base.conftest import workspace_of_tests
from anlan.base.journal.models import Entry
from anlan.base.permissions.actor import Actor, Holding, system
from anlan.base.places.models import Shelter
from anlan.base.regions import scope
from anlan.base.register import selectors
from anlan.base.register.columns import by_name, writable
from anlan.base.register.excel import writing
from anlan.base.register.excel.cells import EXAMPLE, header
from anlan.base.register.excel.checking import Report, batches
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import save_row, save_rows
from anlan.kernel.errors import Invalid
from tests.declarations.demo_rows import OTHER_TOWN, TOWN, VILLAGE, make_regions, values_of

__all__ = ["workspace_of_tests"]

pytestmark = pytest.mark.django_db

SHELTERS = REGISTERS["shelters"]
BY = system("test")


@pytest.fixture(autouse=True)
def _regions(db: None) -> None:  # noqa: ARG001 - the database must be there
    make_regions()


def _values(code: str, **more: Any) -> dict[str, Any]:
    return {**values_of(SHELTERS), "keeper": None, "code": code, "name": f"避灾点{code}", **more}


def _book(path: Path, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, head)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def _check(path: Path, by: Actor = BY) -> tuple[list[Any], Report]:
    report = Report()
    found = batches(SHELTERS, path, by, report=report, progress=lambda _: None)
    changes = [change for batch in found for change in batch]
    return changes, report


def _reasons(report: Report) -> list[tuple[int, str, str]]:
    return [(trouble.row, trouble.column, trouble.reason) for trouble in report.troubles]


def _export(path: Path, by: Actor = BY) -> int:
    return writing.export(SHELTERS, by, selectors.Query(), str(path))


def test_what_was_exported_comes_back_unchanged(tmp_path: Path) -> None:
    for number in range(20):
        save_row(entry=SHELTERS, values=_values(f"0{number:03d}"), by=BY)
    assert _export(tmp_path / "out.xlsx") == 20
    before = Entry.objects.count()
    changes, report = _check(tmp_path / "out.xlsx")
    assert report.troubles == []
    assert {saved.state for saved in save_rows(entry=SHELTERS, changes=changes, by=BY)} == {
        "unchanged"
    }
    assert Entry.objects.count() == before


def test_an_edited_cell_changes_its_row_and_nothing_else(tmp_path: Path) -> None:
    for number in range(3):
        save_row(entry=SHELTERS, values=_values(f"0{number}"), by=BY)
    _export(tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    sheet = book[writing.SHEET]
    place = [cell.value for cell in sheet[1]].index(header(by_name(SHELTERS)["name"])) + 1
    sheet.cell(2, place).value = "新名字"
    book.save(tmp_path / "in.xlsx")
    changes, report = _check(tmp_path / "in.xlsx")
    states = [saved.state for saved in save_rows(entry=SHELTERS, changes=changes, by=BY)]
    assert sorted(states) == ["changed", "unchanged", "unchanged"]
    assert Shelter.objects.filter(name="新名字", version=2).count() == 1
    assert report.bad == 0


def test_the_template_opens_with_text_cells_drop_downs_notes_and_an_example() -> None:
    book = openpyxl.load_workbook(io.BytesIO(writing.template(SHELTERS)))
    assert book.sheetnames == [writing.SHEET, writing.LISTS, writing.NOTES]
    sheet = book[writing.SHEET]
    assert [cell.value for cell in sheet[1]] == [header(column) for column in writable(SHELTERS)]
    assert str(sheet.cell(2, 1).value).startswith(EXAMPLE)
    assert sheet.column_dimensions["A"].width > 0
    assert sheet.cell(2, 1).number_format == "@"
    assert len(sheet.data_validations.dataValidation) >= 3
    assert book[writing.LISTS].sheet_state == "hidden"
    assert book[writing.NOTES].max_row > len(writable(SHELTERS))


def test_the_untouched_template_imports_nothing(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(writing.template(SHELTERS))
    changes, report = _check(path)
    assert (changes, report.rows, report.troubles) == ([], 0, [])


def _heads(*names: str) -> list[str]:
    return [header(by_name(SHELTERS)[name]) for name in names]


def _row(**values: Any) -> list[Any]:
    full = {**values_of(SHELTERS), "keeper": None, **values}
    return [_written(name, full.get(name)) for name in _NAMES]


_NAMES = [column.name for column in writable(SHELTERS)]


def _written(name: str, value: Any) -> Any:
    from anlan.base.register.excel.cells import written

    return written(by_name(SHELTERS)[name], value, {})


@pytest.mark.parametrize(
    ("values", "column", "told"),
    [
        ({"capacity": "很多"}, "capacity", "整数"),
        ({"region": "999999999999"}, "region", "找不到"),
        ({"level": "宇宙级"}, "level", "不在"),
        ({"name": None}, "name", "必填"),
        ({"lon": 400.0, "lat": 28.0}, "lon", "经纬度"),
        ({"capacity": -5}, "capacity", "大于"),
    ],
)
def test_a_wrong_cell_is_named_with_row_column_value_and_reason(
    tmp_path: Path, values: dict[str, Any], column: str, told: str
) -> None:
    good, bad = _row(code="G1"), _row(code="B1")
    for name, value in values.items():
        bad[_NAMES.index(name)] = value
    path = _book(tmp_path / "in.xlsx", _heads(*_NAMES), [good, bad])
    changes, report = _check(path)
    assert len(changes) == 1
    assert report.bad == 1
    assert any(
        row == 3 and label == by_name(SHELTERS)[column].label and told in reason
        for row, label, reason in _reasons(report)
    ), report.troubles


def test_a_repeated_code_names_the_first_row(tmp_path: Path) -> None:
    path = _book(tmp_path / "in.xlsx", _heads(*_NAMES), [_row(code="A"), _row(code="A")])
    _, report = _check(path)
    assert _reasons(report) == [(3, by_name(SHELTERS)["code"].label, "与第 2 行编号重复")]


def test_a_code_that_may_have_lost_its_zeros_is_not_guessed(tmp_path: Path) -> None:
    path = _book(tmp_path / "in.xlsx", _heads(*_NAMES), [_row(code=12)])
    changes, report = _check(path)
    assert changes == []
    assert "前导零" in report.troubles[0].reason


def test_merged_cells_are_refused_row_by_row(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(_heads(*_NAMES))
    for code in "ABC":
        sheet.append(_row(code=code))
    sheet.merge_cells("B3:B4")
    book.save(tmp_path / "in.xlsx")
    _, report = _check(tmp_path / "in.xlsx")
    assert any("合并" in trouble.reason for trouble in report.troubles)
    assert report.good >= 1


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (["甲", "乙", "丙"], "没有找到表头"),
        ([*_heads("name", "level")], "缺少"),
        ([*_heads(*_NAMES), "不认识的列"], "不认识的列"),
        ([*_heads(*_NAMES), *_heads("name")], "重复"),
    ],
)
def test_a_wrong_heading_is_told_at_once(tmp_path: Path, head: list[str], told: str) -> None:
    path = _book(tmp_path / "in.xlsx", head, [["x"] * len(head)])
    with pytest.raises(Invalid, match=told):
        _check(path)


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    path.write_bytes(b"not a workbook")
    with pytest.raises(Invalid, match="Excel"):
        _check(path)


def test_a_title_above_the_heading_is_passed_over(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["云屿县避灾安置场所一览表"])
    sheet.append([])
    sheet.append(_heads(*_NAMES))
    sheet.append(_row(code="A"))
    book.save(tmp_path / "in.xlsx")
    changes, report = _check(tmp_path / "in.xlsx")
    assert (len(changes), report.troubles) == (1, [])


def test_rows_outside_ones_township_are_bad_rows(tmp_path: Path) -> None:
    by = Actor(
        ref="user:t", user_id="t", name="乡镇", region=OTHER_TOWN, via="session",
        roles=(Holding("township", scope.prefix(OTHER_TOWN)),),
    )  # fmt: skip
    rows = [_row(code="A", region=VILLAGE), _row(code="B", region=OTHER_TOWN)]
    path = _book(tmp_path / "in.xlsx", _heads(*_NAMES), rows)
    changes, report = _check(path, by)
    assert len(changes) == 1
    assert "管辖范围" in report.troubles[0].reason
    assert by.region != TOWN


def test_a_retired_code_must_be_restored_first(tmp_path: Path) -> None:
    from anlan.base.register.services import retire_row

    saved = save_row(entry=SHELTERS, values=_values("A"), by=BY)
    retire_row(entry=SHELTERS, row_id=saved.id, by=BY)
    path = _book(tmp_path / "in.xlsx", _heads(*_NAMES), [_row(code="A")])
    _, report = _check(path)
    assert "已停用" in report.troubles[0].reason
