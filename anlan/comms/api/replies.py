"""What comes in: the providers' hooks, and the replies an officer settles."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.comms import rights, services
from anlan.comms.hooks import Heard, open_hook, read_hook
from anlan.comms.selectors import replies

router = Router(tags=["消息"])

#: The largest request of a provider, in bytes.
LARGEST = 4 * 1024 * 1024


class ReplyQuery(Schema):
    """What a list of replies is asked for."""

    open: bool = True
    region: str = ""
    person: str = ""
    page: int = 1
    size: int = 50


class Taken(Schema):
    """What a doubtful reply is taken for: the codes of the form."""

    answers: dict[str, Any] = Field({}, max_length=20)


def _heard(request: HttpRequest) -> Heard:
    return Heard(
        request.method or "GET", request.GET.dict(), dict(request.headers), request.body[:LARGEST]
    )


def _receipts(request: HttpRequest, channel: str) -> HttpResponse:
    heard = _heard(request)
    declared, inward = open_hook(channel, heard, replies=False)
    services.take_receipts(declared=declared, inward=inward, told=read_hook(inward, heard))
    return _answered(inward.answer)


def _replies(request: HttpRequest, channel: str) -> HttpResponse:
    heard = _heard(request)
    declared, inward = open_hook(channel, heard, replies=True)
    services.take_replies(carrier=declared.key, told=read_hook(inward, heard))
    return _answered(inward.answer)


def _answered(text: str) -> HttpResponse:
    """Answer what the provider wants to hear, in the form it is written in."""
    kind = "application/json" if text.startswith("{") else "text/plain"
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8")


@router.post("/comms/receipts/{channel}", auth=None, summary="运营商推送回执")
def post_receipts(request: HttpRequest, channel: str) -> HttpResponse:
    """Take receipts, read by the channel's file; answered only once they are written down."""
    return _receipts(request, channel)


@router.get("/comms/receipts/{channel}", auth=None, summary="运营商推送回执（GET）")
def get_receipts(request: HttpRequest, channel: str) -> HttpResponse:
    """Take one receipt from providers that push by query."""
    return _receipts(request, channel)


@router.post("/comms/replies/{channel}", auth=None, summary="运营商推送回复")
def post_replies(request: HttpRequest, channel: str) -> HttpResponse:
    """Take replies, read by the channel's file; answered only once they are written down."""
    return _replies(request, channel)


@router.get("/comms/replies/{channel}", auth=None, summary="运营商推送回复（GET）")
def get_replies(request: HttpRequest, channel: str) -> HttpResponse:
    """Take one reply from providers that push by query."""
    return _replies(request, channel)


@router.get("/comms/replies", summary="短信回复列表")
def list_replies(request: ApiRequest, query: Query[ReplyQuery]) -> HttpResponse:
    """List replies: those that wait for an officer, the oldest first, or all."""
    permit(request.actor, rights.ANSWER)
    return answer(replies.page(request.actor, replies.Query(**query.dict())))


@router.post("/comms/replies/{reply}/take", summary="认定回复为应答")
def take_reply(request: ApiRequest, reply: str, taken: Taken) -> HttpResponse:
    """Take a doubtful reply for an answer, on behalf of who sent it."""
    obligation = services.take_reply(reply=reply, answers=taken.answers, by=request.actor)
    return answer({"id": reply, "obligation": obligation})


@router.post("/comms/replies/{reply}/dismiss", summary="认定回复不是应答")
def dismiss_reply(request: ApiRequest, reply: str) -> HttpResponse:
    """Note that a reply is no answer."""
    services.dismiss_reply(reply=reply, by=request.actor)
    return answer({"id": reply})
