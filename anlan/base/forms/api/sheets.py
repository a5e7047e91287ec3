"""One region's sheet: read, kept, copied from last time, submitted, sent back."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import File, Form, Router, Schema, UploadedFile

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.forms import selectors, services
from anlan.base.forms.api.answers import content_of, download
from anlan.base.forms.excel.writing import sheet_book

router = Router(tags=["滚动报表"])


class SheetIn(Schema):
    """What somebody wrote; `version` is the one they saw."""

    rows: list[dict[str, Any]]
    version: int
    as_of: datetime | None = None

    def filled(self) -> services.Filled:
        """Tell it to the services."""
        return services.Filled(rows=self.rows, version=self.version, as_of=self.as_of)


class VersionIn(Schema):
    """The version somebody saw."""

    version: int


class ReturnIn(VersionIn):
    """Why a sheet is sent back."""

    reason: str


@router.get("/forms/sheets/{sheet}", summary="一个地区的表")
def get_sheet(request: ApiRequest, sheet: str) -> HttpResponse:
    """Read one sheet: rows to begin with, and every revision."""
    return answer(selectors.sheet_told(request.actor, sheet))


@router.put("/forms/sheets/{sheet}", summary="存报表草稿")
def save_sheet(request: ApiRequest, sheet: str, given: SheetIn) -> HttpResponse:
    """Keep a draft."""
    services.save_sheet(sheet=sheet, filled=given.filled(), by=request.actor)
    return answer(selectors.sheet_told(request.actor, sheet))


@router.post("/forms/sheets/{sheet}/copy", summary="同上次")
def copy_last(request: ApiRequest, sheet: str, given: VersionIn) -> HttpResponse:
    """Take over as a draft what the region said last; tells of which round."""
    number = services.copy_last(sheet=sheet, version=given.version, by=request.actor)
    return answer({"copied": number, "sheet": selectors.sheet_told(request.actor, sheet)})


@router.post("/forms/sheets/{sheet}/submit", summary="上报")
def submit_sheet(request: ApiRequest, sheet: str, given: SheetIn) -> HttpResponse:
    """Submit, or correct what was submitted; what is owed is answered."""
    services.submit_sheet(sheet=sheet, filled=given.filled(), by=request.actor)
    return answer(selectors.sheet_told(request.actor, sheet))


@router.post("/forms/sheets/{sheet}/photo", summary="上传照片", response={201: dict[str, Any]})
def hang_photo(request: ApiRequest, sheet: str, file: File[UploadedFile]) -> HttpResponse:
    """Hang a picture (multipart part `file`) on a sheet; a cell of a photo column says its id."""
    content = file.read(services.LARGEST_PHOTO + 1)
    made = services.hang_photo(sheet=sheet, content=content, by=request.actor)
    return answer({"id": made}, 201)


@router.post("/forms/sheets/{sheet}/return", summary="退回")
def return_sheet(request: ApiRequest, sheet: str, given: ReturnIn) -> HttpResponse:
    """Send a sheet back with a reason."""
    services.return_sheet(sheet=sheet, reason=given.reason, version=given.version, by=request.actor)
    return answer(selectors.sheet_told(request.actor, sheet))


@router.get(
    "/forms/sheets/{sheet}/sheet.xlsx", summary="一个地区的 Excel", url_name="form-sheet-xlsx"
)
def write_sheet(request: ApiRequest, sheet: str) -> HttpResponse:
    """Give one region's sheet out as a workbook, to be filled in and taken back."""
    told = selectors.sheet_told(request.actor, sheet)
    row = selectors.sheet_seen(request.actor, sheet)
    name = f"{told['title']}-{told['region_name']}-第{told['number']}轮"
    return download(sheet_book(row, told["begin"]), name)


@router.post("/forms/sheets/{sheet}/import", summary="上传一个地区的 Excel")
def take_sheet(
    request: ApiRequest, sheet: str, file: File[UploadedFile], version: Form[int]
) -> HttpResponse:
    """Take a workbook in as a draft, or nothing with every wrong cell named."""
    services.take_sheet(sheet=sheet, content=content_of(file), version=version, by=request.actor)
    return answer(selectors.sheet_told(request.actor, sheet))
