"""A paper as the bytes of a Word file."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from anlan.protocols.official import measures as m
from anlan.protocols.official.package import PARTS
from anlan.protocols.official.paper import Block, Heading, Paper, Sheet

#: A zip of the same paper is the same bytes: its entries carry no time of day.
EPOCH = (1980, 1, 1, 0, 0, 0)
#: What XML cannot hold.
FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
HEADINGS = {1: m.HEITI, 2: m.KAITI}


def write_paper(paper: Paper) -> bytes:
    """Lay a paper out by GB/T 9704-2012 and return the bytes of its ``.docx``."""
    body = "".join([*_head(paper), *_body(paper), *_end(paper), _section()])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in (*PARTS, ("word/document.xml", _document(body))):
            file.writestr(zipfile.ZipInfo(name, EPOCH), text.encode(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _document(body: str) -> str:
    spaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f"{head}<w:document {spaces}><w:body>{body}</w:body></w:document>"


def _head(paper: Paper) -> Iterable[str]:
    """版头: secrecy and urgency, the mark in red, the number with the signer, the red line."""
    marks = [one for one in (paper.secrecy, paper.urgency) if one]
    for one in marks:
        yield _paragraph(_run(one, font=m.HEITI))
    # The mark begins 35 mm below the upper edge of the type area (7.2.4).
    gap = max(0, round(35 * m.MM) - len(marks) * m.LINE - m.LINE)
    size = min(m.MARK, m.WIDTH // 10 // max(1, len(paper.mark)) - 2)
    mark = _run(paper.mark, font=m.XIAOBIAOSONG, size=size, colour=m.RED)
    yield _paragraph(mark, align="center", before=gap, free=True)
    yield _paragraph("")
    yield _paragraph("") if not paper.signer else ""
    yield _numbered(paper)
    rule = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="11" w:color="{m.RED}"/></w:pBdr>'
    yield _paragraph("", more=rule, line=60)


def _numbered(paper: Paper) -> str:
    """Set the number in the middle; with a signer it moves left and the signer stands right."""
    number = _run(paper.number)
    if not paper.signer:
        return _paragraph(number, align="center")
    tabs = f'<w:tabs><w:tab w:val="right" w:pos="{m.WIDTH - m.CHARACTER}"/></w:tabs>'
    signer = _run("签发人：") + _run(paper.signer, font=m.KAITI)
    return _paragraph(
        f"{number}<w:r><w:tab/></w:r>{signer}", more=tabs, left=m.CHARACTER
    )  # fmt: skip


def _body(paper: Paper) -> Iterable[str]:
    yield _paragraph("")
    title = _run(paper.title, font=m.XIAOBIAOSONG, size=m.SIZE_2)
    yield _paragraph(title, align="center", before=m.LINE // 2, free=True)
    yield _paragraph("")
    if paper.to:
        yield _paragraph(_run(f"{paper.to}："))
    for place, block in enumerate(paper.blocks, start=1):
        yield _block(block, last=place == len(paper.blocks))


def _block(block: Block, *, last: bool) -> str:
    """Set a block; the last one stays with the signature, which never has a page to itself."""
    if isinstance(block, Sheet):
        return _sheet(block) + _paragraph("", keep=last)
    if isinstance(block, Heading):
        return _paragraph(_run(block.text, font=HEADINGS[block.level]), first=2, keep=True)
    lines = [line for line in block.text.split("\n") if line.strip()] or [""]
    lead = _run(block.lead, bold=True) if block.lead else ""
    return "".join(
        _paragraph(
            (lead if place == 1 else "") + _run(line), first=2,
            keep=last and place == len(lines),
        )
        for place, line in enumerate(lines, start=1)
    )  # fmt: skip


def _end(paper: Paper) -> Iterable[str]:
    """附件说明, 署名, 成文日期, 附注, 版记."""
    if paper.attachments:
        yield _paragraph("", keep=True)
        for place, name in enumerate(paper.attachments, start=1):
            number = f"{place}." if len(paper.attachments) > 1 else ""
            lead = "附件：" if place == 1 else "　　　"
            yield _paragraph(_run(f"{lead}{number}{name}"), first=2, keep=True)
    yield _paragraph("", keep=True)
    # 7.3.5.3, without a seal: the signature two characters from the right, the date below it.
    yield _paragraph(_run(paper.office), align="right", right=2 * m.CHARACTER, keep=True)
    yield _paragraph(_run(paper.date), align="right", right=2 * m.CHARACTER)
    if paper.note:
        yield _paragraph(_run(f"（{paper.note}）"), first=2)
    yield from _foot(paper)


def _foot(paper: Paper) -> Iterable[str]:
    """版记: lines as wide as the type area, thick at its edges; size 4, one character in."""
    who, when = paper.printed
    rows = [f"抄送：{paper.copies}"] if paper.copies else []
    rows += [f"{who}\t{when}印发"] if who else []
    if not rows:
        return
    yield _paragraph("")
    for place, row in enumerate(rows):
        above = 8 if place == 0 else 6
        edges = f'<w:top w:val="single" w:sz="{above}" w:space="4" w:color="000000"/>'
        if place == len(rows) - 1:
            edges += '<w:bottom w:val="single" w:sz="8" w:space="4" w:color="000000"/>'
        tabs = f'<w:tabs><w:tab w:val="right" w:pos="{m.WIDTH - 280}"/></w:tabs>'
        left, tab, right = row.partition("\t")
        text = _run(f"\u3000{left}", size=m.SIZE_4)
        if tab:
            text += f"<w:r><w:tab/></w:r>{_run(right, size=m.SIZE_4)}"
        more = f"<w:pBdr>{edges}</w:pBdr>{tabs}"
        yield _paragraph(text, more=more, keep=place < len(rows) - 1)


def _sheet(sheet: Sheet) -> str:
    parts = sheet.widths or [1] * len(sheet.head)
    widths = [round(m.WIDTH * part / sum(parts)) for part in parts]
    edge = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = _row(sheet.head, widths, head=True) + "".join(_row(row, widths) for row in sheet.rows)
    layout = '<w:tblLayout w:type="fixed"/>'
    size = f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
    properties = f"<w:tblPr>{size}<w:tblBorders>{edge}</w:tblBorders>{layout}</w:tblPr>"
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def _row(cells: Sequence[str], widths: Sequence[int], *, head: bool = False) -> str:
    told = []
    for text, width in zip(cells, widths, strict=True):
        run = _run(text, size=24, font=m.HEITI if head else m.FANGSONG)
        told.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            f"{_paragraph(run, align='center' if head else '', line=360)}</w:tc>"
        )
    repeat = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if head else (
        "<w:trPr><w:cantSplit/></w:trPr>"
    )  # fmt: skip
    return f"<w:tr>{repeat}{''.join(told)}</w:tr>"


def _run(
    text: str, *, font: str = m.FANGSONG, size: int = m.SIZE_3, colour: str = "", bold: bool = False
) -> str:
    fonts = f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{font}"/>'
    weight = "<w:b/>" if bold else ""
    close = f'<w:spacing w:val="{m.SPACE}"/>' if size == m.SIZE_3 else ""
    shade = f'<w:color w:val="{colour}"/>' if colour else ""
    sizes = f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    said = escape(text.translate(FORBIDDEN))
    style = f"<w:rPr>{fonts}{weight}{shade}{close}{sizes}</w:rPr>"
    return f'<w:r>{style}<w:t xml:space="preserve">{said}</w:t></w:r>'


def _paragraph(  # noqa: PLR0913 - what a paragraph may have, all by name
    runs: str,
    *,
    align: str = "",
    before: int = 0,
    first: int = 0,
    left: int = 0,
    right: int = 0,
    line: int = 0,
    keep: bool = False,
    free: bool = False,
    more: str = "",
) -> str:
    """Make a paragraph; `free` lets its lines be as high as they need, `line` sets their height."""
    rule = "atLeast" if free else "exact"
    spacing = f'<w:spacing w:before="{before}" w:after="0" w:line="{line or m.LINE}"'
    indent = f'<w:ind w:left="{left}" w:right="{right}" w:firstLineChars="{first * 100}" '
    together = "<w:keepNext/>" if keep else ""
    justify = f'<w:jc w:val="{align or "both"}"/>'
    # The order of the parts is the schema's: keepNext, pBdr, tabs, spacing, ind, jc.
    style = (
        f'{together}{more}{spacing} w:lineRule="{rule}"/>'
        f'{indent}w:firstLine="{first * m.CHARACTER}"/>{justify}'
    )
    return f"<w:p><w:pPr>{style}</w:pPr>{runs}</w:p>"


def _section() -> str:
    width, height = m.PAGE
    margins = (
        f'w:top="{m.TOP}" w:right="{m.RIGHT}" w:bottom="{m.BOTTOM}" w:left="{m.LEFT}" '
        f'w:header="851" w:footer="{m.FOOTER}" w:gutter="0"'
    )
    feet = (
        '<w:footerReference w:type="default" r:id="rOdd"/>'
        '<w:footerReference w:type="even" r:id="rEven"/>'
    )
    grid = f'<w:docGrid w:type="lines" w:linePitch="{m.LINE}"/>'
    return (
        f'<w:sectPr>{feet}<w:pgSz w:w="{width}" w:h="{height}"/><w:pgMar {margins}/>{grid}'
        "</w:sectPr>"
    )
