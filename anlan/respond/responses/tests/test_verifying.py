"""A step that another verifies: whose that is by the plan, that they are told, and nobody else."""

import pytest

from anlan.base.obligations import selectors as asked
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.obligations.services import Reply
from anlan.base.people.models import Post
from anlan.base.permissions.actor import system
from anlan.comms.models import Message
from anlan.comms.services import queue_rungs
from anlan.kernel.errors import Conflict, Forbidden
from anlan.respond.responses import services
from anlan.respond.responses.models import StepDebt
from anlan.respond.responses.selectors import responses
from anlan.respond.responses.tests.conftest import (
    COUNTY,
    LEAD,
    OFFICER,
    Scene,
    as_person,
    debts,
    do,
    owed,
    turn_of,
)

pytestmark = pytest.mark.usefixtures("scene")


@pytest.fixture
def dams(scene: Scene) -> StepDebt:
    """A step that the commander verifies, reported by the duty officer."""
    debt = debts(scene.start(stage="3"), "dams")[COUNTY]
    do(debt, OFFICER, note="每秒五十方")
    return debt


def check_of(debt: StepDebt) -> Obligation:
    (row,) = Obligation.objects.filter(kind="plan-step-check", closed_at=None)
    assert row.subject == debt.obligation_id
    return row


def test_who_verifies_by_the_plan_owes_it_once_it_is_reported(scene: Scene, dams: StepDebt) -> None:
    check = check_of(dams)
    assert check.debtor_id == scene.world.posts["P-CHIEF"].pk
    assert check.answer_due is not None
    assert Rung.objects.filter(obligation=check, number=1).exists()
    told = asked.one(scene.chief, check.pk)
    assert told["body"].endswith("反馈：\n泄量：每秒五十方")


def test_nobody_else_verifies_whatever_their_right(scene: Scene, dams: StepDebt) -> None:
    step = owed(dams)
    verbs = {one["verb"] for one in asked.one(LEAD, step.pk)["verbs"]}
    assert verbs.isdisjoint({"verify", "return"})
    assert {"verify", "return"} <= {one["verb"] for one in asked.one(scene.chief, step.pk)["verbs"]}
    with pytest.raises(Forbidden, match="commanderP-CHIEF"):
        obligations.verify(obligation=step.pk, by=LEAD)
    with pytest.raises(Forbidden, match="commanderP-CHIEF"):
        obligations.return_(obligation=step.pk, by=LEAD, reply=Reply("没有照片"))
    assert owed(dams).state == "reported"


def test_answering_it_verifies_the_step(scene: Scene, dams: StepDebt) -> None:
    check = check_of(dams)
    obligations.answer(
        obligation=check.pk, by=scene.chief, reply=Reply(answers={"result": "verified"})
    )
    step = owed(dams)
    assert (step.state, step.verified_at is not None) == ("closed", True)
    assert step.steps.get(verb="verify").by == scene.chief.ref
    assert Obligation.objects.get(pk=check.pk).state == "closed"


def test_verifying_the_step_itself_settles_what_was_asked(scene: Scene, dams: StepDebt) -> None:
    check = check_of(dams)
    obligations.verify(obligation=owed(dams).pk, by=scene.chief)
    check.refresh_from_db()
    assert (check.state, check.climb_at) == ("closed", None)


def test_sent_back_the_debtor_is_told_again_and_reports_anew(scene: Scene, dams: StepDebt) -> None:
    first = check_of(dams)
    obligations.answer(
        obligation=first.pk, by=scene.chief,
        reply=Reply("没有照片", {"result": "returned"}),
    )  # fmt: skip
    step = owed(dams)
    assert (step.state, step.reported_at) == ("returned", None)
    assert step.climb_at is not None
    again = Rung.objects.get(obligation=step, number=0)
    assert (again.post_id, again.whom) == (step.debtor_id, "debtor")
    said = asked.one(OFFICER, step.pk)["steps"]
    assert [(one["verb"], one["text"]) for one in said][-1] == ("return", "没有照片")
    obligations.report(obligation=step.pk, by=OFFICER, reply=Reply(answers={"note": "已补照片"}))
    second = check_of(dams)
    assert second.pk != first.pk
    obligations.verify(obligation=step.pk, by=scene.chief)
    assert owed(dams).state == "closed"


