"""What is refused about alerts is refused in the asker's language, and found in both."""

import re
from pathlib import Path

import pytest

from anlan.base.door.phrases import said
from anlan.sense.tests.test_english import CHINESE, sentences
from anlan.warn import words

HERE = Path(__file__).resolve().parents[1]
#: Modules whose Chinese sentences are said to the asker ...
SAYING = (
    "competence.py", "outward.py", "services/approving.py", "services/handling.py",
    "services/issuing.py", "services/ordering.py", "services/relaying.py",
    "services/sending_out.py", "services/receiving/intake.py", "services/receiving/heeding.py",
    "services/receiving/pasting.py",
    "services/drafting.py", "selectors/filling.py", "selectors/passing_on.py",
    "selectors/rows.py", "selectors/pasted.py",
)  # fmt: skip
#: ... but for words that go into an alert or name what is owed.
CONTENT = re.compile(r"^(请审核：|请补签：|撤销转发：|现予|.*于\{\}发布的|\{\}\{\}。)")


@pytest.mark.parametrize("module", SAYING)
def test_every_refusal_has_its_english(module: str) -> None:
    found = {text for text in sentences(HERE / module) if not CONTENT.match(text)}
    assert found
    silent = {text for text in found if CHINESE.search(said(text.replace("{}", "7"), "en"))}
    assert silent == set()


def test_every_note_on_a_message_is_said_in_both_languages() -> None:
    for code, (chinese, english) in words.NOTES.items():
        assert CHINESE.search(chinese), code
        assert not CHINESE.search(english), code
        assert ("{0}" in chinese) == ("{0}" in english), code
