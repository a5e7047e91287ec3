"""The call sheet: who stands on it, whose numbers are shown, and what a call leads to."""

import json
from typing import Any

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.journal.models import Entry
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation, Step
from anlan.base.people.tests import village as v
from anlan.comms import services
from anlan.comms.models import Attempt, Message
from anlan.comms.selectors import sheet
from anlan.comms.services import calls
from anlan.comms.tests.conftest import Home, Turn, World, actor
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing

pytestmark = pytest.mark.django_db

OFFICER = actor("township", v.TOWN, "officer")
VILLAGE = actor("village", v.NEAR, "villager")
CHARLIE = actor("township", "110101001000", "charlie")


@pytest.fixture(autouse=True)
def _nothing_seen(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(calls, "_seen", {})


def _lines(asker: Any = OFFICER, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = sheet.sheet(asker, sheet.Query(**query)).told["items"]
    return items


def _owed(world: World, *to: str, minutes: int = 0, turn: Turn | None = None) -> list[str]:
    owed = world.owe(*to, case="C1", ladder="urgent-notice")
    drain()
    if turn is not None and minutes:
        turn.forward(minutes=minutes)
        obligations.climb_due()
        drain()
    return owed


def test_a_call_is_one_line_with_the_words_to_say_and_every_number(world: World) -> None:
    (owed,) = _owed(world, "head")
    (line,) = _lines()
    assert line["obligation"] == owed
    assert line["spoken"] == "通知：防台风会议。请于8月3日 09:15前答复。"
    assert [one["number"] for one in line["phones"]] == ["13900000001", "13900000002"]
    assert line["person_name"] == "head甲"


def test_numbers_are_masked_for_who_may_only_look_and_nothing_is_told_to_strangers(
    world: World,
) -> None:
    _owed(world, "head")
    (line,) = _lines(VILLAGE)
    assert line["phones"][0]["number"] == "139****0001"
    assert sheet.sheet(VILLAGE, sheet.Query()).in_full == []
    assert _lines(CHARLIE) == []


def test_reading_numbers_is_noted_once_an_hour_and_not_at_every_look(world: World) -> None:
    _owed(world, "head", "next")
    found = sheet.sheet(OFFICER, sheet.Query())
    assert services.note_numbers_read(messages=found.in_full, by=OFFICER) == 2
    assert services.note_numbers_read(messages=found.in_full, by=OFFICER) == 0
    (entry,) = Entry.objects.filter(deed="comms.numbers_read")
    assert json.loads(entry.detail.body)["facts"] == {"messages": sorted(found.in_full)}
    assert entry.by == OFFICER.ref


def test_a_later_rung_takes_the_place_of_the_line_it_repeats(world: World, turn: Turn) -> None:
    _owed(world, "head", minutes=5, turn=turn)
    (line,) = _lines()
    assert line["rung"] == 2
    first = Message.objects.get(channel="voice", rung=1)
    assert (first.state, first.reason) == ("cancelled", "superseded")


def test_who_was_rung_in_vain_gives_way_to_the_deputy_and_who_was_not_stays(
    world: World, turn: Turn
) -> None:
    v.person("P-cadre", "驻村干部", v.NEAR, "13900000006")
    v.post("G-cadre", "stationed-cadre", v.NEAR, holder="P-cadre")
    _owed(world, "head", minutes=5, turn=turn)
    turn.forward(minutes=5)
    obligations.climb_due()
    drain()
    assert {line["person_name"] for line in _lines()} == {"head甲", "副手"}
    head = next(line for line in _lines() if line["person_name"] == "head甲")
    services.note_call(message=head["message"], call=services.Call("no-answer"), by=OFFICER)
    assert next(one for one in _lines() if one["tries"])["last_reason"] == "no-answer"
    turn.forward(minutes=5)
    obligations.climb_due()
    drain()
    assert {line["person_name"] for line in _lines()} == {"副手", "驻村干部"}


def test_what_a_call_gave_is_kept_when_the_ladder_climbed_meanwhile(
    world: World, turn: Turn
) -> None:
    (owed,) = _owed(world, "head")
    (before,) = _lines()
    turn.forward(minutes=5)
    obligations.climb_due()
    drain()
    (line,) = _lines()
    assert line["message"] != before["message"]
    busy = services.Call("busy")
    assert services.note_call(message=before["message"], call=busy, by=OFFICER) == "manual"
    (line,) = _lines()
    assert (line["tries"], line["last_reason"]) == (1, "busy")
    call = services.Call("connected", "", {"reply": "received"})
    assert services.note_call(message=before["message"], call=call, by=OFFICER) == "answered"
    assert Obligation.objects.get(pk=owed).state == "closed"
    with pytest.raises(Conflict):
        services.note_call(message=before["message"], call=call, by=OFFICER)


def test_an_answer_counts_though_the_ladder_turned_to_somebody_else(
    world: World, turn: Turn
) -> None:
    v.person("P-cadre", "驻村干部", v.NEAR, "13900000006")
    v.post("G-cadre", "stationed-cadre", v.NEAR, holder="P-cadre")
    (owed,) = _owed(world, "head", minutes=10, turn=turn)
    head = next(line for line in _lines() if line["person_name"] == "head甲")
    services.note_call(message=head["message"], call=services.Call("no-answer"), by=OFFICER)
    turn.forward(minutes=5)
    obligations.climb_due()
    drain()
    assert Message.objects.get(pk=head["message"]).state == "cancelled"
    with pytest.raises(Conflict):
        services.note_call(message=head["message"], call=services.Call("busy"), by=OFFICER)
    call = services.Call("connected", "", {"reply": "received"})
    assert services.note_call(message=head["message"], call=call, by=OFFICER) == "answered"
    assert Obligation.objects.get(pk=owed).state == "closed"
    assert Attempt.objects.filter(message=head["message"]).count() == 2
    assert Message.objects.get(pk=head["message"]).state == "cancelled"


def test_an_answer_by_telephone_is_taken_down_on_behalf_and_the_line_goes(world: World) -> None:
    (owed,) = _owed(world, "head")
    (line,) = _lines()
    phone = line["phones"][0]["id"]
    call = services.Call("connected", phone, {"reply": "received"}, "马上到")
    assert services.note_call(message=line["message"], call=call, by=OFFICER) == "answered"
    assert Obligation.objects.get(pk=owed).state == "closed"
    step = Step.objects.get(obligation=owed)
    assert (step.by, step.on_behalf) == (OFFICER.ref, True)
    attempt = Attempt.objects.get(message=line["message"])
    assert (attempt.carrier, attempt.outcome, attempt.phone) == ("hand", "connected", phone)
    assert _lines() == []
    with pytest.raises(Conflict):
        services.note_call(message=line["message"], call=call, by=OFFICER)
    entry = Entry.objects.get(deed="comms.called")
    assert json.loads(entry.detail.body)["facts"] == {
        "person": world.persons["head"], "phone": phone, "result": "connected",
    }  # fmt: skip


def test_engaged_and_switched_off_leave_the_line_with_its_tries(world: World) -> None:
    _owed(world, "head")
    (line,) = _lines()
    for tried, result in enumerate(("busy", "off"), start=1):
        state = services.note_call(message=line["message"], call=services.Call(result), by=OFFICER)
        assert state == "manual"
        (now,) = _lines()
        assert (now["tries"], now["last_reason"]) == (tried, result)


def test_a_number_that_does_not_exist_is_marked_dead_and_the_other_is_left(world: World) -> None:
    _owed(world, "head", "next")
    lines = {line["person_name"]: line for line in _lines()}
    head, other = lines["head甲"], lines["next甲"]
    for line, state in ((head, "manual"), (other, "failed")):
        call = services.Call("dead", line["phones"][0]["id"])
        assert services.note_call(message=line["message"], call=call, by=OFFICER) == state
    (left,) = _lines()
    assert [one["dead"] for one in left["phones"]] == [False, True]
    assert Message.objects.get(pk=other["message"]).reason == "dead-number"
    assert world.phone("next").dead


def test_the_line_goes_when_the_debtor_answers_themselves(world: World) -> None:
    (owed,) = _owed(world, "head")
    head = actor("village", v.NEAR, "head", person=world.persons["head"])
    obligations.answer(obligation=owed, by=head)
    drain()
    assert _lines() == []
    assert Message.objects.get(channel="voice").reason == "answered"


@pytest.mark.parametrize(
    ("asker", "result", "error"),
    [
        (VILLAGE, "busy", Forbidden), (CHARLIE, "busy", Forbidden), (OFFICER, "asleep", Invalid),
    ],
)  # fmt: skip
def test_calls_are_noted_by_who_may_call_there(
    world: World, asker: Any, result: str, error: type[Exception]
) -> None:
    _owed(world, "head")
    (line,) = _lines()
    with pytest.raises(error):
        services.note_call(message=line["message"], call=services.Call(result), by=asker)


def test_only_lines_of_the_sheet_are_noted(world: World) -> None:
    _owed(world, "head")
    sms = Message.objects.get(channel="sms")
    with pytest.raises(Missing):
        services.note_call(message=sms.pk, call=services.Call("busy"), by=OFFICER)
