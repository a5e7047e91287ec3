"""Answers a browser may keep and ask about again: ETag and 304."""

from hashlib import blake2b

from django.http import HttpRequest, HttpResponse

#: May be kept by the browser of this user alone, and must be asked about each time.
PRIVATE = "private, no-cache"


def tag_of(*parts: object) -> str:
    """Make a weak entity tag of whatever the answer depends on."""
    digest = blake2b(repr(parts).encode(), digest_size=12).hexdigest()
    return f'W/"{digest}"'


def unchanged(request: HttpRequest, tag: str) -> HttpResponse | None:
    """Answer 304 when the asker already holds this tag; None when it must be answered in full."""
    held = [part.strip() for part in request.headers.get("If-None-Match", "").split(",")]
    return tagged(HttpResponse(status=304), tag) if tag in held or "*" in held else None


def tagged(response: HttpResponse, tag: str) -> HttpResponse:
    """Put the tag on an answer."""
    response["ETag"] = tag
    response["Cache-Control"] = PRIVATE
    return response
