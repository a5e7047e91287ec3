"""HTTP/1.1 calls in one event loop: connections kept or made anew, TLS, a proxy, bounded in time.

A library of its own for this would cost three times as much a call; 20,000 people wait. What may
have reached the provider and what surely has not are told apart: only the latter is tried again
elsewhere.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from anlan.comms import reasons
from anlan.comms.carriers.replies import Malformed, Reading, Reply

AGENT = "Anlan"


class CallFailed(Exception):
    """No answer. `sent` tells whether the request may have arrived all the same."""

    def __init__(self, reason: str, detail: str, *, sent: bool) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Way:
    """How to get through to one provider."""

    timeout_s: float
    keep_alive: bool
    #: None for plain HTTP.
    context: ssl.SSLContext | None
    proxy: str = ""


class _Line(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._reading: Reading | None = None
        self._waiting: asyncio.Future[Reply] | None = None
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        # Not asked for: the transports of uvloop do what asyncio's do, and are none.
        self.transport = cast("asyncio.Transport", transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """Read on; what nobody asked for closes the line."""
        if self._reading is None or self._waiting is None or self._waiting.done():
            self.close()
            return
        try:
            reply = self._reading.feed(data)
        except Malformed as error:
            self._fail(CallFailed(reasons.BAD_ANSWER, str(error), sent=True))
            self.close()
            return
        if reply is not None:
            if not self._reading.keeps_open:
                self.close()
            self._waiting.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the end is the end
        """End: an answer without a length ends so too."""
        self.is_open = False
        if self._reading is None or self._waiting is None or self._waiting.done():
            return
        reply = self._reading.closed()
        if reply is not None:
            self._waiting.set_result(reply)
        else:
            self._fail(CallFailed(reasons.NETWORK, "对方断开了连接", sent=True))

    def ask(self, raw: bytes, *, bodiless: bool = False) -> "asyncio.Future[Reply]":
        """Send a request and wait for its answer."""
        assert self.transport is not None
        self._reading = Reading(bodiless)
        self._waiting = asyncio.get_running_loop().create_future()
        self.transport.write(raw)
        return self._waiting

    @property
    def heard_nothing(self) -> bool:
        """Whether not a byte of the answer has come."""
        return self._reading is None or not self._reading.begun

    def close(self) -> None:
        """Close the connection."""
        self.is_open = False
        if self.transport is not None:
            self.transport.close()

    def _fail(self, error: CallFailed) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)


class Client:
    """Calls one provider; the caller holds as many calls at once as it has lines."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._idle: deque[tuple[str, _Line]] = deque()

    async def call(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Reply:
        """Make one call; `CallFailed` says what stood in the way."""
        parts = urlsplit(url)
        home = f"{parts.scheme}://{parts.netloc}"
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if self._way.proxy and parts.scheme == "http":
            target = url
        raw = _written(method, target, {"Host": parts.netloc, **headers}, body, self._way)
        line, is_fresh = await self._line(home, parts)
        try:
            return await self._ask(line, raw, home)
        except CallFailed as failed:
            # A kept connection may have been closed while it lay idle: then nothing was taken.
            if is_fresh or not line.heard_nothing or failed.reason != reasons.NETWORK:
                raise
        line = await self._connect(parts)
        return await self._ask(line, raw, home)

    async def close(self) -> None:
        """Close what lies idle."""
        while self._idle:
            self._idle.pop()[1].close()
        await asyncio.sleep(0)

    async def _ask(self, line: _Line, raw: bytes, home: str) -> Reply:
        try:
            async with asyncio.timeout(self._way.timeout_s):
                reply = await line.ask(raw)
        except TimeoutError:
            line.close()
            detail = f"{self._way.timeout_s:g} 秒内没有回答"
            raise CallFailed(reasons.TIMEOUT, detail, sent=True) from None
        if line.is_open and self._way.keep_alive:
            self._idle.append((home, line))
        else:
            line.close()
        return reply

    async def _line(self, home: str, parts: Any) -> tuple[_Line, bool]:
        while self._idle:
            kept, line = self._idle.pop()
            if line.is_open and kept == home:
                return line, False
            line.close()
        return await self._connect(parts), True

    async def _connect(self, parts: Any) -> _Line:
        secure = parts.scheme == "https"
        host, port = str(parts.hostname), parts.port or (443 if secure else 80)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._way.timeout_s):
                if self._way.proxy:
                    return await self._through_proxy(parts, host, port)
                _, line = await loop.create_connection(
                    _Line, host, port, ssl=self._way.context if secure else None
                )
                return line
        except TimeoutError:
            raise CallFailed(reasons.NETWORK, f"连不上 {parts.netloc}：超时", sent=False) from None
        except ssl.SSLCertVerificationError as error:
            detail = f"{parts.netloc} 的证书不可信：{error.verify_message}"
            raise CallFailed(reasons.NETWORK, detail, sent=False) from error
        except OSError as error:
            detail = f"连不上 {parts.netloc}：{error.strerror or error}"
            raise CallFailed(reasons.NETWORK, detail, sent=False) from error

    async def _through_proxy(self, parts: Any, host: str, port: int) -> _Line:
        proxy = urlsplit(self._way.proxy)
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(_Line, str(proxy.hostname), proxy.port or 80)
        if parts.scheme != "https":
            return line
        where = f"{host}:{port}"
        asked = f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n\r\n".encode("ascii")
        reply = await line.ask(asked, bodiless=True)
        if reply.status != 200 or line.transport is None or self._way.context is None:
            line.close()
            detail = f"代理不让通过：HTTP {reply.status}"
            raise CallFailed(reasons.NETWORK, detail, sent=False)
        secured = await loop.start_tls(
            line.transport, line, self._way.context, server_hostname=host
        )
        assert secured is not None
        line.connection_made(secured)
        return line


def _written(
    method: str, target: str, headers: Mapping[str, str], body: bytes | None, way: Way
) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"User-Agent: {AGENT}", "Accept: */*"]
    # A line break in a value would begin another header.
    lines += [f"{name}: {' '.join(value.splitlines())}" for name, value in headers.items()]
    lines.append(f"Connection: {'keep-alive' if way.keep_alive else 'close'}")
    if body is not None or method != "GET":
        lines.append(f"Content-Length: {len(body or b'')}")
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + (body or b"")
