"""Runs over HTTP: asked for, stopped, signed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from ninja import Body, Query, Router

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.forecast.api.shapes import Asked, Deed, RunsQuery
from anlan.forecast.selectors import describing
from anlan.forecast.services import asking, signing
from anlan.kernel.errors import Invalid, Missing

router = Router(tags=["预报"])

VIEW = "forecasts.view"
LONGEST_H = 24 * 15


@router.get("/forecasts", summary="预报计算列表")
def list_runs(request: ApiRequest, query: Query[RunsQuery]) -> HttpResponse:
    """List runs, the newest first; who may not see unsigned ones sees those that were signed."""
    permit(request.actor, VIEW)
    wanted = describing.Query(**query.dict())
    return answer(describing.page(request.actor, wanted, request.language))


@router.post("/forecasts", summary="发起预报计算", response={201: dict[str, Any]})
def ask(request: ApiRequest, given: Asked) -> HttpResponse:
    """Ask for a run; it is computed apart and the answer comes at once."""
    values = given.dict()
    hours = values.pop("hours")
    if hours is not None and not 0 < hours <= LONGEST_H:
        raise Invalid("预报时效超出范围", errors={"hours": ["最多 15 天"]})
    values["given"] = values.pop("inputs")
    ahead = None if hours is None else timedelta(hours=hours)
    wanted = asking.Wanted(**values, ahead=ahead)
    made = asking.ask_run(wanted=wanted, by=request.actor)
    return answer(describing.one(request.actor, made, request.language), 201)


@router.get("/forecasts/{run}", summary="一次预报计算")
def get_run(request: ApiRequest, run: str) -> HttpResponse:
    """Read one run with what it rests on and who stands behind it."""
    return answer(describing.one(request.actor, run, request.language))


@router.post("/forecasts/{run}/{verb}", summary="办理一次预报计算")
def act_on_run(request: ApiRequest, run: str, verb: str, said: Body[Deed] = Deed()) -> HttpResponse:
    """Do one deed; each run lists its own under `verbs`.

    stop, again, approve (note, version), reject (reason), withdraw (reason).
    """
    deed = _DEEDS.get(verb)
    if deed is None:
        raise Missing("没有这个操作")
    deed(run, request.actor, said)
    return answer(describing.one(request.actor, run, request.language))


_DEEDS: dict[str, Callable[[str, Actor, Deed], None]] = {
    "stop": lambda run, by, _: asking.stop_run(run=run, by=by),
    "again": lambda run, by, _: asking.ask_again(run=run, by=by),
    "approve": lambda run, by, said: signing.approve_run(
        run=run, note_said=said.note, version=said.version, by=by
    ),
    "reject": lambda run, by, said: signing.reject_run(run=run, reason=said.reason, by=by),
    "withdraw": lambda run, by, said: signing.withdraw_run(run=run, reason=said.reason, by=by),
}
