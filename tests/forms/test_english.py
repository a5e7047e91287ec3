"""What forms say on the phone and refuse is said in the asker's language."""

from pathlib import Path

import pytest

import anlan.base.forms
from anlan.base.door.phrases import said
from anlan.sense.tests.test_english import CHINESE, sentences

HERE = Path(anlan.base.forms.__file__).parent
#: Modules whose every Chinese sentence reaches somebody; workbooks are Chinese, as registers' are.
SAYING = sorted(
    path.relative_to(HERE).as_posix()
    for part in (".", "services", "selectors")
    for path in (HERE / part).glob("*.py")
    if path.name not in ("models.py", "states.py", "deed_names.py", "standing.py", "apps.py",
                         "jobs.py", "__init__.py")
)  # fmt: skip
#: Values, not sentences; how a picture stands in a workbook, and what its file is called.
VALUES = {"是", "否", "√", "报表", "照片 ", "照片 {} {}"}


@pytest.mark.parametrize("module", [*SAYING, "excel/reading.py"])
def test_every_sentence_has_its_english(module: str) -> None:
    silent = {
        text for text in sentences(HERE / module) - VALUES
        if CHINESE.search(said(text.replace("{}", "7"), "en"))
    }  # fmt: skip
    assert silent == set()
