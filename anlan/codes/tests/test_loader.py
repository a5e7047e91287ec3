from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

from anlan import codes
from anlan.codes.loader import Catalogue
from anlan.codes.tests import Write
from anlan.kernel.errors import Invalid, Missing

HEAD = "# title: 颜色\n# title_en: Colours\n# source: 本测试\n# confidence: O\n"
GOOD = HEAD + "code,name,name_en,parent,rank:int\nred,红,Red,,1\npink,粉,Pink,red,\n"


def catalogue(folder: Path) -> Catalogue:
    return Catalogue(folder)


def test_a_csv_table_gives_its_rows_in_order_with_typed_columns(
    write: Write, operator: Path
) -> None:
    write("colours.csv", GOOD)
    table = catalogue(operator).table("colours")
    assert [row.code for row in table] == ["red", "pink"]
    assert table["red"].whole("rank") == 1
    assert table["pink"].whole("rank") is None
    assert (table.name("pink"), table.name("pink", "en"), table.name("gone")) == (
        "粉",
        "Pink",
        "gone",
    )
    assert [row.code for row in table.children()] == ["red"]
    assert [row.code for row in table.children("red")] == ["pink"]
    assert len(table) == 2
    assert "blue" not in table
    assert table.get("blue") is None


def test_a_row_inherits_source_and_confidence_unless_it_says_its_own(
    write: Write, operator: Path
) -> None:
    write(
        "colours.csv",
        HEAD + "code,name,name_en,source,confidence\nred,红,Red,,\nteal,青,Teal,字典,M?\n",
    )
    table = catalogue(operator).table("colours")
    assert (table["red"].source, table["red"].confidence) == ("本测试", "O")
    assert (table["teal"].source, table["teal"].confidence) == ("字典", "M?")


def test_a_missing_code_or_table_is_told(write: Write, operator: Path) -> None:
    write("colours.csv", GOOD)
    with pytest.raises(Missing, match="blue"):
        catalogue(operator).table("colours")["blue"]
    with pytest.raises(Missing, match="shapes"):
        catalogue(operator).table("shapes")


def test_a_column_read_as_another_type_is_refused(write: Write, operator: Path) -> None:
    write("colours.csv", GOOD)
    row = catalogue(operator).table("colours")["red"]
    for reading in (row.text, row.flag, row.several):
        with pytest.raises(Invalid, match="rank"):
            reading("rank")
    with pytest.raises(Invalid):
        codes.Code("a", "a", "a", "s", "O", extra=MappingProxyType({"n": "1"})).number("n")


def test_excel_files_in_gb18030_with_padded_head_lines_are_read(
    write: Write, operator: Path
) -> None:
    padded = GOOD.replace("# source: 本测试\n", "# source: 甲, 乙,,,\n").replace("\n", ",,\r\n")
    write("colours.csv", padded, encoding="gb18030")
    table = catalogue(operator).table("colours")
    assert table["red"].name == "红"
    assert table.source == "甲, 乙"


def test_a_byte_order_mark_is_no_part_of_the_text(write: Write, operator: Path) -> None:
    write("colours.csv", GOOD, encoding="utf-8-sig")
    assert catalogue(operator).table("colours").title == "颜色"


