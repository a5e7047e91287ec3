"""Steps of a plan become what posts owe; what waits is owed when what comes before is done."""

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.base.obligations import selectors as asked
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.people.models import Post
from anlan.base.permissions.actor import system
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.respond.responses import services
from anlan.respond.responses.models import StepDebt, StepRun
from anlan.respond.responses.selectors import board, responses
from anlan.respond.responses.tests.conftest import (
    CHARLIE,
    COUNTY,
    LEAD,
    OFFICER,
    Scene,
    Turn,
    debts,
    do,
    owed,
)
from anlan.warn.tests.conftest import A1, A2, B1, B2, EAST, WEST, at, row

pytestmark = pytest.mark.usefixtures("scene")

BY = system("response-steps")


def ripened() -> int:
    return services.ripen(by=BY)


def near(one: datetime | None, other: datetime) -> bool:
    return one is not None and abs(one - other) < timedelta(minutes=1)


def test_steps_are_owed_at_once_by_the_posts_the_plan_names(scene: Scene) -> None:
    response = scene.start()
    watch = debts(response, "watch")[COUNTY]
    duty = owed(watch)
    assert (duty.kind, duty.debtor_id) == ("plan-step", scene.world.posts["P-LEAD"].pk)
    assert near(duty.done_due, clock.now() + timedelta(hours=1))
    assert Rung.objects.filter(obligation=duty, number=1).exists()


def test_where_the_post_does_not_exist_whoever_watches_there_owes_it(scene: Scene) -> None:
    found = debts(scene.start(), "lists")
    posts = scene.world.posts
    assert {region: (one.post_id, one.stand_in) for region, one in found.items()} == {
        A1: (posts["P-A1"].pk, False), A2: (posts["P-WEST"].pk, True),
        B1: (posts["P-DUTY"].pk, True), B2: (posts["P-DUTY"].pk, True),
    }  # fmt: skip


def test_where_there_is_nobody_at_all_a_row_says_so(scene: Scene) -> None:
    Post.objects.exclude(role__in=("commander", "village-head")).update(retired_at=clock.now())
    response = scene.start()
    assert debts(response, "watch")[COUNTY].post_id is None
    counts = responses.one(OFFICER, response)["counts"]
    assert counts["nobody"] == 7
    told = board.debts(OFFICER, response, debts(response, "watch")[COUNTY].step_id)
    assert told["items"][0]["standing"] == "nobody"


def test_the_deadline_is_the_earliest_the_plan_says(scene: Scene) -> None:
    landing = at(8 * 60)
    found = debts(scene.start(expected_at=landing), "out")
    assert near(found[A1].due_at, landing - timedelta(hours=3))


def test_an_unknown_moment_sets_no_deadline(scene: Scene) -> None:
    found = debts(scene.start(), "out")
    assert near(found[A1].due_at, clock.now() + timedelta(hours=6))


def test_what_waits_is_owed_where_what_comes_before_is_done(scene: Scene) -> None:
    response = scene.start()
    out = debts(response, "out")
    assert {one.obligation_id for one in out.values()} == {None}
    do(debts(response, "lists")[A1], scene.head, due=37)
    assert ripened() == 1
    assert owed(out[A1]).debtor_id == scene.world.posts["P-A1"].pk
    assert ripened() == 0
    assert StepDebt.objects.filter(step__key="out", obligation=None).count() == 3


def test_a_step_above_waits_for_all_below_it(scene: Scene) -> None:
    response = scene.start()
    for debt in debts(response, "lists").values():
        do(debt, LEAD, due=3)
    assert ripened() == 4
    out = list(debts(response, "out").values())
    for debt in out[:-1]:
        do(debt)
    assert ripened() == 0
    do(out[-1])
    assert ripened() == 1
    assert owed(debts(response, "sum")[COUNTY]).debtor_id == scene.world.posts["P-CHIEF"].pk


