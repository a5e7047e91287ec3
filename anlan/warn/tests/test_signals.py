"""The sign of a warning as a picture, and its words for a group."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from anlan import codes
from anlan.codes.hazard_kinds import hazards
from anlan.warn.models import Alert
from anlan.warn.signals import DRAWN, GLYPHS, draw_sign, glyph_of, group_text

AT = datetime(2026, 8, 3, 1, 0, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def _alert(**more: object) -> Alert:
    return Alert(
        **{"hazard": "rainstorm", "level": 1, "title": "暴雨红色预警信号", "text": "预计3小时内…",
           "instruction": "停止集会", "station": "云屿县气象台", "sent_at": AT, **more},
    )  # fmt: skip


def test_every_drawing_is_of_a_hazard_there_is_and_every_one_is_used() -> None:
    assert set(DRAWN) <= set(hazards())
    assert set(GLYPHS) == {*DRAWN.values(), "danger"}


@pytest.mark.parametrize("level", [1, 2, 3, 4, None])
@pytest.mark.parametrize("hazard", ["rainstorm", "geological", "poisoning", ""])
def test_a_sign_is_a_picture_of_the_hazard_on_the_colour_of_its_level(
    hazard: str, level: int | None
) -> None:
    drawn = ElementTree.fromstring(draw_sign(_alert(hazard=hazard, level=level)))
    ground = drawn.find(f"{SVG}rect")
    assert ground is not None
    texts = [one.text for one in drawn.iter(f"{SVG}text")]
    assert ("云屿县气象台" in texts, "2026-08-03 09:00" in texts) == (True, True)
    if level is not None:
        row = codes.table("warning-levels")[str(level)]
        assert ground.get("fill") == row.text("color")
        assert row.text("color_name") in texts
    name = hazards()[hazard].name if hazard else "暴雨红色预警信号"
    assert name in texts


@pytest.mark.parametrize(("hazard", "drawn"), [("rainstorm", "rain"), ("poisoning", "danger")])
def test_the_drawing_told_to_the_pages_is_the_one_of_the_picture(hazard: str, drawn: str) -> None:
    assert glyph_of(hazard) == GLYPHS[drawn]
    assert f'd="{glyph_of(hazard)}"' in draw_sign(_alert(hazard=hazard))


def test_words_of_others_cannot_break_out_of_the_picture() -> None:
    drawn = draw_sign(_alert(station='<script>alert(1)</script>" onload="x', title="<b>&"))
    assert "<script" not in drawn
    assert 'onload="x"' not in drawn
    ElementTree.fromstring(drawn)


def test_the_words_for_a_group_are_the_warnings_own() -> None:
    assert group_text(_alert()) == (
        "暴雨红色预警信号\n预计3小时内…\n停止集会\n云屿县气象台 2026-08-03 09:00"
    )
