"""Alarms over HTTP."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Body, Query, Router, Schema

from anlan.base.door import phrases
from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Missing
from anlan.sense.selectors import alarms, precision
from anlan.sense.services import alarms as deeds

router = Router(tags=["监测报警"])

VIEW = "alarms.view"


class ListQuery(Schema):
    """What a list of alarms is asked for."""

    state: str = "open"
    region: str = ""
    hazard: str = ""
    level: str = ""
    station: str = ""
    stream: str = ""
    rule: str = ""
    case: str = ""
    cause: str = ""
    shelved: bool | None = None
    q: str = ""
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1
    size: int = 50


class Chosen(Schema):
    """The alarms a deed is about."""

    ids: list[str]


class Classified(Chosen):
    """The alarms whose cause is said, and the cause."""

    cause: str
    note: str = ""


class Shelved(Chosen):
    """The alarms that are set aside, until when and why."""

    until: datetime
    reason: str


class Outcome(Schema):
    """What became of one alarm of a deed on several."""

    id: str
    #: `unchanged`: nothing was left to do, as with one acknowledged already.
    outcome: Literal["done", "unchanged", "refused"]
    #: Kind of the refusal as in problem+json: missing, forbidden, conflict; "" when not refused.
    code: str = ""
    #: Why it was refused, in Chinese, for the person who asked.
    reason: str = ""


class Became(Schema):
    """What became of a deed on several alarms; where all were refused it is an error instead."""

    done: int
    unchanged: int
    refused: int
    outcomes: list[Outcome]


class Said(Schema):
    """What a deed on one alarm says; each uses its own part."""

    cause: str = ""
    note: str = ""
    until: datetime | None = None
    reason: str = ""


@router.get("/alarms", summary="监测报警列表")
def list_alarms(request: ApiRequest, query: Query[ListQuery]) -> HttpResponse:
    """List alarms, the newest first. `state`: open, standing, waiting, all, or single states."""
    permit(request.actor, VIEW)
    return answer(alarms.page(request.actor, alarms.Query(**query.dict())))


@router.get("/alarms/count", summary="未销号报警数")
def count_alarms(request: ApiRequest, region: str = "") -> HttpResponse:
    """Count what is open by state and level; shelved ones apart."""
    permit(request.actor, VIEW)
    return answer(alarms.counts(request.actor, region))


@router.get("/alarms/days", summary="每日报警数")
def count_by_day(request: ApiRequest, days: int = precision.DAYS, region: str = "") -> HttpResponse:
    """Count the alarms raised on each of the last days."""
    permit(request.actor, VIEW)
    items = precision.per_day(request.actor, days=days, region=region)
    return answer({"items": items, "as_of": clock.now()})


@router.get("/sense/precision", summary="报警准确率")
def list_precision(
    request: ApiRequest, by: str = "rule", days: int = precision.DAYS, region: str = ""
) -> HttpResponse:
    """Tell how often rules (`by=rule`) or sensors (`by=stream`) were right, the worst first."""
    permit(request.actor, VIEW)
    if by not in ("rule", "stream"):
        raise Invalid("by 只能是 rule、stream", errors={"by": ["没有这种分法"]})
    items = precision.precision(request.actor, by=by, days=days, region=region)
    return answer({"items": items, "days": days, "as_of": clock.now()})


@router.post("/alarms/acknowledge", summary="确认多条报警", response=Became)
def acknowledge_many(request: ApiRequest, chosen: Chosen) -> dict[str, Any]:
    """Acknowledge up to 500 alarms; each is told what became of it."""
    return _became(request, deeds.acknowledge_alarms(alarms=chosen.ids, by=request.actor))


@router.post("/alarms/classify", summary="多条报警定性", response=Became)
def classify_many(request: ApiRequest, chosen: Classified) -> dict[str, Any]:
    """Say the cause of up to 500 alarms, which acknowledges them; each is told what became of it.

    `cause` is a code of `alarm-causes`.
    """
    told = deeds.classify_alarms(
        alarms=chosen.ids, cause=chosen.cause, note=chosen.note, by=request.actor
    )
    return _became(request, told)


@router.post("/alarms/shelve", summary="搁置多条报警", response=Became)
def shelve_many(request: ApiRequest, chosen: Shelved) -> dict[str, Any]:
    """Set up to 500 alarms aside until a time, with a reason; each is told what became of it."""
    told = deeds.shelve_alarms(
        alarms=chosen.ids, until=chosen.until, reason=chosen.reason, by=request.actor
    )
    return _became(request, told)


@router.post("/alarms/unshelve", summary="取消搁置多条报警", response=Became)
def unshelve_many(request: ApiRequest, chosen: Chosen) -> dict[str, Any]:
    """Take up to 500 alarms off the shelf; each is told what became of it."""
    return _became(request, deeds.unshelve_alarms(alarms=chosen.ids, by=request.actor))


@router.post("/alarms/close", summary="多条报警销号", response=Became)
def close_many(request: ApiRequest, chosen: Chosen) -> dict[str, Any]:
    """Close up to 500 alarms that have cleared and whose cause is known; each is told."""
    return _became(request, deeds.close_alarms(alarms=chosen.ids, by=request.actor))


def _became(request: ApiRequest, told: deeds.Told) -> dict[str, Any]:
    """Put the outcomes in words: what was done first, then what was left, then what was refused."""
    outcomes = [
        *({"id": one, "outcome": "done"} for one in told.done),
        *({"id": one, "outcome": "unchanged"} for one in told.unchanged),
        *(
            {
                "id": one,
                "outcome": "refused",
                "code": why.code,
                "reason": phrases.said(why.detail, request.language),
            }
            for one, why in told.refused.items()
        ),
    ]
    return {
        "done": len(told.done), "unchanged": len(told.unchanged), "refused": len(told.refused),
        "outcomes": outcomes,
    }  # fmt: skip


@router.get("/alarms/{alarm}", summary="一条报警")
def get_alarm(request: ApiRequest, alarm: str) -> HttpResponse:
    """Read one alarm with everything that became of it."""
    return answer(alarms.one(request.actor, alarm))


@router.post("/alarms/{alarm}/{verb}", summary="办理一条报警")
def act_on_alarm(
    request: ApiRequest, alarm: str, verb: str, said: Body[Said] = Said()
) -> HttpResponse:
    """Do one deed: acknowledge, classify (cause, note), shelve (until, reason), unshelve, close."""
    deed = _DEEDS.get(verb)
    if deed is None:
        raise Missing("没有这个操作")
    deed(alarm, request.actor, said)
    return answer(alarms.one(request.actor, alarm))


def _shelve(alarm: str, by: Actor, said: Said) -> None:
    # Without an end it would have ended already: refused where the right has been asked.
    until = said.until or clock.now()
    deeds.shelve_alarms(alarms=[alarm], until=until, reason=said.reason, by=by)


_DEEDS: dict[str, Callable[[str, Actor, Said], Any]] = {
    "acknowledge": lambda alarm, by, _: deeds.acknowledge_alarms(alarms=[alarm], by=by),
    "classify": lambda alarm, by, said: deeds.classify_alarms(
        alarms=[alarm], cause=said.cause, note=said.note, by=by
    ),
    "shelve": _shelve,
    "unshelve": lambda alarm, by, _: deeds.unshelve_alarms(alarms=[alarm], by=by),
    "close": lambda alarm, by, _: deeds.close_alarms(alarms=[alarm], by=by),
}
