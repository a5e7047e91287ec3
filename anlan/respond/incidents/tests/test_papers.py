"""A report as an official paper: what is known in it, the rest 待核."""

import io
import zipfile
from xml.etree import ElementTree

import pytest

from anlan.kernel.errors import Missing
from anlan.respond.incidents import services
from anlan.respond.incidents.selectors.papers import paper_of
from anlan.respond.incidents.tests.conftest import BLAST, CHARLIE, LEAD, OFFICER, sent, taken

pytestmark = pytest.mark.usefixtures("world")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def lines(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        root = ElementTree.fromstring(file.read("word/document.xml"))
    return ["".join(text.text or "" for text in one.iter(f"{W}t")) for one in root.iter(f"{W}p")]


def test_the_paper_says_what_is_known_and_marks_the_rest() -> None:
    row = taken(BLAST)
    services.draft_report(incident=row.pk, kind="first", by=OFFICER)
    name, content = paper_of(OFFICER, row.pk, 1)
    said = lines(content)
    assert name == f"关于{row.title}的首报.docx"
    assert "云屿县应急管理局突发事件信息" in said
    assert "〔2026〕1号签发人：待核" in said
    assert "省级应急管理部门，市级应急管理部门：" in said
    assert "事件等级：至少较大（待核）" in said
    assert "原因初判：待核" in said
    assert said[said.index("死亡") + 1] == "3人"
    assert said[said.index("失踪（下落不明）") + 1] == "待核"


def test_a_signed_paper_carries_the_signer_and_its_urgency() -> None:
    row = taken(BLAST)
    services.confirm_grade(incident=row.pk, grade=3, by=LEAD)
    services.draft_report(incident=row.pk, kind="first", by=OFFICER)
    services.sign_report(incident=row.pk, number=1, oral="陈副县长", by=OFFICER)
    said = lines(paper_of(OFFICER, row.pk, 1)[1])
    assert "加急" in said
    assert "〔2026〕1号签发人：陈副县长" in said
    assert "事件等级：较大" in said


def test_progress_and_final_reports_say_which_they_are() -> None:
    row = taken(BLAST)
    for number, (kind, word) in enumerate(
        (("first", "首报"), ("more", "续报"), ("final", "终报")), start=1
    ):
        services.draft_report(incident=row.pk, kind=kind, by=OFFICER)
        services.sign_report(incident=row.pk, number=number, by=LEAD)
        sent(row, number, "written")
        name, content = paper_of(OFFICER, row.pk, number)
        said = lines(content)
        title = f"关于{row.title}的{word}" + (f"（第{number}报）" if number > 1 else "")
        assert name == f"{title}.docx"
        assert title in "".join(said)  # in two lines where it is long
        assert any(one.startswith(f"〔2026〕{number}号") for one in said)
        assert "已报送" not in "".join(said)


def test_a_neighbour_gets_no_paper() -> None:
    row = taken(BLAST)
    services.draft_report(incident=row.pk, kind="first", by=OFFICER)
    with pytest.raises(Missing):
        paper_of(CHARLIE, row.pk, 1)
