"""Who may start a response, how it is written down, and that two starts are one."""

from datetime import timedelta

import orjson
import pytest
from django.db import transaction

from anlan.base.cases.models import Case
from anlan.base.journal.models import Entry
from anlan.base.obligations.models import Obligation
from anlan.base.outbox.models import Event
from anlan.base.people.models import Phone
from anlan.base.permissions.actor import system
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.plans import services as plans
from anlan.respond.responses import services
from anlan.respond.responses.models import Response, StepRun, Turn
from anlan.respond.responses.selectors import responses
from anlan.respond.responses.tests.conftest import (
    CHARLIE,
    COUNTY,
    LEAD,
    OFFICER,
    PLAN,
    SECTION,
    Scene,
    as_person,
    relay,
    turn_of,
)
from anlan.warn.models import ResponseDue
from anlan.warn.tests.conftest import EAST, NEIGHBOUR, at

pytestmark = pytest.mark.usefixtures("scene")


def told(kind: str) -> list[dict[str, object]]:
    rows = Event.objects.filter(kind=f"respond.{kind}").order_by("id")
    return [orjson.loads(row.body) for row in rows]


def test_whoever_holds_a_post_the_plan_names_starts_it(scene: Scene) -> None:
    response = scene.start(expected_at=at(600), reason="会商一致")
    row = Response.objects.get(pk=response)
    assert (row.stage, row.level, row.version, row.region_id) == ("4", 4, 1, COUNTY)
    turn = Turn.objects.get()
    assert (turn.verb, turn.post_id, turn.oral) == ("start", scene.world.posts["P-CHIEF"].pk, False)
    (fact,) = told("ResponseStarted")
    assert (fact["plan"], fact["key"], fact["stage"], fact["level"]) == ("flood", "flood", "4", 4)
    assert (fact["by"], fact["oral"], fact["case"]) == (scene.chief.ref, False, row.case)
    assert Entry.objects.filter(deed="responses.started", case=row.case).exists()


def test_who_holds_no_such_post_is_told_whose_it_is(scene: Scene) -> None:
    start = services.Start(plan=scene.plan.pk, key="flood", stage="4")
    with pytest.raises(Forbidden, match="commanderP-CHIEF"):
        services.start_response(start=start, by=LEAD)
    with pytest.raises(Forbidden):
        services.start_response(start=start, by=SECTION)
    with pytest.raises(Forbidden):
        services.start_response(start=start, by=system("night"))
    with pytest.raises(Missing):
        services.start_response(start=start, by=CHARLIE)
    assert not Response.objects.exists()


def orally(scene: Scene, **more: object) -> services.Start:
    post = scene.world.posts["P-CHIEF"].pk
    given = {"post": post, "number": "0576-88880000", "at": at(-5), **more}
    return services.Start(
        plan=scene.plan.pk, key="flood", stage="4", oral=services.Word(**given),  # type: ignore[arg-type]
    )  # fmt: skip


def test_an_officer_writes_down_what_was_said_and_that_person_alone_signs(scene: Scene) -> None:
    response = services.start_response(start=orally(scene), by=OFFICER)
    turn = Turn.objects.get()
    assert (turn.oral, turn.by, turn.person_id) == (True, OFFICER.ref, scene.chief.person)
    assert turn.number_said
    assert told("ResponseStarted")[0]["oral"] is True
    owed = Obligation.objects.get(kind="response-signature")
    assert owed.debtor_id == scene.world.posts["P-CHIEF"].pk
    for other in (LEAD, as_person(LEAD, scene.head.person)):
        with pytest.raises(Forbidden):
            services.sign_turn(response=response, turn=1, by=other)
    services.sign_turn(response=response, turn=1, by=scene.chief)
    owed.refresh_from_db()
    assert owed.state == "closed"
    assert responses.one(OFFICER, response)["turns"][0]["signed_at"]
    with pytest.raises(Conflict):
        services.sign_turn(response=response, turn=1, by=scene.chief)


