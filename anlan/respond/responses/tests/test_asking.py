"""What asks for a stage besides warnings: signed forecasts, and figures counted from alarms."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.base.permissions.actor import system
from anlan.forecast.models import Run, VillageOutlook
from anlan.kernel import clock
from anlan.respond.responses import services
from anlan.respond.responses.models import Proposal
from anlan.respond.responses.selectors.figures import counted_in
from anlan.respond.responses.tests.conftest import COUNTY
from anlan.sense.models import Alarm, Rule, Station
from anlan.warn.tests.conftest import A1, B1, NEIGHBOUR, row

pytestmark = pytest.mark.usefixtures("scene")


def weighed() -> list[tuple[str, str]]:
    """Weigh; what is proposed, by stage and source."""
    services.weigh(by=system("proposals"))
    rows = Proposal.objects.filter(closed_at=None)
    return [(one["stage"], one["source"]) for found in rows for one in found.reasons]


def signed(**more: Any) -> Run:
    now = clock.now()
    whole = {
        "model": "basin", "model_version": "1", "engine": "basin", "title": "山洪预报",
        "hazard": "rainstorm", "region_id": COUNTY, "based_at": now, "valid_from": now,
        "valid_until": now + timedelta(days=1), "step_s": 3600, "seed": 1, "how": "hand",
        "asked_by": "user:a", "asked_at": now, "state": "done", "folder": "runs/a", "level": 2,
        "signing": "approved", "signed_by": "user:a", "signed_at": now, **more,
    }  # fmt: skip
    return Run.objects.create(**whole)


def test_a_signed_forecast_asks_until_its_word_is_taken_back() -> None:
    run = signed(lower_bound=True)
    assert weighed() == [("3", "forecast")]
    assert Proposal.objects.get().reasons[0]["lower_bound"] is True
    Run.objects.filter(pk=run.pk).update(signing="withdrawn")
    assert weighed() == []
    assert Proposal.objects.get().state == "gone"


@pytest.mark.parametrize(
    "more",
    [
        {"signing": "unsigned", "signed_at": None}, {"level": 3}, {"level": None},
        {"region_id": NEIGHBOUR}, {"hazard": "sea-wave"},
        {"valid_until": clock.real_now() - timedelta(hours=1)},
    ],
)  # fmt: skip
def test_a_forecast_nobody_signed_or_of_something_else_asks_for_nothing(
    more: dict[str, Any],
) -> None:
    signed(**more)
    assert weighed() == []


def gauged() -> Rule:
    now = clock.now()
    return Rule.objects.create(
        code="river", title="超警戒", region_id=COUNTY, kind="level", quantity="water-level",
        hazard="flood", active=1, changed_at=now, changed_by="user:a",
    )  # fmt: skip


def alarmed(rule: Rule, code: str, level: int, region: str = A1) -> Alarm:
    now = clock.now()
    station = Station.objects.create(
        **row(code=code, name=code, kind="river", region_id=region)
    )  # fmt: skip
    return Alarm.objects.create(
        key=f"{rule.code}:{code}", rule=rule, rule_version=1, station=station, region_id=region,
        title="超警戒", place=code, level=level, raised_at=now, level_at=now, heard_at=now,
        case="",
    )  # fmt: skip


def test_gauges_over_their_level_are_counted_from_alarms_that_stand() -> None:
    rule = gauged()
    assert counted_in(COUNTY, ["gauges-over-warning"])["gauges-over-warning"].value == 0
    alarm = alarmed(rule, "S1", 2)
    alarmed(rule, "S2", 3, B1)
    alarmed(rule, "S3", 4)
    found = counted_in(COUNTY, ["gauges-over-warning", "gauges-over-guarantee"])
    assert {name: one.value for name, one in found.items()} == {
        "gauges-over-warning": 2, "gauges-over-guarantee": 1,
    }  # fmt: skip
    assert weighed() == [("4", "figure")]
    Alarm.objects.exclude(pk=alarm.pk).update(cleared_at=clock.now())
    assert weighed() == [("4", "figure")]
    Alarm.objects.update(cleared_at=clock.now())
    assert weighed() == []


def test_where_nothing_watches_nothing_is_known() -> None:
    found = counted_in(COUNTY, ["gauges-over-warning", "people-moved"])
    assert {name: one.value for name, one in found.items()} == {
        "gauges-over-warning": None, "people-moved": None,
    }  # fmt: skip


def test_villages_are_those_of_signed_forecasts_too() -> None:
    VillageOutlook.objects.create(run=signed(hazard="flash-flood"), region_id=A1, stage="move")
    found = counted_in(COUNTY, ["villages-leaving", "villages-preparing"])
    assert {name: one.value for name, one in found.items()} == {
        "villages-leaving": 1, "villages-preparing": 1,
    }  # fmt: skip
