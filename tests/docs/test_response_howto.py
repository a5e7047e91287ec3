"""The guide to responses is followed: its buttons are on the pages, its rules in the code."""

import re

import msgspec

from anlan.base.jobs.registry import SCHEDULES
from anlan.base.obligations.kinds import KINDS
from anlan.plans.spec.shape import Deadline, Stage, Step
from anlan.respond.responses.services.deciding import LATEST
from anlan.respond.responses.states import CHECK, STANDINGS, STEP, WEIGH

from .written import DOCS, ROOT, spans

PATH = DOCS / "howto" / "response.md"
GUIDE = PATH.read_text(encoding="utf-8")
FRONT = ROOT / "frontend" / "src"


def test_every_button_of_the_guide_is_on_a_page() -> None:
    pages = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("respond", "shell")
        for path in (FRONT / folder).glob("*.*")
    ) + "".join(zh for zh, _ in STANDINGS.values())
    shown = set(re.findall("“([^”]{2,16})”", GUIDE))
    assert shown
    assert {one for one in shown if one not in pages} == set()


def test_how_soon_a_proposal_is_there_and_how_late_a_word_may_be_noted() -> None:
    assert SCHEDULES[WEIGH].period.total_seconds() == 60
    assert "最迟一分钟" in GUIDE
    assert LATEST.total_seconds() == 24 * 3600
    assert "过去 24 小时之内" in GUIDE


def test_every_name_of_the_guide_is_one_of_a_plan_or_a_ladder() -> None:
    shapes = (Stage, Step, Deadline)
    names = {one.name for shape in shapes for one in msgspec.structs.fields(shape)}
    told = {span for span in spans(PATH) if span.isascii() and span.islower()}
    assert {"started_by", "answers", "verify"} <= told
    assert told - names == {KINDS[STEP].ladder, KINDS[CHECK].ladder}
