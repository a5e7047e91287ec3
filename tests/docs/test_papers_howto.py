"""The guide to papers names the files of a pack, the ladder and the rights as they are."""

import re

from anlan.base.obligations.ladders import ladder
from anlan.base.permissions import rights
from anlan.respond.casebook.selectors.tables import TABLES
from anlan.respond.papers.selectors.composing import WHOLE
from anlan.respond.papers.states import PRINT

from .written import DOCS, ROOT

GUIDE = (DOCS / "howto" / "papers.md").read_text(encoding="utf-8")


def test_the_files_of_the_guide_are_those_that_are_written() -> None:
    told = re.findall(r"^\| `([^`]+\.docx)`", GUIDE, re.MULTILINE)
    written = (ROOT / "anlan/respond/papers/selectors/composing.py").read_text(encoding="utf-8")
    assert {name.partition("/")[0] for name in told} == {WHOLE, "乡镇"}
    assert all(f"/{name.partition('/')[2]}" in written for name in told)
    assert len(told) == written.count('.docx"')


def test_the_ladder_the_rights_and_the_tables_are_called_as_they_are() -> None:
    assert f"`{PRINT}`" in GUIDE
    assert ladder(PRINT).title == "打印纸质包"
    titles = rights.table().actions
    assert titles["papers.take"].startswith("取出、打印纸质包")
    assert f"“{titles['cases.unmask']}”" in GUIDE
    assert "、".join(one.columns.title for one in TABLES) in GUIDE
