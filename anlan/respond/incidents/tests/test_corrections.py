"""更正: a report that went out keeps its words; what was wrong is put right beside it."""

from datetime import timedelta

import pytest

from anlan.base.journal.models import Entry
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.respond.incidents import services
from anlan.respond.incidents.models import Incident, Report
from anlan.respond.incidents.selectors import describing
from anlan.respond.incidents.selectors.papers import paper_of
from anlan.respond.incidents.tests.conftest import (
    BLAST,
    CHARLIE,
    LEAD,
    OFFICER,
    VILLAGER,
    Wall,
    sent,
    taken,
)
from anlan.respond.incidents.tests.test_papers import lines


def told(row: Incident) -> Report:
    """Report an incident upward for the first time."""
    made = services.draft_report(incident=row.pk, kind="first", by=OFFICER)
    services.edit_report(
        incident=row.pk, number=1, content={"cause": "储罐泄漏", "trend": "已控制"}, by=OFFICER
    )
    services.sign_report(incident=row.pk, number=1, by=LEAD)
    sent(row, 1, "written")
    made.refresh_from_db()
    return made


def corrected(row: Incident, number: int = 1, reason: str = "现场核实") -> Report:
    return services.draft_correction(incident=row.pk, number=number, reason=reason, by=OFFICER)


def said(row: Incident, number: int) -> dict[str, dict[str, object]]:
    reports = {one["number"]: one for one in describing.one(OFFICER, row.pk)["reports"]}
    return {one["key"]: one for one in reports[number]["fields"]}


def test_a_correction_says_what_was_wrong_and_the_report_keeps_its_words(world: Wall) -> None:
    row = taken(BLAST)
    was = told(row).content
    world.go(hours=1)
    made = corrected(row)
    services.edit_report(
        incident=row.pk, number=2, content={"cause": "管道破裂后储罐着火"}, by=OFFICER
    )
    services.sign_report(incident=row.pk, number=2, by=LEAD)
    sent(row, 2, "written")
    assert Report.objects.get(incident=row, number=1).content == was
    changed = {key for key, one in said(row, 2).items() if one["changed"]}
    assert changed == {"cause"}
    assert said(row, 2)["cause"]["was"] == "储罐泄漏"
    listed = {one["number"]: one for one in describing.one(OFFICER, row.pk)["reports"]}
    assert (listed[2]["corrects"], listed[2]["reason"]) == (1, "现场核实")
    assert listed[1]["corrected_by"] == [2]
    assert made.number == 2


def test_its_paper_names_the_report_the_reason_the_old_and_the_new(world: Wall) -> None:
    row = taken(BLAST)
    told(row)
    world.go(hours=1)
    services.tell_figures(incident=row.pk, figures={"deaths": 4}, by=OFFICER)
    corrected(row, reason="医院核对")
    name, content = paper_of(OFFICER, row.pk, 2)
    paper = lines(content)
    assert name == f"关于{row.title}第1报的更正（第2报）.docx"
    assert any("第1报（首报，〔2026〕1号）有误" in one and "医院核对" in one for one in paper)
    assert "死亡：原报“3人”，更正为“4人”。" in paper
    assert not any(one.startswith("原因初判") for one in paper)


def test_it_needs_a_report_that_went_out_a_reason_and_a_change(world: Wall) -> None:  # noqa: ARG001
    row = taken(BLAST)
    services.draft_report(incident=row.pk, kind="first", by=OFFICER)
    with pytest.raises(Conflict, match="还没有报出"):
        corrected(row)
    sent(row, 1, "phone")
    with pytest.raises(Invalid, match="为什么"):
        corrected(row, reason=" ")
    corrected(row)
    with pytest.raises(Conflict, match="没有改动"):
        services.sign_report(incident=row.pk, number=2, by=LEAD)
    with pytest.raises(Conflict, match="没有改动"):
        sent(row, 2, "phone")
    assert Report.objects.get(number=2).fixed_at is None
    with pytest.raises(Forbidden):
        services.draft_correction(incident=row.pk, number=1, reason="试", by=VILLAGER)
    with pytest.raises(Missing):
        services.draft_correction(incident=row.pk, number=1, reason="试", by=CHARLIE)
    with pytest.raises(Invalid):
        services.draft_report(incident=row.pk, kind="correct", by=OFFICER)


def test_what_was_corrected_is_corrected_again_by_its_correction(world: Wall) -> None:  # noqa: ARG001
    row = taken(BLAST)
    told(row)
    corrected(row)
    services.edit_report(incident=row.pk, number=2, content={"trend": "仍在燃烧"}, by=OFFICER)
    sent(row, 2, "phone")
    with pytest.raises(Conflict, match="最新"):
        corrected(row)
    again = corrected(row, 2)
    services.edit_report(incident=row.pk, number=3, content={"trend": "明火已灭"}, by=OFFICER)
    assert again.form == "first"
    assert said(row, 3)["trend"]["was"] == "仍在燃烧"
    assert said(row, 3)["cause"]["value"] == "储罐泄漏"


def test_it_meets_what_changed_casualties_owe_and_asks_for_no_further_report(world: Wall) -> None:
    row = taken(BLAST)
    told(row)
    running = row.clocks.get(report="more", closed_at=None)
    world.go(minutes=30)
    services.tell_figures(incident=row.pk, figures={"deaths": 4}, said_by="医院", by=OFFICER)
    owed = row.clocks.get(report="correction")
    corrected(row)
    services.sign_report(incident=row.pk, number=2, by=LEAD)
    sent(row, 2, "written")
    owed.refresh_from_db()
    assert owed.met_by is not None
    assert list(row.clocks.filter(report="more")) == [running]


def test_a_correction_is_carried_on_by_the_next_report(world: Wall) -> None:
    row = taken(BLAST)
    told(row)
    corrected(row)
    services.edit_report(incident=row.pk, number=2, content={"cause": "管道破裂"}, by=OFFICER)
    sent(row, 2, "phone")
    world.go(hours=2)
    services.draft_report(incident=row.pk, kind="more", by=OFFICER)
    assert said(row, 3)["cause"]["value"] == "管道破裂"


@pytest.mark.parametrize("verb", ["withdraw", "close"])
def test_what_is_owed_no_more_stops_its_clock_and_the_journal_says_who(
    world: Wall, verb: str
) -> None:
    row = taken(BLAST)
    clock = row.clocks.get(rule="county-city")
    if verb == "close":
        obligations.answer(obligation=clock.obligation, by=LEAD)
    getattr(obligations, verb)(obligation=clock.obligation, by=LEAD)
    clock.refresh_from_db()
    assert (clock.closed_at, clock.met_by) == (world.at, None)
    assert Obligation.objects.get(pk=clock.obligation).closed_at is not None
    (entry,) = Entry.objects.filter(deed="incidents.clock-ended")
    assert (entry.by, entry.case) == (LEAD.ref, row.case)
    shown = {one["id"]: one for one in describing.one(OFFICER, row.pk)["clocks"]}
    world.go(hours=5)
    assert (shown[clock.pk]["late"], shown[clock.pk]["met_at"]) == (False, None)


def test_the_same_clock_is_not_begun_again_once_it_was_ended(world: Wall) -> None:
    row = taken(BLAST)
    obligations.withdraw(obligation=row.clocks.get(rule="county-city").obligation, by=LEAD)
    world.go(minutes=5)
    services.tell_figures(incident=row.pk, figures={"deaths": 4}, by=OFFICER)
    assert row.clocks.filter(rule="county-city", closed_at=None).count() == 0
    assert row.clocks.get(rule="county-city").started_at == world.at - timedelta(minutes=5)
