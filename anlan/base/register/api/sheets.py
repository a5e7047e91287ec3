"""Excel over HTTP: template, export, and the three steps of an import."""

import tempfile
from typing import Any, TypeVar
from urllib.parse import quote

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from ninja import File, Router, UploadedFile

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.jobs import selectors as jobs
from anlan.base.permissions.gate import permit
from anlan.base.register.api.rows import query_of, register_of
from anlan.base.register.excel import writing
from anlan.base.register.models import Import
from anlan.base.register.services import imports
from anlan.kernel import clock

router = Router(tags=["台账 Excel"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
R = TypeVar("R", bound=HttpResponseBase)

#: Troubles shown with an import; the rest is fetched page by page.
SHOWN = 200


@router.get("/registers/{key}.xlsx", summary="导出 Excel", url_name="register-xlsx")
def export_rows(request: ApiRequest, key: str) -> FileResponse:
    """Export what the list would show, streamed from a temporary file."""
    entry = register_of(key)
    permit(request.actor, entry.action("export"))
    file = tempfile.TemporaryFile(prefix="anlan-export-", suffix=".xlsx")  # noqa: SIM115 - closed by the answer
    writing.export(entry, request.actor, query_of(request), file)
    file.seek(0)
    day = clock.local(clock.now()).strftime("%Y%m%d-%H%M")
    return _download(FileResponse(file), f"{entry.title}-{day}.xlsx")


@router.get("/registers/{key}/template.xlsx", summary="导入模板")
def get_template(request: ApiRequest, key: str) -> HttpResponse:
    """Give an empty sheet with drop-downs, notes and an example."""
    entry = register_of(key)
    permit(request.actor, entry.action("view"))
    return _download(HttpResponse(writing.template(entry)), f"{entry.title}-模板.xlsx")


@router.post("/registers/{key}/import", summary="上传 Excel 检查", response={202: dict[str, Any]})
def start_import(request: ApiRequest, key: str, file: File[UploadedFile]) -> HttpResponse:
    """Check an uploaded sheet; nothing is written until it is accepted."""
    entry = register_of(key)
    made = imports.start_import(entry=entry, name=file.name or "", file=file.file, by=request.actor)
    return answer(_state(made), 202)


@router.get("/registers/{key}/imports/{identity}", summary="导入的进度和问题")
def get_import(request: ApiRequest, key: str, identity: str, offset: int = 0) -> HttpResponse:
    """Tell how far an import is, and what is wrong; `offset` pages through the troubles."""
    register_of(key)
    return answer(_state(imports.import_of(identity=identity, by=request.actor), max(offset, 0)))


@router.post("/registers/{key}/imports/{identity}/accept", summary="写入正确的行")
def accept_import(request: ApiRequest, key: str, identity: str) -> HttpResponse:
    """Write the good rows."""
    register_of(key)
    return answer(_state(imports.accept_import(identity=identity, by=request.actor)))


@router.delete("/registers/{key}/imports/{identity}", summary="放弃导入", response={204: None})
def discard_import(request: ApiRequest, key: str, identity: str) -> HttpResponse:
    """Let an import go."""
    register_of(key)
    imports.discard_import(identity=identity, by=request.actor)
    return HttpResponse(status=204)


def _state(made: Import, offset: int = 0) -> dict[str, Any]:
    job = jobs.job(made.job) if made.job else None
    error = made.error
    state = made.state
    if job is not None and job.state == "failed" and state in ("reading", "writing"):
        state, error = "failed", job.error.splitlines()[-1] if job.error else ""
    over = state in ("checked", "done", "failed", "discarded")
    return {
        "id": made.id,
        "name": made.name,
        "state": state,
        "state_label": Import.State(state).label,
        "rows": made.rows,
        "good": made.good,
        "bad": made.bad,
        "added": made.added,
        "changed": made.changed,
        "unchanged": made.unchanged,
        "errors": made.troubles[offset : offset + SHOWN],
        "errors_total": len(made.troubles),
        "error": error,
        "progress": 1.0 if over else (job.progress if job else None),
    }


def _download(response: R, name: str) -> R:
    response["Content-Type"] = XLSX
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response
