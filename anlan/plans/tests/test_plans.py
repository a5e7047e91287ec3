"""A plan's way: drafted, checked, sent, returned, approved by another; and what is seen of it."""

import pytest

from anlan.base.journal.models import Entry
from anlan.base.people.models import Phone
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.plans import services
from anlan.plans.models import Plan, PlanVersion
from anlan.plans.selectors import plans
from anlan.plans.selectors.facts import facts_for
from anlan.plans.spec.yaml import read_plan
from anlan.plans.tests.conftest import (
    CHARLIE,
    COMMANDER,
    LOWER,
    OFFICER,
    PLAN,
    SECTION,
    UPPER,
    VILLAGE,
    actor,
)

pytestmark = pytest.mark.usefixtures("world")


def drafted() -> Plan:
    return services.draft_plan(text=PLAN, by=SECTION)


def approved() -> Plan:
    plan = drafted()
    services.submit_plan(plan=plan.pk, by=SECTION)
    return services.approve_plan(plan=plan.pk, note="常务会议通过", by=COMMANDER)


def test_a_plan_is_in_force_once_another_person_has_approved_it() -> None:
    plan = drafted()
    assert plan.active is None
    services.submit_plan(plan=plan.pk, by=SECTION)
    plan = services.approve_plan(plan=plan.pk, by=COMMANDER)
    assert plan.active == plan.version == 1
    deeds = Entry.objects.filter(subject=plan.pk).order_by("pk").values_list("deed", flat=True)
    assert list(deeds) == ["plans.drafted", "plans.submitted", "plans.approved"]


def test_nobody_approves_what_they_drafted_or_sent() -> None:
    both = actor("township", name="both")
    plan = services.draft_plan(text=PLAN, by=both)
    services.submit_plan(plan=plan.pk, by=both)
    with pytest.raises(Conflict, match="不能自己批准"):
        services.approve_plan(plan=plan.pk, by=both)
    assert Plan.objects.get().active is None


def test_the_version_in_force_stays_in_force_while_the_next_is_drafted() -> None:
    plan = approved()
    services.draft_plan(text=PLAN.replace("核对转移名单", "再核对转移名单"), by=SECTION)
    again = plans.opened(OFFICER, plan.pk)
    assert again["steps"][0]["title"] == "核对转移名单"
    assert plans.opened(OFFICER, plan.pk, 2)["steps"][0]["title"] == "再核对转移名单"
    assert Plan.objects.get().version == 2


def test_a_plan_with_errors_is_not_sent() -> None:
    plan = services.draft_plan(text=PLAN.replace("after: [lists]", "after: [nobody]"), by=SECTION)
    with pytest.raises(Invalid) as caught:
        services.submit_plan(plan=plan.pk, by=SECTION)
    assert caught.value.errors == {"steps/out": ["要等的步骤「nobody」不存在"]}
    assert PlanVersion.objects.get().state == "draft"


def test_what_is_sent_back_says_why_and_can_be_sent_again() -> None:
    plan = drafted()
    services.submit_plan(plan=plan.pk, by=SECTION)
    with pytest.raises(Invalid):
        services.return_plan(plan=plan.pk, reason=" ", by=COMMANDER)
    services.return_plan(plan=plan.pk, reason="转移时限太紧", by=COMMANDER)
    assert PlanVersion.objects.get().note == "转移时限太紧"
    with pytest.raises(Conflict):
        services.approve_plan(plan=plan.pk, by=COMMANDER)
    services.submit_plan(plan=plan.pk, by=SECTION)
    assert services.approve_plan(plan=plan.pk, by=COMMANDER).active == 1


def test_who_may_not_is_refused_and_a_neighbour_sees_nothing() -> None:
    plan = approved()
    with pytest.raises(Forbidden):
        services.draft_plan(text=PLAN, by=OFFICER)
    with pytest.raises(Forbidden):
        services.submit_plan(plan=plan.pk, by=OFFICER)
    with pytest.raises(Missing):
        services.retire_plan(plan=plan.pk, reason="", by=CHARLIE)
    with pytest.raises(Missing):
        plans.one(CHARLIE, plan.pk)
    assert plans.listed(CHARLIE) == []
    assert [one["code"] for one in plans.listed(VILLAGE)] == ["flood"]


def test_an_abolished_plan_leaves_the_list_and_its_code_is_free() -> None:
    plan = approved()
    services.retire_plan(plan=plan.pk, reason="合并", by=COMMANDER)
    assert plans.listed(OFFICER) == []
    assert drafted().pk != plan.pk
    with pytest.raises(Missing):
        services.submit_plan(plan=plan.pk, by=SECTION)


def test_a_region_that_is_not_there_is_refused() -> None:
    with pytest.raises(Forbidden):
        services.draft_plan(text=PLAN.replace("'339901'", "'339902'"), by=SECTION)
    with pytest.raises(Invalid):
        services.draft_plan(text=PLAN.replace("'339901'", "'339901999'"), by=SECTION)


def test_the_facts_are_those_of_the_county_today() -> None:
    found = facts_for(read_plan(PLAN))
    assert {(post.code, post.level, post.reachable) for post in found.posts} == {
        ("P-CHIEF", "county", True), ("P-UP", "village", True),
    }  # fmt: skip
    Phone.objects.filter(person__code="R2").update(dead=True)
    told = plans.described(read_plan(PLAN), facts_for(read_plan(PLAN)))
    assert [(one.kind, one.gravity) for one in told["findings"]] == [
        ("region-without-post", "gap"), ("region-without-post", "gap"), ("dead-phone", "gap"),
    ]  # fmt: skip
    assert found.regions[LOWER] == ("后坑村", "village")
    assert found.regions[UPPER] == ("前坑村", "village")
