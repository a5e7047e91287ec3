"""The parts of a Word file that are the same for every paper."""

from anlan.protocols.official import measures as m

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def _types() -> str:
    parts = (
        ("document", "document.main"), ("styles", "styles"), ("settings", "settings"),
        ("fontTable", "fontTable"), ("footer1", "footer"), ("footer2", "footer"),
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


PARTS: tuple[tuple[str, str], ...] = (
    ("[Content_Types].xml", _types()),
    ("_rels/.rels", _relations(("rDocument", "officeDocument", "word/document.xml"))),
    (
        "word/_rels/document.xml.rels",
        _relations(
            ("rStyles", "styles", "styles.xml"), ("rSettings", "settings", "settings.xml"),
            ("rFonts", "fontTable", "fontTable.xml"), ("rOdd", "footer", "footer1.xml"),
            ("rEven", "footer", "footer2.xml"),
        ),
    ),
    ("word/styles.xml", _styles()),
    ("word/settings.xml", _settings()),
    ("word/fontTable.xml", _fonts()),
    ("word/footer1.xml", _footer("right")),
    ("word/footer2.xml", _footer("left")),
)  # fmt: skip
