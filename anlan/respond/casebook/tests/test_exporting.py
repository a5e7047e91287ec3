"""A case taken away: all of it, as the page counts it, names masked, journalled."""

import csv
import io
import json
import zipfile

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.journal.models import Entry
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.protocols.official.tests.test_paper import lines, part
from anlan.respond.casebook import services
from anlan.respond.casebook.selectors import cases
from anlan.respond.casebook.selectors.cases import seen
from anlan.respond.casebook.selectors.writing import _cell, write
from anlan.respond.papers import services as papers
from anlan.respond.papers.tests.conftest import CHARLIE, COUNTY, LEAD, OFFICER, VILLAGE, Scene
from anlan.respond.responses.models import Response
from anlan.respond.responses.tests.conftest import relay

pytestmark = pytest.mark.django_db

HEAD = "某书记"


@pytest.fixture
def case(county: Scene) -> str:
    """A warning, a response with its papers, a briefing."""
    relay(1)
    drain()
    response = county.start()
    drain()
    papers.make_briefing(region=COUNTY, response=response, by=OFFICER)
    return Response.objects.get(pk=response).case


def test_every_form_holds_as_many_rows_as_the_page_counts(case: str) -> None:
    counts = cases.head(OFFICER, case)["counts"]
    assert all(counts[key] for key in ("timeline", "obligations", "decisions", "papers"))
    found = seen(OFFICER, case)
    body, told = write(found, "json", clear=False)
    tables = json.loads(body)["tables"]
    assert {key: len(one["rows"]) for key, one in tables.items()} == told == counts
    assert all(len(row) == len(one["columns"]) for one in tables.values() for row in one["rows"])
    body, _ = write(found, "csv", clear=False)
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        for key, count in counts.items():
            read = list(csv.reader(io.StringIO(file.read(f"{key}.csv").decode("utf-8-sig"))))
            assert len(read) == count + 1, key
    body, told = write(found, "word", clear=False)
    assert told == counts
    summary = next(line for line in lines(part(body)) if line.startswith("本案卷是摘要"))
    assert f"{counts['timeline']}条留痕、{counts['obligations']}件事项" in summary


def test_names_are_masked_for_who_may_not_read_them(case: str) -> None:
    for form, who, shown in (("json", OFFICER, False), ("json", LEAD, True)):
        _, _, content = services.export_case(case=case, form=form, by=who)
        assert (HEAD in content.decode()) is shown, who
    _, _, content = services.export_case(case=case, form="word", by=OFFICER)
    assert HEAD not in "".join(lines(part(content)))


def test_taking_a_case_away_is_journalled_with_what_was_in_it(case: str) -> None:
    name, mime, content = services.export_case(case=case, form="csv", by=OFFICER)
    assert (name.endswith(".zip"), mime) == (True, "application/zip")
    assert content.startswith(b"PK")
    entry = Entry.objects.get(deed="cases.exported")
    facts = json.loads(entry.detail.body)["facts"]
    assert (entry.by, facts["form"], facts["clear"]) == (OFFICER.ref, "csv", False)
    assert facts["obligations"] == cases.head(OFFICER, case)["counts"]["obligations"]


def test_a_cell_that_a_spreadsheet_would_reckon_is_text() -> None:
    assert [_cell(one) for one in ("=1+1", "-5", "@a", "好")] == ["'=1+1", "'-5", "'@a", "好"]


def test_who_may_not_take_a_case_away_is_refused(case: str) -> None:
    with pytest.raises(Missing):
        services.export_case(case=case, form="csv", by=CHARLIE)
    with pytest.raises((Forbidden, Missing)):
        services.export_case(case=case, form="csv", by=VILLAGE)
    with pytest.raises(Invalid):
        services.export_case(case=case, form="pdf", by=OFFICER)
