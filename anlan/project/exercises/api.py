"""Replays over HTTP."""

from django.http import HttpResponse
from ninja import Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.project.exercises import progress, real_alarms, real_on_phones, replaying

__all__ = ["real_on_phones", "router"]

router = Router(tags=["演练"])

STORM = "lekima"


class ReplayIn(Schema):
    """Which part of the storm, how fast, and whether from the beginning."""

    span: str = "landfall"
    speed: int = 300
    again: bool = False


@router.get("/replays/lekima", summary="重演进行到哪里")
def get_replay(request: ApiRequest) -> HttpResponse:
    """Tell how the replay fares."""
    return answer(progress.replay(request.actor, STORM))


@router.post("/replays/lekima", summary="开始或接着重演")
def start_replay(request: ApiRequest, given: ReplayIn) -> HttpResponse:
    """Begin a replay, or let it go on."""
    replaying.start_replay(storm=STORM, by=request.actor, **given.dict())
    return answer(progress.replay(request.actor, STORM))


@router.post("/replays/lekima/halt", summary="停下重演")
def halt_replay(request: ApiRequest) -> HttpResponse:
    """Stop it where it is."""
    replaying.halt_replay(by=request.actor)
    return answer(progress.replay(request.actor, STORM))


@router.post("/replays/lekima/close", summary="关闭重演的演练")
def close_replay(request: ApiRequest) -> HttpResponse:
    """Serve its exercise no longer."""
    replaying.close_replay(storm=STORM, by=request.actor)
    return answer(progress.replay(request.actor, STORM))


@router.get("/exercises/real-alarms", summary="正式工作区里的真实报警")
def get_real_alarms(request: ApiRequest) -> HttpResponse:
    """Tell, in an exercise, what waits for the asker in the live workspace it was copied from."""
    return answer(real_alarms.real_alarms(request.actor))
