"""Every part of the platform that acts by itself has a name people know on the pages."""

import re

from tests.docs.written import ROOT

PAGES = ROOT / "frontend" / "src" / "locale" / "actors.ts"
ACTS = re.compile(r"\bsystem\(\"([a-z-]+)\"\)")


def test_who_acts_by_itself_has_a_name() -> None:
    acting = {
        name
        for path in (ROOT / "anlan").rglob("*.py")
        if "tests" not in path.parts
        for name in ACTS.findall(path.read_text(encoding="utf-8"))
    }
    assert len(acting) > 20
    words = PAGES.read_text(encoding="utf-8")
    named = set(re.findall(r"^  '?([a-z-]+)'?: msg\(", words, re.MULTILINE))
    assert acting - named == set()
