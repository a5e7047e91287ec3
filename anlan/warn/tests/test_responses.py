"""The gap clock: an alert asks for a response until somebody says what was done."""

from datetime import timedelta

import pytest

from anlan import codes
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.people.models import Post
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.warn.models import ResponseDue
from anlan.warn.selectors.due import rule_for
from anlan.warn.services.approving import approve_alert, submit_alert
from anlan.warn.services.drafting import Change, follow_alert
from anlan.warn.services.expiring import expire_due
from anlan.warn.services.issuing import issue_alert
from anlan.warn.services.receiving import receive_alert
from anlan.warn.services.relaying import relay_alert
from anlan.warn.services.responses import answer_response_due
from anlan.warn.tests.conftest import (
    BY,
    CHARLIE,
    CITY,
    COUNTY,
    LEAD,
    OFFICER,
    Turn,
    World,
    at,
    national,
)
from anlan.warn.tests.own import issued, later

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

RED = "云屿县气象台发布暴雨红色预警，请注意防范。"
FIRST, SECOND, THIRD = (f"33990141600000_2026080108000{n}" for n in range(3))
ROOT = "33990141600000_20260801080000"


def relay(**more: object) -> str:
    row = receive_alert(original=national(**more), by=BY)  # type: ignore[arg-type]
    return relay_alert(received=row, by=OFFICER)


@pytest.mark.parametrize(
    ("kind", "hazard", "level", "rule"),
    [
        ("weather-signal", "rainstorm", 1, "flood-red"),
        ("weather-signal", "rainstorm", 2, "flood-orange"),
        ("weather-signal", "rainstorm", 3, "yellow-water"),
        ("weather-signal", "rainstorm", 4, None),
        ("weather-signal", "heat", 1, "red"),
        ("weather-signal", "heat", 3, None),
        ("flash-flood-live", "flash-flood", None, "live"),
        ("evacuation-notice", "", None, "live"),
        ("risk-notice", "flood", None, None),
        ("quake-early-warning", "earthquake", 1, "quake-red"),
    ],
)
def test_the_table_says_what_a_warning_asks_for(
    kind: str, hazard: str, level: int | None, rule: str | None
) -> None:
    found = rule_for(kind, hazard, level, COUNTY)
    assert (found.code if found else None) == rule


def test_every_row_of_the_table_names_measures_levels_and_minutes_that_exist() -> None:
    for row in codes.table("response-due"):
        assert row.whole("minutes")
        assert row.several("measures")
        assert all(code in codes.table("response-measures") for code in row.several("measures"))
        assert all(hazard in codes.hazards() for hazard in row.several("hazards"))
        response = row.whole("response")
        assert response is None or str(response) in codes.table("response-levels")


def test_a_red_warning_opens_the_clock_for_the_watch(world: World) -> None:
    alert = relay()
    due = ResponseDue.objects.get()
    assert (due.alert_id, due.rule, due.response, due.region_id) == (alert, "flood-red", 1, COUNTY)
    owed = Obligation.objects.get(pk=due.obligation)
    assert (owed.kind, owed.debtor_id) == ("response-due", world.posts["P-DUTY"].pk)
    assert owed.answer_due is not None
    assert abs(owed.answer_due - due.due_at) < timedelta(seconds=1)