def test_a_step_elsewhere_waits_for_all_of_what_comes_before(scene: Scene) -> None:
    response = scene.start(regions=(EAST,))
    StepDebt.objects.filter(pk=debts(response, "out")[B1].pk).update(region=A1)
    lists = debts(response, "lists")
    do(lists[B1], LEAD, due=3)
    assert ripened() == 0
    do(lists[B2], LEAD, due=3)
    assert ripened() == 2


def test_waiting_ends_when_there_is_no_more_time(scene: Scene, turn: Turn) -> None:
    response = scene.start()
    turn.forward(hours=5, minutes=1)
    assert ripened() == 4
    assert all(one.obligation_id for one in debts(response, "out").values())


def test_owing_what_waited_twice_or_after_a_crash_owes_it_once(scene: Scene) -> None:
    response = scene.start()
    do(debts(response, "lists")[A1], scene.head, due=37)
    with transaction.atomic():
        ripened()
        transaction.set_rollback(True)
    assert debts(response, "out")[A1].obligation_id is None
    assert [ripened(), ripened()] == [1, 0]
    assert Obligation.objects.filter(title="转移").count() == 1


def test_a_step_asks_its_own_form_by_every_door(scene: Scene) -> None:
    response = scene.start()
    first = owed(debts(response, "lists")[A1])
    obligations.answer(obligation=first.pk, by=scene.head)
    told = asked.one(scene.head, first.pk)
    assert told["body"] == "逐户核对应转人数。"
    (report,) = (one for one in told["verbs"] if one["verb"] == "report")
    assert [(one["name"], one["type"]) for one in report["form"]] == [
        ("due", "int"), ("text", "longtext"),
    ]  # fmt: skip
    with pytest.raises(Invalid) as caught:
        obligations.report(obligation=first.pk, by=scene.head, reply=obligations.Reply())
    assert list(caught.value.errors) == ["due"]
    do_answer = obligations.Reply(answers={"due": 12})
    (said,) = obligations.respond_many(said=[(first.pk, do_answer)], by=scene.head)
    assert (said.verb, said.error) == ("report", None)
    assert Obligation.objects.get(pk=first.pk).state == "closed"


def test_the_page_behind_a_link_asks_what_the_step_asks(scene: Scene, client: Client) -> None:
    response = scene.start()
    step = owed(debts(response, "lists")[A1])
    (key,) = obligations.make_links(obligation=step.pk, by=OFFICER).values()
    assert "name=due" not in client.get(f"/m/{key}").content.decode()
    client.post(f"/m/{key}", {"text": ""})
    assert "name=due" in client.get(f"/m/{key}").content.decode()
    client.post(f"/m/{key}", {"due": "41"})
    said = Obligation.objects.get(pk=step.pk).steps.get(verb="report")
    assert (said.answers, Obligation.objects.get(pk=step.pk).state) == ({"due": 41}, "closed")


def test_a_number_is_a_number(scene: Scene) -> None:
    response = scene.start()
    do(debts(response, "lists")[A1], scene.head, due=1)
    ripened()
    obligation = owed(debts(response, "out")[A1]).pk
    obligations.answer(obligation=obligation, by=scene.head)
    said = obligations.Reply(answers={"rain": "大"})
    with pytest.raises(Invalid, match="改正"):
        obligations.report(obligation=obligation, by=scene.head, reply=said)
    said = obligations.Reply(answers={"rain": 12.5})
    obligations.report(obligation=obligation, by=scene.head, reply=said)
    assert Obligation.objects.get(pk=obligation).state == "closed"


def test_a_step_that_another_verifies_is_not_done_before(scene: Scene) -> None:
    response = scene.start(stage="3")
    dams = debts(response, "dams")[COUNTY]
    do(dams, OFFICER, note="每秒五十方")
    assert owed(dams).state == "reported"
    with pytest.raises(Forbidden):
        obligations.verify(obligation=owed(dams).pk, by=OFFICER)
    obligations.verify(obligation=owed(dams).pk, by=scene.chief)
    assert owed(dams).state == "closed"