BAD = [
    ("duplicate", GOOD + "red,红,Red,,2\n", 8, "重复"),
    ("bad date", HEAD + "code,name,name_en,effective_from\nred,红,Red,2026-13-01\n", 6, "日期"),
    (
        "ends first",
        HEAD + "code,name,name_en,effective_from,effective_to\nred,红,Red,2026-02-01,2026-01-01\n",
        6,
        "早于",
    ),
    ("confidence", HEAD + "code,name,name_en,confidence\nred,红,Red,X\n", 6, "可信度"),
    ("head confidence", GOOD.replace("confidence: O", "confidence: ?"), 1, "可信度"),
    ("no source", GOOD.replace("# source: 本测试\n", ""), 1, "source"),
    ("no title", GOOD.replace("# title: 颜色\n", ""), 1, "title"),
    ("head date", "# effective_from: soon\n" + GOOD, 1, "日期"),
    ("region", "# region: 浙江\n" + GOOD, 1, "region"),
    ("amends", "# amends: perhaps\n" + GOOD, 1, "amends"),
    ("parent", GOOD + "navy,藏青,Navy,blue,3\n", 8, "上级"),
    ("circle", GOOD.replace("red,红,Red,,1", "red,红,Red,pink,1"), 6, "圈"),
    ("number", GOOD.replace("Red,,1", "Red,,one"), 6, "int"),
    ("blank code", GOOD + ",无,None,,1\n", 8, "code"),
    ("blank name", GOOD + "navy,,Navy,,1\n", 8, "名称"),
    ("too many cells", GOOD + "navy,藏青,Navy,,1,x\n", 8, "列"),
    ("unknown type", GOOD.replace("rank:int", "rank:word"), 5, "类型"),
    ("double column", GOOD.replace("rank:int", "name"), 5, "重复"),
    ("no code column", GOOD.replace("code,", "key,"), 5, "code"),
    ("empty", HEAD, 4, "表头"),
]


@pytest.mark.parametrize(
    ("text", "line", "word"), [case[1:] for case in BAD], ids=[c[0] for c in BAD]
)
def test_a_faulty_file_is_refused_with_its_name_and_line(
    write: Write, operator: Path, text: str, line: int, word: str
) -> None:
    write("colours.csv", text)
    with pytest.raises(Invalid) as caught:
        catalogue(operator)
    assert f"colours.csv 第 {line} 行" in caught.value.detail
    assert word in caught.value.detail


def test_a_boolean_that_is_neither_yes_nor_no_is_refused(write: Write, operator: Path) -> None:
    text = HEAD + "code,name,name_en,warm:bool\nred,红,Red,是\nblue,蓝,Blue,maybe\n"
    write("colours.csv", text)
    with pytest.raises(Invalid, match="第 7 行"):
        catalogue(operator)
    write("colours.csv", text.replace("maybe", "否"))
    table = catalogue(operator).table("colours")
    assert (table["red"].flag("warm"), table["blue"].flag("warm")) == (True, False)


def test_a_file_name_that_is_no_key_is_refused(write: Write, operator: Path) -> None:
    write("颜色.csv", GOOD)
    with pytest.raises(Invalid, match="文件名"):
        catalogue(operator)


def test_a_file_that_is_no_text_is_refused(operator: Path) -> None:
    (operator / "colours.csv").write_bytes(b"\xff\xff\xff")
    with pytest.raises(Invalid, match="编码"):
        catalogue(operator)


TOML = """title = "颜色"
title_en = "Colours"
source = "本测试"
confidence = "O"

[[rows]]
code = "red"
name = "红"
name_en = "Red"
parts = [{ share = 1.0 }]

[[rows]]
code = "blue"
name = "蓝"
name_en = "Blue"
effective_from = 2026-01-01
"""


def test_a_toml_table_holds_nested_values_that_cannot_be_changed(
    write: Write, operator: Path
) -> None:
    write("colours.toml", TOML)
    table = catalogue(operator).table("colours", on=date(2026, 1, 1))
    (part,) = table["red"].extra["parts"]
    assert part["share"] == 1.0
    with pytest.raises(TypeError):
        part["share"] = 2.0
    assert table["blue"].effective_from == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("blue", "red"), 12),
        (('code = "blue"', "code = 7"), 12),
        (('name = "蓝"', 'name = "蓝'), 14),
        (("effective_from = 2026-01-01", 'effective_from = "new year"'), 12),
    ],
    ids=["duplicate", "number as code", "syntax", "date"],
)
def test_a_faulty_toml_file_is_refused_with_its_line(
    write: Write, operator: Path, change: tuple[str, str], line: int
) -> None:
    write("colours.toml", TOML.replace(*change))
    with pytest.raises(Invalid) as caught:
        catalogue(operator)
    assert f"colours.toml 第 {line} 行" in caught.value.detail


def version(name: str, **head: str) -> str:
    lines = "".join(f"# {key}: {value}\n" for key, value in head.items())
    return lines + HEAD + f"code,name,name_en\nred,{name},Red\n"


