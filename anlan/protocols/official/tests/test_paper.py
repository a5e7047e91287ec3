"""A paper in the layout of GB/T 9704-2012, read back as Word reads it and drawn by LibreOffice."""

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from anlan.protocols.official import Heading, Paper, Paragraph, Sheet, write_paper
from anlan.protocols.official.measures import HEIGHT, LINE, MM, WIDTH

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")

PAPER = Paper(
    mark="云屿县应急管理局突发事件信息", number="〔2026〕12号", title="关于前坑村滑坡的首报",
    to="市应急管理局", signer="陈某某", urgency="加急",
    blocks=[
        Heading("一、基本情况"),
        Paragraph("7月14日12时许，前坑村 <后山> 滑坡 & 堵路。\n第二段。", lead="简要经过："),
        Heading("（一）人员", level=2),
        Sheet(head=["项目", "数字"], rows=[["死亡", "0人"], ["失踪", "待核"]]),
    ],
    office="云屿县应急管理局", date="2026年7月14日", note="联系人：某某，电话：000",
    attachments=["现场照片", "转移清单"], copies="县委办、县政府办",
    printed=("云屿县应急管理局", "2026年7月14日"),
)  # fmt: skip


def part(content: bytes, name: str = "word/document.xml") -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return ElementTree.fromstring(file.read(name))


def lines(root: ElementTree.Element) -> list[str]:
    """Read the texts of the paragraphs."""
    return ["".join(text.text or "" for text in one.iter(f"{W}t")) for one in root.iter(f"{W}p")]


def test_every_part_of_the_file_is_well_formed_and_named_among_its_types() -> None:
    content = write_paper(PAPER)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = set(file.namelist())
        for name in names:
            ElementTree.fromstring(file.read(name))
        types = file.read("[Content_Types].xml").decode()
    assert all(
        f"/{name}" in types for name in names if name.startswith("word/") and "rels" not in name
    )


def test_the_paper_says_its_parts_in_the_order_of_the_standard() -> None:
    said = [line for line in lines(part(write_paper(PAPER))) if line]
    wanted = [
        "加急", "云屿县应急管理局突发事件信息", "〔2026〕12号签发人：陈某某",
        "关于前坑村滑坡的首报", "市应急管理局：", "一、基本情况",
        "简要经过：7月14日12时许，前坑村 <后山> 滑坡 & 堵路。",
        "第二段。", "（一）人员", "项目", "数字", "死亡", "0人", "失踪", "待核",
        "附件：1.现场照片", "　　　2.转移清单", "云屿县应急管理局", "2026年7月14日",
        "（联系人：某某，电话：000）", "\u3000抄送：县委办、县政府办",
        "\u3000云屿县应急管理局2026年7月14日印发",
    ]  # fmt: skip
    assert said == wanted


def test_what_a_paper_does_not_have_is_left_out() -> None:
    short = Paper(mark="值班快报", number="1", title="一", blocks=[], office="甲", date="乙")
    said = [line for line in lines(part(write_paper(short))) if line]
    assert said == ["值班快报", "1", "一", "甲", "乙"]


def test_the_page_is_that_of_the_standard() -> None:
    section = part(write_paper(PAPER)).find(f".//{W}sectPr")
    assert section is not None
    assert section.find(f"{W}docGrid") is None  # LibreOffice loses rows of tables on it
    margins, size = section.find(f"{W}pgMar"), section.find(f"{W}pgSz")
    assert margins is not None
    assert size is not None
    mm = {key.removeprefix(W): int(value) / MM for key, value in margins.items()}
    assert round(mm["top"]) == 37
    assert round(mm["left"]) == 28
    assert (int(size.get(f"{W}w") or 0) / MM) - mm["left"] - mm["right"] == pytest.approx(
        156, abs=0.1
    )
    assert 22 * LINE <= HEIGHT < 23 * LINE
    assert pytest.approx(315.9, abs=0.2) == WIDTH / 28  # 28 characters a line


def test_the_same_paper_is_the_same_file_and_another_is_not() -> None:
    assert write_paper(PAPER) == write_paper(PAPER)
    assert write_paper(PAPER) != write_paper(replace(PAPER, title="另一份"))


@pytest.mark.parametrize("note", ["联系人：某某", ""])
def test_the_imprint_never_has_a_page_to_itself(note: str) -> None:
    """From the last line of the body on, each line is kept with the next, up to the imprint."""
    short = replace(PAPER, blocks=[Paragraph("一。"), Paragraph("二。")], note=note)
    told = list(part(write_paper(short)).iter(f"{W}p"))
    said = ["".join(text.text or "" for text in one.iter(f"{W}t")) for one in told]
    kept = [one.find(f"{W}pPr/{W}keepNext") is not None for one in told]
    last, imprint = said.index("二。"), said.index("\u3000抄送：县委办、县政府办")
    assert all(kept[last:imprint]), said[last:imprint]
    assert not kept[said.index("一。")]  # a page may end before it


def test_a_long_title_breaks_where_a_reader_pauses() -> None:
    long = replace(PAPER, title="关于短时强降雨（演示）灾情的核报（第3报）")
    said = lines(part(write_paper(long)))
    assert "关于短时强降雨（演示）" in said
    assert "灾情的核报（第3报）" in said


def test_signs_that_xml_cannot_hold_are_dropped() -> None:
    odd = replace(PAPER, title="标\x00题\x0b")
    assert "标题" in lines(part(write_paper(odd)))


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_draws_it_on_one_page(tmp_path: Path) -> None:
    (tmp_path / "paper.docx").write_bytes(write_paper(PAPER))
    home = f"-env:UserInstallation=file://{tmp_path / 'home'}"
    subprocess.run(
        [str(OFFICE), home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path),
         str(tmp_path / "paper.docx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    drawn = (tmp_path / "paper.pdf").read_bytes()
    assert drawn.startswith(b"%PDF")
    assert drawn.count(b"/Type/Page/") + drawn.count(b"/Type /Page\n") <= 2
