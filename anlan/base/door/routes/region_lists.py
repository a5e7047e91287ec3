"""Regions by Excel: the template, a look at what a filled one would change, and its writing."""

from typing import Any, Final

from django.http import HttpResponse
from ninja import File, Form, Router, UploadedFile

from anlan.base.door import region_books
from anlan.base.door.asking import ApiRequest
from anlan.base.door.phrases import said
from anlan.base.door.region_books import Change, Preview
from anlan.base.door.sheets import XLSX
from anlan.base.language import catalogue
from anlan.base.permissions import permit
from anlan.base.regions.models import LEVELS_EN, Level
from anlan.base.regions.services import workbooks
from anlan.base.regions.services.reading import RowError
from anlan.kernel.errors import Invalid

router = Router(tags=["regions"])

LARGEST: Final = 5 * 1024 * 1024
#: Troubles and gaps told at once; the others are counted.
SHOWN: Final = 200


@router.get("/region-lists/template.xlsx", summary="The workbook regions are listed in")
def get_template(request: ApiRequest) -> HttpResponse:
    """Give an empty workbook with headings, an example and notes."""
    permit(request.actor, region_books.IMPORT)
    response = HttpResponse(workbooks.template(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="regions-template.xlsx"'
    return response


@router.post("/region-lists/check", summary="What a workbook of regions would change")
def check_list(request: ApiRequest, file: File[UploadedFile]) -> dict[str, Any]:
    """Tell cell by cell what is wrong, and what would change; nothing is written."""
    told = region_books.look_at_book(raw=_read(file), by=request.actor)
    return _preview(told, request.language)


@router.post("/region-lists", summary="Load a workbook of regions")
def load_list(request: ApiRequest, file: File[UploadedFile], seen: Form[str]) -> dict[str, Any]:
    """Write the good rows, as long as regions are what they were when `seen` was looked at."""
    report = region_books.load_book(
        raw=_read(file), name=file.name or "", seen=seen, by=request.actor
    )
    return {
        "added": report.added, "changed": report.changed, "unchanged": report.unchanged,
        "bad": len(report.errors), "edition": report.edition,
    }  # fmt: skip


def _read(file: UploadedFile) -> bytes:
    if (file.size or 0) > LARGEST:
        raise Invalid("文件太大", errors={"file": ["最大 5 MB"]})
    raw: bytes = file.read()
    return raw


def _preview(told: Preview, language: str) -> dict[str, Any]:
    report = told.report
    return {
        "rows": report.rows, "added": report.added, "changed": report.changed,
        "unchanged": report.unchanged, "seen": told.seen,
        "errors": [_trouble(one, language) for one in report.errors[:SHOWN]],
        "errors_total": len(report.errors),
        "changes": [_change(one, language) for one in told.changes],
        "changes_total": report.added + report.changed,
        "reopened": len(report.reopened),
        "orphans": [
            {"code": one.code, "example": one.example, "count": one.count}
            for one in report.missing_parents[:SHOWN]
        ],
    }  # fmt: skip


def _trouble(one: RowError, language: str) -> dict[str, Any]:
    return {
        "row": one.row, "column": _label(one.column, language), "value": one.value,
        "reason": said(one.reason, language),
    }  # fmt: skip


def _change(one: Change, language: str) -> dict[str, Any]:
    level = Level(one.level)
    return {
        "code": one.code, "name": one.name, "new": one.new,
        "level": LEVELS_EN[level] if language == "en" else level.label,
        "columns": [
            {"label": _label(name, language), "before": before, "after": after}
            for name, (before, after) in one.columns.items()
        ],
    }  # fmt: skip


def _label(column: str, language: str) -> str:
    title = workbooks.LABELS.get(column, column)
    return catalogue().get(title, title) if language == "en" else title
