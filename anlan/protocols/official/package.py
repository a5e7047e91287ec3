"""A Word file as a package of parts: all but what is written in it."""

import io
import zipfile
from collections.abc import Iterable
from xml.sax.saxutils import escape

from anlan.protocols.official import measures as m

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
#: A zip of the same paper is the same bytes: its entries carry no time of day.
EPOCH = (1980, 1, 1, 0, 0, 0)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"


Part = tuple[str, str]


def _types(more: Iterable[Part]) -> str:
    parts = (
        ("document", "document.main"), ("styles", "styles"), ("settings", "settings"),
        ("fontTable", "fontTable"), ("footer1", "footer"), ("footer2", "footer"), *more,
    )  # fmt: skip
    told = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{WORD}.{kind}+xml"/>'
        for name, kind in parts
    )
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{told}</Types>'
    )


def _relations(*rows: tuple[str, str, str]) -> str:
    told = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for key, kind, target in rows
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{told}</Relationships>'


def _styles() -> str:
    fonts = (
        f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{m.FANGSONG}"/>'
    )
    return (
        f"{HEAD}<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>{fonts}"
        f'<w:kern w:val="2"/><w:sz w:val="{m.SIZE_3}"/><w:szCs w:val="{m.SIZE_3}"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        "</w:style></w:styles>"
    )


def _fonts() -> str:
    told = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in m.ALTERNATES.items()
    )
    return f"{HEAD}<w:fonts {W}>{told}</w:fonts>"


def _footer(side: str) -> str:
    """Page numbers: 宋体 of size 4 between dashes; outside, one character in (7.5)."""
    style = (
        f'<w:rPr><w:rFonts w:ascii="{m.SONGTI}" w:hAnsi="{m.SONGTI}" w:eastAsia="{m.SONGTI}"/>'
        f'<w:sz w:val="{m.SIZE_4}"/></w:rPr>'
    )
    number = (
        f'<w:r>{style}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{style}<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        f'<w:r>{style}<w:fldChar w:fldCharType="end"/></w:r>'
    )
    dash = f'<w:r>{style}<w:t xml:space="preserve">{{}}</w:t></w:r>'
    return (
        f'{HEAD}<w:ftr {W}><w:p><w:pPr><w:ind w:left="280" w:right="280"/>'
        f'<w:jc w:val="{side}"/></w:pPr>{dash.format("— ")}{number}{dash.format(" —")}</w:p>'
        "</w:ftr>"
    )


def _settings() -> str:
    return (
        f"{HEAD}<w:settings {W}><w:evenAndOddHeaders/>"
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        "</w:compat></w:settings>"
    )


def _header(text: str) -> str:
    """Set a line at the head of each page, ruled off from what is below it."""
    style = (
        f'<w:rPr><w:rFonts w:ascii="{m.SONGTI}" w:hAnsi="{m.SONGTI}" w:eastAsia="{m.SONGTI}"/>'
        '<w:sz w:val="18"/></w:rPr>'
    )
    rule = '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="3" w:color="808080"/></w:pBdr>'
    return (
        f'{HEAD}<w:hdr {W}><w:p><w:pPr>{rule}<w:jc w:val="left"/></w:pPr>'
        f'<w:r>{style}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:hdr>'
    )


def parts(header: str = "") -> tuple[Part, ...]:
    """List the parts of a file but its document; with a `header` odd and even pages have it."""
    pages = (("header1", "rHeadOdd"), ("header2", "rHeadEven")) if header else ()
    return (
        ("[Content_Types].xml", _types((name, "header") for name, _ in pages)),
        ("_rels/.rels", _relations(("rDocument", "officeDocument", "word/document.xml"))),
        (
            "word/_rels/document.xml.rels",
            _relations(
                ("rStyles", "styles", "styles.xml"), ("rSettings", "settings", "settings.xml"),
                ("rFonts", "fontTable", "fontTable.xml"), ("rOdd", "footer", "footer1.xml"),
                ("rEven", "footer", "footer2.xml"),
                *((key, "header", f"{name}.xml") for name, key in pages),
            ),
        ),
        ("word/styles.xml", _styles()),
        ("word/settings.xml", _settings()),
        ("word/fontTable.xml", _fonts()),
        ("word/footer1.xml", _footer("right")),
        ("word/footer2.xml", _footer("left")),
        *((f"word/{name}.xml", _header(header)) for name, _ in pages),
    )  # fmt: skip


def packed(body: str, others: Iterable[Part]) -> bytes:
    """Pack the body of a document with the other parts into the bytes of a ``.docx``."""
    spaces = f'{W} xmlns:r="{OFFICE}"'
    document = f"{HEAD}<w:document {spaces}><w:body>{body}</w:body></w:document>"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in (*others, ("word/document.xml", document)):
            file.writestr(zipfile.ZipInfo(name, EPOCH), text.encode(), zipfile.ZIP_DEFLATED)
    return made.getvalue()
