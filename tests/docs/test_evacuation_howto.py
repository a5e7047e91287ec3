"""The guide to evacuations is followed: its buttons are on the pages, its figures in the tables."""

import re

from anlan import codes
from anlan.respond.evacuation.selectors.deadlines import proposes

from .written import DOCS, ROOT

GUIDE = (DOCS / "howto" / "evacuation.md").read_text(encoding="utf-8")
FRONT = ROOT / "frontend" / "src"
PHONE = ROOT / "anlan" / "respond" / "evacuation"


def test_every_button_of_the_guide_is_on_a_page() -> None:
    pages = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("evacuation", "shell")
        for path in (FRONT / folder).glob("*")
    )
    pages += "".join(
        (PHONE / name).read_text(encoding="utf-8") for name in ("phone.py", "kinds.py")
    )
    pages += "".join(row.name for row in codes.table("evacuation-states"))
    shown = set(re.findall("“([^”]{2,14})”", GUIDE))
    own = {"处置", "不明", "已安置"}
    assert shown
    assert {one for one in shown - own if one not in pages} == set()


def test_the_latest_hour_of_the_guide_is_that_of_the_table() -> None:
    rows = list(codes.table("evacuation-rules"))
    assert {row.whole("lead") for row in rows} == {180}
    assert {row.text("night_done") for row in rows} == {"18:00"}
    assert "到达前 3 小时；夜里到的，当天 18:00 前" in GUIDE


def test_responses_that_draft_a_batch_are_those_the_guide_names() -> None:
    assert "Ⅱ级以上响应启动时" in GUIDE
    assert [level for level in (1, 2, 3, 4) if proposes(["typhoon"], level)] == [1, 2]


def test_the_sum_is_told_as_it_is_counted() -> None:
    assert "应转 = 集中安置 + 投亲靠友 + 未转" in GUIDE
    counted = {row.code: row.text("counts") for row in codes.table("evacuation-states")}
    assert {counted[code] for code in ("refused", "lost", "strayed")} == {"pending"}
