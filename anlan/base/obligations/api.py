"""Obligations and notices over HTTP."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Body, Query, Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.obligations import selectors, services
from anlan.base.obligations.ladders import Span, ladders, problem
from anlan.base.permissions.actor import Actor
from anlan.kernel.errors import Invalid, Missing

router = Router(tags=["事项"])


class ListQuery(Schema):
    """What a list of obligations is asked for."""

    scope: str = "mine"
    case: str = ""
    kind: str = ""
    state: str = ""
    region: str = ""
    late: bool = False
    page: int = 1
    size: int = 50


class NoticeIn(Schema):
    """A notice to send."""

    title: str
    body: str = ""
    posts: list[str] = []
    regions: list[str] = []
    roles: list[str] = []
    answer_within_minutes: int | None = None
    urgent: bool = False


@router.get("/obligations", summary="事项列表")
def list_obligations(request: ApiRequest, query: Query[ListQuery]) -> HttpResponse:
    """List what is owed: `scope` is mine, unit, case or all."""
    if query.scope not in selectors.SCOPES:
        raise Invalid("scope 只能是 mine、unit、case、all", errors={"scope": ["没有这个范围"]})
    asked = {**query.dict(), "size": min(max(query.size, 1), 500)}
    return answer(selectors.page(request.actor, selectors.Query(**asked)))


@router.get("/obligations/count", summary="我的未办事项数")
def count_obligations(request: ApiRequest) -> HttpResponse:
    """Count what the asker owes."""
    return answer(selectors.open_count(request.actor))


@router.get("/obligations/ladders", summary="叫应阶梯")
def list_ladders(request: ApiRequest) -> HttpResponse:
    """List the ladders in force, and why the operator's file is not, when it is not."""
    items = [
        {
            "key": one.key,
            "title": one.title,
            "title_en": one.title_en,
            "confidence": one.confidence,
            "rungs": [
                {
                    "after": f"{r.after.amount} {r.after.unit}",
                    "whom": r.whom,
                    "channels": r.channels,
                }
                for r in one.rungs
            ],
        }
        for one in ladders().values()
    ]
    return answer({"items": items, "problem": problem()})


@router.get("/obligations/{obligation}", summary="一个事项")
def get_obligation(request: ApiRequest, obligation: str) -> HttpResponse:
    """Read one obligation with its steps and rungs; who is to answer it has now seen it."""
    actor = request.actor
    found = selectors.one(actor, obligation)
    if found["mine"] and found["state"] == "issued":
        services.reach(obligations=[obligation], by=actor)
        found = selectors.one(actor, obligation)
    return answer(found)


@router.post("/obligations/{obligation}/link", summary="生成手机链接")
def make_links(request: ApiRequest, obligation: str) -> HttpResponse:
    """Make a link without a password for everybody who holds the debtor's post."""
    keys = services.make_links(obligation=obligation, by=request.actor)
    root = request.build_absolute_uri("/m/")
    return answer({"links": [{"person": who, "url": root + key} for who, key in keys.items()]})


@router.post("/obligations/{obligation}/{verb}", summary="办理事项")
def act_on_obligation(
    request: ApiRequest, obligation: str, verb: str, said: Body[dict[str, Any]]
) -> HttpResponse:
    """Do one deed; `selectors.lists.VERBS` names them, and each obligation lists its own."""
    deed = _DEEDS.get(verb)
    if deed is None:
        raise Missing("没有这个操作")
    deed(obligation, request.actor, said)
    return answer(selectors.one(request.actor, obligation))


def _reply(said: Mapping[str, Any]) -> services.Reply:
    answers = {name: value for name, value in said.items() if name not in ("text", "answers")}
    answers |= said.get("answers") or {}
    return services.Reply(text=str(said.get("text") or ""), answers=answers)


def _reason(said: Mapping[str, Any]) -> str:
    return str(said.get("text") or said.get("reason") or "")


def _until(said: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(said.get("until")))
    except ValueError:
        raise Invalid("请写明延至何时", errors={"until": ["应为带时区的时间"]}) from None


_DEEDS: dict[str, Callable[[str, Actor, Mapping[str, Any]], None]] = {
    "answer": lambda o, by, said: services.answer(obligation=o, by=by, reply=_reply(said)),
    "report": lambda o, by, said: services.report(obligation=o, by=by, reply=_reply(said)),
    "note": lambda o, by, said: services.note(obligation=o, by=by, reply=_reply(said)),
    "verify": lambda o, by, said: services.verify(obligation=o, by=by, reply=_reply(said)),
    "return": lambda o, by, said: services.return_(obligation=o, by=by, reply=_reply(said)),
    "withdraw": lambda o, by, said: services.withdraw(obligation=o, by=by, reply=_reply(said)),
    "close": lambda o, by, said: services.close(obligation=o, by=by, reply=_reply(said)),
    "extend": lambda o, by, said: services.request_extension(
        obligation=o, until=_until(said), reason=_reason(said), by=by
    ),
    "pause": lambda o, by, said: services.pause(obligation=o, reason=_reason(said), by=by),
    "approve": lambda o, by, _: services.approve(obligation=o, by=by),
    "refuse": lambda o, by, said: services.refuse(obligation=o, reason=_reason(said), by=by),
    "resume": lambda o, by, _: services.resume(obligation=o, by=by),
}


@router.post("/notices", summary="发通知", response={201: dict[str, Any]})
def send_notice(request: ApiRequest, notice: NoticeIn) -> HttpResponse:
    """Send a notice to posts, or to every post of some roles in some regions."""
    minutes = notice.answer_within_minutes
    if minutes is not None and minutes < 1:
        raise Invalid("签收期限至少 1 分钟", errors={"answer_within_minutes": ["至少 1 分钟"]})
    sent = services.send_notice(
        notice=services.Notice(
            title=notice.title,
            body=notice.body,
            posts=notice.posts,
            regions=notice.regions,
            roles=notice.roles,
            answer_within=Span(minutes, "minute") if minutes else None,
            urgent=notice.urgent,
        ),
        by=request.actor,
    )
    return answer({"case": sent.case, "obligations": sent.obligations}, 201)


@router.get("/notices", summary="通知列表")
def list_notices(request: ApiRequest, page: int = 1) -> HttpResponse:
    """List notices the asker may see, with how many have signed."""
    return answer(selectors.notices(request.actor, page=max(page, 1)))


@router.get("/notices/{case}", summary="一份通知的签收情况")
def get_notice(request: ApiRequest, case: str) -> HttpResponse:
    """Read one notice: who has signed and who has not."""
    return answer(selectors.notice(request.actor, case))
