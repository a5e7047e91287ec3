"""Django's answer as RSGI's."""

import asyncio
import zlib
from concurrent.futures import TimeoutError as Late
from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse

Headers = list[tuple[str, str]]

#: Packing a small answer costs more than sending it.
PACK_FROM = 8 * 1024
PACKED_TYPES = ("application/json", "application/geo+json", "text/", "application/problem+json")
#: A client that takes nothing for so long is gone.
STALL_S = 30.0

NO_STORE = ("cache-control", "no-store")


def headers_of(response: HttpResponseBase, extra: Headers) -> Headers:
    """List the headers of an answer; what belongs to an asker is not stored on the way."""
    found = [(name.lower(), value) for name, value in response.items()]
    found += [("set-cookie", cookie.OutputString()) for cookie in response.cookies.values()]
    if not response.has_header("Cache-Control"):
        found.append(NO_STORE)
    # A view may be stricter than the house (an attachment in a sandbox); then it is alone.
    own = {name for name, _ in found}
    return found + [header for header in extra if header[0] not in own]


def send(proto: Any, response: HttpResponseBase, extra: Headers, asked: Any) -> int:
    """Send a whole answer; returns the bytes of its body."""
    headers = headers_of(response, extra)
    if isinstance(response, FileResponse) and _path_of(response):
        if asked.method == "HEAD":
            proto.response_empty(response.status_code, headers)
            return 0
        proto.response_file(response.status_code, headers, _path_of(response))
        return int(response.get("Content-Length") or 0)
    if not isinstance(response, HttpResponse):  # HEAD of what would come in pieces
        proto.response_empty(response.status_code, headers)
        return 0
    body, headers = _packed(response.content, headers, asked.headers.get("accept-encoding", ""))
    if asked.method == "HEAD":
        headers.append(("content-length", str(len(body))))
        proto.response_empty(response.status_code, headers)
    elif body:
        proto.response_bytes(response.status_code, headers, body)
    else:
        proto.response_empty(response.status_code, headers)
    return len(body)


def is_streamed(response: HttpResponseBase) -> bool:
    """Whether an answer comes in pieces that are made while it is sent."""
    return isinstance(response, StreamingHttpResponse) and not (
        isinstance(response, FileResponse) and _path_of(response)
    )


def send_stream(proto: Any, response: Any, extra: Headers, loop: asyncio.AbstractEventLoop) -> int:
    """Send an answer piece by piece from this thread, no faster than the client takes it."""
    transport = proto.response_stream(response.status_code, headers_of(response, extra))
    total = 0
    for piece in response.streaming_content:
        sending = asyncio.run_coroutine_threadsafe(_send(transport, piece), loop)
        try:
            sending.result(STALL_S)
        except Late:
            sending.cancel()
            break
        total += len(piece)
    return total


async def _send(transport: Any, piece: bytes) -> None:
    await transport.send_bytes(piece)


def _path_of(response: Any) -> str:
    name = getattr(getattr(response, "file_to_stream", None), "name", None)
    return name if isinstance(name, str) and name.startswith("/") else ""


def _packed(body: bytes, headers: Headers, accepted: str) -> tuple[bytes, Headers]:
    if len(body) < PACK_FROM or "gzip" not in accepted:
        return body, headers
    names = dict(headers)
    if "content-encoding" in names or not names.get("content-type", "").startswith(PACKED_TYPES):
        return body, headers
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    packed = packer.compress(body) + packer.flush()
    headers = [(name, value) for name, value in headers if name != "content-length"]
    headers += [("content-encoding", "gzip"), ("vary", "accept-encoding")]
    return packed, headers
