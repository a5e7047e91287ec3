from pathlib import Path

import pytest

from anlan.base.regions.services.reading import read_list
from anlan.kernel.errors import Invalid

TWO = "339901000000,云屿县\n339901102000,石门镇\n"


def listing(folder: Path, text: str, encoding: str = "utf-8"):  # type: ignore[no-untyped-def]
    path = folder / "名录.csv"
    path.write_bytes(text.encode(encoding))
    return read_list(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    "header", ["code,name", "Code,Name", "区划代码,名称", "统计用区划代码,名称"]
)
def test_lists_are_read_in_any_usual_encoding_and_header(
    tmp_path: Path, encoding: str, header: str
) -> None:
    read = listing(tmp_path, f"{header}\n{TWO}", encoding)
    assert [(line.code, line.name, line.level) for line in read.lines] == [
        ("339901000000", "云屿县", 3),
        ("339901102000", "石门镇", 4),
    ]
    assert not read.errors


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    text = "code,name,population\n339901,云屿县,620000\n".replace(",", separator)
    assert listing(tmp_path, text).lines[0].population == 620000


def test_a_list_without_a_header_is_code_and_name(tmp_path: Path) -> None:
    assert len(listing(tmp_path, TWO).lines) == 2


def test_codes_come_in_every_length_and_as_spreadsheets_leave_them(tmp_path: Path) -> None:
    written = ["33", "3399", "339901", "339901102", "339901102201", "339901102201007", "339902.0"]
    read = listing(tmp_path, "code,name\n" + "".join(f"{code},某地\n" for code in written))
    assert [line.code for line in read.lines] == [
        "330000000000",
        "339900000000",
        "339901000000",
        "339901102000",
        "339901102201",
        "339901102201007",
        "339902000000",
    ]
    assert [line.level for line in read.lines] == [1, 2, 3, 4, 5, 6, 3]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("3.39901E+11,云屿县,,,,", "code", "科学计数"),
        ("33990,云屿县,,,,", "code", "不是区划代码"),
        ("039901,云屿县,,,,", "code", "不以 0 开头"),
        (",云屿县,,,,", "code", "不是区划代码"),
        ("339902,,,,,", "name", "名称为空"),
        ("339902,某县,121.6,,,", "lon", "只填了一个"),
        ("339902,某县,东经,28.4,,", "lon", "不是数字"),
        ("339902,某县,500000,3140000,,", "lon", "之间"),
        ("339902,某县,nan,28,,", "lon", "之间"),
        ("339902,某县,,,很多,", "population", "不是数字"),
        ("339902,某县,,,12.5,", "population", "整数"),
        ("339901,又一个,,,,", "code", "第 2 行重复"),
    ],
)
def test_a_wrong_row_is_listed_with_its_reason_and_the_others_live(
    tmp_path: Path, row: str, column: str, reason: str
) -> None:
    head = "code,name,lon,lat,population,households\n339901,云屿县,,,,\n"
    read = listing(tmp_path, f"{head}{row}\n339903,好县,121.6,28.4,1000,300\n")
    assert [line.code for line in read.lines] == ["339901000000", "339903000000"]
    (error,) = read.errors
    assert (error.row, error.column) == (3, column)
    assert reason in error.reason


def test_a_row_that_stands_twice_is_taken_once(tmp_path: Path) -> None:
    read = listing(tmp_path, "code,name\n4419,东莞市\n441900,东莞市\n441900000000,东莞市\n")
    assert [line.code for line in read.lines] == ["441900000000"]
    assert not read.errors


def test_dates_are_read_in_usual_forms(tmp_path: Path) -> None:
    read = listing(
        tmp_path,
        "代码,名称,启用日期,停用日期\n339901,云屿县,2026/1/5,2026-7-31\n339902,某县,昨天,\n",
    )
    assert (read.lines[0].valid_from, read.lines[0].valid_to) == ("2026-01-05", "2026-07-31")
    assert read.errors[0].column == "valid_from"


@pytest.mark.parametrize("text", ["", "序号,地方\n1,某地\n", "什么都不是"])
def test_a_file_that_is_no_list_is_refused_as_a_whole(tmp_path: Path, text: str) -> None:
    with pytest.raises(Invalid):
        listing(tmp_path, text)


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="读不到文件"):
        read_list(tmp_path / "无.csv")
