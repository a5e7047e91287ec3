"""What incidents refuse they refuse in the asker's language."""

import re
from pathlib import Path

import pytest

from anlan.base.door.phrases import said
from anlan.base.language import catalogue
from anlan.sense.tests.test_english import CHINESE, sentences

HERE = Path(__file__).resolve().parents[1]
SAYING = (
    "services/taking.py", "services/grading.py", "services/course.py", "services/reports.py",
    "services/dispatching.py", "services/instructions.py", "services/noting.py",
    "services/telling.py", "selectors/floors.py", "selectors/rows.py", "standing.py",
)  # fmt: skip
#: Words of a paper or a title, which are in the language of the office.
OWN = re.compile(
    r"接报|同一事件又有来电|\{\}\{\}报\{\}|\{\}批示|办理\{\}批示：\{\}|突发事件|、|信息报告|批示办理"
    r"|手机上报待接报|手机上报|语音 \{\}|（手机.*）"
)


@pytest.mark.parametrize("module", SAYING)
def test_every_sentence_has_its_english(module: str) -> None:
    known = catalogue()
    silent = {
        text for text in sentences(HERE / module)
        if text not in known and not OWN.fullmatch(text)
        and CHINESE.search(said(text.replace("{}", "7"), "en"))
    }  # fmt: skip
    assert silent == set()
