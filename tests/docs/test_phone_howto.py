"""The guide to the phone pages is followed: its buttons are there, its limits the code's."""

import re

import pytest

from anlan.base.door.phrases import said
from anlan.base.language import catalogue
from anlan.base.obligations.ladders import Span, ladder
from anlan.base.obligations.phone_pages import offered
from anlan.base.obligations.phone_queue import LIGHT_PHOTO, WORDS
from anlan.base.obligations.services.phone import LIVES
from anlan.base.obligations.services.pocket import MOST_PHOTOS
from anlan.respond.incidents.services.looking import KIND
from anlan.respond.incidents.services.telling import MOST_AN_HOUR
from anlan.respond.incidents.standing import TELLING
from anlan.sense.tests.test_english import CHINESE, sentences

from .written import DOCS, ROOT

GUIDE = (DOCS / "howto" / "phone.md").read_text(encoding="utf-8")
PAGES = (
    *(ROOT / "anlan" / "base" / "obligations").glob("phone*.py"),
    *(ROOT / "anlan" / "respond").glob("*/phone*.py"),
    ROOT / "anlan" / "respond" / "evacuation" / "kinds.py",
    ROOT / "anlan" / "respond" / "incidents" / "states.py",
)


#: Names with their English beside them, of files, which are in the language of the office, and of
#: what modules declare while the program starts, which no page says.
OWN = {"避灾点", "手机页面", "手机页面上方", "照片 {} {}"}


@pytest.mark.parametrize(
    "name",
    [
        *(f"base/obligations/{path.name}" for path in PAGES[:-2] if "obligations" in str(path)),
        "base/obligations/services/pocket.py", "respond/incidents/phone.py",
        "respond/evacuation/phone_shelters.py", "base/forms/phone.py",
    ],
)  # fmt: skip
def test_every_sentence_of_the_pages_has_its_english(name: str) -> None:
    silent = {
        text for text in sentences(ROOT / "anlan" / name) - OWN
        if text not in catalogue() and CHINESE.search(said(text.replace("{}", "7"), "en"))
    }  # fmt: skip
    assert silent == set()


def test_every_button_of_the_guide_is_on_a_page() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in PAGES) + TELLING.title
    shown = set(re.findall("“([^”]{2,24})”", GUIDE)) - {"不知道"}
    assert {one for one in shown if one not in pages} == set()


def test_the_pages_at_the_foot_are_those_the_guide_names_in_their_order() -> None:
    assert "".join(f"“{one.label}”" for one in offered()) in GUIDE


def test_the_limits_of_the_guide_are_those_of_the_code() -> None:
    assert f"{LIVES.days} 天有效" in GUIDE
    assert f"一次最多 {MOST_PHOTOS} 张" in GUIDE
    assert f"缩到 {LIGHT_PHOTO // 1000} KB 以内" in GUIDE
    assert f"每小时最多上报 {MOST_AN_HOUR} 次" in GUIDE
    assert WORDS["seen"] in GUIDE


def test_the_ladder_of_the_guide_is_that_of_the_kind() -> None:
    assert f"阶梯 `{KIND}`" in GUIDE
    assert ladder(TELLING.ladder).answer_within == Span(10, "minute")
    assert "10 分钟没有人看" in GUIDE
