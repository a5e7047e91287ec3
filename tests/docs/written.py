"""The written documents of the checkout, and what they quote."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

FENCE = re.compile(r"^```(\w*)(?: title=\"(.+?)\")?\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")


def documents() -> list[Path]:
    """List every written page: those of the site, and those at the top of the checkout."""
    return sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def fences(path: Path, *languages: str) -> Iterator[tuple[str, str, str]]:
    """Walk the framed texts of a page: language, title, text."""
    for found in FENCE.finditer(path.read_text(encoding="utf-8")):
        if not languages or found[1] in languages:
            yield found[1], found[2] or "", found[3]


def spans(path: Path) -> list[str]:
    """List what a page quotes within its lines."""
    return SPAN.findall(FENCE.sub("", path.read_text(encoding="utf-8")))
