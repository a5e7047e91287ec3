"""Attachments over HTTP: of a register's row, and one by its id."""

from urllib.parse import quote

import ninja
from django.http import HttpResponse
from ninja import Router, UploadedFile

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.files import selectors, services, store
from anlan.base.files.models import File
from anlan.base.files.sniffing import SHOWN
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.register.registry import REGISTERS
from anlan.base.register.selectors import region_of
from anlan.kernel.errors import Missing

router = Router(tags=["附件"])


@router.get("/registers/{key}/{row_id}/files", summary="一行的附件")
def list_files(request: ApiRequest, key: str, row_id: str) -> HttpResponse:
    """List the attachments of a row, the latest first."""
    entry = REGISTERS[key]
    region = region_of(entry, request.actor, row_id)
    if not may(request.actor, "files.view", region):
        raise Missing("没有这个附件")
    return answer({"items": selectors.files_of(key, row_id)})


@router.post("/registers/{key}/{row_id}/files", summary="上传附件")
def add_file(
    request: ApiRequest, key: str, row_id: str, file: ninja.File[UploadedFile]
) -> HttpResponse:
    """Attach a file (multipart part `file`) to a row."""
    entry = REGISTERS[key]
    region = region_of(entry, request.actor, row_id)
    # One byte more than may come tells that there is more.
    content = file.read(services.LARGEST + 1)
    made = services.add_file(
        name=file.name or "", content=content, subject=(key, row_id), region=region,
        by=request.actor,
    )  # fmt: skip
    return answer(selectors.describe(made, request.actor.name), 201)


@router.get("/files/{file_id}", summary="取附件")
def get_file(request: ApiRequest, file_id: str) -> HttpResponse:
    """Send an attachment's bytes; pictures, PDF and text may be shown, the rest is for saving."""
    row = _readable(file_id, request.actor)
    response = HttpResponse(store.read(row.sm3), content_type=row.mime)
    way = "inline" if row.mime in SHOWN else "attachment"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(row.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-cache"
    return response


@router.delete("/files/{file_id}", summary="删除附件", response={204: None})
def remove_file(request: ApiRequest, file_id: str) -> HttpResponse:
    """Take an attachment away."""
    services.remove_file(file=_readable(file_id, request.actor), by=request.actor)
    return HttpResponse(status=204)


def _readable(file_id: str, actor: Actor) -> File:
    """Find an attachment the asker may see: with the thing it hangs on."""
    row = selectors.file(file_id)
    region = row.region
    if row.subject_kind in REGISTERS:
        region = region_of(REGISTERS[row.subject_kind], actor, row.subject)
    if not may(actor, "files.view", region):
        raise Missing("没有这个附件")
    return row