def test_the_version_in_force_on_the_day_is_taken_both_ends_included(
    write: Write, operator: Path
) -> None:
    write("colours.csv", version("旧", effective_to="2025-12-31"))
    write("colours@2026.csv", version("新", effective_from="2026-01-01", effective_to="2026-06-30"))
    read = catalogue(operator)
    assert read.table("colours", on=date(2025, 12, 31)).name("red") == "旧"
    assert read.table("colours", on=date(2026, 1, 1)).name("red") == "新"
    assert read.table("colours", on=date(2026, 6, 30)).name("red") == "新"
    with pytest.raises(Missing, match="2026-07-01"):
        read.table("colours", on=date(2026, 7, 1))


def test_versions_that_share_a_day_are_refused(write: Write, operator: Path) -> None:
    write("colours.csv", version("旧", effective_to="2026-01-01"))
    write("colours@2026.csv", version("新", effective_from="2026-01-01"))
    with pytest.raises(Invalid, match=r"colours@2026.csv 第 1 行.*colours.csv 重叠"):
        catalogue(operator)


def test_the_most_specific_region_wins_and_others_are_not_touched(
    write: Write, operator: Path
) -> None:
    write("colours.csv", version("全国"))
    write("colours@33.csv", version("省", region="33"))
    write("colours@3399.csv", version("市", region="3399"))
    read = catalogue(operator)
    assert read.table("colours", region="339901000000").name("red") == "市"
    assert read.table("colours", region="330100000000").name("red") == "省"
    assert read.table("colours", region="110000000000").name("red") == "全国"
    assert read.table("colours").name("red") == "全国"


def test_rows_come_and_go_on_their_own_days(write: Write, operator: Path) -> None:
    write(
        "colours.csv",
        HEAD + "code,name,name_en,effective_from,effective_to\n"
        "red,朱,Vermilion,,2025-12-31\nred,红,Red,2026-01-01,\nblue,蓝,Blue,,\n",
    )
    read = catalogue(operator)
    assert read.table("colours", on=date(2025, 12, 31)).name("red") == "朱"
    assert read.table("colours", on=date(2026, 1, 1)).name("red") == "红"
    assert len(read.table("colours", on=date(2026, 1, 1))) == 2
    assert read.table("colours", on=date(2026, 1, 1)) is read.table("colours", on=date(2030, 1, 1))


def test_a_table_can_be_amended_for_one_region_by_single_rows(write: Write, operator: Path) -> None:
    write("colours.csv", GOOD)
    write(
        "colours@33.csv",
        "# amends: true\n# region: 33\n# source: 省厅\n# confidence: V\ncode,name\nred,赤\n",
    )
    read = catalogue(operator)
    row = read.table("colours", region="330000")["red"]
    assert (row.name, row.name_en, row.whole("rank"), row.source) == ("赤", "Red", 1, "省厅")
    assert read.table("colours", region="330000").name("pink") == "粉"
    assert read.table("colours", region="110000").name("red") == "红"


def test_a_version_is_not_judged_by_the_rows_of_another_version(
    write: Write, operator: Path
) -> None:
    write("colours.csv", "# effective_to: 2025-12-31\n" + GOOD)
    swapped = GOOD.replace("red,红,Red,,1", "red,红,Red,pink,1").replace("Pink,red,", "Pink,,")
    write("colours@2026.csv", "# effective_from: 2026-01-01\n" + swapped)
    table = catalogue(operator).table("colours", on=date(2026, 1, 1))
    assert [row.code for row in table.children("pink")] == ["red"]


def test_an_amendment_is_not_judged_by_tables_of_other_regions(
    write: Write, operator: Path
) -> None:
    write("colours@11.csv", "# region: 11\n" + GOOD)
    write("colours@33.csv", "# region: 33\n" + GOOD + "teal,青,Teal,,3\n")
    amending = "# amends: true\n# region: 3399\n# source: 市\n# confidence: V\n"
    write("colours@3399.csv", amending + "code,parent\nteal,red\n")
    assert catalogue(operator).table("colours", region="339901")["teal"].parent == "red"
