"""What incidents tell the duty desk: entries of its log, what a watch hands over."""

import pytest

from anlan.base.permissions.actor import Actor
from anlan.respond.duty.selectors import handovers, log
from anlan.respond.incidents import services
from anlan.respond.incidents.services import Told
from anlan.respond.incidents.tests.conftest import CHARLIE, LEAD, OFFICER, SLIDE, sent, taken

pytestmark = pytest.mark.usefixtures("world")


def opened(by: Actor = OFFICER) -> dict[str, dict[str, object]]:
    return {one["page"]: one for one in handovers.desk(by)["open"] if one["kind"] == "incident"}


def test_the_desk_that_deals_with_it_finds_it_in_its_log() -> None:
    row = taken()
    services.draft_report(incident=row.pk, kind="first", by=OFFICER)
    sent(row, 1, "phone")
    told = log.page(OFFICER)["items"]
    assert {one["content"] for one in told} == {
        f"接报：{row.title}", f"首报电话报市级应急管理部门（值班室）：{row.title}",
    }  # fmt: skip
    assert {one["page"] for one in told} == {f"/incidents/{row.pk}"}
    assert {one["case"] for one in told} == {row.case}


def test_what_is_not_over_is_handed_over_with_the_report_that_is_due_next() -> None:
    row = taken()
    telling = services.begin_incident(told=Told(place="渔港"), by=OFFICER)
    found = opened()
    assert set(found) == {f"/incidents/{row.pk}", f"/incidents/new/{telling.pk}"}
    due = min(one.due_at for one in row.clocks.all())
    assert found[f"/incidents/{row.pk}"]["due"] == due
    services.drop_incident(incident=row.pk, why="误报", by=LEAD)
    services.drop_incident(incident=telling.pk, why="", by=OFFICER)
    assert opened() == {}


def test_a_neighbours_desk_is_told_nothing() -> None:
    taken(SLIDE)
    assert handovers.desk(CHARLIE)["open"] == []
