from datetime import timedelta

import pytest

from anlan.base.forms import selectors, services
from anlan.base.forms.models import Revision, Sheet
from anlan.base.forms.tests.conftest import (
    CHARLIE,
    DUTY,
    OTHER,
    START,
    TOWN,
    Turn,
    World,
    actor,
    drawn,
    reporter,
)  # fmt: skip
from anlan.base.forms.values import Figure
from anlan.base.journal.models import Detail, Entry
from anlan.base.obligations.models import Obligation, Step
from anlan.base.outbox.models import Event
from anlan.base.people.tests import village as v
from anlan.base.vault import services as vault
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing

pytestmark = pytest.mark.django_db
ROW = {"moved": 12, "stuck": 3, "road": "通", "power": False, "note": "张三家未转"}


def filled(sheet: Sheet, *rows: dict[str, object], version: int | None = None) -> services.Filled:
    """What somebody wrote, on the sheet as it stands unless a version is said."""
    seen = Sheet.objects.get(pk=sheet.pk).version if version is None else version
    return services.Filled(rows=rows, version=seen)


def test_submitting_answers_what_is_owed_in_the_same_transaction(world: World) -> None:
    sheet = world.sheet(world.open())
    assert world.fill(sheet, reporter(), ROW) == 1
    owed = Obligation.objects.get(pk=sheet.obligation)
    assert (owed.state, owed.answered_at, owed.climb_at) == ("closed", START, None)
    assert Step.objects.get(obligation=owed).by == "user:reporter"
    told = selectors.sheet_told(TOWN, sheet.pk)
    assert told["state"] == "submitted"
    assert told["begin"] == [ROW]
    assert Event.objects.filter(kind="forms.SheetSubmitted").count() == 1


def test_what_is_written_is_sealed_and_the_journal_tells_none_of_it(world: World) -> None:
    sheet = world.sheet(world.open())
    world.fill(sheet, TOWN, ROW)
    kept = Sheet.objects.get(pk=sheet.pk)
    assert vault.is_sealed(kept.told)
    entry = Entry.objects.get(deed="forms.submitted")
    assert (entry.by, entry.subject, entry.region) == ("user:town", sheet.pk, v.TOWN)
    body = Detail.objects.get(entry=entry).body
    assert "张三" not in body
    assert Revision.objects.get().digest in body
    assert selectors.merged(DUTY, sheet.round_id).rows[0].rows == [ROW]
    vault.destroy([world.form], by=DUTY)
    assert selectors.merged(DUTY, sheet.round_id).rows[0].rows is None


def test_a_wrong_sheet_is_refused_whole_and_nothing_is_answered(world: World) -> None:
    sheet = world.sheet(world.open())
    with pytest.raises(Invalid) as wrong:
        world.fill(sheet, TOWN, {"stuck": "x", "road": "堵"})
    assert set(wrong.value.errors) == {"rows.0.moved", "rows.0.stuck", "rows.0.road"}
    assert Obligation.objects.get(pk=sheet.obligation).state == "issued"
    assert not Revision.objects.exists()


def test_a_draft_is_kept_and_submits_nothing(world: World) -> None:
    sheet = world.sheet(world.open())
    services.save_sheet(sheet=sheet.pk, filled=filled(sheet, {"stuck": 4}), by=TOWN)
    told = selectors.sheet_told(reporter(), sheet.pk)
    assert (told["state"], told["is_draft"]) == ("draft", True)
    assert told["begin"][0]["stuck"] == 4
    assert selectors.merged(DUTY, sheet.round_id).rows[0].rows is None
    assert Obligation.objects.get(pk=sheet.obligation).answered_at is None


def test_of_two_people_at_one_sheet_the_second_is_told(world: World) -> None:
    sheet = world.sheet(world.open())
    services.save_sheet(sheet=sheet.pk, filled=filled(sheet, {"moved": 4}), by=TOWN)
    with pytest.raises(Conflict, match="09:00 刚由"):
        services.save_sheet(
            sheet=sheet.pk, filled=filled(sheet, {"moved": 9}, version=1), by=reporter()
        )
    with pytest.raises(Conflict):
        services.submit_sheet(sheet=sheet.pk, filled=filled(sheet, ROW, version=1), by=reporter())
    assert selectors.sheet_told(TOWN, sheet.pk)["begin"][0]["moved"] == 4


def test_pressed_twice_on_a_bad_line_it_is_submitted_once(world: World) -> None:
    sheet = world.sheet(world.open())
    first = filled(sheet, ROW)
    assert services.submit_sheet(sheet=sheet.pk, filled=first, by=TOWN) == 1
    assert services.submit_sheet(sheet=sheet.pk, filled=first, by=TOWN) == 1
    with pytest.raises(Conflict):
        services.submit_sheet(sheet=sheet.pk, filled=first, by=reporter())
    assert Revision.objects.count() == 1


def test_a_correction_is_a_new_revision_and_the_old_one_stays(world: World, turn: Turn) -> None:
    round_ = world.open()
    sheet = world.sheet(round_)
    world.fill(sheet, TOWN, ROW)
    turn.forward(minutes=5)
    assert world.fill(sheet, reporter(), {**ROW, "moved": 15}) == 2
    told = selectors.sheet_told(DUTY, sheet.pk)
    assert [one["rows"][0]["moved"] for one in told["revisions"]] == [12, 15]
    assert [one["on_behalf"] for one in told["revisions"]] == [True, False]
    row = next(r for r in selectors.merged(DUTY, round_.pk).rows if r.sheet.pk == sheet.pk)
    assert set(row.corrected) == {"moved", "all"}
    assert [(one["revision"], one["value"]) for one in row.corrected["moved"]] == [(1, 12), (2, 15)]
    assert Entry.objects.filter(deed="forms.corrected").count() == 1
    assert Step.objects.filter(obligation=sheet.obligation).count() == 1


