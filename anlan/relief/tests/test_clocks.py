"""The statutory clocks are obligations: who owes a report until when, and what strikes it off."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from anlan.base.obligations import services as obligations
from anlan.base.obligations.ladders import ladder
from anlan.base.obligations.models import Obligation
from anlan.kernel import clock
from anlan.kernel.errors import Conflict
from anlan.relief import services
from anlan.relief.models import LossMatter
from anlan.relief.selectors import sheets
from anlan.relief.standing import LADDER
from anlan.relief.tests.conftest import (
    CLERK,
    COUNTY,
    OFFICER,
    OTHER_CLERK,
    OTHER_TOWN,
    SECTION,
    TOWN,
    begun,
    received,
    reported,
)

pytestmark = pytest.mark.usefixtures("world")


def owed(kind: str, region: str = COUNTY) -> list[Obligation]:
    return list(Obligation.objects.filter(kind=kind, region=region).order_by("issued_at"))


def wall(hour: int, minute: int = 0) -> datetime:
    """Tell a moment of tomorrow on the wall of the county."""
    day = clock.local(clock.real_now()) + timedelta(days=1)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def test_the_first_report_is_due_two_hours_after_it_happened() -> None:
    matter = begun(ago=timedelta(minutes=30))
    county, town = owed("loss-first")[0], owed("loss-first", TOWN)[0]
    assert county.answer_due is not None
    assert town.answer_due is not None
    assert abs(county.answer_due - matter.occurred_at - timedelta(hours=2)) < timedelta(minutes=2)
    assert abs(town.answer_due - matter.occurred_at - timedelta(hours=1)) < timedelta(minutes=2)
    assert ladder(LADDER).rungs[-1].whom == "duty-above"
    assert county.climb_at is not None
    # Of a township without anybody to ask nobody owes it, and the page says so.
    assert owed("loss-first", OTHER_TOWN) == []
    assert sheets.overview(OFFICER, matter.pk)["without_post"] == ["海门镇"]


def test_what_should_have_been_told_already_is_late_at_once() -> None:
    begun(ago=timedelta(hours=9))
    due = owed("loss-first")[0].answer_due
    assert due is not None
    assert due - clock.now() <= timedelta(minutes=1)


def test_a_township_is_done_when_it_told_a_county_when_somebody_received_it() -> None:
    matter = begun()
    reported(matter, TOWN, CLERK, affected=1)
    assert owed("loss-first", TOWN)[0].state == "closed"
    report = reported(matter, COUNTY, OFFICER, affected=1)
    assert owed("loss-first")[0].closed_at is None
    received(report)
    assert owed("loss-first")[0].state == "closed"


def test_saying_done_without_a_report_strikes_nothing_off() -> None:
    begun()
    row = owed("loss-first")[0]
    obligations.answer(obligation=row.pk, by=OFFICER)
    with pytest.raises(Conflict, match="灾情页"):
        obligations.report(obligation=row.pk, by=OFFICER, reply=obligations.Reply("已报"))
    assert owed("loss-first")[0].closed_at is None


def _daily_at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> int:
    monkeypatch.setattr(clock, "now", lambda: moment)
    return services.owe_daily()


def test_every_morning_until_it_is_steady_the_county_owes_a_report_by_nine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matter = begun()
    six, nine = wall(6, 5), wall(9)
    assert _daily_at(monkeypatch, wall(5, 50)) == 0
    assert _daily_at(monkeypatch, six) == 2
    _daily_at(monkeypatch, six + timedelta(minutes=15))
    (county,) = owed("loss-daily")
    assert county.answer_due == nine
    assert [one.answer_due for one in owed("loss-daily", TOWN)] == [wall(8)]
    # The next day is another debt, and the one of the first day stays where it is.
    _daily_at(monkeypatch, six + timedelta(days=1))
    assert len(owed("loss-daily")) == 2
    _received_all(matter)
    assert {one.state for one in owed("loss-daily")} == {"closed"}


def _received_all(matter: LossMatter) -> None:
    received(reported(matter, COUNTY, OFFICER, affected=1))


def test_who_told_since_midnight_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    matter = begun()
    monkeypatch.setattr(clock, "now", lambda: wall(2))
    reported(matter, TOWN, CLERK, affected=1)
    reported(matter, COUNTY, OFFICER, affected=1)  # handed in, and nobody received it yet
    _daily_at(monkeypatch, wall(7))
    assert owed("loss-daily", TOWN) == []
    assert len(owed("loss-daily")) == 1


def test_once_steady_only_the_verified_report_is_due_in_two_working_days(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matter = begun()
    with pytest.raises(Conflict, match="初报"):
        services.mark_steady(matter=matter.pk, by=SECTION)
    reported(matter, COUNTY, OFFICER, affected=1)
    _daily_at(monkeypatch, wall(7))
    services.mark_steady(matter=matter.pk, by=SECTION)
    assert {one.state for one in owed("loss-daily") + owed("loss-first")} == {"withdrawn"}
    (final,) = owed("loss-final")
    assert final.answer_due is not None
    assert timedelta(days=1) < final.answer_due - clock.now() < timedelta(days=12)
    assert _daily_at(monkeypatch, wall(8)) == 0

    with pytest.raises(Conflict, match="核报"):
        services.close_matter(matter=matter.pk, by=SECTION)
    last: Any = reported(matter, COUNTY, OFFICER, affected=1)
    assert last.phase == "final"
    received(last, at=clock.now())
    services.close_matter(matter=matter.pk, by=SECTION)
    assert owed("loss-final")[0].state == "closed"
    with pytest.raises(Conflict, match="已经结束"):
        reported(matter, OTHER_TOWN, OTHER_CLERK, affected=1)
