"""What is refused of papers is said in the asker's language; papers themselves are Chinese."""

from pathlib import Path

import pytest

from anlan.base.door.phrases import said
from anlan.sense.tests.test_english import CHINESE, sentences

HERE = Path(__file__).resolve().parents[1]
SAYING = [
    *(path.relative_to(HERE).as_posix() for path in sorted((HERE / "services").glob("*.py"))),
    "selectors/packs.py", "selectors/briefings.py",
]  # fmt: skip
#: Names of files, which the browser is told as they are.
NAMED = {"{}{}年第{}期.docx"}


@pytest.mark.parametrize("module", SAYING)
def test_every_sentence_has_its_english(module: str) -> None:
    silent = {
        text for text in sentences(HERE / module) - NAMED
        if CHINESE.search(said(text.replace("{}", "7"), "en"))
    }  # fmt: skip
    assert silent == set()
