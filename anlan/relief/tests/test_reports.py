"""Loss reports: filled in below, merged, numbered, never changed, received by name."""

from datetime import timedelta

import pytest

from anlan.base.journal.models import Entry
from anlan.base.outbox.models import Event
from anlan.base.outbox.services import read_event
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import save_row
from anlan.base.vault.services import is_sealed
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.relief import services
from anlan.relief.events import LossesReported
from anlan.relief.models import Casualty, LossDraft, LossReport
from anlan.relief.selectors import sheets, totals
from anlan.relief.selectors.matters import listed
from anlan.relief.tests.conftest import (
    CHARLIE,
    CLERK,
    COUNTY,
    LOWER,
    OFFICER,
    OTHER_CLERK,
    OTHER_TOWN,
    SECTION,
    TOWN,
    UPPER,
    VILLAGER,
    begun,
    received,
    reported,
)

pytestmark = pytest.mark.usefixtures("world")


def test_villages_tell_townships_merge_the_county_reports_a_lower_bound_while_one_is_silent() -> (
    None
):
    matter = begun()
    reported(matter, UPPER, VILLAGER, affected=120, dead=0, crops_hit=3.5)
    draft = services.merge_below(matter=matter.pk, region=TOWN, version=0, by=CLERK)
    assert draft.figures == {"affected": 120, "dead": 0, "crops-hit": 3.5}
    town = services.hand_in(matter=matter.pk, region=TOWN, version=1, by=CLERK)
    assert (town.number, town.phase, town.missing) == (1, "first", [LOWER])
    assert set(town.at_least) == {"affected", "dead", "crops-hit"}

    before = totals(case=matter.case, region=COUNTY)
    assert before is not None
    assert before.number == 0
    assert before.missing == (OTHER_TOWN,)
    figure = before.get("affected")
    assert (figure.value, figure.is_lower_bound, figure.missing) == (120, True, (OTHER_TOWN,))
    assert before.get("loss").value is None

    reported(matter, OTHER_TOWN, OTHER_CLERK, affected=80, dead=0, crops_hit=1)
    services.merge_below(matter=matter.pk, region=COUNTY, version=0, by=OFFICER)
    county = services.hand_in(matter=matter.pk, region=COUNTY, version=1, by=OFFICER)
    assert county.figures == {"affected": 200, "dead": 0, "crops-hit": 4.5}
    assert (county.at_least, county.missing) == ([], [])
    now = totals(case=matter.case)
    assert now is not None
    assert (now.number, now.get("affected").value, now.sent_at) == (1, 200, None)


def test_a_county_that_reports_before_all_have_told_says_at_least() -> None:
    matter = begun()
    reported(matter, TOWN, CLERK, affected=120, loss=30)
    report = reported(matter, COUNTY, OFFICER, affected=120, loss=50, roads=2)
    assert report.missing == [OTHER_TOWN]
    assert report.at_least == ["affected", "loss"]
    told = totals(case=matter.case)
    assert told is not None
    assert told.get("affected").is_lower_bound
    assert not told.get("roads").is_lower_bound  # the county's alone to tell


def test_what_contradicts_itself_is_kept_as_a_draft_and_not_handed_in() -> None:
    matter = begun()
    with pytest.raises(Invalid) as caught:
        reported(matter, TOWN, CLERK, affected=3, dead=2, missing=2, crops_hit=1, crops_damaged=2)
    assert caught.value.errors == {
        "dead": ["4 大于 3", "报 2 人，台账上 0 人"], "missing": ["报 2 人，台账上 0 人"],
        "crops-damaged": ["2 大于 1"],
    }  # fmt: skip
    assert LossDraft.objects.get().figures["crops-damaged"] == 2
    assert not LossReport.objects.exists()


def test_a_doubt_is_handed_in_with_its_reason_which_stays_with_the_report() -> None:
    matter = begun()
    reported(matter, TOWN, CLERK, affected=100)
    with pytest.raises(Invalid, match="写明原因"):
        reported(matter, TOWN, CLERK, affected=90)
    LossDraft.objects.all().delete()
    report = reported(
        matter,
        TOWN,
        CLERK,
        affected=90,
        notes={"falls/affected": "两户重复登记，核减", "falls/dead": "没有人问的"},
    )
    assert (report.number, report.phase) == (2, "progress")
    assert report.notes == {"falls/affected": "两户重复登记，核减"}
    told = sheets.history(CLERK, matter.pk, TOWN)["items"]
    assert [one["number"] for one in told] == [2, 1]
    assert told[0]["changes"] == {"affected": [100, 90]}
    assert told[1]["figures"] == {"affected": 100}


def test_nothing_changed_is_a_report_with_the_same_figures_unless_something_came_from_below() -> (
    None
):
    matter = begun()
    reported(matter, TOWN, CLERK, affected=100)
    reported(matter, COUNTY, OFFICER, affected=100)
    again = services.hand_in_unchanged(matter=matter.pk, region=COUNTY, by=OFFICER)
    assert (again.number, again.unchanged, again.figures) == (2, True, {"affected": 100})
    reported(matter, TOWN, CLERK, affected=130)
    with pytest.raises(Conflict, match="重新填报"):
        services.hand_in_unchanged(matter=matter.pk, region=COUNTY, by=OFFICER)
    with pytest.raises(Conflict, match="第一次"):
        services.hand_in_unchanged(matter=matter.pk, region=OTHER_TOWN, by=OTHER_CLERK)


