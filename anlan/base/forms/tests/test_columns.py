from typing import Any

import pytest

from anlan.base.forms.columns import Column, read_columns
from anlan.base.forms.values import Figure, added, figure, minus, read_rows, said, total
from anlan.kernel.errors import Invalid

A, B = {"key": "a", "label": "甲"}, {"key": "b", "label": "乙"}
SUM = {"key": "s", "label": "合计", "type": "sum", "parts": ["a", "b"]}


def columns(*given: dict[str, Any], free: bool = False) -> tuple[Column, ...]:
    return read_columns(given, free=free)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([], "至少要有一列"),
        ([A, {**B, "key": "a"}], "「乙」写了两次"),
        ([A, {**B, "label": "甲 "}], "「甲 」写了两次"),
        ([{**A, "key": "甲"}], "列的代号应是小写字母开头的字母和数字"),
        ([{**A, "label": "  "}], "列名应有 1 至 40 个字"),
        ([{**A, "type": "choice", "choices": ["一"]}], "选择列应有 2 至 40 个不同的选项"),
        ([A, {**SUM, "parts": ["a"]}], "合计列至少由两列相加"),
        ([A, SUM], "合计列只能由本表的数字列相加"),
        ([{**A, "prefill": {"register": "nothing"}}], "没有台账「nothing」"),
        ([{**A, "type": "text", "prefill": {"register": "shelters"}}],
         "只有每地区一行的数字列可以用台账预填"),
        ([{**A, "prefill": {"register": "shelters", "column": "name"}}],
         "台账「避灾安置场所」没有可以求和的「name」"),
        ([{**A, "colour": "red"}], "这一列读不懂，请删去重加"),
        ([A] * 41, "最多 40 列"),
    ],
)  # fmt: skip
def test_a_slip_in_a_column_is_told_at_its_place(given: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(Invalid) as wrong:
        columns(*given)
    assert [why] in [list(told) for told in wrong.value.errors.values()]


def test_a_sum_of_what_is_partly_known_is_a_lower_bound_and_of_nothing_is_not_known() -> None:
    (_, _, whole) = columns(A, B, SUM)
    assert figure(whole, {"a": 3, "b": 4}) == Figure(7, complete=True)
    assert figure(whole, {"a": 3, "b": None}) == Figure(3, complete=False)
    assert figure(whole, {"a": None, "b": None}) == Figure(None, complete=False)
    assert said(whole, Figure(3, complete=False)) == "≥3"
    assert said(whole, Figure(None, complete=False)) == ""


def test_what_may_be_below_zero_has_no_lower_bound() -> None:
    (level,) = columns({**A, "signed": True})
    assert said(level, Figure(-2, complete=False)) == "-2（不全）"


def test_an_empty_cell_is_not_zero_and_a_region_without_rows_is() -> None:
    (one,) = columns(A)
    assert total(one, [{"a": 2}, {"a": None}]) == Figure(2, complete=False)
    assert total(one, []) == Figure(0, complete=True)
    assert total(one, [{"a": 2}], complete=False) == Figure(2, complete=False)


def test_decimals_add_up_as_people_add_them() -> None:
    assert added([Figure(0.1, complete=True), Figure(0.2, complete=True)]).value == 0.3


def test_a_difference_is_told_only_between_what_is_wholly_known() -> None:
    assert minus(Figure(5, complete=True), Figure(7, complete=True)) == -2
    assert minus(Figure(5, complete=False), Figure(7, complete=True)) is None
    assert minus(Figure(5, complete=True), Figure(None, complete=False)) is None


@pytest.mark.parametrize(
    ("column", "given", "kept"),
    [
        ({}, " 1,200 ", 1200),
        ({}, 3.0, 3),
        ({}, "0.5", 0.5),
        ({}, "", None),
        ({"type": "text"}, 7.0, "7"),
        ({"type": "bool"}, "是", True),
        ({"type": "bool"}, False, False),
        ({"type": "date"}, "2026/08/09", "2026-08-09"),
        ({"type": "choice", "choices": ["通", "断"]}, "断", "断"),
    ],
)
def test_a_cell_is_taken_as_people_write_it(column: dict[str, Any], given: Any, kept: Any) -> None:
    read = read_rows(columns({**A, **column}), [{"a": given}], free=False, whole=True)
    assert read == [{"a": kept}]


@pytest.mark.parametrize(
    ("column", "given", "why"),
    [
        ({}, "很多", "应为数字；不知道就空着"),
        ({}, True, "应为数字"),
        ({}, -1, "不能是负数"),
        ({}, "nan", "这个数太大了"),
        ({"type": "bool"}, "也许", "请填写 是 或 否"),
        ({"type": "date"}, "明天", "日期应如 2026-08-09"),
        ({"type": "choice", "choices": ["通", "断"]}, "堵", "应为其中之一：通、断"),
        ({"type": "text"}, "长" * 501, "最多 500 个字"),
        ({"required": True}, None, "请填写「甲」"),
    ],
)
def test_a_cell_that_cannot_be_meant_is_refused_at_its_place(
    column: dict[str, Any], given: Any, why: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        read_rows(columns({**A, **column}), [{"a": given}], free=False, whole=True)
    assert wrong.value.errors == {"rows.0.a": [why]}


def test_a_draft_may_have_gaps_but_nothing_wrong() -> None:
    asked = columns({**A, "required": True}, B)
    assert read_rows(asked, [{}], free=False, whole=False) == [{"a": None, "b": None}]
    with pytest.raises(Invalid):
        read_rows(asked, [{"b": "x"}], free=False, whole=False)


def test_free_rows_that_say_nothing_are_no_rows() -> None:
    read = read_rows(columns(A, B), [{"a": 1}, {"a": "", "b": None}], free=True, whole=True)
    assert read == [{"a": 1, "b": None}]
