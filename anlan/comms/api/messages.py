"""The ledger of messages, the call sheet, the channels."""

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.comms import rights, services
from anlan.comms.selectors import health, ledger, sheet

router = Router(tags=["消息"])


class MessageQuery(Schema):
    """What a list of messages is asked for; what is empty narrows nothing."""

    state: str = ""
    channel: str = ""
    reason: str = ""
    region: str = ""
    case: str = ""
    purpose_kind: str = ""
    purpose: str = ""
    post: str = ""
    person: str = ""
    carrier: str = ""
    alert: str = ""
    q: str = ""
    page: int = 1
    size: int = 50


class SheetQuery(Schema):
    """Which lines of the call sheet are asked for."""

    region: str = ""
    case: str = ""
    purpose_kind: str = ""
    alert: str = ""
    page: int = 1
    size: int = 200


class Which(Schema):
    """Which messages are sent again."""

    messages: list[str] = Field([], max_length=20_000)
    channel: str = ""
    reason: str = ""
    case: str = ""
    region: str = ""


class Noted(Schema):
    """What a call gave: connected, no-answer, busy, off, dead; and what was said."""

    result: str
    phone: str = ""
    reply: str = ""
    answers: dict[str, Any] = {}
    text: str = Field("", max_length=500)


@router.get("/comms/messages", summary="送达台账")
def list_messages(request: ApiRequest, query: Query[MessageQuery]) -> HttpResponse:
    """List messages, the newest first, and how many stand in each state."""
    permit(request.actor, rights.VIEW)
    return answer(ledger.page(request.actor, ledger.Query(**query.dict())))


@router.post("/comms/messages/resend", summary="重发一批消息")
def resend_messages(request: ApiRequest, which: Which) -> HttpResponse:
    """Send again what failed, by id or by channel, reason and case."""
    sent = services.resend_messages(which=services.Which(**which.dict()), by=request.actor)
    return answer({"sent": sent})


@router.get("/comms/messages/{message}", summary="一条消息")
def get_message(request: ApiRequest, message: str) -> HttpResponse:
    """Read one message with its text and every try."""
    permit(request.actor, rights.VIEW)
    return answer(ledger.one(request.actor, message))


@router.post("/comms/messages/{message}/resend", summary="重发一条消息")
def resend_message(request: ApiRequest, message: str) -> HttpResponse:
    """Send one message again, once the cause is mended."""
    ledger.one(request.actor, message)
    services.resend_messages(which=services.Which(messages=[message]), by=request.actor)
    return answer(ledger.one(request.actor, message))


@router.post("/comms/messages/{message}/note", summary="登记一次通话")
def note_call(request: ApiRequest, message: str, noted: Noted) -> HttpResponse:
    """Note what a call of the sheet gave; an answer is taken down on behalf of who was called."""
    answers = noted.answers | ({"reply": noted.reply} if noted.reply else {})
    call = services.Call(noted.result, noted.phone, answers, noted.text)
    state = services.note_call(message=message, call=call, by=request.actor)
    return answer({"id": message, "state": state})


@router.get("/comms/sheet", summary="人工叫应单")
def get_sheet(request: ApiRequest, query: Query[SheetQuery]) -> HttpResponse:
    """List whom to ring. Numbers stand in full for who may call, and their reading is noted."""
    permit(request.actor, rights.CALLS_VIEW)
    found = sheet.sheet(request.actor, sheet.Query(**query.dict()))
    services.note_numbers_read(messages=found.in_full, by=request.actor)
    return answer(found.told)


@router.get("/comms/channels", summary="渠道状态")
def list_channels(request: ApiRequest) -> HttpResponse:
    """Tell how every channel and its carriers fare, and what waits for them."""
    permit(request.actor, rights.CHANNELS_VIEW)
    return answer(health.channels(request.actor))
