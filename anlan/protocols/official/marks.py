"""The smallest parts of a Word file: runs of text, paragraphs, tables."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from anlan.protocols.official import measures as m
from anlan.protocols.official.paper import Sheet

#: What XML cannot hold.
FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])

#: Half points below which letters of a table are small.
SMALL = 21


def table(sheet: Sheet, width: int) -> str:
    """Make a table as wide as the type area; its head repeats on every page."""
    parts = sheet.widths or [1] * len(sheet.head)
    widths = [round(width * part / sum(parts)) for part in parts]
    edge = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    rows = "".join(
        _row(row, widths, sheet.size, head=head)
        for row, head in ((sheet.head, True), *((row, False) for row in sheet.rows))
    )
    layout = '<w:tblLayout w:type="fixed"/>'
    size = f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
    properties = f"<w:tblPr>{size}<w:tblBorders>{edge}</w:tblBorders>{layout}</w:tblPr>"
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def _row(cells: Sequence[str], widths: Sequence[int], size: int, *, head: bool) -> str:
    font = m.HEITI if head else m.FANGSONG
    told = []
    for text, width in zip(cells, widths, strict=True):
        lines = "".join(
            paragraph(
                run(line, size=size, font=font),
                align="center" if head else "left",
                line=pitch(size),
            )
            for line in text.split("\n")
        )
        told.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            f"{lines}</w:tc>"
        )
    repeat = "<w:cantSplit/><w:tblHeader/>" if head else "<w:cantSplit/>"
    return f"<w:tr><w:trPr>{repeat}</w:trPr>{''.join(told)}</w:tr>"


def pitch(size: int) -> int:
    """Tell how high a line of a table is; small letters stand closer, for sheets that hold much."""
    return size * (15 if size < SMALL else 17)


def run(
    text: str, *, font: str = m.FANGSONG, size: int = m.SIZE_3, colour: str = "", bold: bool = False
) -> str:
    """Make a run of text in one font; `size` is in half points."""
    fonts = f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{font}"/>'
    weight = "<w:b/>" if bold else ""
    close = f'<w:spacing w:val="{m.SPACE}"/>' if size == m.SIZE_3 else ""
    shade = f'<w:color w:val="{colour}"/>' if colour else ""
    sizes = f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    said = escape(text.translate(FORBIDDEN))
    style = f"<w:rPr>{fonts}{weight}{shade}{close}{sizes}</w:rPr>"
    return f'<w:r>{style}<w:t xml:space="preserve">{said}</w:t></w:r>'


def paragraph(  # noqa: PLR0913 - what a paragraph may have, all by name
    runs: str,
    *,
    align: str = "",
    before: int = 0,
    first: int = 0,
    left: int = 0,
    right: int = 0,
    hanging: int = 0,
    line: int = 0,
    keep: bool = False,
    free: bool = False,
    more: str = "",
) -> str:
    """Make a paragraph; `free` lets its lines be as high as they need, `line` sets their height.

    `hanging` sets its first line so far left of the others.
    """
    rule = "atLeast" if free else "exact"
    spacing = f'<w:spacing w:before="{before}" w:after="0" w:line="{line or m.LINE}"'
    begins = f'w:firstLineChars="{first * 100}" w:firstLine="{first * m.CHARACTER}"'
    if hanging:
        begins = f'w:hanging="{hanging}"'
    together = "<w:keepNext/>" if keep else ""
    justify = f'<w:jc w:val="{align or "both"}"/>'
    indent = f'<w:ind w:left="{left}" w:right="{right}" {begins}/>'
    # The order of the parts is the schema's: keepNext, framePr, pBdr, tabs, spacing, ind, jc.
    style = f'{together}{more}{spacing} w:lineRule="{rule}"/>{indent}{justify}'
    return f"<w:p><w:pPr>{style}</w:pPr>{runs}</w:p>"
