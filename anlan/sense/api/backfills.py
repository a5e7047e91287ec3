"""Old observations of files over HTTP: brought, looked at, accepted."""

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from ninja import File, Form, Router, UploadedFile

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.door.phrases import said
from anlan.base.door.sheets import XLSX
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.sense.models import Backfill
from anlan.sense.selectors import backfill_sheets as sheets
from anlan.sense.selectors import backfills
from anlan.sense.selectors.identities import ADD
from anlan.sense.services import backfills as deeds

router = Router(tags=["监测补录"])


@router.get("/sense/backfills", summary="最近的补录")
def list_backfills(request: ApiRequest) -> HttpResponse:
    """List the files brought lately in one's regions, with what became of them."""
    permit(request.actor, ADD)
    return answer({"items": backfills.recent(request.actor), "as_of": clock.now()})


@router.post("/sense/backfills", summary="上传要补录的文件", response={202: dict[str, Any]})
def start_backfill(
    request: ApiRequest,
    file: File[UploadedFile],
    zone: Form[str] = deeds.BEIJING,
) -> HttpResponse:
    """Have a CSV, Excel or Parquet file looked at; nothing is stored until it is accepted.

    Headed ``stream,time,value[,unit]`` or 监测项编码、时间、数值、单位. `zone` is that of times
    without an offset.
    """
    made = deeds.start_backfill(
        name=file.name or "", file=file.file, zone=zone.strip(), by=request.actor
    )
    return _told(request, made, 202)


@router.get("/sense/backfills/template.xlsx", summary="补录表样", url_name="backfill-template")
def get_template(request: ApiRequest) -> HttpResponse:
    """Give a sheet with the headings and two rows as an example."""
    permit(request.actor, ADD)
    return _download(sheets.template(request.actor), "补录观测值-表样.xlsx")


@router.get("/sense/backfills/{identity}", summary="补录的进度和不收的行")
def get_backfill(request: ApiRequest, identity: str, offset: int = 0) -> HttpResponse:
    """Tell how far one's file is and which rows are refused; `offset` pages through them."""
    made = deeds.backfill_of(identity=identity, by=request.actor)
    return _told(request, made, offset=max(offset, 0))


@router.get("/sense/backfills/{identity}/refused.xlsx", summary="不收的行（Excel）")
def get_refused(request: ApiRequest, identity: str) -> HttpResponse:
    """Give the refused rows, ten thousand at most: row, column, value, reason."""
    made = deeds.backfill_of(identity=identity, by=request.actor)
    return _download(sheets.refused(made, request.language), f"{made.name}-不收的行.xlsx")


@router.post("/sense/backfills/{identity}/accept", summary="写入可收的行")
def accept_backfill(request: ApiRequest, identity: str) -> HttpResponse:
    """Have the good rows stored; none of them raises an alarm."""
    return _told(request, deeds.accept_backfill(identity=identity, by=request.actor))


@router.delete("/sense/backfills/{identity}", summary="放弃补录", response={204: None})
def discard_backfill(request: ApiRequest, identity: str) -> HttpResponse:
    """Let a file go."""
    deeds.discard_backfill(identity=identity, by=request.actor)
    return HttpResponse(status=204)


def _told(
    request: ApiRequest, made: Backfill, status: int = 200, *, offset: int = 0
) -> HttpResponse:
    told = backfills.described(made, offset)
    told["error"] = said(told["error"], request.language)
    for one in told["troubles"]:
        one["reason"] = said(one["reason"], request.language)
    return answer(told, status)


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response
