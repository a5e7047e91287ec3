from collections.abc import Collection
from dataclasses import replace

import pytest

from anlan.base.journal.models import Entry
from anlan.base.obligations import selectors, services
from anlan.base.obligations.kinds import KINDS, Ask, Kind, Words
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.services import Reply
from anlan.base.obligations.tests.conftest import VILLAGE, County, Turn
from anlan.base.outbox.models import Event
from anlan.base.permissions.actor import Holding
from anlan.base.vault.services import is_sealed
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing

TASK = Kind(
    key="test-task",
    title="任务",
    title_en="Task",
    states=("issued", "reached", "answered", "reported", "verified", "closed"),
    ladder="notice",
    report_form=(Ask("moved", "已转移人数", "Moved", "int", required=True),),
)


@pytest.fixture
def _task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS._entries, TASK.key, TASK)


def _state(obligation: str) -> str:
    return Obligation.objects.get(pk=obligation).state


def test_signing_for_a_notice_closes_it(county: County) -> None:
    owed = county.owe()
    services.answer(obligation=owed, by=county.actors["head"], reply=Reply("收到"))
    row = Obligation.objects.get(pk=owed)
    assert row.state == "closed"
    assert row.answered_at == row.closed_at == row.reached_at
    assert row.climb_at is None


def test_the_deputy_may_answer_for_the_post(county: County) -> None:
    owed = county.owe()
    services.answer(obligation=owed, by=county.actors["deputy"])
    assert _state(owed) == "closed"
    assert not Step.objects.get(obligation=owed, verb="answer").on_behalf


def test_an_officer_may_answer_on_behalf_and_it_is_recorded_as_such(county: County) -> None:
    owed = county.owe()
    services.answer(obligation=owed, by=county.actors["officer"])
    assert Step.objects.get(obligation=owed, verb="answer").on_behalf


def test_a_neighbour_can_neither_answer_nor_learn_that_it_exists(county: County) -> None:
    owed = county.owe()
    for outsider in ("neighbour-head", "stranger"):
        with pytest.raises(Missing):
            services.answer(obligation=owed, by=county.actors[outsider])
        with pytest.raises(Missing):
            selectors.one(county.actors[outsider], owed)
    assert _state(owed) == "issued"


def test_a_notice_is_signed_for_once(county: County) -> None:
    owed = county.owe()
    services.answer(obligation=owed, by=county.actors["head"])
    with pytest.raises(Conflict, match="已销号"):
        services.answer(obligation=owed, by=county.actors["deputy"])


@pytest.mark.usefixtures("_task")
def test_a_task_is_reported_returned_reported_again_and_verified_by_another(county: County) -> None:
    officer, head = county.actors["officer"], county.actors["head"]
    owed = county.owe(kind="test-task")
    services.answer(obligation=owed, by=head)
    with pytest.raises(Invalid, match="改正"):
        services.report(obligation=owed, by=head, reply=Reply("转移完毕"))
    services.report(obligation=owed, by=head, reply=Reply("转移完毕", {"moved": 12}))
    with pytest.raises(Invalid, match="原因"):
        services.return_(obligation=owed, by=officer, reply=Reply())
    services.return_(obligation=owed, by=officer, reply=Reply("缺照片"))
    assert Obligation.objects.get(pk=owed).reported_at is None
    services.report(obligation=owed, by=head, reply=Reply("已补", {"moved": 13}))
    with pytest.raises(Forbidden):
        services.verify(obligation=owed, by=head)
    services.verify(obligation=owed, by=officer)
    assert _state(owed) == "closed"


@pytest.mark.usefixtures("_task")
def test_nobody_verifies_their_own_report(county: County) -> None:
    officer = county.actors["officer"]
    owed = county.owe(kind="test-task")
    services.answer(obligation=owed, by=officer)
    services.report(obligation=owed, by=officer, reply=Reply("", {"moved": 0}))
    with pytest.raises(Forbidden, match="自己的反馈"):
        services.verify(obligation=owed, by=officer)


def test_what_was_withdrawn_cannot_be_answered(county: County) -> None:
    owed = county.owe()
    services.withdraw(obligation=owed, by=county.actors["officer"])
    with pytest.raises(Conflict, match="已撤回"):
        services.answer(obligation=owed, by=county.actors["head"])


