"""The storm of the demo county is a real one, and its runs are asked for once."""

import pytest

from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.selectors import actor_of
from anlan.base.regions.models import Region
from anlan.demo.storm import BASED_AT, MODELS, OFFICER, start_storm
from anlan.forecast.models import Bulletin, Run
from anlan.forecast.selectors import storms
from anlan.kernel import clock

COUNTY = "339901000000"


@pytest.mark.django_db
def test_the_storm_is_taken_in_and_its_runs_are_asked_for_once() -> None:
    Region.objects.create(code=COUNTY, name="云屿县", level=3)
    user = User.objects.create(username=OFFICER, name="科室", region=COUNTY)
    Grant.objects.create(
        user=user, role="section", prefix="339901", by="system:test", at=clock.now()
    )
    assert start_storm(COUNTY) == len(MODELS)
    assert start_storm(COUNTY) == 0
    assert Bulletin.objects.count() == 1
    runs = list(Run.objects.order_by("id"))
    assert [run.model for run in runs] == list(MODELS)
    assert {run.based_at for run in runs} == {BASED_AT}
    assert {run.asked_by for run in runs} == {actor_of(user).ref}
    told = storms.one(runs[0].storm, "zh", BASED_AT)
    assert told["observed"][-1]["time"] == BASED_AT
    assert told["observed"][-1]["lat"] > 25
