"""What is refused, and what the phone shows, is said in the asker's language."""

from pathlib import Path

import pytest

from anlan.base.door.phrases import said
from anlan.base.language import catalogue
from anlan.sense.tests.test_english import CHINESE, sentences

HERE = Path(__file__).resolve().parents[1]
#: Names in these have their English beside them, or are written for officers as they are.
OWN = {
    "services/sheets.py", "services/ordering.py", "services/rescheduling.py",
    "services/straying.py", "services/proposing.py",
}  # fmt: skip
SAYING = [
    "phone.py",
    *(
        name
        for part in ("services", "selectors")
        for path in sorted((HERE / part).glob("*.py"))
        if (name := path.relative_to(HERE).as_posix()) not in OWN
    ),
]


@pytest.mark.parametrize("module", SAYING)
def test_every_sentence_has_its_english(module: str) -> None:
    known = catalogue()
    silent = {
        text for text in sentences(HERE / module)
        if text not in known and CHINESE.search(said(text.replace("{}", "7"), "en"))
    }  # fmt: skip
    assert silent == set()