def test_raising_owes_only_what_is_not_owed_yet(scene: Scene) -> None:
    response = scene.start()
    before = set(StepDebt.objects.values_list("pk", flat=True))
    scene.move(response, "3")
    added = StepDebt.objects.exclude(pk__in=before)
    assert [one.step.key for one in added] == ["dams"]
    scene.move(response, "4")
    scene.move(response, "3")
    assert StepRun.objects.filter(key="dams").count() == 1


def test_starting_at_a_graver_stage_owes_the_milder_ones_too(scene: Scene) -> None:
    response = scene.start(stage="3")
    keys = set(StepRun.objects.filter(response=response).values_list("key", flat=True))
    assert keys == {"watch", "lists", "out", "sum", "dams"}


def test_lowering_withdraws_nothing_that_was_asked(scene: Scene) -> None:
    response = scene.start(stage="3")
    scene.move(response, "4")
    dams = owed(debts(response, "dams")[COUNTY])
    assert dams.closed_at is None


def test_what_two_responses_ask_for_is_asked_once_and_handed_on(scene: Scene) -> None:
    first = scene.start()
    second = scene.start(key="wind")
    assert Obligation.objects.filter(title="带班领导到岗").count() == 1
    (step,) = board.board(OFFICER, second)["steps"]
    assert (step["same"], step["counts"]["owed"]) == ("防汛", 1)
    other = [one.pk for one in StepRun.objects.filter(response=first).exclude(key="watch")]
    services.strike_off(response=first, turn=1, steps=other, reason="雨停", by=scene.chief)
    scene.end(first)
    (step,) = board.board(OFFICER, second)["steps"]
    assert (step["same"], step["counts"]["owed"]) == ("", 1)
    do(debts(second, "watch")[COUNTY], LEAD, on_post=2)
    assert board.board(OFFICER, second)["steps"][0]["counts"]["done"] == 1


def test_the_board_counts_by_step_and_by_township(scene: Scene) -> None:
    response = scene.start()
    do(debts(response, "lists")[A1], scene.head, due=37)
    told = board.board(OFFICER, response)
    waits = {title for one in told["steps"] for title in one["after"]}
    assert waits
    assert waits <= {one["title"] for one in told["steps"]}
    counts = {one["key"]: one["counts"] for one in told["steps"]}
    assert (counts["lists"]["total"], counts["lists"]["done"]) == (4, 1)
    assert (counts["lists"]["stand_in"], counts["out"]["waiting"]) == (3, 4)
    towns = {one["region"]: (one["total"], one["done"]) for one in told["towns"]}
    assert towns[WEST] == (4, 1)
    listed = board.debts(OFFICER, response, "", only=WEST)
    assert listed["total"] == 4
    assert {one["standing"] for one in listed["items"]} == {"done", "owed", "waiting"}
    seen = board.debts(scene.head, response, "")["items"]
    assert {one["region"] for one in seen} == {A1, COUNTY}
    with pytest.raises(Missing):
        board.board(CHARLIE, response)


def grown(villages: int) -> None:
    """Add villages with a head each."""
    unit = Post.objects.first().unit  # type: ignore[union-attr]
    for n in range(villages):
        code = f"3399011012{n + 10:02d}"
        Region.objects.create(code=code, name=f"第{n}村", level=5, parent_id=WEST)
        Post.objects.create(
            **row(code=f"P-{code}", title="村主要负责人", unit=unit, role="village-head",
                  region_id=code)
        )  # fmt: skip


@pytest.mark.parametrize("villages", [0, 60])
def test_starting_takes_as_many_queries_for_sixty_villages_as_for_one(
    scene: Scene, villages: int
) -> None:
    grown(villages)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        scene.start()
    assert len(caught) <= QUERIES
    assert StepDebt.objects.count() == 10 + 2 * villages


#: Of a start: a bound that does not grow with villages.
QUERIES = 90
