"""The guide to calls is followed: its files are taken, its tables say what the platform does."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from anlan import codes
from anlan.base.obligations.ladders import WHOM, Span, ladder, ladder_at, problem
from anlan.comms.channels import channel_of
from anlan.kernel import clock, workspace
from anlan.warn.calling import ACTED, NEED_HELP, ON_POST, RECEIVED
from anlan.warn.callrules import rules
from anlan.warn.hearing import hear

from .written import DOCS, ROOT, fences

GUIDE = DOCS / "howto" / "calling.md"
TEXT = GUIDE.read_text(encoding="utf-8")
FRONT = ROOT / "frontend" / "src"
DOUBTFUL = "看不准"
SAID = {value: name for value, name, _ in (RECEIVED, ON_POST, ACTED, NEED_HELP)}
WHO = {
    "本人": "debtor", "B 岗": "deputy", "驻村、联村干部": "stationed",
    "上一级值班室": "duty-above", "上门": "door", "邻村": "neighbour",
}  # fmt: skip
WAYS = {
    "平台": "app", "短信": "sms", "电话": "voice", "人工叫应单": "sheet", "上门叫醒": "knock",
    "大喇叭": "loudspeaker",
}  # fmt: skip


def rows(head: str) -> list[list[str]]:
    """Read a table of the guide by the first cell of its head."""
    part = TEXT.partition(f"| {head} |")[2].partition("\n\n")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Write every titled text of the guide into a workspace, where its title says."""
    for _, title, text in fences(GUIDE):
        if title:
            place = tmp_path / title.removeprefix("DIR/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    monkeypatch.setattr(workspace, "directory", lambda: tmp_path)
    codes.overlay(tmp_path / "conf" / "codes")
    yield tmp_path
    codes.overlay(None)


def test_the_row_the_guide_adds_calls_one_more_role_and_leaves_the_others(followed: Path) -> None:
    assert (followed / "conf/codes/call-rules.csv").exists()
    with_it = {rule.role for rule in rules("4", "rainstorm")}
    codes.overlay(None)
    assert with_it - {rule.role for rule in rules("4", "rainstorm")} == {"flash-flood-warner"}


@pytest.mark.usefixtures("followed")
def test_the_ladder_the_guide_writes_is_taken_with_its_night() -> None:
    assert problem() == ""
    day = datetime(2026, 7, 1, 12, 0, tzinfo=clock.LOCAL_ZONE)
    assert [rung.whom for rung in ladder_at("call-yellow", day).rungs] == [
        "debtor", "debtor", "deputy", "duty-above",
    ]  # fmt: skip
    late = day.replace(hour=21, minute=30)
    assert ladder_at("call-yellow", late) == ladder("call-yellow-night")


def test_the_rungs_the_guide_tells_are_those_that_are_shipped() -> None:
    shipped = [(rung.after, rung.whom, list(rung.channels)) for rung in ladder("call-red").rungs]
    told = [
        (Span.read(f"{when.split()[0]}min"), WHO[who], [WAYS[way] for way in ways.split("、")])
        for when, who, ways in rows("多久没应")
    ]
    assert told == shipped
    assert set(WHO.values()) <= set(WHOM)
    assert all(channel_of(way) for way in WAYS.values())


@pytest.mark.parametrize(("words", "taken"), rows("回的话"))
def test_a_reply_the_guide_quotes_is_understood_as_it_says(words: str, taken: str) -> None:
    heard = hear(words)
    assert (SAID[heard.reply] if heard.sure else DOUBTFUL) == taken


def test_the_keys_the_guide_tells_are_those_of_the_pages() -> None:
    sheet = (FRONT / "warn/board/sheet.ts").read_text(encoding="utf-8")
    pressed = re.findall(r"key: '(\d)',.*?label: msg\('(.*?)'\)", sheet, re.DOTALL)
    board = (FRONT / "warn/board/BoardPage.vue").read_text(encoding="utf-8")
    calls, results = TEXT.split("| 键 | 结果 |")
    assert re.findall(r"^\| `(\d)` \| (.*?) \|$", results, re.MULTILINE) == pressed
    for key in re.findall(r"^\| `([A-Z])` \|", calls, re.MULTILINE):
        assert f"keys: '{key.lower()}'" in board


def test_every_page_the_guide_names_is_one() -> None:
    titles = (FRONT / "router.ts").read_text(encoding="utf-8")
    named = set(re.findall(r"「([^」]+)」", TEXT))
    pages = {name for name in named if f"msg('{name}')" in titles}
    assert {"叫应看板", "人工叫应单", "畅通测试", "叫不到的岗位", "渠道状态"} <= pages
    assert {name for name in named - pages if "/warn/" in name} == set()