def test_a_report_counts_as_sent_once_somebody_received_it_by_name() -> None:
    matter = begun()
    report = reported(matter, COUNTY, OFFICER, affected=1)
    nobody = services.Receipt(receiver=" ", at=clock.now())
    with pytest.raises(Invalid) as caught:
        services.mark_sent(report=report.pk, receipt=nobody, by=OFFICER)
    assert "receiver" in (caught.value.errors or {})
    early = services.Receipt(receiver="市局", at=report.reported_at - timedelta(hours=1))
    with pytest.raises(Invalid):
        services.mark_sent(report=report.pk, receipt=early, by=OFFICER)
    assert received(report).receiver == "市应急管理局 某某"
    with pytest.raises(Conflict):
        received(report)


def test_others_are_told_plain_figures_and_the_journal_knows_every_deed() -> None:
    matter = begun()
    report = received(reported(matter, COUNTY, OFFICER, affected=10, dead=0))
    rows = [read_event(row) for row in Event.objects.filter(kind="relief.LossesReported")]
    assert rows == [
        LossesReported(
            case=matter.case, matter=matter.pk, report=report.pk, number=1, phase="first",
            hazard="typhoon", region=COUNTY, as_of=report.as_of,
            figures={"affected": 10, "dead": 0}, by=OFFICER.ref, reported_at=report.reported_at,
        )
    ]  # fmt: skip
    deeds = Entry.objects.filter(subject=matter.pk).order_by("pk").values_list("deed", flat=True)
    assert list(deeds) == ["losses.opened", "losses.reported", "losses.sent"]


def test_two_people_at_one_sheet_do_not_overwrite_each_other() -> None:
    matter = begun()
    first = services.Drafted(figures={"affected": 1})
    services.save_draft(matter=matter.pk, region=TOWN, drafted=first, by=CLERK)
    with pytest.raises(Conflict):
        services.save_draft(matter=matter.pk, region=TOWN, drafted=first, by=OFFICER)
    with pytest.raises(Conflict):
        services.hand_in(matter=matter.pk, region=TOWN, version=7, by=CLERK)
    assert LossDraft.objects.get().figures == {"affected": 1}


def test_totals_are_those_of_any_moment() -> None:
    matter = begun()
    report = reported(matter, COUNTY, OFFICER, affected=10)
    between = report.reported_at
    reported(matter, COUNTY, OFFICER, affected=30)
    then, now = totals(case=matter.case, at=between), totals(case=matter.case)
    assert then is not None
    assert now is not None
    assert (then.get("affected").value, now.get("affected").value) == (10, 30)
    assert totals(case=matter.case, at=matter.opened_at - timedelta(hours=1)) is None


def test_the_dead_are_sealed_and_counted_where_they_were() -> None:
    matter = begun()
    saved = save_row(
        entry=REGISTERS["casualties"], by=VILLAGER,
        values={"code": "SW-1", "region": UPPER, "matter": matter.code, "name": "某人",
                "status": "dead", "cause": "drowned"},
    )  # fmt: skip
    assert is_sealed(Casualty.objects.get(pk=saved.id).name)
    report = reported(matter, UPPER, VILLAGER, affected=5, dead=1, missing=0)
    assert report.figures["dead"] == 1
    with pytest.raises(Invalid):
        reported(matter, LOWER, CLERK, affected=5, dead=1)


def test_each_sees_and_fills_their_own_part_and_a_neighbour_nothing() -> None:
    matter = begun()
    reported(matter, TOWN, CLERK, affected=7)
    assert sheets.overview(CLERK, matter.pk)["place"] == TOWN
    assert sheets.overview(VILLAGER, matter.pk)["place"] == UPPER
    assert [one["code"] for one in listed(VILLAGER)] == [matter.code]
    with pytest.raises(Forbidden):
        sheets.overview(CLERK, matter.pk, OTHER_TOWN)
    with pytest.raises(Forbidden):
        sheets.overview(CLERK, matter.pk, COUNTY)
    with pytest.raises(Forbidden):
        reported(matter, OTHER_TOWN, CLERK, affected=1)
    with pytest.raises(Missing):
        sheets.overview(CHARLIE, matter.pk)
    with pytest.raises(Missing):
        reported(matter, COUNTY, CHARLIE, affected=1)
    assert listed(CHARLIE) == []
    with pytest.raises(Conflict):
        services.open_matter(
            occurrence=services.Occurrence(
                hazard="typhoon", region=COUNTY, title="又一次", occurred_at=clock.now(),
                case=matter.case,
            ),
            by=SECTION,
        )  # fmt: skip


def test_the_county_sees_how_far_it_comes_towards_a_national_response() -> None:
    matter = begun()
    reported(matter, TOWN, CLERK, affected=200_000, resettled=90_000, collapsed_rooms=10_000)
    told = sheets.overview(OFFICER, matter.pk)
    rows = {one["code"]: one for one in told["thresholds"]}
    people = rows["4-people"]
    assert (people["value"], people["reached"], people["is_lower_bound"]) == (90_000, False, True)
    assert people["unknown"] == ["需紧急生活救助人口（累计）"]
    assert rows["4-rooms"]["reached"]
    assert rows["4-deaths"]["value"] is None
    assert not rows["3-rooms"]["reached"]
