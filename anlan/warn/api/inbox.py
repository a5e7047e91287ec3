"""Departments' warnings over HTTP: the door they come in by, and what we do with them."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.door.problems import problem
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.warn.api.shapes import Confirmed, Handled, InboxQuery, Pasted
from anlan.warn.selectors import inbox, pasted
from anlan.warn.selectors.checks.ahead import check_relay
from anlan.warn.services import receiving
from anlan.warn.services.relaying import dismiss_received, relay_alert

router = Router(tags=["预警接收"])

_MESSAGE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("application/xml", "application/cap+xml", "application/json")
        },
    },
    "responses": {
        200: {"description": "以前收到过，返回第一次的编号"},
        201: {"description": "已落盘"},
        403: {"description": "没有接收预警的权限，或只涉及别的地区"},
        422: {"description": "报文有误，errors 的键是有误的元素"},
    },
}


@router.post("/alerts/inbox", summary="接收预警报文", openapi_extra=_MESSAGE, response=None)
def take_in(request: ApiRequest) -> HttpResponse:
    """Take a department's warning in, byte for byte: national XML or JSON, or CAP 1.0 to 1.2.

    201 with its id once it is durable; 200 when the same warning had come before; 422 names the
    element that is wrong.
    """
    return take_in_together([request])[0]


def take_in_together(requests: Sequence[ApiRequest]) -> list[HttpResponse]:
    """Take messages in that came at the same moment; each is answered as if it had come alone."""
    answers: dict[int, HttpResponse] = {}
    handed: dict[int, receiving.Handed] = {}
    for place, request in enumerate(requests):
        try:
            handed[place] = receiving.Handed(_inbound(request), request.actor)
        except Exception as error:  # noqa: BLE001 - a body that cannot be read
            answers[place] = problem(request, error)
    told = receiving.receive_together(list(handed.values()))
    for place, taken in zip(handed, told, strict=True):
        answers[place] = _taken_in(requests[place], taken)
    return [answers[place] for place in range(len(requests))]


def _inbound(request: ApiRequest) -> receiving.Inbound:
    # An account that reads or passes warnings on is a person's: what it hands in, a person wrote.
    person = any(may(request.actor, action) for action in ("alerts.view", "alerts.relay"))
    return receiving.Inbound(
        original=request.body,
        content_type=str(request.META.get("CONTENT_TYPE", "")),
        way="manual" if person else "push",
        source=request.actor.name[:80],
    )


def _taken_in(request: ApiRequest, taken: receiving.Taken | Exception) -> HttpResponse:
    if isinstance(taken, Exception):
        return problem(request, taken)
    if taken.refusal is not None:
        return problem(request, taken.refusal)
    return answer({"id": taken.received, "again": taken.again}, 200 if taken.again else 201)


@router.get("/alerts/received", summary="收到的预警")
def list_received(request: ApiRequest, query: Query[InboxQuery]) -> HttpResponse:
    """List departments' warnings. `state`: waiting (the worst first), standing, all, or states."""
    permit(request.actor, "alerts.view")
    return answer(inbox.page(request.actor, inbox.Query(**query.dict())))


@router.get("/alerts/received/count", summary="待办理的预警数")
def count_received(request: ApiRequest, region: str = "") -> HttpResponse:
    """Count what waits by level, and what was refused and nobody has seen."""
    permit(request.actor, "alerts.view")
    return answer(inbox.counts(request.actor, region))


@router.post("/alerts/paste", summary="识别粘贴的预警")
def recognise_pasted(request: ApiRequest, given: Pasted) -> HttpResponse:
    """Recognise the warnings in a pasted text, field by field; nothing is kept yet."""
    permit(request.actor, "alerts.receive")
    permit(request.actor, "alerts.view")
    return answer({"items": pasted.recognised(given.text, request.actor)})


@router.post("/alerts/paste/confirm", summary="录入粘贴的预警", response={201: dict[str, Any]})
def confirm_pasted(request: ApiRequest, given: Confirmed) -> HttpResponse:
    """Take a pasted warning in with the fields a person confirmed."""
    confirmed = receiving.Confirmed(**given.dict())
    received = receiving.paste_alert(confirmed=confirmed, by=request.actor)
    return answer(inbox.one(request.actor, received), 201)


@router.get("/alerts/refused", summary="退回的预警报文")
def list_refused(request: ApiRequest, seen: bool = False) -> HttpResponse:
    """List messages that could not be read, with the element that is wrong."""
    permit(request.actor, "alerts.receive")
    permit(request.actor, "alerts.view")
    return answer({"items": inbox.refused(request.actor, seen=seen), "as_of": clock.now()})


@router.post("/alerts/refused/{refused}/seen", summary="退回的报文已处理", response={204: None})
def note_seen(request: ApiRequest, refused: str) -> HttpResponse:
    """Say that somebody has seen to a refused message."""
    receiving.see_refused(refused=refused, by=request.actor)
    return HttpResponse(status=204)


@router.get("/alerts/received/{received}", summary="一条收到的预警")
def get_received(request: ApiRequest, received: str) -> HttpResponse:
    """Read one warning with its chain and every way it came by."""
    return answer(inbox.one(request.actor, received))


@router.get("/alerts/received/{received}/original", summary="预警原文")
def get_original(request: ApiRequest, received: str) -> HttpResponse:
    """Give the bytes exactly as they came, to be saved and never shown by a browser."""
    found = inbox.original(request.actor, received)
    response = HttpResponse(bytes(found.body), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{received}.txt"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@router.get("/alerts/received/{received}/check", summary="转发前核验")
def check_received(request: ApiRequest, received: str, regions: str = "") -> HttpResponse:
    """Tell what relaying it would set going; `regions` are codes joined by commas."""
    chosen = regions.split(",") if regions else None
    return answer(check_relay(request.actor, received, chosen, request.language))


@router.post("/alerts/received/{received}/{verb}", summary="办理一条收到的预警")
def act_on_received(request: ApiRequest, received: str, verb: str, said: Handled) -> HttpResponse:
    """Do one deed: relay (regions, accepted), heed, dismiss (reason)."""
    deed = _DEEDS.get(verb)
    if deed is None:
        raise Missing("没有这个操作")
    deed(received, request.actor, said)
    return answer(inbox.one(request.actor, received))


_DEEDS: dict[str, Callable[[str, Actor, Handled], object]] = {
    "relay": lambda received, by, said: relay_alert(
        received=received, by=by, chosen=said.regions, accepted=said.accepted
    ),
    "heed": lambda received, by, _: receiving.heed_received(received=received, by=by),
    "dismiss": lambda received, by, said: dismiss_received(
        received=received, reason=said.reason, by=by
    ),
}
