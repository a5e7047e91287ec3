"""What a checker finds and what is refused is said in the asker's language."""

from pathlib import Path

import pytest

from anlan.base.door.phrases import said
from anlan.base.language import catalogue
from anlan.sense.tests.test_english import CHINESE, sentences

HERE = Path(__file__).resolve().parents[1]
#: Files whose every Chinese sentence reaches somebody. Names in the rest have English beside them.
SAYING = sorted(
    path.relative_to(HERE).as_posix()
    for part in ("checking", "services", "selectors")
    for path in (HERE / part).glob("*.py")
)


@pytest.mark.parametrize("module", SAYING)
def test_every_sentence_has_its_english(module: str) -> None:
    known = catalogue()
    silent = {
        text for text in sentences(HERE / module)
        if text not in known and CHINESE.search(said(text.replace("{}", "7"), "en"))
    }  # fmt: skip
    assert silent == set()


def test_what_is_wrong_with_a_file_has_its_english() -> None:
    for slip in (
        "缺少「title」", "不认识「takess」这一项", "应是文字，请加引号", "「7」不在可选之列",
        "应是一组，每项前面写 -", "「soon」不是时长：应如 30min、2h、3d",
    ):  # fmt: skip
        assert not CHINESE.search(said(slip, "en")), slip