def test_a_word_needs_a_person_a_telephone_and_a_time(scene: Scene) -> None:
    posts = scene.world.posts
    theirs = Phone.objects.get(person=scene.head.person).pk
    for wrong, field in (
        ({"post": posts["P-A1"].pk}, "post"), ({"person": "somebody"}, "person"),
        ({"number": ""}, "phone"), ({"phone": theirs}, "phone"),
        ({"at": at(60)}, "at"), ({"at": at() - timedelta(days=2)}, "at"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            services.start_response(start=orally(scene, **wrong), by=OFFICER)
        assert list(caught.value.errors) == [field]
    with pytest.raises(Forbidden):
        services.start_response(start=orally(scene), by=as_person(OFFICER, scene.chief.person))
    assert not Response.objects.exists()


def test_two_starts_are_one(scene: Scene) -> None:
    scene.start()
    with pytest.raises(Conflict, match="已经启动"):
        scene.start(stage="3")
    assert Response.objects.count() == 1
    assert len(told("ResponseStarted")) == 1


def test_a_start_that_fails_leaves_nothing(scene: Scene) -> None:
    with transaction.atomic():
        scene.start()
        transaction.set_rollback(True)
    for model in (Response, StepRun, Turn, Obligation, Case):
        assert not model.objects.exists()


def test_starting_answers_what_the_gap_clock_asks_for_and_a_milder_one_does_not(
    scene: Scene,
) -> None:
    relay(colour="Yellow")
    due = ResponseDue.objects.get()
    assert due.response == 3
    response = scene.start()
    due.refresh_from_db()
    assert due.closed_at is None
    scene.move(response, "3")
    due.refresh_from_db()
    assert (due.answer, due.started, due.answered_by) == ("started", 3, scene.chief.ref)
    assert Obligation.objects.get(pk=due.obligation).state == "closed"


def test_a_running_response_says_which_stage_is_asked_for_now(scene: Scene) -> None:
    response = scene.start(stage="3")
    assert responses.one(OFFICER, response)["asks"] is None
    relay(colour="Yellow")
    assert responses.one(OFFICER, response)["asks"] == {
        "stage": "4", "title": "防汛Ⅳ级", "place": 0,
    }  # fmt: skip


def test_a_response_belongs_to_the_matter_it_was_proposed_for(scene: Scene) -> None:
    relay(colour="Yellow")
    services.weigh(by=system("proposals"))
    row = Response.objects.get(pk=scene.start())
    assert Case.objects.get(pk=row.case).parent_id == ResponseDue.objects.get().case


def test_it_may_hold_in_some_townships_alone_but_not_beyond_the_plan(scene: Scene) -> None:
    with pytest.raises(Invalid):
        scene.start(regions=(NEIGHBOUR,))
    row = Response.objects.get(pk=scene.start(regions=(EAST,)))
    assert (row.region_id, row.regions) == (EAST, [EAST])
    regions = set(row.steps.get(key="lists").debts.values_list("region_id", flat=True))
    assert all(one.startswith(EAST[:9]) for one in regions)
    assert row.steps.get(key="watch").debts.get().region_id == COUNTY


def test_a_plan_nobody_approved_starts_nothing(scene: Scene) -> None:
    draft = plans.draft_plan(text=PLAN.replace("code: flood", "code: other"), by=SECTION)
    with pytest.raises(Conflict, match="没有批准"):
        scene.start(plan=draft.pk)
    with pytest.raises(Invalid):
        scene.start(stage="end")
    with pytest.raises(Missing):
        scene.start(stage="9")


def test_a_response_runs_by_the_version_it_began_with(scene: Scene) -> None:
    response = scene.start()
    text = PLAN.replace("水库预泄", "水库加大泄量")
    plans.draft_plan(text=text, by=SECTION)
    plans.submit_plan(plan=scene.plan.pk, by=SECTION)
    plans.approve_plan(plan=scene.plan.pk, by=scene.chief)
    scene.move(response, "3")
    assert StepRun.objects.get(key="dams").title == "水库预泄"


def test_who_decides_on_what_has_changed_since_is_told_so(scene: Scene) -> None:
    response = scene.start()
    seen = turn_of(response)
    scene.move(response, "3")
    turned = services.Turned(response=response, turn=seen, stage="4")
    with pytest.raises(Conflict, match="刚被别人调整"):
        services.move_response(turned=turned, by=scene.chief)
    with pytest.raises(Conflict, match="已经是这一级"):
        scene.move(response, "3")
    (raised,) = told("ResponseMoved")
    assert (raised["stage_was"], raised["level_was"], raised["raised"]) == ("4", 4, True)


def test_another_expected_moment_is_a_turn_any_officer_may_take(scene: Scene) -> None:
    response = scene.start()
    with pytest.raises(Forbidden):
        services.move_response(
            turned=services.Turned(response=response, turn=1, expected_at=at(300)), by=SECTION
        )
    services.move_response(
        turned=services.Turned(response=response, turn=1, expected_at=at(300)), by=OFFICER
    )
    assert Turn.objects.get(number=2).verb == "expect"
    (moved,) = told("ResponseMoved")
    assert (moved["stage"], moved["stage_was"], moved["raised"]) == ("4", "4", False)


def test_a_village_sees_it_and_a_neighbour_does_not(scene: Scene) -> None:
    response = scene.start()
    seen = responses.listed(scene.head)
    assert [one["id"] for one in seen["items"]] == [response]
    assert responses.listed(CHARLIE)["items"] == []
    with pytest.raises(Missing):
        responses.one(CHARLIE, response)