def test_last_time_is_taken_over_in_one_press_and_says_from_which_round(
    world: World, turn: Turn
) -> None:
    first = world.open()
    world.fill(world.sheet(first), TOWN, ROW)
    turn.forward(hours=1)
    world.open(after=1)  # nobody answered this one
    turn.forward(hours=1)
    third = world.sheet(world.open(after=2))
    assert services.copy_last(sheet=third.pk, version=1, by=TOWN) == 1
    told = selectors.sheet_told(TOWN, third.pk)
    assert (told["copied_from"], told["begin"], told["state"]) == (1, [ROW], "draft")
    world.fill(third, TOWN, told["begin"][0])
    assert Revision.objects.get(sheet=third).copied_from == 1
    # What is then written anew is no copy.
    world.fill(third, TOWN, {**ROW, "moved": 99})
    assert Revision.objects.get(sheet=third, number=2).copied_from is None


def test_nothing_to_copy_is_said_so(world: World) -> None:
    sheet = world.sheet(world.open())
    assert "copy" not in selectors.sheet_told(TOWN, sheet.pk)["verbs"]
    with pytest.raises(Conflict, match="没有可以照抄的"):
        services.copy_last(sheet=sheet.pk, version=1, by=TOWN)


def test_sent_back_with_a_reason_it_is_asked_again_and_counts_no_more(
    world: World, turn: Turn
) -> None:
    round_ = world.open()
    sheet = world.sheet(round_)
    world.fill(sheet, TOWN, ROW)
    turn.forward(minutes=10)
    with pytest.raises(Invalid):
        services.return_sheet(sheet=sheet.pk, reason=" ", version=2, by=DUTY)
    services.return_sheet(sheet=sheet.pk, reason="与昨天的差太多", version=2, by=DUTY)
    sheet.refresh_from_db()
    again = Obligation.objects.get(pk=sheet.obligation)
    assert (again.state, again.debtor_id) == ("issued", v.post_of("R1"))
    assert again.answer_due == START + timedelta(minutes=70)
    told = selectors.sheet_told(reporter(), sheet.pk)
    assert (told["state"], told["reason"]) == ("returned", "与昨天的差太多")
    assert selectors.merged(DUTY, round_.pk).rows[0].rows is None
    world.fill(sheet, reporter(), {**ROW, "moved": 11})
    assert Obligation.objects.get(pk=again.pk).state == "closed"
    assert selectors.sheet_told(reporter(), sheet.pk)["reason"] == ""


def test_only_who_asked_sends_back_and_only_what_came_in(world: World, turn: Turn) -> None:
    round_ = world.open()
    sheet = world.sheet(round_)
    with pytest.raises(Conflict, match="还没有上报"):
        services.return_sheet(sheet=sheet.pk, reason="早", version=1, by=DUTY)
    world.fill(sheet, TOWN, ROW)
    with pytest.raises(Forbidden):
        services.return_sheet(sheet=sheet.pk, reason="自己退", version=2, by=TOWN)
    with pytest.raises(Conflict):
        services.return_sheet(sheet=sheet.pk, reason="旧的", version=1, by=DUTY)
    turn.forward(hours=1)
    world.open(after=1)
    with pytest.raises(Conflict, match="这一轮已经结束"):
        services.return_sheet(sheet=sheet.pk, reason="晚", version=2, by=DUTY)


def test_a_round_that_is_over_still_takes_a_late_sheet(world: World, turn: Turn) -> None:
    first = world.open()
    turn.forward(hours=1)
    world.open(after=1)
    sheet = world.sheet(first)
    assert selectors.sheet_told(TOWN, sheet.pk)["state_label"] == "缺报"
    assert world.fill(sheet, TOWN, ROW) == 1
    assert selectors.sheet_told(TOWN, sheet.pk)["state_label"] == "已上报"


def test_nobody_fills_in_what_is_not_theirs(world: World) -> None:
    round_ = world.open()
    sheet = world.sheet(round_)
    for who in (CHARLIE, OTHER, actor("", v.TOWN, "anybody", v.person_of("P4"))):
        with pytest.raises(Missing):
            world.fill(sheet, who, ROW)
    looker = actor("expert", v.COUNTY)
    with pytest.raises(Missing):
        world.fill(sheet, looker, ROW)


def test_figures_of_a_moment_that_has_not_come_are_refused(world: World) -> None:
    sheet = world.sheet(world.open())
    ahead = services.Filled(rows=[ROW], version=1, as_of=START + timedelta(hours=1))
    with pytest.raises(Invalid) as wrong:
        services.submit_sheet(sheet=sheet.pk, filled=ahead, by=TOWN)
    assert "as_of" in wrong.value.errors


def test_free_rows_are_as_many_as_there_are_and_none_is_an_answer(people: None) -> None:  # noqa: ARG001
    form = services.draw_form(drawn=drawn(rows="free", regions=[v.TOWN, v.OTHER]), by=DUTY)
    world = World(form)
    round_ = world.open()
    world.fill(world.sheet(round_), TOWN, ROW, {**ROW, "moved": 8})
    half = selectors.merged(DUTY, round_.pk)
    assert half.total(half.columns[0]) == Figure(20, complete=False)
    world.fill(world.sheet(round_, v.OTHER), OTHER)
    found = selectors.merged(DUTY, round_.pk)
    assert found.total(found.columns[0]) == Figure(20, complete=True)