def test_words_are_sealed_and_read_back(county: County) -> None:
    owed = county.owe(body="请王五到会")
    services.answer(obligation=owed, by=county.actors["head"], reply=Reply("王五发烧，李四去"))
    assert is_sealed(Obligation.objects.get(pk=owed).body)
    assert is_sealed(Step.objects.get(obligation=owed).text)
    seen = selectors.one(county.actors["officer"], owed)
    assert seen["body"] == "请王五到会"
    assert [step["text"] for step in seen["steps"]] == ["", "王五发烧，李四去"]


def test_the_same_debt_asked_twice_is_one(county: County) -> None:
    first = county.owe(once="k")
    assert county.owe(once="k") == first
    assert Obligation.objects.count() == 1


def test_a_debt_outside_the_givers_regions_is_refused(county: County) -> None:
    with pytest.raises(Forbidden):
        county.owe(region="110101001001")
    assert not Obligation.objects.exists()


def test_every_deed_is_journalled(county: County) -> None:
    owed = county.owe(case="C")
    services.answer(obligation=owed, by=county.actors["head"])
    deeds = Entry.objects.filter(case="C").order_by("id").values_list("deed", "by")
    assert [deed for deed, _ in deeds] == ["obligations.owed", "obligations.answered"]
    assert deeds[1][1] == county.actors["head"].ref


def test_reading_is_having_it_before_ones_eyes(county: County) -> None:
    owed = county.owe()
    assert services.reach(obligations=[owed], by=county.actors["officer"]) == 0
    assert services.reach(obligations=[owed], by=county.actors["head"]) == 1
    assert services.reach(obligations=[owed], by=county.actors["head"]) == 0
    assert _state(owed) == "reached"


def test_an_extension_is_asked_by_one_and_approved_by_another(county: County, turn: Turn) -> None:
    owed = county.owe()
    until = turn.at.replace(hour=12)
    services.request_extension(
        obligation=owed, until=until, reason="路断", by=county.actors["head"]
    )
    with pytest.raises(Forbidden):
        services.approve(obligation=owed, by=county.actors["head"])
    services.approve(obligation=owed, by=county.actors["officer"])
    assert Obligation.objects.get(pk=owed).answer_due == until


def test_nobody_approves_their_own_wish(county: County, turn: Turn) -> None:
    officer = county.actors["officer"]
    owed = county.owe()
    services.request_extension(
        obligation=owed, until=turn.at.replace(hour=12), reason="路断", by=officer
    )
    with pytest.raises(Forbidden, match="自己的申请"):
        services.approve(obligation=owed, by=officer)


def test_a_pause_stops_the_clock_and_gives_the_time_back(county: County, turn: Turn) -> None:
    officer = county.actors["officer"]
    owed = county.owe()
    due = Obligation.objects.get(pk=owed).answer_due
    assert due is not None
    services.pause(obligation=owed, reason="等鉴定", by=county.actors["head"])
    services.approve(obligation=owed, by=officer)
    turn.forward(hours=5)
    assert services.lapse_due() == 0
    assert services.climb_due() == 0
    services.resume(obligation=owed, by=officer)
    row = Obligation.objects.get(pk=owed)
    assert row.answer_due is not None
    assert (row.answer_due - due).total_seconds() == 5 * 3600
    assert row.climb_at is not None


def test_a_notice_reaches_every_post_of_a_role_below_a_region(county: County) -> None:
    sent = services.send_notice(
        notice=services.Notice(
            title="开会", body="九点", regions=["339901101000"], roles=["village-head"]
        ),
        by=county.actors["officer"],
    )
    assert sent.obligations == 2
    services.answer(
        obligation=Obligation.objects.get(debtor=county.posts["head"]).pk,
        by=county.actors["head"],
    )
    seen = selectors.notice(county.actors["officer"], sent.case)
    assert seen["counts"] == {"已下达": 1, "已销号": 1}
    assert [item["answered_at"] is None for item in seen["items"]] == [True, False]
    assert selectors.notices(county.actors["officer"])["items"][0]["signed"] == 1


