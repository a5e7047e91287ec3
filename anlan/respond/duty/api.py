"""The duty desk over HTTP: its log, its handover, roll calls."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Body, Router, Schema

from anlan import codes
from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.respond.duty import services
from anlan.respond.duty.selectors import desks, handovers, log, rolls

router = Router(tags=["值班值守"])


class NoteIn(Schema):
    """What is written down; `todo`: something is still to be done about it."""

    content: str
    kind: str = "call"
    at: datetime | None = None
    source: str = ""
    disposal: str = ""
    instruction: str = ""
    result: str = ""
    todo: bool = False
    region: str = ""

    def note(self) -> services.Note:
        """Take it over."""
        return services.Note(**self.dict(exclude={"region"}))


class HandIn(Schema):
    """What whoever leaves wants whoever comes to know."""

    note: str = ""
    region: str = ""


class RollIn(Schema):
    """Whom to ask, and when: now, or some time between two moments."""

    level: int = 4
    minutes: int = 10
    sample: int | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    region: str = ""


@router.get("/duty/desk", summary="值班台：谁在岗、能否接通")
def get_desk(request: ApiRequest, region: str = "") -> HttpResponse:
    """Tell who keeps the watch now, the leader on duty first, and whether each can be reached."""
    return answer(desks.now_at(request.actor, region))


@router.get("/duty/log", summary="值班日志")
def read_log(
    request: ApiRequest, region: str = "", todo: bool = False, before: datetime | None = None
) -> HttpResponse:
    """Read a desk's log, the latest first; `todo` only what is still to be done."""
    told = log.page(request.actor, region, open_only=todo, before=before)
    return answer({**told, "kinds": codes.as_choices("duty-entry-kinds")})


@router.post("/duty/log", summary="记值班日志", response={201: dict[str, Any]})
def note_entry(request: ApiRequest, given: NoteIn) -> HttpResponse:
    """Write an entry; nothing in the log is ever changed."""
    made = services.note_entry(note=given.note(), region=given.region, by=request.actor)
    return answer(log.described([made], request.actor)[0], 201)


@router.post("/duty/log/{entry}/follow", summary="补记", response={201: dict[str, Any]})
def follow_entry(request: ApiRequest, entry: str, given: NoteIn) -> HttpResponse:
    """Go on with an entry, or put it right, by a further one."""
    made = services.note_entry(note=given.note(), follows=entry, by=request.actor)
    return answer(log.described([made], request.actor)[0], 201)


@router.get("/duty/handover", summary="交接班")
def read_handover(request: ApiRequest, region: str = "") -> HttpResponse:
    """Read what is open on the desk, the handover under way and the last ones."""
    return answer(handovers.desk(request.actor, region))


@router.post("/duty/handover", summary="交班", response={201: dict[str, Any]})
def hand_over(request: ApiRequest, given: Body[HandIn] = HandIn()) -> HttpResponse:
    """Confirm what is open as one leaves."""
    services.hand_over(note=given.note, region=given.region, by=request.actor)
    return answer(handovers.desk(request.actor, given.region), 201)


@router.post("/duty/handover/{handover}/accept", summary="接班")
def accept_handover(request: ApiRequest, handover: str) -> HttpResponse:
    """Take the watch over; never from oneself."""
    row = services.accept_handover(handover=handover, by=request.actor)
    return answer(handovers.desk(request.actor, row.region_id))


@router.get("/duty/roll-calls", summary="点名查岗列表")
def list_roll_calls(request: ApiRequest) -> HttpResponse:
    """List roll calls with how many answered."""
    permit(request.actor, rolls.VIEW)
    return answer(rolls.page(request.actor))


@router.post("/duty/roll-calls", summary="点名查岗", response={201: dict[str, Any]})
def call_roll(request: ApiRequest, given: RollIn) -> HttpResponse:
    """Ask the duty rooms below now, or draw the moment at which they are asked."""
    roll = services.Roll(**given.dict(exclude={"region"}))
    made = services.call_roll(roll=roll, region=given.region, by=request.actor)
    return answer(rolls.one(request.actor, made.pk), 201)


@router.get("/duty/roll-calls/{roll}", summary="一次点名查岗")
def get_roll_call(request: ApiRequest, roll: str) -> HttpResponse:
    """Read one roll call: which room answered when, and which did not."""
    return answer(rolls.one(request.actor, roll))
