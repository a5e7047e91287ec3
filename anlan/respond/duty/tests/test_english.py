"""What the duty desk refuses it refuses in the asker's language."""

import re
from pathlib import Path

import pytest

from anlan.base.door.phrases import said
from anlan.base.language import catalogue
from anlan.sense.tests.test_english import CHINESE, sentences

HERE = Path(__file__).resolve().parents[1]
SAYING = ("services/log.py", "services/handing.py", "services/rolls.py", "selectors/log.py",
          "services/standing_rolls.py",
          "selectors/handovers.py", "selectors/rolls.py")  # fmt: skip
#: What the platform writes in the log is in the language of the office.
OWN = re.compile("交接班完成，.*|点名查岗.*")


@pytest.mark.parametrize("module", SAYING)
def test_every_sentence_has_its_english(module: str) -> None:
    known = catalogue()
    silent = {
        text for text in sentences(HERE / module)
        if text not in known and not OWN.fullmatch(text)
        and CHINESE.search(said(text.replace("{}", "7"), "en"))
    }  # fmt: skip
    assert silent == set()
