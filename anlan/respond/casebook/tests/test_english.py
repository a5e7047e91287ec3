"""What is refused when one looks back on a case is said in the asker's language."""

from pathlib import Path

import pytest

from anlan.base.door.phrases import said
from anlan.sense.tests.test_english import CHINESE, sentences

HERE = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "module", ["selectors/cases.py", "selectors/desk.py", "services/exporting.py"]
)
def test_every_sentence_has_its_english(module: str) -> None:
    silent = {
        text for text in sentences(HERE / module)
        if CHINESE.search(said(text.replace("{}", "7"), "en"))
    }  # fmt: skip
    assert silent == set()
