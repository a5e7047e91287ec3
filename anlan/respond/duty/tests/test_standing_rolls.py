"""Standing roll calls: at clock times and by lot, each moment once, and one that failed says so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.people.tests import village
from anlan.kernel import clock
from anlan.respond.duty import services
from anlan.respond.duty.models import RollCall, RollPlan
from anlan.respond.duty.selectors import rolls
from anlan.respond.duty.services.standing_rolls import NOT_RUNNING
from anlan.respond.duty.tests.conftest import COUNTY, LEAD, NOON, TOWN, Wall

#: 2026-07-14 is a Tuesday; noon in UTC+8.
EARLY = NOON - timedelta(hours=6)


def schedule(**more: object) -> RollPlan:
    given = {
        "code": "D1", "title": "早点名", "level": "township", "days": "daily", "times": "08:30",
        "minutes": 10, "region_id": COUNTY, "created_at": EARLY, "changed_at": EARLY,
        "changed_by": "system:test", **more,
    }  # fmt: skip
    row = RollPlan(**given)
    row.full_clean()
    row.save(force_insert=True)
    return row


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    """Tell an hour of July 2026 on the wall in Beijing."""
    return datetime(2026, 7, day, hour, minute, tzinfo=clock.local(NOON).tzinfo)


def called() -> list[datetime]:
    rows = RollCall.objects.filter(called_at__isnull=False).order_by("called_at")
    return [row.called_at for row in rows if row.called_at]


def test_at_each_clock_time_the_rooms_are_asked_once(world: Wall) -> None:
    schedule(times="08:30、20：30")
    world.at = moment(14, 7)
    assert services.lay_out_rolls() == 2
    assert services.lay_out_rolls() == 0
    assert services.call_due() == 0
    world.at = moment(14, 8, 30)
    assert (services.lay_out_rolls(), services.call_due(), services.call_due()) == (0, 1, 0)
    owed = Obligation.objects.get(kind="roll-call")
    assert (owed.region_id, owed.issued_by) == (TOWN, "system:test")
    world.at = moment(14, 20, 31)
    services.lay_out_rolls()
    assert services.call_due() == 1
    assert called() == [moment(14, 8, 30), moment(14, 20, 31)]


def test_the_next_day_it_is_asked_again_and_on_a_holiday_not(world: Wall) -> None:
    schedule(days="working")
    world.at = moment(17, 7)  # a Friday
    services.lay_out_rolls()
    for day in (17, 18, 19, 20):
        world.at = moment(day, 8, 30)
        services.lay_out_rolls()
        services.call_due()
    assert called() == [moment(17, 8, 30), moment(20, 8, 30)]


def test_a_lot_over_midnight_is_drawn_once_and_shown_to_nobody_before(world: Wall) -> None:
    plan = schedule(times="", lot_from="22:00", lot_to="06:00", lots=2)
    world.at = moment(14, 12)
    services.lay_out_rolls()
    drawn = {row.slot: row.planned_at for row in RollCall.objects.all()}
    assert set(drawn) == {"2026-07-14 lot 1", "2026-07-14 lot 2"}
    assert all(at is not None and moment(14, 22) <= at <= moment(15, 6) for at in drawn.values())
    assert rolls.page(LEAD)["items"] == []
    world.at = moment(14, 21, 59)
    services.lay_out_rolls()
    assert {row.slot: row.planned_at for row in RollCall.objects.filter(slot__in=drawn)} == drawn
    world.at = moment(15, 6)
    assert services.call_due() == 2
    (first, _) = rolls.page(LEAD)["items"]
    assert first["plan_title"] == plan.title


def test_a_moment_that_passed_while_nothing_ran_says_so(world: Wall) -> None:
    schedule(times="08:30、12:10")
    world.at = moment(14, 12, 20)
    services.lay_out_rolls()
    assert services.call_due() == 1  # ten minutes late is still a roll call
    (missed,) = RollCall.objects.exclude(trouble="")
    assert (missed.slot, missed.trouble) == ("2026-07-14 08:30", NOT_RUNNING)
    assert missed.pk in {one["id"] for one in rolls.page(LEAD)["items"]}


def test_one_laid_out_before_and_slept_through_says_so_too(world: Wall) -> None:
    schedule()
    world.at = moment(14, 7)
    services.lay_out_rolls()
    world.at = moment(16, 7)
    services.lay_out_rolls()
    assert services.call_due() == 0
    assert RollCall.objects.get(slot="2026-07-14 08:30").trouble == NOT_RUNNING


def test_a_schedule_that_changes_or_ends_takes_what_was_laid_out_away(world: Wall) -> None:
    plan = schedule(times="20:00")
    world.at = moment(14, 7)
    services.lay_out_rolls()
    RollPlan.objects.update(times="21:00", minutes=5)
    services.lay_out_rolls()
    (row,) = RollCall.objects.all()
    assert (row.slot, row.minutes) == ("2026-07-14 21:00", 5)
    RollPlan.objects.filter(pk=plan.pk).update(retired_at=world.at)
    services.lay_out_rolls()
    assert not RollCall.objects.exists()


def test_where_who_planned_it_is_gone_the_list_says_why_nobody_was_asked(world: Wall) -> None:
    schedule(changed_by="user:gone")
    world.at = moment(14, 7)
    services.lay_out_rolls()
    world.at = moment(14, 8, 30)
    assert services.call_due() == 0
    (told,) = rolls.page(LEAD)["items"]
    assert "账号已不存在" in told["trouble"]
    assert services.call_due() == 0


def test_a_room_that_does_not_answer_is_climbed(world: Wall) -> None:
    village.person("R4", "某副班", TOWN, "10000000004")
    schedule()
    world.at = moment(14, 7)
    services.lay_out_rolls()
    world.at = moment(14, 8, 30)
    services.call_due()
    for minutes in (10, 5, 10):
        world.go(minutes=minutes)
        obligations.climb_due()
    whom = Rung.objects.order_by("number").values_list("whom", flat=True)
    assert list(dict.fromkeys(whom)) == ["debtor", "deputy", "duty-above", "commander"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"times": "25:00"}, "times"), ({"times": ""}, "times"),
        ({"lot_from": "22:00"}, "lot_from"),
        ({"level": "county"}, "level"), ({"minutes": 0}, "minutes"), ({"sample": 0}, "sample"),
    ],
)  # fmt: skip
def test_a_schedule_that_names_no_moment_is_refused_by_field(
    world: Wall,  # noqa: ARG001
    wrong: dict[str, object],
    field: str,
) -> None:  # fmt: skip
    with pytest.raises(ValidationError) as caught:
        schedule(**wrong)
    assert set(caught.value.message_dict) == {field}


def test_the_wall_and_the_worlds_clock_agree() -> None:
    assert moment(14, 12) == NOON == datetime(2026, 7, 14, 4, 0, tzinfo=UTC)
