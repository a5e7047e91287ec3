"""Bytes as a file to save."""

from urllib.parse import quote

from django.http import HttpResponse


def attached(name: str, content: bytes, mime: str) -> HttpResponse:
    """Give bytes as a file to save, kept by nobody on the way."""
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
