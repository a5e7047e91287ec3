"""The map of an earlier moment shows what stations said then, in as many questions as now."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.permissions.actor import Actor, system
from anlan.engines.series import SPIKE
from anlan.kernel import clock
from anlan.sense.models import Alarm, Maintenance, Station
from anlan.sense.selectors import pages
from anlan.sense.selectors.past import newest_at
from anlan.sense.tests.conftest import COUNTY, World, row
from anlan.sense.tests.test_api import MINUTE, values

__all__ = ["values"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

EVERYBODY: Actor = system("test")


def moment(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000, UTC)


def river(at: datetime, **levels: int | None) -> dict[str, object]:
    marks = pages.marks_at(EVERYBODY, COUNTY, at, levels)
    return next(one for one in marks if one["code"] == "RIVER-1")


@pytest.mark.parametrize("ago", [0, 1, 30, 59, 90, 119])
def test_each_minute_is_drawn_with_its_own_value(values: int, ago: int) -> None:
    last = river(moment(values - ago * MINUTE + MINUTE // 2))["last"]
    assert isinstance(last, dict)
    stored = np.linspace(11.0, 12.5, 120)[119 - ago]
    doubted = ago == 59
    assert last["value"] == pytest.approx(99.0 if doubted else stored)
    assert last["flags"] == (SPIKE if doubted else 0)
    assert last["time"].startswith(f"{moment(values - ago * MINUTE):%Y-%m-%dT%H:%M}")
    assert not last["old"]


def test_before_the_first_value_nothing_is_known_and_long_after_the_last_it_is_old(
    values: int,
) -> None:
    before = river(moment(values - 120 * MINUTE))
    assert (before["last"], before["standing"]) == (None, "none")
    later = river(moment(values + 12 * MINUTE))
    assert later["standing"] == "stale"
    assert later["last"]["old"]  # type: ignore[index]
    assert river(moment(values + 16 * MINUTE))["standing"] == "silent"
    assert river(moment(values + 181 * MINUTE))["last"] is None


def test_now_and_the_moment_that_is_now_are_drawn_alike(values: int) -> None:
    assert values
    assert pages.marks_at(EVERYBODY, COUNTY, clock.now(), {}) == pages.marks(EVERYBODY, COUNTY)


def test_alarms_and_maintenance_are_those_of_the_moment(world: World, values: int) -> None:
    at = moment(values - 10 * MINUTE)
    plain = {
        "rule": world.rule, "rule_version": 1, "station": world.river, "stream": world.level,
        "region": world.river.region, "title": "t", "place": "p", "raised_at": at,
        "level_at": at, "heard_at": at, "case": "c",
    }  # fmt: skip
    grave = Alarm.objects.create(key="grave", level=1, **plain)
    mild = Alarm.objects.create(key="mild", level=None, cleared_at=clock.now(), **plain)
    assert river(at)["standing"] == "normal"  # not among those that stood, whatever is so now
    told = river(at, **{grave.pk: 3, mild.pk: None})
    assert (told["standing"], told["level"]) == ("alarm", 3)
    told = river(at, **{mild.pk: None})
    assert (told["standing"], told["level"]) == ("alarm", None)
    Maintenance.objects.create(
        region=world.river.region, station=world.river, reason="r", at=at, by="b",
        starts=at - timedelta(minutes=5), ends=at + timedelta(hours=5),
        ended_at=at + timedelta(minutes=5),
    )  # fmt: skip
    assert river(at, **{grave.pk: 3})["standing"] == "maintenance"
    assert river(at + timedelta(minutes=6))["standing"] == "normal"


def test_a_stream_that_seldom_reports_is_looked_for_further_back(world: World, values: int) -> None:
    number = np.array([world.level.number, 999], np.int32)
    at = moment(values + 240 * MINUTE)
    assert newest_at(number, np.array([300.0, np.nan]), at).known.tolist() == [False, False]
    daily = newest_at(number, np.array([86_400.0, 300.0]), at)
    assert daily.known.tolist() == [True, False]
    assert (daily.value[0], daily.time[0]) == (12.5, values)


@pytest.mark.usefixtures("values")
def test_more_stations_are_not_more_questions(world: World) -> None:
    at = clock.now() - timedelta(minutes=30)

    def asked() -> int:
        river(at)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            river(at)
        return len(seen)

    few = asked()
    Station.objects.bulk_create(
        Station(**row(code=f"S{n}", name=f"站{n}", kind="river", region_id=world.river.region_id))
        for n in range(50)
    )
    assert asked() == few
