"""One HTTP call, bounded in time and size; every failure is a sentence for a person."""

import http.client
import socket
import ssl
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from anlan.kernel.errors import AnlanError, Unavailable
from anlan.protocols.declared.requests import Tls
from anlan.protocols.mapping.documents import text_of

AGENT = "Anlan"
CHUNK = 64 * 1024
GZIP_WINDOW = 31
#: Characters of a refusing answer that are shown.
EXCERPT = 160
LONGEST_REFUSAL = 2000


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, complete."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    took_ms: int


class CallFailed(Unavailable):
    """The call gave nothing that can be used.

    `cause`: network, timeout, tls, status, refused (who we are), busy (too often), size, answer.
    """

    def __init__(self, cause: str, reason: str, *, wait_s: float = 0.0, to: str = "") -> None:
        super().__init__(reason)
        self.cause = cause
        #: Where it says the thing lies now; nobody has gone there.
        self.to = to
        #: How long the other side wants to be left alone.
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Line:
    """How to get through to one platform."""

    timeout_s: float
    largest: int
    tls: Tls
    proxy: str
    #: Where declared certificates lie.
    folder: Path


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: what proves who we are would go where nobody declared."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Never make another request."""


def call(ask: Ask, line: Line) -> Reply:
    """Make one call; `CallFailed` says what stood in the way.

    401 is returned like a success, and 304 where the request asked for what is newer.
    """
    began = time.monotonic()
    headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip", **ask.headers}
    try:
        request = urllib.request.Request(  # noqa: S310 - declarations name http and https only
            ask.url, data=ask.body, headers=headers, method=ask.method
        )
        with _opener(line, secure=ask.url.startswith("https:")).open(
            request, timeout=line.timeout_s
        ) as reply:
            status, told = reply.status, reply.headers
            body = read_body(reply, line, began)
    except urllib.error.HTTPError as error:
        with error:
            status, told = error.code, error.headers
            body = read_body(error, line, began)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _failure(error, ask, line) from error
    body = _unpacked(body, told, line)
    if status not in (200, 201, 202, 203, 401) and not (status == 304 and _is_conditional(ask)):
        raise _refusal(status, told, body)
    return Reply(status, told, body, round((time.monotonic() - began) * 1000))


def _is_conditional(ask: Ask) -> bool:
    return not {"If-None-Match", "If-Modified-Since"}.isdisjoint(ask.headers)


def _opener(line: Line, *, secure: bool) -> urllib.request.OpenerDirector:
    proxies = {"http": line.proxy, "https": line.proxy} if line.proxy else {}
    # The declared proxy only, not the environment's.
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler(proxies), _Stay()]
    if secure:  # reading the system's certificates takes longer than a call
        handlers.append(urllib.request.HTTPSHandler(context=_context(line)))
    return urllib.request.build_opener(*handlers)


def _context(line: Line) -> ssl.SSLContext:
    if not line.tls.verify:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        return ssl.create_default_context(
            cafile=str(line.folder / line.tls.ca) if line.tls.ca else None
        )
    except OSError as error:
        raise CallFailed("tls", f"证书文件 {line.tls.ca} 读不了：{error.strerror}") from error


def read_body(reply: Any, line: Line, began: float) -> bytes:
    """Read the body; who drips byte by byte is given up when the time is over."""
    parts: list[bytes] = []
    size = 0
    while True:
        part = reply.read1(CHUNK) if hasattr(reply, "read1") else reply.read(CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
        if size > line.largest:
            raise CallFailed("size", _too_large(line))
        if time.monotonic() - began > line.timeout_s:
            raise CallFailed("timeout", f"{line.timeout_s:g} 秒内没有传完")


def _too_large(line: Line) -> str:
    return f"回答超过 {line.largest / 2**20:.2g} MB，可减小 paging.size 或加大 answer.largest_mb"


def _unpacked(body: bytes, headers: Any, line: Line) -> bytes:
    if (headers.get("Content-Encoding") or "").lower() not in ("gzip", "x-gzip"):
        return body
    unpacker = zlib.decompressobj(GZIP_WINDOW)
    try:
        plain = unpacker.decompress(body, line.largest + 1)
    except zlib.error as error:
        raise CallFailed("answer", "回答声称是 gzip，解不开") from error
    if len(plain) > line.largest:
        raise CallFailed("size", _too_large(line))
    return plain


#: What stood in the way: the error, its cause, the sentence. The first that fits.
_WAYS: tuple[tuple[type[BaseException], str, str], ...] = (
    (TimeoutError, "timeout", "{host} 在 {limit:g} 秒内没有回答"),
    (ssl.SSLCertVerificationError, "tls", "{host} 的证书不可信：{error.verify_message}"),
    (ssl.SSLError, "tls", "与 {host} 建立加密连接失败：{error.reason}"),
    (socket.gaierror, "network", "找不到主机 {host}，请核对地址和域名解析"),
    (ConnectionRefusedError, "network", "{host} 拒绝连接，对方服务可能没有运行"),
    (http.client.HTTPException, "network", "{host} 的回答中断或不是 HTTP：{error!r}"),
    (OSError, "network", "连不上 {host}：{error}"),
    (Exception, "answer", "请求写不出来：{error}"),
)


def _failure(error: Exception, ask: Ask, line: Line) -> CallFailed:
    found = getattr(error, "reason", None)
    inner = found if isinstance(found, BaseException) else error
    cause, sentence = next((way[1], way[2]) for way in _WAYS if isinstance(inner, way[0]))
    host = urlsplit(ask.url).netloc
    return CallFailed(cause, sentence.format(host=host, limit=line.timeout_s, error=inner))


def excerpt(body: bytes) -> str:
    """Quote the beginning of a refusing answer, in whichever character set it is."""
    try:
        text = text_of(body[:LONGEST_REFUSAL])
    except AnlanError:  # cut in the middle of a character, or no text at all
        text = body[:LONGEST_REFUSAL].decode("utf-8", "replace")
    return " ".join(text.split())[:EXCERPT]


def _refusal(status: int, headers: Any, body: bytes) -> CallFailed:
    said = excerpt(body)
    tail = f"：{said}" if said else ""
    if 300 <= status < 400:
        to = headers.get("Location", "")
        told = f"对方要求转到 {to or '别处'}，请把 url 改为最终地址"
        return CallFailed("status", told, to=to)
    if status == 403:
        return CallFailed("refused", f"对方拒绝（403），账号可能没有权限{tail}")
    if status in (429, 503):
        wait = headers.get("Retry-After") or ""
        return CallFailed(
            "busy",
            f"对方要求稍后再来（{status}）{tail}",
            wait_s=float(wait) if wait.isdigit() else 0,
        )
    return CallFailed("status", f"对方回答 HTTP {status}{tail}")
