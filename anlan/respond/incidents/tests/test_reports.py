"""首报, 续报, 终报: in time, by name, each keeping what it said."""

from datetime import timedelta

import pytest

from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.people.models import Post
from anlan.kernel.errors import Conflict, Forbidden, Invalid
from anlan.respond.incidents import services
from anlan.respond.incidents.models import Dispatch, Incident, Report
from anlan.respond.incidents.selectors import describing
from anlan.respond.incidents.services import Said, Sent
from anlan.respond.incidents.tests.conftest import (
    BLAST,
    LEAD,
    NOON,
    OFFICER,
    SLIDE,
    VILLAGER,
    Wall,
    sent,
    taken,
)


def drafted(row: Incident, kind: str = "first") -> Report:
    return services.draft_report(incident=row.pk, kind=kind, by=OFFICER)


def signed(row: Incident, kind: str = "first") -> Report:
    made = drafted(row, kind)
    return services.sign_report(incident=row.pk, number=made.number, by=LEAD)


def test_the_clocks_begin_with_the_telling_and_are_owed_by_the_desk(world: Wall) -> None:
    row = taken(BLAST)
    due = {one.rule: one.due_at for one in row.clocks.all()}
    assert due["county-province-phone"] == NOON + timedelta(minutes=30)
    assert due["county-province-written"] == NOON + timedelta(minutes=60)
    assert due["county-city"] == NOON + timedelta(hours=2)
    owed = Obligation.objects.filter(kind="incident-report")
    assert owed.count() == len(due)
    assert {one.debtor.code for one in owed} == {"P-DUTY"}
    phone = row.clocks.get(rule="county-province-phone")
    assert Obligation.objects.get(pk=phone.obligation).answer_due == phone.due_at
    world.go(minutes=31)
    obligations.lapse_due()
    obligations.climb_due(batches=5)
    assert Obligation.objects.get(pk=phone.obligation).lapsed_at is not None
    assert describing.page(OFFICER)["items"][0]["late"]


def test_signing_for_the_debt_is_not_reporting(world: Wall) -> None:  # noqa: ARG001
    row = taken(BLAST)
    owed = row.clocks.get(rule="county-province-phone").obligation
    obligations.answer(obligation=owed, by=LEAD)
    with pytest.raises(Conflict, match="接收人和时间"):
        obligations.report(obligation=owed, by=LEAD, reply=obligations.Reply("报了"))
    assert Obligation.objects.get(pk=owed).state == "answered"
    assert row.clocks.get(rule="county-province-phone").closed_at is None


def test_a_grade_that_nobody_knows_holds_no_report_back(world: Wall) -> None:  # noqa: ARG001
    row = taken()
    drafted(row)
    sent(row, 1, "phone", "province")
    row.refresh_from_db()
    assert (row.state, row.grade, row.reported_at) == ("reported", None, NOON)


def test_reported_is_what_somebody_by_name_received(world: Wall) -> None:
    row = taken(BLAST)
    drafted(row)
    for wrong in (
        Sent(to="city", way="phone", receiver=" ", at=NOON),
        Sent(to="city", way="phone", receiver="李某", at=NOON + timedelta(hours=1)),
        Sent(to="city", way="phone", receiver="李某", at=NOON - timedelta(hours=1)),
        Sent(to="nobody", way="pigeon", receiver="李某", at=NOON),
    ):
        with pytest.raises(Invalid):
            services.note_dispatch(incident=row.pk, number=1, sent=wrong, by=OFFICER)
    assert not Dispatch.objects.exists()
    world.go(minutes=25)
    sent(row, 1, "phone", "province")
    met = row.clocks.get(rule="county-province-phone")
    assert met.met_by is not None
    assert (met.met_by.receiver, met.met_by.at) == ("市局 李某", world.at)
    assert Obligation.objects.get(pk=met.obligation).state == "closed"
    told = {one["to"] + one["way"]: one for one in describing.one(OFFICER, row.pk)["clocks"]}
    assert told["provincephone"]["met_at"] == world.at
    assert not told["provincephone"]["late"]
    assert told["provincewritten"]["met_at"] is None


def test_in_writing_it_needs_a_signature_by_word_of_mouth_at_least(world: Wall) -> None:  # noqa: ARG001
    row = taken()
    drafted(row)
    with pytest.raises(Conflict, match="签发"):
        sent(row, 1, "written")
    with pytest.raises(Forbidden):
        services.sign_report(incident=row.pk, number=1, by=OFFICER)
    report = services.sign_report(incident=row.pk, number=1, oral="陈副县长", by=OFFICER)
    assert report.oral == "陈副县长"
    sent(row, 1, "written")
    assert row.clocks.get(rule="county-city").met_by is not None


def test_a_report_keeps_what_it_said_and_the_next_one_corrects_it(world: Wall) -> None:
    row = taken()
    drafted(row)
    services.edit_report(
        incident=row.pk, number=1, content={"cause": "连日降雨", "trend": ""}, by=OFFICER
    )
    services.sign_report(incident=row.pk, number=1, by=LEAD)
    sent(row, 1, "written")
    world.go(hours=1)
    services.tell_figures(incident=row.pk, figures={"deaths": 1, "trapped": 1}, by=OFFICER)
    with pytest.raises(Conflict, match="续报"):
        services.edit_report(incident=row.pk, number=1, content={"cause": "人为"}, by=OFFICER)
    signed(row, "more")
    first, more = _said(row, 1), _said(row, 2)
    assert (first["deaths"], first["trapped"]) == (0, 2)
    assert (more["deaths"], more["trapped"]) == (1, 1)
    assert (first["cause"], more["cause"]) == ("连日降雨", "连日降雨")
    assert first["missing"] is None  # 待核


