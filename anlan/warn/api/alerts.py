"""Alerts of ours over HTTP: written, reviewed, issued, continued, ended."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from ninja import Body, Query, Router

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.kernel.errors import Missing
from anlan.warn.api.shapes import AlertsQuery, Deed, Edited, Written
from anlan.warn.selectors import choices, describing, listing
from anlan.warn.selectors.checks.ahead import check_alert, check_content
from anlan.warn.selectors.filling import Content
from anlan.warn.services import approving, drafting, issuing

router = Router(tags=["预警"])

VIEW = "alerts.view"


@router.get("/alerts", summary="预警列表")
def list_alerts(request: ApiRequest, query: Query[AlertsQuery]) -> HttpResponse:
    """List alerts, the newest first. `state`: in-force, unsent, over, all, or states."""
    permit(request.actor, VIEW)
    return answer(listing.page(request.actor, listing.Query(**query.dict())))


@router.post("/alerts", summary="起草预警", response={201: dict[str, Any]})
def draft(request: ApiRequest, given: Written) -> HttpResponse:
    """Begin an alert of our own."""
    made = drafting.draft_alert(content=Content(**given.dict()), by=request.actor)
    return answer(describing.one(request.actor, made), 201)


@router.get("/alerts/count", summary="生效和待办预警数")
def count_alerts(request: ApiRequest, region: str = "") -> HttpResponse:
    """Count what is in force by level, and what is in the making by state."""
    permit(request.actor, VIEW)
    return answer(listing.counts(request.actor, region))


@router.get("/alerts/kinds", summary="谁可以发布什么预警")
def list_kinds(request: ApiRequest) -> HttpResponse:
    """List kinds of warnings: whose they are by which article, what ours begin with."""
    permit(request.actor, VIEW)
    return answer({"items": choices.kinds()})


@router.get("/alerts/words", summary="自行发布预警的现成用语")
def ready_words(
    request: ApiRequest, kind: str, hazard: str = "", level: int | None = None
) -> HttpResponse:
    """Give the ready words for a kind, a hazard and a level."""
    permit(request.actor, "alerts.draft")
    return answer(choices.words(kind, hazard, level))


@router.post("/alerts/check", summary="发布前核验（未保存）")
def check_written(request: ApiRequest, given: Written) -> HttpResponse:
    """Put what is filled in into words, and check it as if it were to be issued."""
    return answer(check_content(request.actor, Content(**given.dict()), request.language))


@router.get("/alerts/{alert}", summary="一条预警")
def get_alert(request: ApiRequest, alert: str) -> HttpResponse:
    """Read one alert with its chain, approvals, responses and everything done to it."""
    return answer(describing.one(request.actor, alert))


@router.patch("/alerts/{alert}", summary="修改预警草稿")
def edit(request: ApiRequest, alert: str, given: Edited) -> HttpResponse:
    """Change a draft."""
    values = given.dict()
    version = values.pop("version")
    content = Content(**values)
    drafting.edit_alert(alert=alert, content=content, by=request.actor, version=version)
    return answer(describing.one(request.actor, alert))


@router.get("/alerts/{alert}/check", summary="发布前核验")
def check(request: ApiRequest, alert: str) -> HttpResponse:
    """Check an alert before it is issued: what stops it, whom it reaches, what it costs."""
    return answer(check_alert(request.actor, alert, request.language))


@router.get("/alerts/{alert}/approvers", summary="谁可以口头授权")
def list_approvers(request: ApiRequest, alert: str) -> HttpResponse:
    """List the posts that may approve by telephone, who holds them, and their numbers masked."""
    return answer({"items": choices.approvers(request.actor, alert)})


@router.post("/alerts/{alert}/{verb}", summary="办理一条预警")
def act_on_alert(
    request: ApiRequest, alert: str, verb: str, said: Body[Deed] = Deed()
) -> HttpResponse:
    """Do one deed; each alert lists its own under `verbs`.

    submit, return (reason), approve, oral (post, person, phone or number, said_at), sign, issue
    (accepted, alone, version), drop (reason); update, raise, lower, extend, cancel, withdraw draft
    what comes after an alert that is out, and answer with that draft.
    """
    deed = _DEEDS.get(verb)
    if deed is None:
        raise Missing("没有这个操作")
    made = deed(alert, request.actor, said)
    return answer(describing.one(request.actor, made or alert), 201 if made else 200)


def _follow(verb: str) -> Callable[[str, Actor, Deed], str]:
    def follow(alert: str, by: Actor, said: Deed) -> str:
        change = drafting.Change(
            level=said.level, regions=said.regions, expires_at=said.expires_at,
            caution=said.caution, measures=said.measures, text=said.text, reason=said.reason,
        )  # fmt: skip
        return drafting.follow_alert(alert=alert, action=verb, change=change, by=by)

    return follow


def _orally(alert: str, by: Actor, said: Deed) -> None:
    word = approving.Word(
        post=said.post,
        person=said.person,
        phone=said.phone,
        number=said.number,
        at=said.said_at,
        reason=said.reason,
    )
    approving.record_oral_approval(alert=alert, word=word, by=by)


_DEEDS: dict[str, Callable[[str, Actor, Deed], str | None]] = {
    "submit": lambda alert, by, _: approving.submit_alert(alert=alert, by=by),
    "return": lambda alert, by, said: approving.return_alert(
        alert=alert, reason=said.reason, by=by
    ),
    "approve": lambda alert, by, _: approving.approve_alert(alert=alert, by=by),
    "oral": _orally,
    "sign": lambda alert, by, _: approving.sign_later(alert=alert, by=by),
    "issue": lambda alert, by, said: issuing.issue_alert(
        alert=alert, by=by, alone=said.alone, accepted=said.accepted, version=said.version
    ),
    "drop": lambda alert, by, said: drafting.drop_alert(alert=alert, reason=said.reason, by=by),
    **{
        verb: _follow(verb) for verb in ("update", "raise", "lower", "extend", "cancel", "withdraw")
    },
}
