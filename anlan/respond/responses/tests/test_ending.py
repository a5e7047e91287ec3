"""Ending a response: refused while anything is open; what is left is struck off or goes on."""

from collections.abc import Callable
from datetime import timedelta

import orjson
import pytest

from anlan.base.obligations import selectors as asked
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.outbox.models import Event
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.respond.responses import services
from anlan.respond.responses.models import Order, Response, StepDebt, StepRun
from anlan.respond.responses.selectors import board, orders, responses
from anlan.respond.responses.tests.conftest import (
    CHARLIE,
    COUNTY,
    LEAD,
    OFFICER,
    SECTION,
    Scene,
    debts,
    owed,
    turn_of,
)
from anlan.warn.tests.conftest import A1, at

pytestmark = pytest.mark.usefixtures("scene")


def test_it_does_not_end_while_something_is_open_and_says_what(scene: Scene) -> None:
    response = scene.start()
    with pytest.raises(Conflict, match="带班领导到岗、核对转移名单、转移、汇总转移"):
        scene.end(response)
    assert responses.one(OFFICER, response)["left"]["total"] == 10
    assert Response.objects.get().ended_at is None


@pytest.mark.parametrize("deed", [services.strike_off, services.carry_over])
def test_what_is_open_needs_a_reason_to_be_struck_off_or_to_go_on(
    scene: Scene, deed: Callable[..., int]
) -> None:
    response = scene.start()
    with pytest.raises(Invalid):
        deed(response=response, turn=1, reason=" ", by=scene.chief)
    with pytest.raises(Forbidden):
        deed(response=response, turn=1, reason="雨停", by=SECTION)
    with pytest.raises(Missing):
        deed(response=response, turn=1, reason="雨停", by=CHARLIE)
    assert not StepDebt.objects.filter(closed_at__isnull=False).exists()


def test_what_is_struck_off_is_owed_no_more_and_keeps_the_reason(scene: Scene) -> None:
    response = scene.start()
    answered = owed(debts(response, "lists")[A1])
    obligations.answer(obligation=answered.pk, by=scene.head)
    services.strike_off(response=response, turn=1, reason="台风转向", by=scene.chief)
    assert not Obligation.objects.filter(kind="plan-step", closed_at=None).exists()
    told = board.debts(OFFICER, response, "")
    assert {(one["standing"], one["note"]) for one in told["items"]} == {("struck", "台风转向")}
    counts = responses.one(OFFICER, response)["counts"]
    assert (counts["done"], counts["struck"], counts["total"]) == (0, 10, 10)
    scene.end(response)


def test_what_is_carried_over_stays_owed_and_blocks_nothing(scene: Scene) -> None:
    response = scene.start()
    services.give_order(
        given=services.Given(title="排涝", response=response, posts=[posts(scene, "P-WEST")]),
        by=OFFICER,
    )
    services.carry_over(response=response, turn=1, reason="灾后继续", by=scene.chief)
    scene.end(response)
    assert (
        Obligation.objects.filter(kind="plan-step", closed_at=None, title="核对转移名单").count()
        == 4
    )
    assert Obligation.objects.get(kind="order").closed_at is None
    assert Order.objects.get().carried_at
    counts = responses.one(OFFICER, response)["counts"]
    assert (counts["carried"], counts["struck"]) == (5, 5)


def test_ending_tells_it_and_begins_what_is_for_afterwards(scene: Scene) -> None:
    response = scene.start()
    scene.move(response, "3")
    scene.move(response, "4")
    services.strike_off(response=response, turn=turn_of(response), reason="雨停", by=scene.chief)
    scene.end(response)
    (row,) = Event.objects.filter(kind="respond.ResponseEnded")
    fact = orjson.loads(row.body)
    assert (fact["stage"], fact["level"], fact["worst"]) == ("4", 4, 3)
    assert owed(debts(response, "back")[COUNTY]).title == "通知返回"
    assert StepRun.objects.get(key="back").stage == "end"
    with pytest.raises(Conflict, match="已经结束"):
        scene.end(response)
    assert responses.listed(OFFICER)["ended"][0]["id"] == response


def test_after_its_end_it_can_be_started_again(scene: Scene) -> None:
    response = scene.start()
    services.strike_off(response=response, turn=1, reason="雨停", by=scene.chief)
    scene.end(response)
    assert scene.start() != response


# Orders.


def posts(scene: Scene, code: str) -> str:
    return str(scene.world.posts[code].pk)


def given(scene: Scene, **more: object) -> services.Given:
    whole = {
        "title": "封闭大桥", "body": "桥头设卡", "posts": [posts(scene, "P-A1")],
        "due_at": at(90), "checked": True, "verifier": posts(scene, "P-CHIEF"), **more,
    }  # fmt: skip
    return services.Given(**whole)  # type: ignore[arg-type]


def test_an_order_is_signed_for_reported_and_verified_by_another(scene: Scene) -> None:
    response = scene.start()
    order = services.give_order(given=given(scene, response=response), by=OFFICER)
    row = Obligation.objects.get(kind="order-checked")
    assert row.done_due is not None
    assert abs(row.done_due - at(90)) < timedelta(minutes=1)
    obligations.answer(obligation=row.pk, by=scene.head)
    obligations.report(obligation=row.pk, by=scene.head, reply=obligations.Reply(text="已封闭"))
    (told,) = orders.listed(OFFICER, response)["items"]
    assert (told["id"], told["counts"]["reported"], told["counts"]["done"]) == (order, 1, 0)
    with pytest.raises(Forbidden):
        obligations.verify(obligation=row.pk, by=LEAD)
    (check,) = Obligation.objects.filter(kind="plan-step-check", closed_at=None)
    assert check.debtor_id == posts(scene, "P-CHIEF")
    assert "已反馈办完" in asked.one(scene.chief, check.pk)["body"]
    reply = obligations.Reply(answers={"result": "verified"})
    obligations.answer(obligation=check.pk, by=scene.chief, reply=reply)
    assert orders.listed(OFFICER)["items"][0]["counts"]["done"] == 1


def test_an_order_that_wants_a_picture_says_so(scene: Scene) -> None:
    services.give_order(given=given(scene, photo=True), by=OFFICER)
    row = Obligation.objects.get(kind="order-checked")
    assert asked.one(scene.head, row.pk)["body"] == "桥头设卡\n请附照片。"


def test_pressed_twice_it_is_one_order(scene: Scene) -> None:
    made = {services.give_order(given=given(scene, once="k"), by=OFFICER) for _ in range(2)}
    assert len(made) == Obligation.objects.filter(kind="order-checked").count() == 1


def test_an_order_names_what_whom_and_a_time_ahead(scene: Scene) -> None:
    for wrong, field in (
        ({"title": " "}, "title"), ({"posts": []}, "posts"), ({"due_at": at(-5)}, "due_at"),
        ({"posts": ["nobody"]}, "posts"), ({"verifier": ""}, "verifier"),
        ({"verifier": "nobody"}, "verifier"), ({"verifier": posts(scene, "P-A1")}, "verifier"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            services.give_order(given=given(scene, **wrong), by=OFFICER)
        assert list(caught.value.errors) == [field]


def test_orders_stay_within_ones_regions(scene: Scene) -> None:
    with pytest.raises(Forbidden):
        services.give_order(given=given(scene), by=CHARLIE)
    with pytest.raises(Missing):
        services.give_order(given=given(scene, response=scene.start()), by=CHARLIE)
    services.give_order(given=given(scene), by=OFFICER)
    assert orders.listed(CHARLIE)["items"] == []
