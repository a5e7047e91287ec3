"""Standing orders, and what alerts ask for, over HTTP."""

from typing import Any

from django.http import HttpResponse
from ninja import Router

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.warn.api.shapes import OrderGiven, ResponseAnswer
from anlan.warn.selectors import standing_orders
from anlan.warn.services.ordering import Order, revoke_order, sign_order
from anlan.warn.services.responses import answer_response_due

router = Router(tags=["预警联动"])

VIEW = "alerts.view"


@router.get("/alerts/orders", summary="预置授权")
def list_orders(request: ApiRequest, past: bool = False) -> HttpResponse:
    """List standing orders in force; with `past` those that are over too."""
    permit(request.actor, "alerts.draft")
    items = standing_orders.listed(request.actor, past=past)
    return answer({"items": items, "as_of": clock.now()})


@router.post("/alerts/orders", summary="签署预置授权", response={201: dict[str, Any]})
def sign(request: ApiRequest, given: OrderGiven) -> HttpResponse:
    """Sign what may go out without a hand, in one's own name."""
    values = given.dict()
    values["since"] = values["since"] or clock.now()
    made = sign_order(order=Order(**values), by=request.actor)
    return answer({"id": made}, 201)


@router.post("/alerts/orders/{order}/revoke", summary="收回预置授权", response={204: None})
def revoke(request: ApiRequest, order: str) -> HttpResponse:
    """Revoke a standing order at once."""
    revoke_order(order=order, by=request.actor)
    return HttpResponse(status=204)


@router.get("/alerts/responses", summary="应启动的响应")
def list_responses(request: ApiRequest, past: bool = False, region: str = "") -> HttpResponse:
    """List what alerts ask for and nobody has answered; with `past` what was answered too."""
    permit(request.actor, VIEW)
    items = standing_orders.responses(request.actor, past=past, region=region)
    return answer({"items": items, "as_of": clock.now()})


@router.post("/alerts/responses/{due}/answer", summary="答复应启动的响应", response={204: None})
def answer_due(request: ApiRequest, due: str, given: ResponseAnswer) -> HttpResponse:
    """Say what was done: a response started, measures taken, or none needed and why."""
    answer_response_due(
        due=due, answer=given.answer, level=given.level, measures=given.measures,
        reason=given.reason, by=request.actor,
    )  # fmt: skip
    return HttpResponse(status=204)