def test_a_notice_to_nobody_is_refused(county: County) -> None:
    with pytest.raises(Invalid, match="没有选到"):
        services.send_notice(
            notice=services.Notice(title="开会", regions=[VILLAGE], roles=["expert"]),
            by=county.actors["officer"],
        )


def test_mine_and_my_units_and_all_differ(county: County) -> None:
    mine = county.owe()
    other = county.owe(to="neighbour-head", region="339901101202")
    head, officer = county.actors["head"], county.actors["officer"]

    def ids(actor: object, scope: str) -> set[str]:
        page = selectors.page(actor, selectors.Query(scope=scope))  # type: ignore[arg-type]
        return {item["id"] for item in page["items"]}

    assert ids(head, "mine") == ids(head, "unit") == ids(head, "all") == {mine}
    assert ids(officer, "mine") == set()
    assert ids(officer, "all") == {mine, other}
    assert ids(county.actors["stranger"], "all") == set()
    assert selectors.open_count(head) == {"open": 1, "late": 0}


def test_a_list_asks_a_fixed_number_of_queries(
    county: County, django_assert_max_num_queries: object
) -> None:
    for _ in range(30):
        county.owe()
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        selectors.page(county.actors["officer"], selectors.Query(scope="all"))


def test_the_verbs_shown_are_those_that_work(county: County) -> None:
    owed = county.owe()
    shown = {verb["verb"] for verb in selectors.one(county.actors["head"], owed)["verbs"]}
    assert shown == {"answer", "extend", "pause"}
    shown = {verb["verb"] for verb in selectors.one(county.actors["officer"], owed)["verbs"]}
    assert shown == {"answer", "withdraw", "extend", "pause"}


def test_a_neighbour_who_sees_it_cannot_ask_for_more_time(county: County, turn: Turn) -> None:
    owed = county.owe()
    grid = replace(
        county.actors["neighbour-head"],
        roles=(Holding("grid", "339901101"),),
    )
    with pytest.raises(Forbidden):
        services.request_extension(
            obligation=owed, until=turn.at.replace(hour=12), reason="路断", by=grid
        )
    shown = {verb["verb"] for verb in selectors.one(grid, owed)["verbs"]}
    assert shown == set()


@pytest.mark.usefixtures("_task")
def test_what_many_owe_about_one_thing_ends_at_once_the_answered_struck_off(
    county: County, turn: Turn
) -> None:
    owed = [
        county.owe(kind="test-task", to=to, subject=("round", "R"), case="C")
        for to in ("head", "neighbour-head", "stationed")
    ]
    other = county.owe(kind="test-task", subject=("round", "S"), case="C")
    services.answer(obligation=owed[0], by=county.actors["head"])
    turn.forward(minutes=1)
    about = [("round", "R"), ("round", "nothing")]
    before = Entry.objects.count()
    assert services.settle_all(kind="test-task", subjects=about, by=county.actors["system"]) == 3
    assert services.settle_all(kind="test-task", subjects=about, by=county.actors["system"]) == 0
    assert [_state(one) for one in (*owed, other)] == [
        "closed", "withdrawn", "withdrawn", "issued",
    ]  # fmt: skip
    assert Entry.objects.count() == before + 2  # one for the answered, one for the silent
    assert Event.objects.filter(kind="obligations.ObligationsSettled").count() == 2


def test_a_kind_may_tell_its_words_once_for_all_who_owe(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def words(subjects: Collection[str]) -> dict[str, Words]:
        asked.append(list(subjects))
        return {"R": Words("全文", "某台")}

    kind = replace(TASK, key="test-words", words=words)
    monkeypatch.setitem(KINDS._entries, kind.key, kind)
    for to in ("head", "neighbour-head"):
        county.owe(kind="test-words", to=to, subject=("round", "R"), case="C")
    county.owe(kind="test-words", subject=("round", "lost"), case="C")
    seen = selectors.page(county.actors["officer"], selectors.Query(scope="all"))["items"]
    assert sorted(one["body"] for one in seen) == ["", "全文", "全文"]
    assert asked == [["R", "lost"]]
