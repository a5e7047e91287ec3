"""A manual names what is on the screen: every quoted word, every key, every picture."""

import json
import re
from pathlib import Path

import pytest

from anlan.demo.users import USERS

from .written import DOCS, ROOT

MANUALS = sorted((DOCS / "manuals").glob("*.md"))
QUOTED = re.compile(r"「([^」]+)」")
#: Of the README: what is typed or pressed there but is no word of the face.
SAID = {wanted.username for wanted in USERS} | {"EN"}
#: Said by code tables and by the server, not by the face.
TABLES = {"签收", "避灾安置场所", "总指挥/指挥"}


def words() -> set[str]:
    """Give every Chinese phrase of the face."""
    told = json.loads((ROOT / "frontend/src/locale/en.json").read_text(encoding="utf-8"))
    return {one for key in told for one in (key, key.split("{")[0].strip())}


def keys() -> set[str]:
    """Give every key that a page listens to, as a manual writes it."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "frontend/src").rglob("*.vue")]
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "frontend/src").rglob("*.ts")]
    told = {key for text in texts for key in re.findall(r"\bkeys: '([^']+)'", text)}
    return {part.lower() for key in told for part in re.split(r"[ +](?=.)", key)}


def told(page: Path) -> set[str]:
    return set(QUOTED.findall(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", [ROOT / "README.md", *MANUALS], ids=lambda page: page.name)
def test_every_word_in_corner_brackets_is_on_a_page(page: Path) -> None:
    missing = told(page) - words() - SAID - TABLES
    assert not {one for one in missing if not any(one in known for known in words())}


@pytest.mark.parametrize("page", MANUALS, ids=lambda page: page.name)
def test_every_key_a_manual_names_is_listened_to(page: Path) -> None:
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    named = {key.lower() for row in rows for key in re.findall(r"`([^`]+)`", row)}
    spoken = {"esc": "escape", "\\": "\\"}
    assert {spoken.get(key, key) for key in named} <= keys()


def test_there_is_a_manual_for_each_role_and_every_one_is_linked() -> None:
    index = (DOCS / "manuals" / "index.md").read_text(encoding="utf-8")
    others = [page for page in MANUALS if page.name != "index.md"]
    assert len(others) == 5
    for page in others:
        assert f"({page.name})" in index
        assert "## 键盘" in page.read_text(encoding="utf-8")
        assert "](../assets/screenshot-" in page.read_text(encoding="utf-8")


def test_the_english_readme_quotes_the_english_face() -> None:
    told_by_face = json.loads((ROOT / "frontend/src/locale/en.json").read_text(encoding="utf-8"))
    text = (ROOT / "README.en.md").read_text(encoding="utf-8")
    part = text.partition("## Ten minutes")[2].partition("\n## ")[0]
    quoted = set(re.findall(r'"([^"]+)"', part)) - {"EN", "many"}
    assert quoted <= set(told_by_face.values())
    assert len(quoted) >= 5
