"""The board of verification of the demo county has something to show, and it was computed."""

from datetime import timedelta

import pytest

from anlan.base.permissions.models import Grant, User
from anlan.demo.past import BASED_H, RESIDUAL, start_past
from anlan.demo.storm import OFFICER
from anlan.forecast import heavy
from anlan.forecast.models import Run
from anlan.forecast.selectors.verification import verification
from anlan.forecast.services.verifying import verify_runs
from anlan.forecast.tests import conftest as forecasts
from anlan.forecast.tests.conftest import COUNTY, home, turn, world
from anlan.kernel import clock, workspace
from anlan.sense.store import open_store

__all__ = ["home", "turn", "world"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(world: forecasts.World) -> None:
    assert world.point.pk
    User.objects.create(username=OFFICER, name="科室", region=COUNTY)
    Grant.objects.create(
        user=User.objects.get(), role="section", prefix="339901", by="system:test", at=clock.now()
    )


@pytest.mark.usefixtures("officer")
def test_forecasts_of_days_gone_by_are_verified_by_what_the_gauges_told() -> None:
    assert start_past(COUNTY) == len(BASED_H)
    assert start_past(COUNTY) == 0
    heavy.drain()
    runs = Run.objects.filter(model="tide")
    assert {run.state for run in runs} == {"done"}
    assert {run.valid_until < clock.now() - timedelta(hours=40) for run in runs} == {True}
    assert verify_runs() == len(BASED_H)
    (told,) = verification(forecasts.OFFICER)["items"]
    leads = told["leads"][:3]
    assert told["quantity"] == "tide-level"
    assert [(one["from_h"], one["runs"]) for one in leads] == [(0, 4), (6, 4), (12, 4)]
    for lead in leads:
        assert 0.01 < lead["rmse"] < 4 * RESIDUAL
    assert {one["kind"] for one in told["levels"]} == set(forecasts.LEVELS)


@pytest.mark.usefixtures("officer")
def test_where_observations_are_written_already_the_past_is_left_alone() -> None:
    kept = open_store(workspace.directory())
    try:
        assert start_past(COUNTY) == 0
    finally:
        kept.close()
    assert not Run.objects.exists()