def test_when_nobody_answers_it_goes_to_the_commander(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anlan.kernel import clock

    relay()
    owed = Obligation.objects.get(kind="response-due")
    obligations.climb_due()
    late = owed.answer_due
    assert late is not None
    monkeypatch.setattr(clock, "now", lambda: late + timedelta(seconds=1))
    obligations.climb_due()
    turned = Rung.objects.filter(obligation=owed).order_by("-id").first()
    assert turned is not None
    assert (turned.whom, turned.post_id) == ("commander", world.posts["P-CHIEF"].pk)


def test_a_yellow_warning_of_something_else_asks_for_nothing() -> None:
    relay(event="11B09", colour="Yellow")
    assert not ResponseDue.objects.exists()


def test_an_answer_names_the_level_and_the_measures_and_stops_the_clock() -> None:
    relay()
    due = ResponseDue.objects.get()
    answer_response_due(
        due=due.pk, answer="started", level=2, measures=["transfer", "standby"],
        reason="会商后定为二级", by=OFFICER,
    )  # fmt: skip
    due.refresh_from_db()
    assert (due.answer, due.started, due.taken) == ("started", 2, ["transfer", "standby"])
    assert (due.answered_by, Obligation.objects.get(pk=due.obligation).state) == (
        OFFICER.ref,
        "closed",
    )
    with pytest.raises(Conflict):
        answer_response_due(due=due.pk, answer="started", level=1, by=OFFICER)


def test_an_answer_by_the_list_of_what_is_owed_counts_the_same() -> None:
    relay()
    due = ResponseDue.objects.get()
    reply = obligations.Reply(answers={"answer": "started", "level": "1"})
    obligations.answer(obligation=due.obligation, by=OFFICER, reply=reply)
    due.refresh_from_db()
    assert (due.answer, due.started, due.answered_by) == ("started", 1, OFFICER.ref)


@pytest.mark.parametrize(
    ("answer", "level", "measures", "reason", "field"),
    [
        ("", None, (), "", "answer"),
        ("started", None, (), "", "level"),
        ("started", 9, (), "", "level"),
        ("measures", None, (), "", "measures"),
        ("measures", None, ("dance",), "", "measures"),
        ("not-needed", None, (), " ", "reason"),
    ],
)
def test_half_an_answer_is_none(
    answer: str, level: int | None, measures: tuple[str, ...], reason: str, field: str
) -> None:
    relay()
    due = ResponseDue.objects.get()
    with pytest.raises(Invalid) as told:
        answer_response_due(
            due=due.pk, answer=answer, level=level, measures=measures, reason=reason, by=OFFICER
        )
    assert field in told.value.errors


def test_charlie_cannot_answer_for_this_county() -> None:
    relay()
    due = ResponseDue.objects.get()
    with pytest.raises((Forbidden, Missing)):
        answer_response_due(due=due.pk, answer="not-needed", reason="x", by=CHARLIE)


def test_a_higher_level_asks_anew_and_the_milder_question_is_over() -> None:
    relay(number=FIRST, sent=at(-30), colour="Orange")
    relay(number=SECOND, action="Update", references=FIRST, text=RED)
    first, second = ResponseDue.objects.order_by("id")
    assert (first.rule, second.rule) == ("flood-orange", "flood-red")
    assert first.closed_at is not None
    assert second.closed_at is None
    assert Obligation.objects.get(pk=first.obligation).state == "withdrawn"


def test_what_was_answered_for_red_is_not_asked_again_for_orange() -> None:
    relay(number=FIRST, sent=at(-30))
    answer_response_due(due=ResponseDue.objects.get().pk, answer="started", level=1, by=OFFICER)
    relay(
        number=SECOND, action="Update", references=FIRST, colour="Orange",
        text="降为橙色，降雨减弱，仍请注意防范。",
    )  # fmt: skip
    assert ResponseDue.objects.count() == 1


def test_the_same_level_again_does_not_ask_twice() -> None:
    relay(number=FIRST, sent=at(-30))
    relay(number=SECOND, action="Update", references=FIRST, text=RED)
    assert ResponseDue.objects.count() == 1


def colours(*names: str) -> None:
    """Relay one chain: each colour an update of the first."""
    for place, colour in enumerate(names):
        update = {"action": "Update", "references": ROOT} if place else {}
        relay(
            number=f"33990141600000_2026080108{place:02}00", sent=at(-30 + place), colour=colour,
            text=f"{RED}第{place}次。", **update,
        )  # fmt: skip


def asked() -> list[tuple[str, bool]]:
    rows = ResponseDue.objects.filter(closed_at=None).order_by("id")
    owed = [Obligation.objects.get(pk=one.obligation) for one in rows]
    return [(one.rule, debt.closed_at is None) for one, debt in zip(rows, owed, strict=True)]


def test_what_nobody_answered_is_asked_again_when_the_alert_is_as_bad_again() -> None:
    colours("Red", "Orange", "Red")
    assert asked() == [("flood-red", True)]
    assert ResponseDue.objects.count() == 2


def test_an_answer_to_something_milder_is_no_answer_to_something_worse() -> None:
    colours("Yellow")
    answer_response_due(
        due=ResponseDue.objects.get().pk, answer="measures", measures=["watch"], by=OFFICER
    )
    for place, colour in enumerate(("Red", "Orange"), 1):
        relay(
            number=f"33990141600000_2026080108{place:02}00", sent=at(-20 + place), colour=colour,
            action="Update", references=ROOT, text=f"{RED}又第{place}次。",
        )  # fmt: skip
    assert asked() == [("flood-orange", True)]


def test_what_was_answered_for_the_milder_is_not_asked_again_and_the_worse_no_longer() -> None:
    colours("Orange")
    answer_response_due(due=ResponseDue.objects.get().pk, answer="started", level=2, by=OFFICER)
    for place, colour in enumerate(("Red", "Orange"), 1):
        relay(
            number=f"33990141600000_2026080108{place:02}00", sent=at(-20 + place), colour=colour,
            action="Update", references=ROOT, text=f"{RED}又第{place}次。",
        )  # fmt: skip
    assert asked() == []


def test_an_alert_that_ran_out_and_is_revived_is_asked_about_again(turn: Turn) -> None:
    out = issued(level=1, expires_at=later(30))
    turn.forward(minutes=31)
    expire_due()
    assert asked() == []
    pk = follow_alert(
        alert=out.pk, action="extend", change=Change(expires_at=later(90)), by=OFFICER
    )
    submit_alert(alert=pk, by=OFFICER)
    approve_alert(alert=pk, by=LEAD)
    issue_alert(alert=pk, by=OFFICER)
    assert asked() == [("red", True)]
    due = ResponseDue.objects.get()
    assert due.due_at > turn.at
    answer_response_due(due=due.pk, answer="started", level=1, by=OFFICER)
    assert asked() == []


def test_the_end_of_an_alert_ends_what_it_asks_for() -> None:
    out = issued(level=1)
    pk = follow_alert(alert=out.pk, action="withdraw", change=Change(reason="误发"), by=OFFICER)
    issue_alert(alert=pk, by=OFFICER)
    due = ResponseDue.objects.get()
    assert due.closed_at is not None
    assert due.answered_at is None
    assert Obligation.objects.get(pk=due.obligation).state == "withdrawn"


@pytest.mark.parametrize("role", ["commander", "deputy-commander", "bureau-head"])
def test_where_there_is_no_watch_whoever_leads_owes_the_answer(world: World, role: str) -> None:
    Post.objects.filter(role__startswith="duty").update(retired_at=at())
    Post.objects.filter(pk=world.posts["P-CHIEF"].pk).update(role=role)
    relay()
    owed = Obligation.objects.get(pk=ResponseDue.objects.get().obligation)
    assert (owed.debtor_id, owed.closed_at) == (world.posts["P-CHIEF"].pk, None)


def test_nothing_is_owed_upward_while_somebody_leads_here(world: World) -> None:
    Post.objects.filter(region=COUNTY, role__startswith="duty").update(retired_at=at())
    Post.objects.filter(pk=world.posts["P-N"].pk).update(region=CITY)
    relay()
    owed = Obligation.objects.get(pk=ResponseDue.objects.get().obligation)
    assert owed.debtor_id == world.posts["P-CHIEF"].pk


def test_where_nobody_is_on_watch_and_nobody_leads_the_gap_is_a_row() -> None:
    Post.objects.exclude(role="village-head").update(retired_at=at())
    relay()
    due = ResponseDue.objects.get()
    assert due.obligation == ""
    answer_response_due(due=due.pk, answer="not-needed", reason="本县已转移完毕", by=LEAD)
    due.refresh_from_db()
    assert due.answered_by == LEAD.ref
