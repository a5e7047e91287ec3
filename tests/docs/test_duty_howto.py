"""The guides to incidents and to the watch are followed: their figures are those of the tables."""

import re

import pytest

from anlan import codes
from anlan.respond.duty.services.log import BACK
from anlan.respond.duty.services.rolls import AHEAD
from anlan.respond.duty.standing import THERE
from anlan.respond.incidents.states import INCIDENT

from .written import DOCS, ROOT

INCIDENTS = (DOCS / "howto" / "incidents.md").read_text(encoding="utf-8")
DUTY = (DOCS / "howto" / "duty.md").read_text(encoding="utf-8")
FRONT = ROOT / "frontend" / "src"


def test_the_range_of_what_is_near_is_that_of_the_table() -> None:
    head = codes.table("incident-kinds").attributes
    assert f"{head['near_km']} 公里、{head['near_hours']} 小时以内" in INCIDENTS


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("township-phone", "电话 {} 分钟，书面 40"),
        ("township-written", "电话 20 分钟，书面 {} 分钟"),
        ("county-government", "本级政府 | {} 分钟"),
        ("county-city", "书面 {} 分钟；较大以上"),
        ("county-city-phone", "较大以上电话 {} 分钟"),
        ("county-province-phone", "电话 {} 分钟，书面 60"),
        ("county-province-written", "电话 30 分钟，书面 {} 分钟"),
        ("correction", "{} 分钟内补报"),
    ],
)
def test_each_deadline_is_that_of_the_table(row: str, said: str) -> None:
    minutes = codes.table("report-clocks")[row].whole("minutes")
    assert said.format(minutes) in INCIDENTS


def test_progress_and_corrections_are_due_as_the_guide_says() -> None:
    clocks = codes.table("report-clocks")
    assert clocks["more-serious"].whole("every") == 12 * 60
    assert clocks["more-accident"].whole("every") == clocks["more-natural"].whole("every") == 1440
    days = {row.whole("correction_days") for row in codes.table("incident-kinds")}
    assert days == {None, 7, 30}


def test_the_course_is_told_in_its_order() -> None:
    steps = ("接报", "核实", "初判分级", "报领导", "首报", "终报", "归档")
    assert "、".join(steps) in INCIDENTS
    assert [state for state in ("received", "verified", "graded", "led", "reported", "final",
                                "archived") if INCIDENT[state]]  # fmt: skip


def test_every_button_of_the_guides_is_on_a_page() -> None:
    pages = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("incidents", "duty", "shell")
        for path in (FRONT / folder).glob("*")
    )
    pages += "".join(label for _, label, _ in THERE)
    shown = {said for text in (INCIDENTS, DUTY) for said in re.findall("“([^”]{2,12})”", text)}
    own = {"着火", "翻船", "10 分钟前", "待核", "通讯录", "我的事项", "起草首报"}
    assert {one for one in shown - own if one not in pages} == set()


def test_the_spans_of_the_watch_are_those_of_the_code() -> None:
    assert BACK.days == 3
    assert "三天以前的事不能补" in DUTY
    assert AHEAD.days == 7
    assert "七天以内" in DUTY
