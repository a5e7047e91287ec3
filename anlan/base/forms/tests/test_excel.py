import io
from typing import Any

import openpyxl
import pytest

from anlan.base.forms import selectors, services
from anlan.base.forms.excel.writing import merged_book, sheet_book
from anlan.base.forms.models import Revision, Sheet
from anlan.base.forms.tests.conftest import (
    CHARLIE,
    DUTY,
    OTHER,
    TOWN,
    Turn,
    World,
    actor,
    drawn,
)  # fmt: skip
from anlan.base.obligations.models import Obligation
from anlan.base.people.tests import village as v
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing

pytestmark = pytest.mark.django_db
ROW = {"moved": 12, "stuck": None, "road": "通", "power": False, "note": None}


def book(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def back(workbook: Any) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def lines(content: bytes) -> list[list[Any]]:
    return [list(row) for row in book(content).active.iter_rows(values_only=True)]


def out(round_: str) -> bytes:
    return merged_book(selectors.merged(DUTY, round_))


def test_a_round_goes_out_with_title_heading_regions_and_honest_sums(world: World) -> None:
    round_ = world.open()
    world.fill(world.sheet(round_), TOWN, ROW)
    title, under, heading, *rows = lines(out(round_.pk))
    assert title[0] == "人员转移滚动报表"
    assert "第 1 轮" in under[0]
    assert "已报 1/3" in under[0]
    assert heading == [
        "地区编码", "地区", "转移人数（人）", "未转移（人）", "应转移（人）", "道路通行", "停电",
        "备注", "截至", "状态",
    ]  # fmt: skip
    by_name = {row[1]: row for row in rows if row[1]}
    assert by_name["云岭乡"][2:7] == [12, None, "≥12", "通", "否"]
    assert by_name["海门镇"][2:7] == [None] * 5
    assert by_name["海门镇"][-1] == "未填"
    total = next(row for row in rows if row[0] == "合计")
    assert total[2] == "≥12"
    assert rows[-1][0] == "说明：未报 2 个：前坑村、海门镇。没有报的不按零计，≥ 表示至少。"


def test_the_line_of_sums_may_stand_first_and_tells_the_difference(
    people: None,  # noqa: ARG001
    turn: Turn,
) -> None:
    form = services.draw_form(drawn=drawn(sums_first=True, regions=[v.TOWN, v.OTHER]), by=DUTY)
    world = World(form)
    for after, moved in ((0, 12), (1, 20)):
        round_ = world.open(after=after)
        world.fill(world.sheet(round_), TOWN, {**ROW, "moved": moved})
        turn.forward(hours=1)
    rows = lines(out(round_.pk))[3:]
    assert [row[0] for row in rows[:2]] == ["合计", "比上轮"]
    assert rows[1][2] == "+8（1 个地区）"


def test_a_corrected_cell_says_what_it_said_before(world: World) -> None:
    round_ = world.open()
    world.fill(world.sheet(round_), TOWN, ROW)
    world.fill(world.sheet(round_), TOWN, {**ROW, "moved": 15})
    sheet = book(out(round_.pk)).active
    noted = [cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment]
    assert "更正过：第 1 次报 12；第 2 次报 15" in noted


def test_a_merged_sheet_given_back_submits_what_differs_and_nothing_else(world: World) -> None:
    round_ = world.open()
    world.fill(world.sheet(round_), TOWN, ROW)
    filled = book(out(round_.pk))
    sheet = filled.active
    place = {sheet.cell(line, 2).value: line for line in range(4, 7)}
    sheet.cell(place["海门镇"], 3, 7)
    sheet.cell(place["海门镇"], 6, "断")
    told = services.take_round(round_=round_.pk, content=back(filled), by=DUTY)
    assert told == {"submitted": 1, "unchanged": 1}
    other = selectors.sheet_told(DUTY, world.sheet(round_, v.OTHER).pk)
    assert other["begin"] == [{**dict.fromkeys(ROW), "moved": 7, "road": "断"}]
    assert other["revisions"][0]["on_behalf"] is True
    assert Obligation.objects.get(pk=other["obligation"]).state == "closed"
    # Empty is not known, not zero: the village stays missing.
    assert world.sheet(round_, v.NEAR).revision == 0
    assert services.take_round(round_=round_.pk, content=out(round_.pk), by=DUTY)["submitted"] == 0


def test_every_wrong_cell_is_named_and_nothing_is_half_taken(world: World) -> None:
    round_ = world.open()
    filled = book(out(round_.pk))
    sheet = filled.active
    for line in range(4, 7):
        sheet.cell(line, 3, 5)
    sheet.cell(5, 4, "三")
    sheet.cell(6, 6, "堵")
    sheet.cell(6, 3).value = None
    with pytest.raises(Invalid) as wrong:
        services.take_round(round_=round_.pk, content=back(filled), by=DUTY)
    assert wrong.value.errors == {
        "D5 未转移": ["应为数字；不知道就空着"],
        "F6 道路通行": ["应为其中之一：通、断"],
    } | {"C6 转移人数": ["请填写「转移人数」"]}
    assert not Revision.objects.exists()


def test_a_line_of_no_region_asked_or_of_one_twice_is_named(world: World) -> None:
    round_ = world.open()
    filled = book(out(round_.pk))
    sheet = filled.active
    for line in (4, 5):
        sheet.cell(line, 1, v.TOWN)
        sheet.cell(line, 3, 5)
    sheet.cell(6, 1, v.FAR)
    sheet.cell(6, 3, 5)
    with pytest.raises(Invalid) as wrong:
        services.take_round(round_=round_.pk, content=back(filled), by=DUTY)
    assert wrong.value.errors == {
        "第 5 行": [f"「{v.TOWN}」写了两次"],
        "第 6 行": [f"「{v.FAR}」不在这一轮的填报地区里"],
    }


def test_a_region_whose_people_are_writing_is_not_written_over(world: World) -> None:
    round_ = world.open()
    sheet = world.sheet(round_)
    services.save_sheet(
        sheet=sheet.pk, filled=services.Filled(rows=[{"moved": 1}], version=1), by=TOWN
    )
    filled = book(out(round_.pk))
    filled.active.cell(4, 3, 9)
    assert filled.active.cell(4, 2).value == "云岭乡"
    with pytest.raises(Conflict, match="云岭乡正在填写"):
        services.take_round(round_=round_.pk, content=back(filled), by=DUTY)


def test_a_merged_sheet_is_taken_only_from_whoever_may_fill_in_there(world: World) -> None:
    round_ = world.open()
    filled = book(out(round_.pk))
    filled.active.cell(5, 3, 9)
    content = back(filled)
    with pytest.raises(Missing):
        services.take_round(round_=round_.pk, content=content, by=CHARLIE)
    with pytest.raises(Invalid):  # to them there is no such line
        services.take_round(round_=round_.pk, content=content, by=OTHER)
    with pytest.raises((Forbidden, Missing)):
        services.take_round(round_=round_.pk, content=content, by=actor("expert", v.COUNTY))


def test_a_region_gets_its_own_sheet_and_gives_it_back_as_a_draft(world: World) -> None:
    round_ = world.open()
    sheet = selectors.sheet_seen(TOWN, world.sheet(round_).pk)
    begin = selectors.sheet_told(TOWN, sheet.pk)["begin"]
    filled = book(sheet_book(sheet, begin))
    assert filled.active.cell(3, 1).value == "转移人数（人）"
    filled.active.cell(4, 1, 21)
    filled.active.cell(4, 5, "是")
    services.take_sheet(sheet=sheet.pk, content=back(filled), version=1, by=TOWN)
    told = selectors.sheet_told(TOWN, sheet.pk)
    assert (told["state"], told["begin"][0]["moved"], told["begin"][0]["power"]) == (
        "draft", 21, True,
    )  # fmt: skip
    with pytest.raises(Conflict):
        services.take_sheet(sheet=sheet.pk, content=back(filled), version=1, by=TOWN)


def test_free_rows_are_given_back_line_by_line(people: None) -> None:  # noqa: ARG001
    form = services.draw_form(drawn=drawn(rows="free", regions=[v.TOWN]), by=DUTY)
    sheet = Sheet.objects.get(round=World(form).open())
    filled = book(sheet_book(selectors.sheet_seen(TOWN, sheet.pk), []))
    for line, moved in ((4, 2), (5, 3)):
        filled.active.cell(line, 1, moved)
    services.take_sheet(sheet=sheet.pk, content=back(filled), version=1, by=TOWN)
    assert [row["moved"] for row in selectors.sheet_told(TOWN, sheet.pk)["begin"]] == [2, 3]


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_said_to_be_none(world: World, content: bytes) -> None:
    round_ = world.open()
    with pytest.raises(Invalid, match="不是可以读取的 Excel"):
        services.take_round(round_=round_.pk, content=content, by=DUTY)


def test_a_heading_people_changed_is_told(world: World) -> None:
    round_ = world.open()
    filled = book(out(round_.pk))
    filled.active.cell(3, 8, "我加的列")
    with pytest.raises(Invalid, match="不认识的列：我加的列"):
        services.take_round(round_=round_.pk, content=back(filled), by=DUTY)
    for place in range(1, 11):
        filled.active.cell(3, place, "x")
    with pytest.raises(Invalid, match="没有找到表头"):
        services.take_round(round_=round_.pk, content=back(filled), by=DUTY)
