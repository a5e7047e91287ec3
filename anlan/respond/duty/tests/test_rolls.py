"""点名, 查岗: rooms below are asked, now or by lot; who does not answer in time is seen."""

from datetime import timedelta

import pytest

from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.people.tests import village
from anlan.base.permissions.models import Grant, User
from anlan.kernel import clock
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.respond.duty import services
from anlan.respond.duty.models import RollCall
from anlan.respond.duty.selectors import log, rolls
from anlan.respond.duty.services import Roll
from anlan.respond.duty.tests.conftest import (
    CHARLIE,
    LEAD,
    NOON,
    OFFICER,
    OTHER,
    SECTION,
    TOWN,
    Wall,
)


def answered(obligation: str) -> None:
    obligations.answer(
        obligation=obligation, by=OFFICER, reply=obligations.Reply(answers={"there": "two"})
    )


def test_the_rooms_below_are_asked_and_a_township_without_one_is_a_gap(world: Wall) -> None:
    row = services.call_roll(roll=Roll(minutes=10), by=LEAD)
    (owed,) = Obligation.objects.filter(kind="roll-call")
    assert (owed.region_id, owed.debtor.code) == (TOWN, "P-TOWN")
    assert owed.answer_due == NOON + timedelta(minutes=10)
    assert owed.rung == 1  # told in the same transaction
    told = rolls.one(LEAD, row.pk)
    assert [one["region"] for one in told["without"]] == [OTHER]
    assert told["counts"]["waiting"] == 1
    world.go(minutes=4)
    answered(owed.pk)
    told = rolls.one(LEAD, row.pk)
    assert told["counts"] == {"in-time": 1, "late": 0, "silent": 0, "waiting": 0}
    assert told["rooms"][0]["said"] == "two"
    assert log.page(LEAD)["items"][0]["page"] == f"/desk/roll-calls/{row.pk}"


def test_late_and_silent_are_told_apart(world: Wall) -> None:
    village.post("P-OTHER", "duty-officer", OTHER, "R3")
    row = services.call_roll(roll=Roll(minutes=10), by=LEAD)
    world.go(minutes=11)
    answered(Obligation.objects.get(kind="roll-call", region=TOWN).pk)
    counts = rolls.one(LEAD, row.pk)["counts"]
    assert (counts["late"], counts["silent"]) == (1, 1)
    assert rolls.page(LEAD)["items"][0]["counts"] == counts
    assert rolls.one(LEAD, row.pk)["rooms"][0]["state"] == "silent"


def test_a_lot_asks_so_many_rooms_and_no_more(world: Wall) -> None:  # noqa: ARG001
    village.post("P-OTHER", "duty-officer", OTHER, "R3")
    services.call_roll(roll=Roll(sample=1), by=LEAD)
    assert Obligation.objects.filter(kind="roll-call").count() == 1


def test_a_moment_drawn_by_lot_is_told_to_nobody_before_it_comes(world: Wall) -> None:
    user = User.objects.create(username="lead", name="某带班", region=LEAD.region)
    Grant.objects.create(user=user, role="duty-lead", prefix="339901", by="x", at=clock.now())
    by = type(LEAD)(**{**{f: getattr(LEAD, f) for f in LEAD.__slots__}, "ref": f"user:{user.pk}"})
    begins, ends = NOON + timedelta(hours=1), NOON + timedelta(hours=3)
    row = services.call_roll(roll=Roll(begins=begins, ends=ends), by=by)
    planned = RollCall.objects.get().planned_at
    assert planned is not None
    assert begins <= planned <= ends
    assert str(planned) not in str(rolls.one(LEAD, row.pk))
    assert services.call_due() == 0
    world.at = planned
    assert services.call_due() == 1
    assert services.call_due() == 0
    assert Obligation.objects.filter(kind="roll-call").count() == 1
    assert rolls.one(LEAD, row.pk)["called_at"] == planned


@pytest.mark.parametrize(
    ("roll", "field"),
    [
        (Roll(level=3), "level"),
        (Roll(level=9), "level"),
        (Roll(minutes=0), "minutes"),
        (Roll(sample=0), "sample"),
        (Roll(begins=NOON), "ends"),
        (Roll(begins=NOON - timedelta(hours=1), ends=NOON), "begins"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_field(world: Wall, roll: Roll, field: str) -> None:  # noqa: ARG001
    with pytest.raises(Invalid) as caught:
        services.call_roll(roll=roll, by=LEAD)
    assert set(caught.value.errors) == {field}


def test_who_may_not_call_is_refused_and_a_neighbour_sees_nothing(world: Wall) -> None:  # noqa: ARG001
    row = services.call_roll(roll=Roll(), by=LEAD)
    with pytest.raises(Forbidden):
        services.call_roll(roll=Roll(), by=SECTION)
    with pytest.raises(Missing):
        rolls.one(CHARLIE, row.pk)
    assert rolls.page(CHARLIE)["items"] == []
