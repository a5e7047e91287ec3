"""Every claim of the README has its command: the page of them quotes the README and real tests."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from .written import DOCS, ROOT, documents, fences, name_of, spans

PAGE = DOCS / "explanation" / "claims.md"
ROW = re.compile(r"^\| (?!README |---)(.+?) \| (.+?) \| `(.+?)` \|$", re.MULTILINE)
NODE = re.compile(r"^(?:\.venv/bin/)?pytest\b.*? ((?:anlan|tests)/[\w./]+)(?:::(\w+))?")
ROWS = ROW.findall(PAGE.read_text(encoding="utf-8"))


def told(name: str) -> str:
    """Give a document's words without its marks."""
    return re.sub(r"\*\*|`", "", (ROOT / name).read_text(encoding="utf-8"))


@cache
def functions_of(name: str) -> set[str]:
    path = ROOT / name
    if path.is_dir():
        return {path.name}
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_claim_is_quoted_as_it_stands(row: tuple[str, str, str]) -> None:
    chinese, english, _ = row
    assert chinese in told("README.md")
    assert english == "—" or english in told("README.en.md")


def test_each_line_of_the_page_is_a_claim_with_its_command() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert len(ROWS) == sum(line.startswith("| ") for line in lines) - 2 > 20


@pytest.mark.parametrize("page", documents(), ids=name_of)
def test_every_test_a_page_names_is_there(page: Path) -> None:
    quoted = [
        *spans(page),
        *(line for _, _, text in fences(page, "sh") for line in text.split("\n")),
    ]
    found = [match for line in quoted if (match := NODE.match(line.strip()))]
    missing = [
        match[0] for match in found
        if not functions_of(match[1]) or (match[2] and match[2] not in functions_of(match[1]))
    ]  # fmt: skip
    assert not missing
