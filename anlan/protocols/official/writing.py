"""A paper as the bytes of a Word file."""

import unicodedata
from collections.abc import Iterable
from math import ceil

from anlan.protocols.official import measures as m
from anlan.protocols.official.marks import paragraph, run, table
from anlan.protocols.official.package import packed, parts
from anlan.protocols.official.paper import Block, Heading, Paper, Sheet

#: A long title breaks behind and before these.
PAUSES, OPENINGS = "的、，）》”]", "（《“["
HEADINGS = {1: m.HEITI, 2: m.KAITI}
#: A character of size 4, how high a line of the imprint is, and what its rules take besides.
QUAD, IMPRINT, EDGE = 280, 440, 130


def write_paper(paper: Paper) -> bytes:
    """Lay a paper out by GB/T 9704-2012 and return the bytes of its ``.docx``."""
    body = "".join([*_head(paper), *_body(paper), *_end(paper), _section()])
    return packed(body, parts())


def _head(paper: Paper) -> Iterable[str]:
    """版头: secrecy and urgency, the mark in red, the number with the signer, the red line."""
    marks = [one for one in (paper.secrecy, paper.urgency) if one]
    for one in marks:
        yield paragraph(run(one, font=m.HEITI))
    # The mark begins 35 mm below the upper edge of the type area (7.2.4).
    gap = max(0, round(35 * m.MM) - len(marks) * m.LINE - m.LINE)
    size = min(m.MARK, m.WIDTH // 10 // max(1, len(paper.mark)) - 2)
    mark = run(paper.mark, font=m.XIAOBIAOSONG, size=size, colour=m.RED)
    yield paragraph(mark, align="center", before=gap, free=True)
    yield paragraph("")
    yield paragraph("") if not paper.signer else ""
    yield _numbered(paper)
    rule = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="11" w:color="{m.RED}"/></w:pBdr>'
    yield paragraph("", more=rule, line=60)


def _numbered(paper: Paper) -> str:
    """Set the number in the middle; with a signer it moves left and the signer stands right."""
    number = run(paper.number)
    if not paper.signer:
        return paragraph(number, align="center")
    tabs = f'<w:tabs><w:tab w:val="right" w:pos="{m.WIDTH - m.CHARACTER}"/></w:tabs>'
    signer = run("签发人：") + run(paper.signer, font=m.KAITI)
    return paragraph(
        f"{number}<w:r><w:tab/></w:r>{signer}", more=tabs, left=m.CHARACTER
    )  # fmt: skip


def _body(paper: Paper) -> Iterable[str]:
    yield paragraph("")
    for place, line in enumerate(_title_lines(paper.title)):
        title = run(line, font=m.XIAOBIAOSONG, size=m.SIZE_2)
        before = 0 if place else m.LINE // 2
        yield paragraph(title, align="center", before=before, free=True, keep=True)
    yield paragraph("")
    if paper.to:
        yield paragraph(run(f"{paper.to}："))
    for place, block in enumerate(paper.blocks, start=1):
        yield _block(block, last=place == len(paper.blocks))


def _title_lines(title: str) -> list[str]:
    """Break a title that is too long for a line where a reader pauses, nearest its middle (7.3.1).

    One that would need a third line is left to the program.
    """
    room = m.WIDTH / (m.SIZE_2 * 10)
    if not room < _wide(title) <= 2 * room:
        return [title]
    ends = [place for place, one in enumerate(title[:-1], start=1)
            if one in PAUSES or title[place] in OPENINGS]  # fmt: skip
    fits = [one for one in ends if max(_wide(title[:one]), _wide(title[one:])) <= room]
    if not fits:
        return [title]
    at = min(fits, key=lambda one: abs(_wide(title[:one]) - _wide(title[one:])))
    return [title[:at], title[at:]]


def _wide(text: str) -> float:
    """Tell how many wide letters a text takes the room of."""
    return sum(1 if unicodedata.east_asian_width(one) in "WFA" else 0.55 for one in text)


def _block(block: Block, *, last: bool) -> str:
    """Set a block; the last one stays with the signature, which never has a page to itself."""
    if isinstance(block, Sheet):
        return table(block, m.WIDTH) + paragraph("", keep=last)
    if isinstance(block, Heading):
        return paragraph(run(block.text, font=HEADINGS[block.level]), first=2, keep=True)
    lines = [line for line in block.text.split("\n") if line.strip()] or [""]
    lead = run(block.lead, bold=True) if block.lead else ""
    return "".join(
        paragraph(
            (lead if place == 1 else "") + run(line), first=2,
            keep=last and place == len(lines),
        )
        for place, line in enumerate(lines, start=1)
    )  # fmt: skip


def _end(paper: Paper) -> Iterable[str]:
    """附件说明, 署名, 成文日期, 附注, 版记."""
    if paper.attachments:
        yield paragraph("", keep=True)
        for place, name in enumerate(paper.attachments, start=1):
            number = f"{place}." if len(paper.attachments) > 1 else ""
            lead = "附件：" if place == 1 else "　　　"
            yield paragraph(run(f"{lead}{number}{name}"), first=2, keep=True)
    yield paragraph("", keep=True)
    # 7.3.5.3, without a seal: the signature two characters from the right, the date below it.
    yield paragraph(run(paper.office), align="right", right=2 * m.CHARACTER, keep=True)
    # Nor has the imprint: what stands last above it goes along.
    foot = list(_foot(paper))
    kept = bool(paper.note or foot)
    yield paragraph(run(paper.date), align="right", right=2 * m.CHARACTER, keep=kept)
    if paper.note:
        yield paragraph(run(f"（{paper.note}）"), first=2, keep=bool(foot))
    yield from foot


def _foot(paper: Paper) -> Iterable[str]:
    """版记: lines as wide as the type area, thick at its edges; size 4, one character in (7.4).

    Frames hold its lines at the foot of the last page's type area, wherever the text ends. Each has
    a place of its own: programs differ in what they take for one frame, and in what "bottom" is.
    """
    who, when = paper.printed
    #: Runs, how many lines they take, the more of the paragraph.
    rows: list[tuple[str, int, str]] = []
    if paper.copies:
        lines = max(1, ceil(len(paper.copies) * QUAD / (m.WIDTH - 4 * QUAD)))
        rows.append((run(f"\u3000抄送：{paper.copies}", size=m.SIZE_4), lines, ""))
    if who:
        tabs = f'<w:tabs><w:tab w:val="right" w:pos="{m.WIDTH - QUAD}"/></w:tabs>'
        left, right = run(f"\u3000{who}", size=m.SIZE_4), run(f"{when}印发", size=m.SIZE_4)
        rows.append((f"{left}<w:r><w:tab/></w:r>{right}", 1, tabs))
    below = sum(lines * IMPRINT + EDGE for _, lines, _ in rows)
    for place, (text, lines, tabs) in enumerate(rows):
        edges = f'<w:top w:val="single" w:sz="{6 if place else 8}" w:space="2" w:color="000000"/>'
        if place == len(rows) - 1:
            edges += '<w:bottom w:val="single" w:sz="8" w:space="2" w:color="000000"/>'
        more = f"{_frame(below)}<w:pBdr>{edges}</w:pBdr>{tabs}"
        yield paragraph(text, left=4 * QUAD, hanging=4 * QUAD, more=more, line=IMPRINT)
        below -= lines * IMPRINT + EDGE
    if rows:
        yield paragraph("", line=20)  # they hang on the paragraph that follows them


def _frame(below: int) -> str:
    """Hold a paragraph so far above the lower edge of the type area."""
    return (
        f'<w:framePr w:w="{m.WIDTH}" w:hSpace="0" w:wrap="around" w:vAnchor="page" '
        f'w:hAnchor="margin" w:xAlign="left" w:y="{m.TOP + m.HEIGHT - below}"/>'
    )


def _section() -> str:
    """Set the page. Every line is as high as 22 a page allow.

    There is no grid of lines besides: on one LibreOffice loses rows of tables that cross a page.
    """
    width, height = m.PAGE
    margins = (
        f'w:top="{m.TOP}" w:right="{m.RIGHT}" w:bottom="{m.BOTTOM}" w:left="{m.LEFT}" '
        f'w:header="851" w:footer="{m.FOOTER}" w:gutter="0"'
    )
    feet = (
        '<w:footerReference w:type="default" r:id="rOdd"/>'
        '<w:footerReference w:type="even" r:id="rEven"/>'
    )
    return f'<w:sectPr>{feet}<w:pgSz w:w="{width}" w:h="{height}"/><w:pgMar {margins}/></w:sectPr>'
