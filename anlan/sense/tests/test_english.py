"""What monitoring refuses it refuses in the asker's language."""

import ast
import re
from pathlib import Path

import pytest

from anlan.base.door.phrases import GAP, said
from anlan.base.language import catalogue

HERE = Path(__file__).resolve().parents[1]
CHINESE = re.compile("[一-鿿]")
#: Modules whose every Chinese sentence is said to the asker.
SAYING = (
    "services/alarms/deeds.py", "services/alarms/locking.py", "services/alarms/shelving.py",
    "services/maintenance.py", "services/keys.py", "services/rules.py", "rules/validation.py",
)  # fmt: skip


def sentences(path: Path) -> set[str]:
    """List the Chinese texts of a module, gaps as ``{}``, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node) if part is not node
    }  # fmt: skip
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.add(
                "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "{}"
                    for part in node.values
                )
            )
        elif isinstance(node, ast.Constant) and id(node) not in inside | docs:
            found.add(str(node.value))
    return {text for text in found if CHINESE.search(text)}


@pytest.mark.parametrize("module", SAYING)
def test_every_refusal_has_its_english(module: str) -> None:
    found = sentences(HERE / module)
    assert found
    silent = {text for text in found if CHINESE.search(said(text.replace("{}", "7"), "en"))}
    assert silent == set()


def test_the_english_fills_the_same_gaps() -> None:
    pairs = [(zh, en) for zh, en in catalogue().items() if GAP.search(zh)]
    assert said("「7」不在灾种中", "en") == "7 is not in the table"
    assert all(set(GAP.findall(en)) <= set(GAP.findall(zh)) for zh, en in pairs)
