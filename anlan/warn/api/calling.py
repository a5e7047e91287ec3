"""Calls (叫应) over HTTP: the board, calling the silent, answering for others, gaps."""

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.door.phrases import said
from anlan.base.obligations.services import Reply
from anlan.kernel import clock
from anlan.warn.selectors import board, signs
from anlan.warn.services import calls

router = Router(tags=["叫应"])

MOST = 2000


class BoardQuery(Schema):
    """What a board is asked for."""

    region: str = ""
    standing: str = ""
    role: str = ""
    page: int = 1
    size: int = 200


class GapsQuery(Schema):
    """What a list of gaps is asked for."""

    region: str = ""
    reason: str = ""
    page: int = 1
    size: int = 100


class CoverageQuery(Schema):
    """What coverage to the household is asked for."""

    region: str = ""
    alert: str = ""
    page: int = 1
    size: int = 100


class Silent(Schema):
    """Whose silent posts are called."""

    region: str


class Answered(Schema):
    """What somebody said, taken down for the posts it answers for."""

    obligations: list[str]
    reply: str
    way: str = ""
    text: str = ""


class Caller(Schema):
    """The number somebody calls from: whole, its last four digits, or the short number."""

    number: str


@router.get("/alerts/{alert}/board", summary="叫应看板")
def read_board(request: ApiRequest, alert: str, query: Query[BoardQuery]) -> HttpResponse:
    """Read who answered and who has not, as far as the asker may see; a page of posts with it."""
    asked = {**query.dict(), "size": min(max(query.size, 1), MOST)}
    return answer(board.board(request.actor, alert, board.Query(**asked)))


@router.post("/alerts/{alert}/calls/silent", summary="一键补叫未应岗位")
def call_silent(request: ApiRequest, alert: str, asked: Silent) -> HttpResponse:
    """Call every post of a region that has not answered, now, beside the ladder."""
    called = calls.call_silent(alert=alert, region=asked.region, by=request.actor)
    return answer({"called": called, "as_of": clock.now()})


@router.post("/alerts/{alert}/calls/answer", summary="代为应答")
def answer_for(request: ApiRequest, alert: str, words: Answered) -> HttpResponse:
    """Take down what somebody said by telephone, radio or at the door; recorded as on behalf."""
    answers: dict[str, Any] = {"reply": words.reply} | ({"way": words.way} if words.way else {})
    told = calls.answer_for(
        alert=alert, obligations=words.obligations, reply=Reply(words.text, answers),
        by=request.actor,
    )  # fmt: skip
    return answer(
        {
            "items": [
                {"obligation": one.obligation, "deed": one.deed, "problem": one.problem}
                for one in told
            ]
        }
    )


@router.post("/alerts/{alert}/calls/caller", summary="认出回电的人")
def find_caller(request: ApiRequest, alert: str, asked: Caller) -> HttpResponse:
    """Tell whose number it is and which calls they owe. The number is in no address and no log."""
    items = board.callers(request.actor, alert, asked.number)
    return answer({"items": items, "as_of": clock.now()})


@router.get("/calls/progress", summary="各预警叫应进度")
def list_progress(request: ApiRequest) -> HttpResponse:
    """Tell how far the calls of every alert in force have come."""
    return answer({"items": board.progress(request.actor), "as_of": clock.now()})


@router.get("/calls/gaps", summary="叫不到的岗位")
def list_gaps(request: ApiRequest, query: Query[GapsQuery]) -> HttpResponse:
    """List posts nobody holds, and holders without a number that works."""
    asked = {**query.dict(), "size": min(max(query.size, 1), MOST)}
    return answer(board.contact_gaps(request.actor, board.Contacts(**asked)))


@router.get("/calls/silent-villages", summary="失联村")
def list_silent_villages(request: ApiRequest, alert: str = "", over: bool = False) -> HttpResponse:
    """List villages without a sign of life: those `alert` calls, or all; `over`: ended ones too."""
    items = signs.shown(request.actor, alert=alert, over=over)
    return answer({"items": items, "as_of": clock.now()})


@router.get("/calls/coverage", summary="入户覆盖")
def read_coverage(request: ApiRequest, query: Query[CoverageQuery]) -> HttpResponse:
    """Tell how each household is reached and which are not, by village; reading is journalled."""
    asked = {**query.dict(), "size": min(max(query.size, 1), MOST)}
    told = calls.read_coverage(asked=calls.Asked(**asked), by=request.actor)
    told["unknown"] = [said(line, request.language) for line in told["unknown"]]
    return answer(told)
