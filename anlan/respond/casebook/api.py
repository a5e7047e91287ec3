"""A case over HTTP: its span, its desk at a moment, the whole to take away."""

from datetime import datetime

from django.http import HttpResponse
from ninja import Router

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.kernel import clock
from anlan.respond.casebook import services
from anlan.respond.casebook.selectors import cases, desk
from anlan.respond.papers.attaching import attached

router = Router(tags=["事件回放"])


@router.get("/cases/{case}", summary="一个事件")
def get_case(request: ApiRequest, case: str) -> HttpResponse:
    """Tell a case with all merged into it: span, responses, marks, how much there is."""
    return answer(cases.head(request.actor, case))


@router.get("/cases/{case}/desk", summary="某一时刻桌面上有什么")
def get_desk(request: ApiRequest, case: str, at: datetime | None = None) -> HttpResponse:
    """Tell what was in force, owed, dealt with and moved at a moment (now)."""
    return answer(desk.desk_at(request.actor, case, at or clock.now()))


@router.get("/cases/{case}/export", summary="导出事件（留痕）")
def export_case(request: ApiRequest, case: str, form: str = "csv") -> HttpResponse:
    """Take a case away as ``csv`` (a zip), ``json`` or ``word``; it is journalled."""
    name, mime, content = services.export_case(case=case, form=form, by=request.actor)
    return attached(name, content, mime)