def test_sent_back_without_a_word_it_says_whom_to_ask(scene: Scene, dams: StepDebt) -> None:
    reply = Reply(answers={"result": "returned"})
    obligations.answer(obligation=check_of(dams).pk, by=scene.chief, reply=reply)
    said = asked.one(OFFICER, owed(dams).pk)["steps"][-1]
    assert "请与核实人联系" in said["text"]


def test_an_officer_takes_the_verifiers_word_down_on_their_behalf(
    dams: StepDebt,
) -> None:
    reply = Reply("总指挥电话核实", {"result": "verified"})
    obligations.answer(obligation=check_of(dams).pk, by=LEAD, reply=reply)
    step = owed(dams)
    assert step.state == "closed"
    assert step.steps.get(verb="verify").on_behalf


def test_whoever_reported_it_does_not_verify_it_by_another_door(
    scene: Scene, dams: StepDebt
) -> None:
    for who in (OFFICER, as_person(OFFICER, scene.chief.person)):
        reply = Reply(answers={"result": "verified"})
        with pytest.raises(Forbidden, match="自己的反馈"):
            obligations.answer(obligation=check_of(dams).pk, by=who, reply=reply)
    assert owed(dams).state == "reported"


def test_where_the_post_does_not_exist_whoever_watches_there_verifies(scene: Scene) -> None:
    Post.objects.filter(code="P-CHIEF").update(retired_at="2026-06-01T00:00:00Z")
    response = scene.start(stage="3")
    debt = debts(response, "dams")[COUNTY]
    Obligation.objects.filter(pk=debt.obligation_id).update(debtor=scene.world.posts["P-LEAD"])
    do(debt, OFFICER, note="已泄")
    assert check_of(debt).debtor_id == scene.world.posts["P-DUTY"].pk


def test_what_is_not_verified_holds_the_end_up_and_is_struck_off_with_the_step(
    scene: Scene, dams: StepDebt
) -> None:
    response = dams.step.response_id
    others = list(
        StepDebt.objects.exclude(step=dams.step).values_list("step", flat=True).distinct()
    )
    services.strike_off(
        response=response, turn=turn_of(response), steps=others, reason="雨停", by=scene.chief
    )
    with pytest.raises(Conflict, match="水库预泄（待核实 1）"):
        scene.end(response)
    left = responses.one(OFFICER, response)["left"]
    assert (left["total"], left["to_verify"]) == (1, 1)
    services.strike_off(
        response=response, turn=turn_of(response), reason="台风转向", by=scene.chief
    )
    assert not Obligation.objects.filter(kind="plan-step-check", closed_at=None).exists()
    scene.end(response)


def test_taken_back_it_is_not_to_be_verified_any_more(dams: StepDebt) -> None:
    check = check_of(dams)
    obligations.withdraw(obligation=owed(dams).pk, by=LEAD)
    check.refresh_from_db()
    assert check.state == "withdrawn"


def test_a_ladder_that_climbs_until_it_is_done_messages_whoever_only_signed(
    dams: StepDebt,
) -> None:
    response = dams.step.response_id
    signed = owed(debts(response, "watch")[COUNTY])
    obligations.answer(obligation=signed.pk, by=LEAD)
    Rung.objects.create(
        obligation=signed, number=2, at=signed.issued_at, whom="debtor", channels=["sms"],
        post=signed.debtor,
    )  # fmt: skip
    queue_rungs(obligations=[signed.pk], rungs=[2], by=system("test"))
    assert Message.objects.filter(purpose=signed.pk, rung=2).exists()


def test_told_again_twice_is_two_messages_and_each_of_them_once(
    dams: StepDebt,
) -> None:
    step = owed(dams)
    Obligation.objects.filter(pk=step.pk).update(state="returned", reported_at=None)
    for _ in range(2):
        obligations.tell_again(obligations=[step.pk], by=LEAD)
    for times in (1, 2, 2):
        queue_rungs(obligations=[step.pk], rungs=[0], rounds=[times], by=system("test"))
    rounds = Message.objects.filter(purpose=step.pk, rung=0, channel="sms")
    assert sorted(rounds.values_list("round", flat=True)) == [1, 2]
