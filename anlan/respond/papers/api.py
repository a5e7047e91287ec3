"""Papers over HTTP: packs of a response, their bytes, that they were printed; briefings."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.respond.papers import services
from anlan.respond.papers.attaching import attached
from anlan.respond.papers.models import Pack
from anlan.respond.papers.selectors import briefings, packs

router = Router(tags=["纸质材料"])

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class BriefingIn(Schema):
    """Of which region, for which moment (now where none is given), in which response."""

    region: str
    at: datetime | None = None
    response: str = ""


@router.get("/responses/{response}/packs", summary="响应的纸质包")
def list_packs(request: ApiRequest, response: str) -> HttpResponse:
    """List the packs of a response: how far each is, who printed it, why it failed."""
    return answer(packs.listed(request.actor, response))


@router.post("/responses/{response}/packs", summary="生成纸质包", response={201: dict[str, Any]})
def ask_pack(request: ApiRequest, response: str) -> HttpResponse:
    """Ask for a new pack; it is made in the background."""
    services.ask_pack(response=response, by=request.actor)
    return answer(packs.listed(request.actor, response), 201)


@router.get("/packs/{pack}/papers.zip", summary="取出纸质包（含个人信息，留痕）")
def take_pack(request: ApiRequest, pack: str, region: str = "") -> HttpResponse:
    """Take a pack's zip, or the part of one township; that it was taken is journalled."""
    name, content = services.take_pack(pack=pack, region=region, by=request.actor)
    return attached(name, content, "application/zip")


@router.post("/packs/{pack}/printed", summary="已打印")
def mark_printed(request: ApiRequest, pack: str) -> HttpResponse:
    """Say that a pack was printed."""
    services.mark_printed(pack=pack, by=request.actor)
    row = Pack.objects.get(pk=pack)
    return answer(packs.listed(request.actor, row.response_id))


@router.get("/briefings", summary="会商材料列表")
def list_briefings(
    request: ApiRequest, region: str = "", response: str = "", page: int = 1
) -> HttpResponse:
    """List briefings, the latest first."""
    return answer(briefings.listed(request.actor, region=region, response=response, page=page))


@router.post("/briefings", summary="生成会商材料", response={201: dict[str, Any]})
def make_briefing(request: ApiRequest, given: BriefingIn) -> HttpResponse:
    """Write what is known of a region at a moment; the Word file is kept as it is."""
    made = services.make_briefing(
        region=given.region, at=given.at, response=given.response, by=request.actor
    )
    listed = briefings.listed(request.actor, region=given.region, response=given.response)
    return answer({**listed, "id": made.pk}, 201)


@router.get("/briefings/{briefing}/word", summary="会商材料的 Word 文件")
def get_briefing(request: ApiRequest, briefing: str) -> HttpResponse:
    """Give a briefing as an official paper, as it was when it was made."""
    name, content = briefings.word_of(request.actor, briefing)
    return attached(name, content, WORD)
