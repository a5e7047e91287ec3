"""Handouts to be printed: sheets for working hands, without the red head of an official paper.

Every section begins a page of its own, so that each can be given to whom it is for.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from anlan.protocols.official import measures as m
from anlan.protocols.official.marks import paragraph, pitch, run, table
from anlan.protocols.official.package import packed, parts
from anlan.protocols.official.paper import Block, Heading, Sheet

#: Margins all round: a printer's edge, and a hole punch at the left.
EDGE, PUNCH = round(16 * m.MM), round(20 * m.MM)
FOOT = round(8 * m.MM)
#: Letters of headings, of text and of titles, in half points, and the height of a line of text.
HEADING, TEXT, TITLE, LINE = 26, 22, 36, 340
#: What the edges of a cell take of its width.
CELL = 216


@dataclass(frozen=True, kw_only=True)
class Section:
    """One hand-out: its title, a line below it, what it says."""

    title: str
    under: str = ""
    blocks: Sequence[Block]


@dataclass(frozen=True, kw_only=True)
class Booklet:
    """Sections printed together; `running` stands at the head of every page."""

    sections: Sequence[Section]
    running: str
    landscape: bool = False


def write_booklet(booklet: Booklet) -> bytes:
    """Lay a booklet out on A4 and return the bytes of its ``.docx``."""
    width, height = m.PAGE[::-1] if booklet.landscape else m.PAGE
    told = [
        "".join(_section(one, width - EDGE - PUNCH, first=place == 0))
        for place, one in enumerate(booklet.sections)
    ]
    return packed("".join([*told, _pages(booklet, width, height)]), parts(booklet.running))


def _section(one: Section, width: int, *, first: bool) -> Iterable[str]:
    title = run(one.title, font=m.HEITI, size=TITLE)
    page = "" if first else "<w:pageBreakBefore/>"
    yield paragraph(title, align="center", free=True, more=page, keep=True)
    if one.under:
        under = run(one.under, font=m.KAITI, size=TEXT)
        yield paragraph(under, align="center", free=True, line=LINE, keep=True)
    for block in one.blocks:
        yield _block(block, width)


def _block(block: Block, width: int) -> str:
    if isinstance(block, Sheet):
        return table(block, width) + paragraph("", line=120)
    if isinstance(block, Heading):
        text = run(block.text, font=m.HEITI, size=HEADING if block.level == 1 else TEXT)
        return paragraph(text, before=60, line=LINE + 20, keep=True)
    lead = run(block.lead, size=TEXT, bold=True) if block.lead else ""
    lines = [line for line in block.text.split("\n") if line.strip()] or [""]
    return "".join(
        paragraph((lead if place == 0 else "") + run(line, size=TEXT), line=LINE)
        for place, line in enumerate(lines)
    )


def fits_a_page(one: Section, *, landscape: bool = False) -> bool:
    """Tell whether a section has room on one page, reckoned a little wider than letters are.

    Programs and fonts differ; a table that nearly fills the page is held to be too long.
    """
    width, height = m.PAGE[::-1] if landscape else m.PAGE
    inside = width - EDGE - PUNCH
    room = height - 2 * (EDGE + LINE)
    used = TITLE * 14 + (LINE * _lines(one.under, TEXT, inside) if one.under else 0)
    used += sum(_height(block, inside) for block in one.blocks)
    return used <= room


def _height(block: Block, width: int) -> int:
    if isinstance(block, Sheet):
        parts_ = block.widths or [1] * len(block.head)
        cells = [round(width * part / sum(parts_)) - CELL for part in parts_]
        rows = sum(
            max(
                sum(_lines(line, block.size, room) for line in text.split("\n"))
                for text, room in zip(row, cells, strict=True)
            )
            for row in (block.head, *block.rows)
        )
        return rows * (pitch(block.size) + 12) + 120
    if isinstance(block, Heading):
        return LINE + 80
    said = [line for line in f"{block.lead}{block.text}".split("\n") if line.strip()]
    return sum(LINE * _lines(line, TEXT, width) for line in said)


def _lines(text: str, size: int, width: int) -> int:
    """Count the lines of a text: wide letters are as wide as high, others over half that."""
    wide = sum(unicodedata.east_asian_width(one) in "WFA" for one in text)
    return max(ceil((wide + 0.65 * (len(text) - wide)) * size * 10 / max(width, 1)), 1)


def _pages(booklet: Booklet, width: int, height: int) -> str:
    turned = ' w:orient="landscape"' if booklet.landscape else ""
    margins = (
        f'w:top="{EDGE + LINE}" w:right="{EDGE}" w:bottom="{EDGE + LINE}" w:left="{PUNCH}" '
        f'w:header="{FOOT}" w:footer="{FOOT}" w:gutter="0"'
    )
    edges = (
        '<w:headerReference w:type="default" r:id="rHeadOdd"/>'
        '<w:headerReference w:type="even" r:id="rHeadEven"/>'
        '<w:footerReference w:type="default" r:id="rOdd"/>'
        '<w:footerReference w:type="even" r:id="rEven"/>'
    )
    return (
        f'<w:sectPr>{edges}<w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f"<w:pgMar {margins}/></w:sectPr>"
    )
