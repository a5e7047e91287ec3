"""What reviews refuse and say is said in the asker's language."""

from pathlib import Path

import pytest

from anlan.base.door.phrases import said
from anlan.base.language import catalogue
from anlan.sense.tests.test_english import CHINESE, sentences

HERE = Path(__file__).resolve().parents[1]
#: Files whose every Chinese sentence reaches somebody. Names in the rest have English beside them.
SAYING = sorted(
    path.relative_to(HERE).as_posix()
    for part in ("services", "selectors")
    for path in (HERE / part).glob("*.py")
    if path.stem != "papers"  # an official paper is in Chinese
)


@pytest.mark.parametrize("module", SAYING)
def test_every_sentence_has_its_english(module: str) -> None:
    known = catalogue()
    silent = {
        text for text in sentences(HERE / module)
        if text not in known and CHINESE.search(said(text.replace("{}", "7"), "en"))
    }  # fmt: skip
    assert silent == set()
