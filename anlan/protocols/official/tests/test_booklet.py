"""Hand-outs: each section on a page of its own, as LibreOffice draws them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from anlan.protocols.official import (
    Booklet,
    Heading,
    Paragraph,
    Section,
    Sheet,
    fits_a_page,
    write_booklet,
)
from anlan.protocols.official.measures import PAGE
from anlan.protocols.official.tests.test_paper import W, lines, part

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
BOOKLET = Booklet(
    running="纸质包 第1号 <内部>",
    landscape=True,
    sections=[
        Section(
            title=f"{name}转移清单", under="最晚 18:00",
            blocks=[
                Heading("一、须转移"), Paragraph("应转 12 人。", lead="合计："),
                Sheet(head=["序号", "姓名"], rows=[["1", "陈某\n李某"]], size=20),
            ],
        )
        for name in ("前坑村", "后坑村")
    ],
)  # fmt: skip


def test_every_page_says_which_pack_it_is_of_and_a_cell_may_have_several_lines() -> None:
    content = write_booklet(BOOKLET)
    for name in ("word/header1.xml", "word/header2.xml"):
        assert lines(part(content, name)) == ["纸质包 第1号 <内部>"]
    said = lines(part(content))
    assert said.index("陈某") + 1 == said.index("李某")
    assert "合计：应转 12 人。" in said


def test_a_section_begins_a_page_and_a_booklet_may_lie_on_its_side() -> None:
    root = part(write_booklet(BOOKLET))
    assert len(list(root.iter(f"{W}pageBreakBefore"))) == 1
    size = next(root.iter(f"{W}pgSz"))
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == (str(PAGE[1]), str(PAGE[0]))
    assert write_booklet(BOOKLET) == write_booklet(BOOKLET)


def test_a_section_that_runs_over_a_page_is_known_before_it_is_printed() -> None:
    def section(rows: int) -> Section:
        lines_ = [[str(place), "前坑村主要负责人"] for place in range(rows)]
        return Section(
            title="明白纸", under="应转 9 人",
            blocks=[Heading("一、岗位"), Sheet(head=["序号", "岗位"], rows=lines_, size=19)],
        )  # fmt: skip

    assert fits_a_page(section(30))
    assert not fits_a_page(section(60))
    assert not fits_a_page(section(35), landscape=True)
    words = Section(title="明白纸", blocks=[Paragraph("前坑村" * 1200)])
    assert not fits_a_page(words)


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_draws_two_sections_on_two_pages(tmp_path: Path) -> None:
    path = tmp_path / "booklet.docx"
    path.write_bytes(write_booklet(BOOKLET))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [str(OFFICE), profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path),
         str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    drawn = (tmp_path / "booklet.pdf").read_bytes()
    assert drawn.count(b"/Type/Page\n") + drawn.count(b"/Type/Page/") == 2
