"""Evacuations over HTTP: batches, their rolls, ticks, people on no list, shelters."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Body, File, Query, Router, Schema, UploadedFile

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.door.phrases import said
from anlan.base.door.sheets import XLSX
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.respond.evacuation import services
from anlan.respond.evacuation.selectors import pages, places, roll
from anlan.respond.evacuation.services.sheets import read_sheet, write_sheet
from anlan.respond.evacuation.services.ticking import Ticker

router = Router(tags=["人员转移"])


class Asked(Schema):
    """What a batch is asked for; see the service."""

    title: str
    region: str
    hazards: list[str]
    zones: list[str] = []
    regions: list[str] = []
    run: str = ""
    expected_at: datetime | None = None
    latest_at: datetime | None = None
    note: str = ""
    case: str = ""
    response: str = ""


class Reason(Schema):
    """Why."""

    reason: str = ""


class Lifted(Schema):
    """Where it is safe again (everywhere when nothing is named), and why."""

    villages: list[str] = []
    reason: str = ""


class Said(Schema):
    """One tick: about an entry or a household."""

    state: str
    entry: str = ""
    household: str = ""
    reason: str = ""
    note: str = ""
    shelter: str = ""
    people: int | None = None
    said_at: datetime | None = None
    client: str = ""


class Ticks(Schema):
    """What a device has to say, in the order it was ticked."""

    ticks: list[Said]
    device: str = ""


class Added(Schema):
    """Somebody who is on no list."""

    village: str
    state: str
    name: str = ""
    phone: str = ""
    people: int = 1
    household: str = ""
    shelter: str = ""
    urgent: bool = False
    said_at: datetime | None = None
    client: str = ""
    device: str = ""


class Filter(Schema):
    """Which entries of a roll."""

    region: str = ""
    state: str = ""
    special: bool = False
    shelter: str = ""
    q: str = ""
    page: int = 1
    size: int = roll.SIZE


@router.get("/evacuations", summary="转移批次列表")
def list_evacuations(request: ApiRequest, case: str = "", state: str = "") -> HttpResponse:
    """List the batches one may see something of, newest first, with their sums."""
    permit(request.actor, pages.VIEW)
    items = pages.listed(request.actor, case=case, state=state)
    return answer({"items": items, "as_of": clock.now()})


@router.post("/evacuations", summary="起草转移批次", response={201: dict[str, Any]})
def draft_evacuation(request: ApiRequest, asked: Asked) -> HttpResponse:
    """Draft a batch and draw up its list; nobody is told yet."""
    made = services.draft_evacuation(ask=services.Ask(**asked.dict()), by=request.actor)
    return answer(pages.one(request.actor, made), 201)


@router.get("/evacuations/choices", summary="起草转移批次时可选的")
def list_choices(request: ApiRequest) -> HttpResponse:
    """List the hazards that danger zones name, and the signed runs that have villages leave."""
    permit(request.actor, "evacuations.draft")
    return answer(places.choices(request.actor))


@router.get("/evacuations/{evacuation}", summary="一个转移批次")
def get_evacuation(
    request: ApiRequest, evacuation: str, at: datetime | None = None
) -> HttpResponse:
    """Read a batch with its numbers by township and village, now or as known at a moment."""
    return answer(pages.one(request.actor, evacuation, at))


@router.post("/evacuations/{evacuation}/build", summary="重新生成名单")
def build_list(request: ApiRequest, evacuation: str) -> HttpResponse:
    """Draw up the list of a draft anew."""
    services.build_list(evacuation=evacuation, by=request.actor)
    return answer(pages.one(request.actor, evacuation))


@router.post("/evacuations/{evacuation}/assign", summary="分配安置场所")
def assign_shelters(request: ApiRequest, evacuation: str) -> HttpResponse:
    """Keep a place for everybody who goes to a shelter; tells who found none."""
    placing = services.assign_shelters(evacuation=evacuation, by=request.actor)
    told = {"placed": placing.placed, "people": placing.people, "unplaced": placing.unplaced}
    return answer({**pages.one(request.actor, evacuation), "placing": told})


@router.post("/evacuations/{evacuation}/order", summary="下达转移")
def order_evacuation(request: ApiRequest, evacuation: str) -> HttpResponse:
    """Order a batch: each village owes it from now on."""
    services.order_evacuation(evacuation=evacuation, by=request.actor)
    return answer(pages.one(request.actor, evacuation))


@router.post("/evacuations/{evacuation}/drop", summary="作废转移批次")
def drop_evacuation(
    request: ApiRequest, evacuation: str, given: Body[Reason] = Reason()
) -> HttpResponse:
    """Drop a batch that was never ordered."""
    services.drop_evacuation(evacuation=evacuation, by=request.actor, reason=given.reason)
    return answer(pages.one(request.actor, evacuation))


@router.post("/evacuations/{evacuation}/lift", summary="解除险情，准许返回")
def lift_danger(
    request: ApiRequest, evacuation: str, given: Body[Lifted] = Lifted()
) -> HttpResponse:
    """Declare that it is safe again: only from here on may anybody return."""
    services.lift_danger(
        evacuation=evacuation, villages=given.villages, reason=given.reason, by=request.actor
    )
    return answer(pages.one(request.actor, evacuation))


@router.post("/evacuations/{evacuation}/close", summary="结束转移批次")
def close_evacuation(request: ApiRequest, evacuation: str) -> HttpResponse:
    """Close a batch; refused while somebody is in a shelter."""
    services.close_evacuation(evacuation=evacuation, by=request.actor)
    return answer(pages.one(request.actor, evacuation))


@router.post("/evacuations/{evacuation}/erase", summary="销毁名单外人员的个人信息")
def erase_added(request: ApiRequest, evacuation: str) -> HttpResponse:
    """Destroy what a closed batch keeps of people whom no register has."""
    keys = services.erase_added(evacuation=evacuation, by=request.actor)
    return answer({"keys": keys})


@router.get("/evacuations/{evacuation}/entries", summary="转移清单（花名册）")
def list_entries(request: ApiRequest, evacuation: str, asked: Query[Filter]) -> HttpResponse:
    """List who is on the roll, special groups first; names masked."""
    query = roll.Query(**asked.dict())
    return answer(roll.page(request.actor, evacuation, query))


@router.post("/evacuations/{evacuation}/entries/{entry}/unmask", summary="查看完整信息（留痕）")
def unmask_entry(request: ApiRequest, evacuation: str, entry: str, given: Reason) -> HttpResponse:
    """Read a name, telephone and address in clear; that it was read is journalled."""
    return answer(
        services.unmask_entry(
            evacuation=evacuation, entry=entry, reason=given.reason, by=request.actor
        )
    )


@router.post("/evacuations/{evacuation}/ticks", summary="花名册打勾")
def tick_roll(request: ApiRequest, evacuation: str, given: Ticks) -> HttpResponse:
    """Take ticks, each judged by itself; one that came before is the same tick."""
    permit(request.actor, "evacuations.tick")
    words = [services.Word(**one.dict()) for one in given.ticks]
    told = services.tick_roll(
        evacuation=evacuation, words=words, ticker=Ticker(request.actor, given.device)
    )
    items = [
        {"outcome": one.outcome, "client": one.client, "why": said(one.why, request.language)}
        for one in told
    ]
    return answer({"items": items, "as_of": clock.now()})


@router.post("/evacuations/{evacuation}/people", summary="补登名单外人员", response={201: Any})
def add_people(request: ApiRequest, evacuation: str, given: Added) -> HttpResponse:
    """Write down somebody who is on no list; from now on they are due and counted."""
    permit(request.actor, "evacuations.tick")
    values = given.dict()
    device = values.pop("device")
    entry = services.add_people(
        evacuation=evacuation, newcomer=services.Newcomer(**values),
        ticker=Ticker(request.actor, device),
    )  # fmt: skip
    return answer({"entry": entry}, 201)


@router.get("/evacuations/{evacuation}/shelters", summary="安置场所与容量")
def list_shelters(request: ApiRequest, evacuation: str, all: bool = False) -> HttpResponse:  # noqa: A002
    """List the shelters a batch uses (or all of the county) with the room they have left."""
    return answer(places.shelters(request.actor, evacuation, all_=all))


@router.get("/evacuations/{evacuation}/list.xlsx", summary="导出转移清单")
def export_list(request: ApiRequest, evacuation: str, asked: Query[Filter]) -> HttpResponse:
    """Write the list as a workbook, names in clear: that it was taken is journalled."""
    query = roll.Query(**asked.dict())
    name, body = write_sheet(
        evacuation=evacuation, query=query, language=request.language, by=request.actor
    )
    response = HttpResponse(body, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@router.post("/evacuations/{evacuation}/list.xlsx", summary="用 Excel 打勾")
def import_ticks(request: ApiRequest, evacuation: str, file: File[UploadedFile]) -> HttpResponse:
    """Take the ticks of a workbook that was given out here; what did not change is left alone."""
    told = read_sheet(evacuation=evacuation, content=file.read(), by=request.actor)
    items = [{**one, "why": said(one["why"], request.language)} for one in told["items"]]
    return answer({**told, "items": items})