def test_changed_casualties_are_owed_as_a_correction_within_the_days_of_the_law(
    world: Wall,
) -> None:
    row = taken(BLAST)
    signed(row)
    services.tell_figures(incident=row.pk, figures={"deaths": 4}, by=OFFICER)
    assert not row.clocks.filter(report="correction").exists()  # nothing was reported yet
    sent(row, 1, "written")
    world.go(days=2)
    services.tell_figures(incident=row.pk, figures={"direct_loss_wan": 900}, by=OFFICER)
    assert not row.clocks.filter(report="correction").exists()
    services.tell_figures(incident=row.pk, figures={"deaths": 5}, said_by="医院", by=OFFICER)
    owed = row.clocks.get(report="correction")
    assert owed.due_at == world.at + timedelta(hours=2)
    world.go(minutes=30)
    signed(row, "more")
    sent(row, 2, "written")
    owed.refresh_from_db()
    assert owed.met_by is not None
    world.go(days=40)
    services.tell_figures(incident=row.pk, figures={"deaths": 6}, by=OFFICER)
    assert not row.clocks.filter(report="correction", closed_at=None).exists()


def test_progress_is_owed_again_and_again_until_the_final_report(world: Wall) -> None:
    row = taken(BLAST)
    signed(row)
    sent(row, 1, "written")
    due = row.clocks.get(report="more", closed_at=None).due_at
    assert due == NOON + timedelta(days=1)
    world.go(hours=20)
    signed(row, "more")
    sent(row, 2, "written")
    again = row.clocks.get(report="more", closed_at=None)
    assert (again.turn, again.due_at) == (2, world.at + timedelta(days=1))
    signed(row, "final")
    sent(row, 3, "written")
    row.refresh_from_db()
    assert row.state == "final"
    assert not row.clocks.filter(report="more", closed_at=None).exists()


def test_the_archive_waits_for_what_is_owed(world: Wall) -> None:  # noqa: ARG001
    row = taken()
    signed(row)
    sent(row, 1, "written")
    signed(row, "final")
    sent(row, 2, "written")
    with pytest.raises(Conflict, match="没报送"):
        services.archive_incident(incident=row.pk, by=OFFICER)
    for one in row.clocks.filter(closed_at=None):
        sent(row, 2, one.way, one.to)
    services.archive_incident(incident=row.pk, by=OFFICER)
    row.refresh_from_db()
    assert row.state == "archived"


def test_the_first_is_the_first_and_one_draft_stands_at_a_time(world: Wall) -> None:  # noqa: ARG001
    row = taken()
    with pytest.raises(Conflict, match="首报"):
        drafted(row, "more")
    drafted(row)
    with pytest.raises(Conflict, match="草稿"):
        drafted(row)
    with pytest.raises(Forbidden):
        services.draft_report(incident=row.pk, kind="more", by=VILLAGER)
    other = taken(SLIDE)
    assert drafted(other).serial == 2


def test_a_draft_is_filled_with_what_the_platform_holds(world: Wall) -> None:  # noqa: ARG001
    row = taken()
    drafted(row)
    said = _said(row, 1)
    assert said["course"] == SLIDE.what
    assert said["received_at"] == "2026年7月14日12时00分"
    assert said["place"] == "云屿县云岭乡前坑村 前坑小学后山"
    assert said["grade"] == "至少小型（待核）"
    assert said["concerned"] is None


def test_an_instruction_is_owed_a_feedback(world: Wall) -> None:  # noqa: ARG001
    row = taken()
    post = Post.objects.get(code="P-TOWN")
    said = Said(leader="陈副县长", text="全力搜救，防止二次滑坡", post=post.pk, minutes=60)
    services.note_instruction(incident=row.pk, said=said, by=OFFICER)
    (told,) = describing.one(OFFICER, row.pk)["instructions"]
    assert (told["leader"], told["feedback"]) == ("陈副县长", "")
    obligations.answer(obligation=told["obligation"], by=LEAD)
    obligations.report(
        obligation=told["obligation"], by=LEAD, reply=obligations.Reply("已设警戒，派出三十人")
    )
    (told,) = describing.one(OFFICER, row.pk)["instructions"]
    assert told["feedback"] == "已设警戒，派出三十人"
    assert told["text"] == "全力搜救，防止二次滑坡"
    with pytest.raises(Invalid):
        services.note_instruction(incident=row.pk, said=Said(leader="", text=""), by=OFFICER)


def test_the_course_is_gone_step_by_step_and_steps_may_be_made_up_for(world: Wall) -> None:
    row = taken()
    services.tell_leader(incident=row.pk, leader="带班 王副局长", by=OFFICER)
    drafted(row)
    sent(row, 1, "phone")
    world.go(minutes=5)
    services.verify_incident(incident=row.pk, how="派出所到场", by=OFFICER)
    row.refresh_from_db()
    assert (row.state, row.verified_at) == ("reported", world.at)
    steps = {one["key"]: one["at"] for one in describing.one(OFFICER, row.pk)["steps"]}
    assert steps["graded"] is None
    assert steps["led"] == NOON


def _said(row: Incident, number: int) -> dict[str, object]:
    reports = {one["number"]: one for one in describing.one(OFFICER, row.pk)["reports"]}
    return {one["key"]: one["value"] for one in reports[number]["fields"]}
