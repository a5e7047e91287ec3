"""The paper of a case: in words, summed up, by a number of questions that does not grow."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.jobs.worker import drain
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.people.models import Unit
from anlan.protocols.official.tests.test_paper import OFFICE, lines, part
from anlan.respond.casebook.selectors.cases import seen
from anlan.respond.casebook.selectors.dossier.composing import SECTIONS
from anlan.respond.casebook.selectors.writing import write
from anlan.respond.evacuation import services as evacuations
from anlan.respond.evacuation.models import Entry
from anlan.respond.evacuation.services.ticking import Ticker, Word
from anlan.respond.papers import services as papers
from anlan.respond.papers.tests.conftest import COUNTY, LEAD, OFFICER, Scene, Turn, row
from anlan.respond.responses.models import Response
from anlan.respond.responses.tests.conftest import relay

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(county: Scene, turn: Turn) -> str:
    """Warn, start a response, let something lapse, let people leave, make a briefing."""
    relay(1)
    drain()
    response = county.start()
    drain()
    found = Response.objects.get(pk=response)
    ask = evacuations.Ask(
        title="山洪转移", region=COUNTY, hazards=["flood"], case=found.case, latest_at=None
    )
    batch = evacuations.draft_evacuation(ask=ask, by=OFFICER)
    evacuations.order_evacuation(evacuation=batch, by=county.chief)
    turn.forward(hours=3)
    entry = Entry.objects.filter(evacuation=batch, people__gt=0).first()
    assert entry is not None
    word = Word(state="relatives", entry=entry.pk, reason="")
    evacuations.tick_roll(evacuation=batch, words=[word], ticker=Ticker(OFFICER, "test"))
    obligations.lapse_due()
    drain()
    papers.make_briefing(region=COUNTY, response=response, by=OFFICER)
    return found.case


def told(case: str, *, clear: bool = True) -> list[str]:
    body, _ = write(seen(OFFICER, case), "word", clear=clear)
    return lines(part(body))


def test_the_paper_has_its_sections_and_says_in_words_what_was_done(case: str) -> None:
    said = told(case)
    headings = [
        line.partition("、")[2] for line in said if re.match("[一二三四五六七八九十]、", line)
    ]
    assert headings == ["基本情况", *(title for title, _ in SECTIONS)]
    whole = "\n".join(said)
    assert "启动应急响应：防汛Ⅳ级" in whole
    assert "启动防汛Ⅳ级" in whole
    assert "会商材料" in whole
    assert not re.search(r"[{}]|\b[a-z]+\.[a-z_]+\b|[0-9A-Z]{26}", whole)  # no JSON, codes, ids


def test_who_is_late_is_named_with_the_post_and_masked_where_names_are(case: str) -> None:
    late = Obligation.objects.filter(case__in=seen(OFFICER, case).cases, lapsed_at__isnull=False)
    assert late.exists()
    clear, masked = told(case), told(case, clear=False)
    assert any(late[0].debtor.title in line for line in clear)
    assert "某书记" in clear
    assert "某书记" not in masked
    assert "（人名已掩码）" in masked


def test_the_hours_of_the_evacuation_add_up(case: str) -> None:
    said = told(case)
    rows = []
    place = said.index("其中失联") + 1
    while re.match(r"\d+月\d+日", said[place]):
        rows.append(said[place : place + 7])
        place += 7
    assert {one[1] for one in rows} == {rows[0][1]}
    assert rows[0][3] == "0"
    assert int(rows[-1][3]) > 0
    for one in rows:
        due, shelter, relatives, pending = (int(text) for text in one[1:5])
        assert due == shelter + relatives + pending > 0


def test_the_imprint_says_whom_it_is_copied_to(case: str) -> None:
    Unit.objects.create(**row(code="GOV", name="甲县人民政府", kind="government", region_id=COUNTY))
    assert "\u3000抄送：甲县人民政府。" in told(case)


def test_more_rows_are_not_more_questions(case: str) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            told(case)
        return len(queries)

    before = asked()
    for number in range(2, 6):
        relay(number)
        drain()
    owed = Obligation.objects.filter(closed_at=None, answered_at=None, kind="plan-step")
    for one in owed[:3]:
        obligations.answer(obligation=one.pk, by=LEAD)
    assert asked() <= before + 1


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_draws_it(case: str, tmp_path: Path) -> None:
    body, _ = write(seen(OFFICER, case), "word", clear=False)
    (tmp_path / "case.docx").write_bytes(body)
    home = f"-env:UserInstallation=file://{tmp_path / 'home'}"
    subprocess.run(
        [str(shutil.which("soffice") or OFFICE), home, "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(tmp_path / "case.docx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    drawn = (tmp_path / "case.pdf").read_bytes()
    assert 3 <= len(re.findall(rb"/Type ?/Page\b(?!s)", drawn)) <= 12
