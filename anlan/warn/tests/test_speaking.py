"""Who may end whose warning: a second department's account silences nobody."""

from typing import Any

import pytest

from anlan.base.journal.models import Entry
from anlan.base.permissions.actor import Actor, system
from anlan.kernel.errors import Conflict, Forbidden, Missing
from anlan.warn.models import Alert, Received
from anlan.warn.selectors import inbox
from anlan.warn.services.expiring import expire_due
from anlan.warn.services.receiving import Inbound, heed_received, receive_alert, receive_alerts
from anlan.warn.services.relaying import relay_alert
from anlan.warn.tests.conftest import (
    A1,
    CHARLIE,
    COUNTY,
    OFFICER,
    SECTION,
    TEXT,
    WEST,
    Turn,
    actor,
    at,
    national,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

WEATHER, WATER = (actor("department", COUNTY, name) for name in ("weather", "water"))
PROVINCE = system("feed:province")
FIRST, SECOND, THIRD = (f"33990141600000_2026080108000{n}" for n in range(3))
#: The water bureau's own number, and when the station's warning was sent.
SENT = at(-30)
WATERS = "33990133200000_20260801090000"
OVER = "云屿县气象台解除暴雨红色预警信号，谢谢配合。"


def tell(by: Actor, way: str = "push", **more: Any) -> Received:
    pk = receive_alert(original=national(**more), way=way, by=by)
    return Received.objects.get(pk=pk)


def red(by: Actor = WEATHER, **more: Any) -> Received:
    return tell(by, **{"number": FIRST, "sent": SENT, **more})


def state(row: Received) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.handling


def remarks(row: Received) -> set[str]:
    row.refresh_from_db()
    return {code for code, _ in row.notes}


ENDS: list[dict[str, Any]] = [
    # In its own name, naming the station's number; in the station's name, with and without it.
    {"number": WATERS, "station": "云屿县水利局", "action": "Cancel", "references": FIRST},
    {"number": SECOND, "action": "Cancel", "references": FIRST},
    {"number": SECOND, "action": "Error", "references": FIRST},
    {"number": SECOND, "action": "Cancel", "codes": ()},
    {"number": SECOND, "action": "Update", "references": FIRST, "colour": "Blue"},
    {"number": SECOND, "action": "Alert", "colour": "Blue"},
]


@pytest.mark.parametrize("said", ENDS)
def test_a_strangers_end_ends_nothing_and_waits_for_somebody_to_look(said: dict[str, Any]) -> None:
    row = red()
    forged = tell(WATER, **{"text": OVER, **said})
    assert state(row) == ("standing", "waiting")
    assert state(forged)[1] == "waiting"
    assert "unproved" in remarks(forged)
    told = [note for note in inbox.one(OFFICER, forged.pk)["notes"] if note["code"] == "unproved"]
    assert [row.headline in note["text"] for note in told] == [True]
    assert "heed" in inbox.one(OFFICER, forged.pk)["verbs"]
    assert (forged.root, forged.replaces) == (forged.pk, [])


def test_a_strangers_end_that_comes_first_does_not_end_what_comes_later() -> None:
    forged = tell(WATER, number=SECOND, action="Cancel", references=FIRST, text=OVER)
    row = red()
    assert state(row) == ("standing", "waiting")
    assert "unproved" in remarks(forged)


def test_the_account_that_told_of_a_warning_ends_it() -> None:
    row = red()
    end = tell(WEATHER, number=SECOND, action="Cancel", references=FIRST, text=OVER)
    assert (state(row), state(end)) == (("cancelled", "passed"), ("notice", "none"))


def test_a_desk_of_the_same_department_ends_its_warning_and_another_department_does_not() -> None:
    row = red()
    water = "33990133200000_20260801080009"
    tell(WEATHER, number=water, station="水利局", action="Cancel", references=FIRST, text=OVER)
    assert state(row)[0] == "standing"
    desk = "33990141600107_20260801080009"
    tell(WEATHER, number=desk, station="气象台二号机", action="Cancel", references=FIRST,
         text="暴雨红色预警信号现已解除，谢谢大家。")  # fmt: skip
    assert state(row)[0] == "cancelled"


def test_what_two_ways_told_ends_when_both_have_told_of_its_end() -> None:
    row = red()
    assert red(PROVINCE, way="poll").pk == row.pk
    given: dict[str, Any] = {
        "number": SECOND, "sent": at(-5), "action": "Cancel", "references": FIRST, "text": OVER,
    }  # fmt: skip
    end = tell(PROVINCE, "poll", **given)
    assert (state(row), state(end)[1]) == (("standing", "waiting"), "waiting")
    tell(WEATHER, **given)
    assert (state(row), state(end)) == (("cancelled", "passed"), ("notice", "none"))
    assert remarks(end) == set()
    assert Entry.objects.filter(deed="received.cancelled", subject=row.pk).exists()


def test_a_copy_by_a_stranger_buys_no_right_to_end_it() -> None:
    row = red()
    assert red(WATER).pk == row.pk
    tell(WATER, number=SECOND, action="Cancel", references=FIRST, text=OVER)
    assert state(row) == ("standing", "waiting")


@pytest.mark.parametrize("text", [TEXT, "什么事也没有，请大家照常生产生活，不要惊慌。"])
def test_who_forges_a_warning_beforehand_and_ends_it_does_not_silence_the_true_one(
    text: str,
) -> None:
    red(WATER, text=text)
    forged = tell(WATER, number=SECOND, action="Cancel", references=FIRST, text=OVER)
    true = red()
    assert (state(true), true.text) == (("standing", "waiting"), TEXT)
    assert state(forged)[1] == "waiting"


@pytest.mark.parametrize(
    "said", [{"status": "Exercise"}, {"status": "Test"}, {"action": "Ack"}, {"text": "x"}]
)
def test_a_guessed_number_takes_the_place_of_nothing(said: dict[str, Any]) -> None:
    forged = red(WATER, **said)
    true = red()
    assert true.pk != forged.pk
    assert (state(true), true.text) == (("standing", "waiting"), TEXT)
    # An actual one that says something else is seen; an exercise keeps no order from acting.
    assert ("number-taken" in remarks(true)) == (forged.status == true.status)


def test_the_same_words_said_to_be_an_exercise_are_not_the_same() -> None:
    tell(WATER, number=WATERS, station="云屿县气象台", status="Exercise")
    assert state(red()) == ("standing", "waiting")


def test_a_copy_for_elsewhere_does_not_hide_the_true_one() -> None:
    red(WATER, codes=("440000000000",))
    true = red()
    assert (state(true), true.regions) == (("standing", "waiting"), [COUNTY])


def test_a_strangers_copy_does_not_say_when_a_warning_ends(turn: Turn) -> None:
    row = red(sent=turn.at)
    red(WATER, sent=turn.at, expires=at(1))
    turn.forward(minutes=5)
    expire_due()
    assert state(row) == ("standing", "waiting")
    assert "ends-at" in remarks(row)


@pytest.mark.parametrize("after", [2, 10])  # before the forged end, and after it
@pytest.mark.parametrize("ends", [None, 600])
def test_who_is_first_with_the_words_does_not_bring_their_end_forward(
    turn: Turn, after: int, ends: int | None
) -> None:
    given: dict[str, Any] = {"sent": turn.at}
    row = red(WATER, expires=at(5), **given)
    turn.forward(minutes=after)
    expire_due()
    assert red(expires=at(ends) if ends else None, **given).pk == row.pk
    turn.forward(minutes=10)
    expire_due()
    assert state(row) == ("standing", "waiting")


def test_what_ran_out_hours_ago_does_not_hold_again_because_it_is_told_late(turn: Turn) -> None:
    given: dict[str, Any] = {"sent": turn.at}
    row = red(expires=at(120), **given)
    turn.forward(minutes=180)
    expire_due()
    red(PROVINCE, way="poll", **given)
    assert state(row)[0] == "expired"


def test_who_is_first_with_the_words_does_not_narrow_their_area() -> None:
    row = red(WATER, codes=(A1,))
    assert red().pk == row.pk
    assert "area-differs" in remarks(row)
    pk = relay_alert(received=row.pk, by=OFFICER, chosen=[COUNTY])
    assert Alert.objects.get(pk=pk).regions == [COUNTY]


def test_an_area_that_a_stranger_filled_in_is_no_limit() -> None:
    row = red(codes=())
    red(WATER, codes=(A1,))
    assert "area-by" in remarks(row)
    alert = Alert.objects.get(pk=relay_alert(received=row.pk, by=OFFICER, chosen=[WEST]))
    assert alert.regions == [WEST]


def test_an_end_for_an_exercise_ends_nothing_that_is_actual() -> None:
    row = red()
    tell(WEATHER, number=SECOND, action="Cancel", references=FIRST, status="Exercise", text=OVER)
    assert state(row)[0] == "standing"


def test_a_message_of_two_departments_warnings_does_not_tie_them_together() -> None:
    row = red()
    flood = tell(WATER, number=WATERS, station="云屿县水利局", event="11A01", sent=at(-20),
                 text="东溪水位上涨，请沿岸群众立即转移避险。")  # fmt: skip
    tell(WATER, number="33990133200000_20260801090001", station="云屿县水利局", event="11A01",
         action="Update", references=f"{FIRST},{WATERS}", text="东溪水位继续涨。")  # fmt: skip
    rain = relay_alert(received=row.pk, by=OFFICER)
    flood.refresh_from_db()
    assert flood.root != Received.objects.get(pk=row.pk).root
    over = tell(
        WATER,
        number="33990133200000_20260801090002",
        station="云屿县水利局",
        event="11A01",
        action="Cancel",
        references=WATERS,
        text="东溪水位回落，解除预警。",
    )
    relay_alert(received=over.pk, by=OFFICER)
    assert Alert.objects.get(pk=rain).state == "issued"


def test_a_person_who_verified_it_lets_it_count() -> None:
    row = red()
    end = tell(PROVINCE, "poll", number=SECOND, action="Cancel", references=FIRST, text=OVER)
    for by, error in ((SECTION, Forbidden), (CHARLIE, Missing), (WATER, Missing)):
        with pytest.raises(error):
            heed_received(received=end.pk, by=by)
    heed_received(received=end.pk, by=OFFICER)
    assert (state(row), state(end)) == (("cancelled", "passed"), ("notice", "none"))
    entry = Entry.objects.get(deed="received.heeded")
    assert (entry.subject, entry.by) == (end.pk, OFFICER.ref)
    with pytest.raises(Conflict):
        heed_received(received=end.pk, by=OFFICER)
    red(WATER)  # a copy afterwards does not undo what a person decided
    assert state(row)[0] == "cancelled"


def test_who_relays_an_end_by_another_way_ends_what_went_out() -> None:
    row = red()
    out = Alert.objects.get(pk=relay_alert(received=row.pk, by=OFFICER))
    end = tell(OFFICER, "paste", number=SECOND, action="Cancel", references=FIRST, text=OVER)
    assert state(row) == ("standing", "relayed")
    with pytest.raises(Conflict, match="unproved"):
        relay_alert(received=end.pk, by=OFFICER, accepted=("verify",))
    assert state(row) == ("standing", "relayed")
    relay_alert(received=end.pk, by=OFFICER, accepted=("verify", "unproved"))
    out.refresh_from_db()
    assert (out.state, state(row)) == ("cancelled", ("cancelled", "relayed"))


def test_what_a_person_pasted_ends_when_the_department_that_told_it_too_says_so() -> None:
    row = red(OFFICER, way="paste")
    tell(WATER, number=WATERS, station="云屿县气象台", action="Cancel", references=FIRST,
         text="暴雨红色预警信号现已解除，谢谢大家。")  # fmt: skip
    assert state(row)[0] == "standing"
    red()
    tell(WEATHER, number=SECOND, action="Cancel", references=FIRST, text=OVER)
    assert state(row)[0] == "cancelled"


def test_of_one_batch_each_is_judged_by_its_own_account() -> None:
    items = [
        Inbound(original=national(number=FIRST, sent=at(-30)), way="poll"),
        Inbound(
            original=national(number=SECOND, action="Cancel", references=FIRST, text=OVER),
            way="poll",
        ),
    ]
    receive_alerts(items=items, by=PROVINCE)
    assert set(Received.objects.values_list("state", flat=True)) == {"cancelled", "notice"}
