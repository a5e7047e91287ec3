"""Losses over HTTP: matters, the sheet of a region, its reports, their workbook."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from ninja import File, Router, Schema, UploadedFile

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.relief import services
from anlan.relief.selectors import exporting, matters, papers, sheets

router = Router(tags=["灾情"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: A sheet of a whole county has some 60 kB.
LARGEST = 5_000_000


class Begun(Schema):
    """What happened; `case` "" begins a matter of its own."""

    hazard: str
    region: str
    title: str
    occurred_at: datetime
    case: str = ""


class Filled(Schema):
    """What a region is about to report; `version` of the draft seen, 0 for none."""

    region: str
    figures: dict[str, float | str | None]
    notes: dict[str, str] = {}
    as_of: datetime | None = None
    remark: str = ""
    version: int = 0


class Here(Schema):
    """One region of a matter, and the draft that was seen."""

    region: str
    version: int = 0


class Received(Schema):
    """Who received a report."""

    receiver: str
    at: datetime
    number: str = ""


@router.get("/losses", summary="灾情统计列表")
def list_losses(request: ApiRequest, region: str = "") -> HttpResponse:
    """List the matters one may see."""
    permit(request.actor, matters.VIEW)
    return answer({"items": matters.listed(request.actor, region), "as_of": clock.now()})


@router.post("/losses", summary="开始统计灾情", response={201: dict[str, Any]})
def open_losses(request: ApiRequest, given: Begun) -> HttpResponse:
    """Begin to count the losses of a matter in a county."""
    made = services.open_matter(occurrence=services.Occurrence(**given.dict()), by=request.actor)
    return answer(matters.told(made), 201)


@router.get("/losses/survey", summary="灾情指标")
def get_survey(request: ApiRequest) -> HttpResponse:
    """Tell the figures that are asked, their groups, the phases and the clocks."""
    permit(request.actor, matters.VIEW)
    return answer(sheets.described())


@router.get("/losses/{matter}", summary="一件事的灾情")
def get_losses(request: ApiRequest, matter: str, region: str = "") -> HttpResponse:
    """Read what losses come to in a region, the asker's own by default."""
    return answer(sheets.overview(request.actor, matter, region))


@router.get("/losses/{matter}/sheet", summary="填报表")
def get_sheet(request: ApiRequest, matter: str, region: str = "") -> HttpResponse:
    """Read what a region is about to report, and what does not agree in it."""
    return answer(_said(sheets.sheet(request.actor, matter, region), request.language))


@router.put("/losses/{matter}/sheet", summary="暂存填报表")
def save_sheet(request: ApiRequest, matter: str, given: Filled) -> HttpResponse:
    """Keep what a region is about to report."""
    drafted = services.Drafted(
        figures=given.figures, notes=given.notes, as_of=given.as_of, remark=given.remark,
        version=given.version,
    )  # fmt: skip
    services.save_draft(matter=matter, region=given.region, drafted=drafted, by=request.actor)
    return answer(_said(sheets.sheet(request.actor, matter, given.region), request.language))


@router.post("/losses/{matter}/sheet/merge", summary="按下级合计填")
def merge_sheet(request: ApiRequest, matter: str, given: Here) -> HttpResponse:
    """Put what the regions below told, added up, into a region's draft."""
    services.merge_below(
        matter=matter, region=given.region, version=given.version, by=request.actor
    )
    return answer(_said(sheets.sheet(request.actor, matter, given.region), request.language))


@router.post("/losses/{matter}/sheet/workbook", summary="导入灾情表")
def take_workbook(request: ApiRequest, matter: str, file: File[UploadedFile]) -> HttpResponse:
    """Put each row of a workbook into its region's draft."""
    if (file.size or 0) > LARGEST:
        raise Invalid("文件太大", errors={"file": ["最大 5 MB"]})
    made = services.take_workbook(matter=matter, raw=file.read(), by=request.actor)
    return answer({"regions": [one.region_id for one in made]})


@router.get("/losses/{matter}/workbook.xlsx", summary="导出灾情表")
def get_workbook(request: ApiRequest, matter: str, region: str = "") -> HttpResponse:
    """Give the figures of a region and of those below it in the statistical layout."""
    name, raw = exporting.workbook(request.actor, matter, region)
    return _file(name, raw, XLSX)


@router.get("/losses/{matter}/reports", summary="历次报告")
def list_reports(request: ApiRequest, matter: str, region: str = "") -> HttpResponse:
    """List the reports of a region as they were told."""
    return answer(sheets.history(request.actor, matter, region))


@router.post("/losses/{matter}/reports", summary="报出灾情", response={201: dict[str, Any]})
def hand_in(request: ApiRequest, matter: str, given: Here) -> HttpResponse:
    """Hand in a region's draft as its next report."""
    made = services.hand_in(
        matter=matter, region=given.region, version=given.version, by=request.actor
    )
    return answer({"id": made.pk, "number": made.number, "phase": made.phase}, 201)


@router.post("/losses/{matter}/unchanged", summary="零报告", response={201: dict[str, Any]})
def hand_in_unchanged(request: ApiRequest, matter: str, given: Here) -> HttpResponse:
    """Hand in that nothing changed since the last report."""
    made = services.hand_in_unchanged(matter=matter, region=given.region, by=request.actor)
    return answer({"id": made.pk, "number": made.number, "phase": made.phase}, 201)


@router.get("/losses/reports/{report}/paper.docx", summary="灾情快报（Word）")
def get_paper(request: ApiRequest, report: str) -> HttpResponse:
    """Give one report as an official paper."""
    name, raw = papers.paper_of(request.actor, report)
    return _file(name, raw, DOCX)


@router.post("/losses/reports/{report}/sent", summary="登记已报送")
def mark_sent(request: ApiRequest, report: str, given: Received) -> HttpResponse:
    """Note who received a report, and when."""
    made = services.mark_sent(
        report=report, receipt=services.Receipt(**given.dict()), by=request.actor
    )
    return answer({"id": made.pk, "receiver": made.receiver, "sent_at": made.sent_at})


@router.post("/losses/{matter}/steady", summary="认定灾情稳定")
def mark_steady(request: ApiRequest, matter: str) -> HttpResponse:
    """Say that the losses grow no more."""
    return answer(matters.told(services.mark_steady(matter=matter, by=request.actor)))


@router.post("/losses/{matter}/close", summary="结束灾情统计")
def close_losses(request: ApiRequest, matter: str) -> HttpResponse:
    """End the count of a matter's losses."""
    return answer(matters.told(services.close_matter(matter=matter, by=request.actor)))


def _file(name: str, raw: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(raw, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _said(told: dict[str, Any], language: str) -> dict[str, Any]:
    told["findings"] = [
        {"gravity": one.gravity, "field": one.at, "rule": one.rule, "key": one.key,
         "sentence": one.sentence(language)}
        for one in told["findings"]
    ]  # fmt: skip
    return told
