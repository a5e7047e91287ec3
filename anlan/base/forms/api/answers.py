"""How workbooks go over HTTP."""

from urllib.parse import quote

from django.http import HttpResponse
from ninja import UploadedFile

from anlan.base.forms.excel.reading import LARGEST

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes, name: str) -> HttpResponse:
    """Answer with a workbook."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    response["Cache-Control"] = "no-store"
    return response


def content_of(file: UploadedFile) -> bytes:
    """Read an upload, one byte more than may be at most."""
    return file.file.read(LARGEST + 1) if file.file else b""
