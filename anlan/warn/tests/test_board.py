"""The board: what it counts, whom it shows, to whom, and what it costs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services import Reply, answer, reach
from anlan.base.people.models import Person, Phone, Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import User
from anlan.base.vault import services as vault
from anlan.comms.models import Message
from anlan.comms.services import queue_rungs
from anlan.kernel import clock
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.kernel.ids import new_id
from anlan.warn.models import Alert
from anlan.warn.selectors.board import Contacts, Query, board, callers, contact_gaps, progress
from anlan.warn.services import calls
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import (
    A1,
    A2,
    B1,
    BY,
    CHARLIE,
    COUNTY,
    OFFICER,
    TOWNSHIP,
    VILLAGE,
    WEST,
    World,
    actor,
    row,
)

pytestmark = pytest.mark.django_db
Turn = Callable[..., datetime]


@pytest.fixture(autouse=True)
def posts(world: World) -> dict[str, Post]:  # noqa: ARG001 - comes after it
    User.objects.create(pk="duty-officer", username="duty-officer", name="值班员", region=COUNTY)
    return v.make_posts()


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    at = [datetime(2026, 8, 3, 2, 0, tzinfo=UTC)]
    monkeypatch.setattr(clock, "now", lambda: at[0])

    def forward(**spans: float) -> datetime:
        at[0] += timedelta(**spans)
        return at[0]

    return forward


@pytest.fixture
def alert() -> Alert:
    made = v.issued()
    v.call(made)
    rows = list(Obligation.objects.values_list("pk", "rung"))
    queue_rungs(obligations=[pk for pk, _ in rows], rungs=[rung for _, rung in rows], by=BY)
    return made


def _answer(code: str, reply: str = "received", by: Actor = BY) -> None:
    answer(obligation=v.owed(code).pk, by=by, reply=Reply(answers={"reply": reply}))


def _deliver(code: str, channel: str = "sms", state: str = "delivered") -> None:
    Message.objects.filter(purpose=v.owed(code).pk, channel=channel).update(
        state=state, delivered_at=clock.now()
    )


def _standings(told: dict[str, object]) -> dict[str, str]:
    return {item["title"]: item["standing"] for item in told["items"]}  # type: ignore[attr-defined]


def test_each_post_stands_where_its_call_stands(alert: Alert) -> None:
    _deliver("W-HEAD")
    reach(obligations=[v.owed("W-DEPUTY").pk], by=BY)
    _answer("A1-HEAD")
    _answer("A1-MOVE", "on-post")
    told = board(OFFICER, alert.pk, Query())
    expected = dict.fromkeys(v.WEST_RED, "silent") | {
        "W-HEAD": "delivered", "W-DEPUTY": "delivered", "A1-HEAD": "answered",
        "A1-MOVE": "reported", "A2-HEAD": "vacant",
    }  # fmt: skip
    titles = {post.title: post.code for post in Post.objects.all()}
    assert {titles[title]: s for title, s in _standings(told).items()} == expected
    counts = told["counts"]
    assert counts["called"] == len(v.WEST_RED)
    assert (counts["delivered"], counts["answered"], counts["reported"]) == (4, 2, 1)
    assert (counts["silent"], counts["vacant"]) == (len(v.WEST_RED) - 2, 1)
    assert sum(counts["standings"].values()) == counts["called"]


def test_what_a_robot_posted_or_a_provider_took_is_not_delivered(alert: Alert) -> None:
    _deliver("W-HEAD", state="sent")
    Message.objects.filter(purpose=v.owed("W-DEPUTY").pk, channel="sms").update(
        channel="robot", state="answered", delivered_at=clock.now()
    )
    standings = board(OFFICER, alert.pk, Query())["counts"]["standings"]
    assert standings["delivered"] == 0


def test_rates_are_of_those_called_and_unknown_where_nobody_is(turn: Turn) -> None:
    made = v.issued()
    v.call(made)
    turn(minutes=4)
    _answer("W-HEAD")
    turn(minutes=16)  # 20 minutes: after the limit of a red call
    _answer("A1-HEAD")
    counts = board(OFFICER, made.pk, Query())["counts"]
    n = len(v.WEST_RED)
    assert counts["answer_rate"] == round(2 / n, 4)
    assert counts["in_time_rate"] == round(1 / n, 4)
    assert counts["mean_answer_s"] == 720.0
    late = board(OFFICER, made.pk, Query(standing="answered"))["items"]
    assert sorted(item["late"] for item in late) == [False, True]
    nobody = board(OFFICER, v.issued(regions=(A2,)).pk, Query())["counts"]
    assert (nobody["called"], nobody["answer_rate"], nobody["mean_answer_s"]) == (0, None, None)


def test_counts_are_given_by_level_and_by_village(alert: Alert) -> None:
    _answer("A1-HEAD")
    told = board(OFFICER, alert.pk, Query())
    levels = {one["level"]: one["called"] for one in told["by_level"]}
    assert levels == {3: 5, 4: 3, 5: 5}
    places = {one["region"]: (one["called"], one["answered"]) for one in told["by_place"]}
    assert places == {COUNTY: (5, 0), WEST: (3, 0), A1: (4, 1), A2: (1, 0)}
    assert {one["name"] for one in told["by_place"]} >= {"前坑村", "云岭乡"}


def test_each_township_sees_its_own_board_and_charlie_none() -> None:
    made = v.issued(regions=(COUNTY,))
    v.call(made)
    assert {item["region"] for item in board(TOWNSHIP, made.pk, Query())["items"]} == {WEST, A1, A2}
    assert {item["region"] for item in board(VILLAGE, made.pk, Query())["items"]} == {A1}
    east = board(OFFICER, made.pk, Query(region=B1))
    assert {item["region"] for item in east["items"]} == {B1}
    assert board(TOWNSHIP, made.pk, Query(region=B1))["counts"]["called"] == 0
    with pytest.raises(Missing):
        board(CHARLIE, made.pk, Query())
    with pytest.raises(Forbidden):
        board(actor("expert"), made.pk, Query())
    with pytest.raises(Missing):
        board(OFFICER, "no-such-alert", Query())


def test_whoever_needs_help_comes_first_then_the_vacant_and_the_silent(alert: Alert) -> None:
    _answer("W-HEAD", "need-help")
    _answer("W-DEPUTY")
    items = board(OFFICER, alert.pk, Query())["items"]
    assert items[0]["title"] == "W-HEAD"
    assert [item["standing"] for item in items[1:3]] == ["vacant", "silent"]
    assert items[-1]["standing"] == "answered"
    help_ = board(OFFICER, alert.pk, Query(standing="help"))
    assert [item["title"] for item in help_["items"]] == ["W-HEAD"]
    assert board(OFFICER, alert.pk, Query())["counts"]["need_help"] == 1
    with pytest.raises(Invalid):
        board(OFFICER, alert.pk, Query(standing="asleep"))


def test_a_post_shows_its_rung_attempts_and_what_is_due_next(alert: Alert) -> None:
    Message.objects.filter(purpose=v.owed("A1-HEAD").pk, channel="sms").update(tries=2)
    items = board(OFFICER, alert.pk, Query(role="village-head"))["items"]
    shown = next(item for item in items if item["title"] == "A1-HEAD")
    assert (shown["rung"], shown["turned_to"], shown["attempts"]) == (1, "本人", 2)
    assert shown["next_due"] == v.owed("A1-HEAD").climb_at
    assert shown["role_label_en"]
    assert [one["rank"] for one in shown["holders"]] == ["A"]
    assert {item["role"] for item in items} == {"village-head"}


def test_a_post_called_again_counts_once_as_it_stands_now(alert: Alert) -> None:
    _answer("W-HEAD")
    red = v.issued(level=1, action="raise", previous=alert)
    v.call(red)
    told = board(OFFICER, red.pk, Query())
    assert told["counts"]["called"] == len(v.WEST_RED)
    assert told["counts"]["answered"] == 0
    assert len(told["rounds"]) == 2
    assert board(OFFICER, alert.pk, Query())["counts"] == told["counts"]


def test_pages_do_not_overlap(alert: Alert) -> None:
    pages = [board(OFFICER, alert.pk, Query(page=page, size=4)) for page in (1, 2, 3, 4, 5)]
    seen = [item["obligation"] for told in pages for item in told["items"]]
    assert len(seen) == len(set(seen)) == len(v.WEST_RED)
    assert {told["total"] for told in pages} == {len(v.WEST_RED)}


@pytest.mark.usefixtures("turn")
def test_the_forecast_says_when_the_last_is_tried_and_who_is_beyond_reach() -> None:
    made = v.issued()
    v.call(made)
    rows = list(Obligation.objects.values_list("pk", "rung"))
    queue_rungs(obligations=[pk for pk, _ in rows], rungs=[rung for _, rung in rows], by=BY)
    told = board(OFFICER, made.pk, Query())["forecast"]
    by_hand = next(one for one in told["channels"] if one["by_hand"])
    reached = len(v.WEST_RED) - len(v.VACANT)
    assert by_hand["waiting"] == reached
    # A call takes a minute on each line.
    assert told["last_at"] == clock.now() + timedelta(minutes=reached / by_hand["lines"])
    assert told["unreachable"] == len(v.VACANT)
    Message.objects.update(state="sent")
    done = board(OFFICER, made.pk, Query())["forecast"]
    assert (done["waiting"], done["last_at"], done["unreachable"]) == (0, None, 0)


def test_the_forecast_says_who_is_silent_and_when_the_next_rung_is_due(turn: Turn) -> None:
    made = v.issued()
    v.call(made)
    v.told()
    Message.objects.update(state="sent")
    _answer("A1-HEAD")
    told = board(OFFICER, made.pk, Query())["forecast"]
    silent = len(v.WEST_RED) - 1
    assert (told["waiting"], told["last_at"], told["silent"]) == (0, None, silent)
    # The second rung of a red call is due three minutes after it began, for the answered never.
    begun = v.owed("W-HEAD").issued_at
    assert told["next_at"] == begun + timedelta(minutes=3)
    later = begun + timedelta(minutes=9)
    Obligation.objects.filter(answered_at=None).exclude(pk=v.owed("W-HEAD").pk).update(
        climb_at=None
    )
    Obligation.objects.filter(pk=v.owed("W-HEAD").pk).update(climb_at=later)
    turn(minutes=4)
    assert board(OFFICER, made.pk, Query())["forecast"]["next_at"] == later
    Obligation.objects.update(climb_at=None)
    over = board(OFFICER, made.pk, Query())["forecast"]
    assert (over["silent"], over["next_at"]) == (silent, None)
    # One township sees its own alone.
    assert board(VILLAGE, made.pk, Query())["forecast"]["silent"] < silent


@pytest.mark.parametrize("regions", [(A1,), (COUNTY,)])
def test_a_board_asks_a_fixed_number_of_queries(
    regions: tuple[str, ...], django_assert_max_num_queries: object
) -> None:
    made = v.issued(regions=regions)
    v.call(made)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        board(OFFICER, made.pk, Query())


# Who calls back.


def _phone(code: str, number: str, short: str = "") -> str:
    person = Person.objects.get(code=f"{code}-A")
    key = new_id()
    Phone.objects.create(
        **row(id=key, person=person, rank=1, kind="mobile", number=vault.seal(key, number),
              short_number=short, region_id=person.region_id)
    )  # fmt: skip
    vault.index_many([(key, {"phone": [number], "tail4": [number]})])
    return person.pk


def test_the_post_of_whoever_calls_back_is_found_by_the_number(alert: Alert) -> None:
    person = _phone("A1-HEAD", "13800001234", "660123")
    for number in ("13800001234", "138 0000 1234", "1234", "660123"):
        (found,) = callers(OFFICER, alert.pk, number)
        assert (found["person"], found["title"]) == (person, "A1-HEAD"), number
    assert callers(OFFICER, alert.pk, "13999999999") == []
    with pytest.raises(Invalid):
        callers(OFFICER, alert.pk, "12")


def test_whoever_calls_back_is_found_by_name_and_initials(alert: Alert) -> None:
    person = Person.objects.get(code="A1-HEAD-A")
    vault.index_many(
        [(person.pk, {"name": ["欧阳海"], "chars": ["欧阳海"], "initials": ["欧阳海"]})]
    )
    for asked in ("欧阳海", "欧阳", "oyh"):
        (found,) = callers(OFFICER, alert.pk, asked)
        assert (found["person"], found["title"]) == (person.pk, "A1-HEAD"), asked
    assert callers(OFFICER, alert.pk, "司马") == []


def test_who_has_not_answered_can_be_picked_the_most_pressing_first(alert: Alert) -> None:
    silent = callers(OFFICER, alert.pk, "")
    assert "A1-HEAD" in {one["title"] for one in silent}
    assert {one["standing"] for one in silent} <= {"silent", "delivered"}
    due = dict(Obligation.objects.values_list("pk", "answer_due"))
    times = [moment for one in silent if (moment := due[one["obligation"]])]
    assert len(times) == len(silent)
    assert times == sorted(times)
    _answer("A1-HEAD")
    assert "A1-HEAD" not in {one["title"] for one in callers(OFFICER, alert.pk, "")}
    assert callers(TOWNSHIP, alert.pk, " ") != []


def test_a_deputy_or_a_cadre_who_was_turned_to_is_found_too(alert: Alert, turn: Turn) -> None:
    from anlan.base.obligations.services import climb_due

    turn(minutes=0)
    Obligation.objects.update(issued_at=clock.now(), climb_at=clock.now())
    for _ in range(8):
        climb_due(by=BY)
        turn(minutes=4)
    _phone("A1-CADRE", "13800005678")
    found = {one["title"] for one in callers(OFFICER, alert.pk, "5678")}
    assert {"A1-CADRE", "A1-HEAD"} <= found


def test_who_calls_back_is_found_only_by_those_who_may_answer_there(alert: Alert) -> None:
    _phone("A1-HEAD", "13800001234")
    made = v.issued(regions=(A1, B1))
    v.call(made)
    _phone("B1-HEAD", "13800009999")
    assert callers(TOWNSHIP, made.pk, "13800009999") == []
    assert callers(TOWNSHIP, alert.pk, "1234")
    for who in (VILLAGE, actor("grid", A1)):
        with pytest.raises(Forbidden):
            callers(who, alert.pk, "1234")
    with pytest.raises(Missing):
        callers(CHARLIE, alert.pk, "1234")


# Gaps.


def test_posts_that_could_not_be_reached_are_listed_before_the_night_comes() -> None:
    _phone("A1-HEAD", "13800001234")
    dead = _phone("A1-MOVE", "13800001235")
    Phone.objects.filter(person=dead).update(dead=True)
    told = contact_gaps(OFFICER, Contacts(region=WEST))
    reasons = {item["title"]: item["reasons"][0] for item in told["items"]}
    assert reasons["A2-HEAD"] == "vacant"
    assert reasons["A1-MOVE"] == "dead-number"
    assert reasons["W-HEAD"] == "no-number"
    assert "A1-HEAD" not in reasons
    counts = {one["reason"]: one["count"] for one in told["counts"]}
    assert (counts["vacant"], counts["dead-number"]) == (1, 1)
    assert counts["no-deputy"] == told["posts"]
    only = contact_gaps(OFFICER, Contacts(region=WEST, reason="vacant"))
    assert [item["title"] for item in only["items"]] == ["A2-HEAD"]


def test_gaps_are_shown_to_whom_they_belong() -> None:
    assert contact_gaps(CHARLIE, Contacts())["posts"] == 2  # N1-HEAD and the duty room
    assert {item["region"] for item in contact_gaps(TOWNSHIP, Contacts())["items"]} == {
        WEST, A1, A2,
    }  # fmt: skip
    with pytest.raises(Forbidden):
        contact_gaps(actor("grid", A1), Contacts())


def test_a_press_and_its_number_show_on_the_board(alert: Alert) -> None:
    calls.call_silent(alert=alert.pk, region=WEST, by=OFFICER)
    assert board(OFFICER, alert.pk, Query())["presses"] == 1


def test_lists_show_how_far_the_calls_of_each_alert_have_come(alert: Alert) -> None:
    _answer("A1-HEAD")
    (line,) = progress(OFFICER)
    whole = len(v.WEST_RED)
    assert line == {"alert": alert.pk, "called": whole, "answered": 1, "silent": whole - 1}
    (mine,) = progress(VILLAGE)
    assert mine["called"] < whole
    assert progress(CHARLIE) == []
    with pytest.raises(Forbidden):
        progress(actor("expert"))


def test_calls_that_are_over_are_in_no_list(alert: Alert) -> None:
    calls.end_calls(alert=alert.pk, why="cancelled", by=BY)
    assert progress(OFFICER) == []
