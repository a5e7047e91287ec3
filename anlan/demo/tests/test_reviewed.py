"""The demo's response of the day before yesterday: answered, ended by a person, in review."""

import pytest

from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import system
from anlan.base.permissions.services.accounts import create_user
from anlan.base.permissions.services.grants import give_grant
from anlan.demo import reviewed
from anlan.kernel import clock
from anlan.learn.models import Review
from anlan.learn.selectors import reviews
from anlan.learn.tests.conftest import Scene, home, scene, workspace_of_tests, world
from anlan.respond.responses.models import StepDebt
from anlan.respond.responses.tests.conftest import COUNTY, LEAD
from anlan.warn.tests.conftest import WEST

__all__ = ["home", "scene", "workspace_of_tests", "world"]


def test_what_a_newcomer_finds_in_review_was_ended_by_a_person_and_measured(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = system("demo")
    for username, role, person in (
        ("zhihui", "commander", scene.chief.person), ("keshi", "section", ""),
        ("duty", "duty-officer", ""),
    ):  # fmt: skip
        user = create_user(username=username, name=username, region=COUNTY, person=person, by=by)
        give_grant(user=user, role=role, region=COUNTY, by=by)
    monkeypatch.setattr(reviewed, "PLAN", scene.plan.code)
    assert reviewed.start_review(COUNTY, WEST) > 0
    assert reviewed.start_review(COUNTY, WEST) == 0

    row = Review.objects.select_related("response").get()
    assert row.response.ended_by.startswith("user:")
    assert row.response.ended_at is not None
    assert row.response.ended_at < row.opened_at < clock.now()
    told = reviews.one(LEAD, row.pk)
    links = {one["key"]: one for one in told["delays"]["links"]}
    assert links["relay"]["median_min"] == pytest.approx(7, abs=1)
    assert links["call"]["done"] > 0
    assert (links["gap"]["count"], links["gap"]["missing"]) == (1, 0)
    assert sum(one["done"] for one in told["delays"]["steps"]) > 0
    assert told["conclusion"].startswith("（演示）")
    open_ = Obligation.objects.filter(case=row.case, closed_at=None)
    assert list(open_.values_list("kind", flat=True)) == ["review"]
    waiting = StepDebt.objects.filter(step__response=row.response, post__isnull=False)
    assert not waiting.filter(obligation=None, closed_at=None).exists()
