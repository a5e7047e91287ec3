"""Forms: listed, drawn up, changed, sent, repeated, put away."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.forms import selectors, services
from anlan.base.forms.selectors.forms import DRAW, VIEW, roles_offered
from anlan.base.permissions.gate import permit
from anlan.kernel import clock

router = Router(tags=["滚动报表"])


class FormIn(Schema):
    """A form as somebody draws it up; the columns as `anlan.base.forms.columns.Column`."""

    title: str
    columns: list[dict[str, Any]]
    regions: list[str]
    rows: str = "region"
    region: str = ""
    note: str = ""
    role: str = ""
    answer_minutes: int = 60
    sums_first: bool = False
    case: str = ""

    def drawn(self) -> services.Drawn:
        """Tell it to the services."""
        return services.Drawn(**self.dict(exclude={"version"}))


class ChangeIn(FormIn):
    """A form changed; `version` is the one that was seen."""

    version: int


class SendIn(Schema):
    """A round to send: after which, and of which moment the figures are to be."""

    after: int
    as_of: datetime | None = None


class ScheduleIn(Schema):
    """Every so many hours, or at hours of the day; until a moment or until stopped."""

    every_hours: int = 0
    at: list[str] = []
    until: datetime | None = None


@router.get("/forms", summary="报表列表")
def list_forms(request: ApiRequest, retired: bool = False) -> HttpResponse:
    """List the forms one may see, with how far the newest round is."""
    permit(request.actor, VIEW)
    items = selectors.listed(request.actor, retired=retired)
    return answer({"items": items, "as_of": clock.now()})


@router.post("/forms", summary="制表", response={201: dict[str, Any]})
def draw_form(request: ApiRequest, given: FormIn) -> HttpResponse:
    """Keep a new form; nobody is asked before a round of it is sent."""
    form = services.draw_form(drawn=given.drawn(), by=request.actor)
    return answer(selectors.form_told(request.actor, form), 201)


@router.get("/forms/offers", summary="制表可选的岗位和台账")
def list_offers(request: ApiRequest) -> HttpResponse:
    """List what a form may be drawn up from: roles of posts, registers with their columns."""
    permit(request.actor, DRAW)
    registers = selectors.registers_offered(request.actor)
    return answer({"roles": roles_offered(), "registers": registers})


@router.get("/forms/{form}", summary="一张报表")
def get_form(request: ApiRequest, form: str) -> HttpResponse:
    """Read one form with its rounds."""
    return answer(selectors.form_told(request.actor, form))


@router.put("/forms/{form}", summary="改表")
def change_form(request: ApiRequest, form: str, given: ChangeIn) -> HttpResponse:
    """Change what the next round asks."""
    services.change_form(form=form, drawn=given.drawn(), version=given.version, by=request.actor)
    return answer(selectors.form_told(request.actor, form))


@router.post("/forms/{form}/rounds", summary="下发一轮", response={201: dict[str, Any]})
def open_round(request: ApiRequest, form: str, given: SendIn) -> HttpResponse:
    """Send the form to its regions."""
    made = services.open_round(form=form, after=given.after, as_of=given.as_of, by=request.actor)
    return answer({"round": made, "form": selectors.form_told(request.actor, form)}, 201)


@router.post("/forms/{form}/close", summary="结束一轮")
def close_round(request: ApiRequest, form: str) -> HttpResponse:
    """End the newest round: nobody is asked for it any more."""
    services.close_round(form=form, by=request.actor)
    return answer(selectors.form_told(request.actor, form))


@router.post("/forms/{form}/schedule", summary="定时下发")
def schedule_form(request: ApiRequest, form: str, given: ScheduleIn) -> HttpResponse:
    """Let rounds be sent by themselves."""
    told = {"every_hours": given.every_hours, "at": given.at, "until": given.until}
    services.schedule_form(form=form, schedule=told, by=request.actor)
    return answer(selectors.form_told(request.actor, form))


@router.post("/forms/{form}/stop", summary="停止定时下发")
def stop_form(request: ApiRequest, form: str) -> HttpResponse:
    """Let no more rounds be sent by themselves."""
    services.stop_form(form=form, by=request.actor)
    return answer(selectors.form_told(request.actor, form))


@router.post("/forms/{form}/retire", summary="停用报表")
def retire_form(request: ApiRequest, form: str) -> HttpResponse:
    """Put a form away; what came in is kept."""
    services.retire_form(form=form, by=request.actor)
    return answer(selectors.form_told(request.actor, form))
