"""Where every request arrives, and which way it goes."""

import asyncio
import contextlib
import re
import time
from collections.abc import Callable, Mapping
from typing import IO, Any, Protocol

import structlog
from django.core.handlers.base import BaseHandler
from django.http import HttpResponseBase
from django.urls import get_resolver

from anlan.base.door.asking import language_of
from anlan.base.door.auth import require
from anlan.base.door.problems import answer, problem
from anlan.base.door.together import answer_together
from anlan.gateways.alerts.keeper import BEGINS as CAP
from anlan.gateways.alerts.keeper import Keeper
from anlan.kernel.errors import AnlanError
from anlan.kernel.ids import new_id
from anlan.project.server.access import AccessLog
from anlan.project.server.answers import NO_STORE, Headers, is_streamed, send, send_stream
from anlan.project.server.bodies import Refused, read_body
from anlan.project.server.headers import Safety
from anlan.project.server.lanes import Gathering, Lane
from anlan.project.server.relaying import Observations
from anlan.project.server.requests import RsgiRequest
from anlan.project.server.stream.clients import Client
from anlan.project.server.stream.feed import HEARTBEAT
from anlan.project.server.stream.hub import Hub
from anlan.warn.api.inbox import take_in_together
from anlan.warn.services.receiving import BATCH
from anlan.web.pages import Pages

log = structlog.get_logger("anlan.web")

STREAM = "/api/v1/stream"
#: Messages of one moment are read, kept and answered together, in one commit.
INBOX = "/api/v1/alerts/inbox"
HEARTBEAT_S = 10.0
#: Requests that may wait for a lane; more would only wait to be given up.
QUICK_LIMIT, SLOW_LIMIT = 2_000, 200
READS = frozenset(("GET", "HEAD", "OPTIONS"))
BODYLESS = frozenset(("GET", "HEAD", "OPTIONS", "DELETE"))
#: What takes long: hashing passwords, Excel, whole layers, uploads, all streams at once, history.
SLOW_ENDINGS = (".xlsx", ".geojson", "/import", "/exposure", "/files", "/seal", "/accept",
                "/sources/check", "/rules/backtest", "/sense/latest", "/sense/quality",
                "/observations", "/wall")  # fmt: skip
SLOW_BEGINNINGS = ("/api/v1/session/", "/api/v1/users", "/api/v1/search")
_SEARCHED = re.compile(r"(?:^|&)q=[^&]")


class Whole(Protocol):
    """An answer that is ready."""

    @property
    def status(self) -> int:
        """The status."""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Its own headers, with small names."""

    @property
    def body(self) -> bytes:
        """The whole body; empty for 304."""


class Entrance:
    """Takes requests from granian. `arrive` is called from its runtime thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, tls: bool) -> None:
        self.loop = loop
        self._safety = Safety(tls=tls)
        self.access = AccessLog()
        self.quick = Lane("quick", threads=1, limit=QUICK_LIMIT)
        self.write = Lane("write", threads=1, limit=QUICK_LIMIT)
        self.slow = Lane("slow", threads=2, limit=SLOW_LIMIT)
        self.inbox = Gathering("inbox", take_in, most=BATCH, limit=QUICK_LIMIT)
        self._lanes = (self.quick, self.write, self.slow, self.inbox)
        self.hub = Hub(loop)
        self._pages = Pages()
        self._observations = Observations()
        self._alerts = Keeper()
        handler: Any = BaseHandler()
        handler.load_middleware()
        # Its public `get_response` would log every refusal once more.
        self._django_view = handler._middleware_chain  # noqa: SLF001
        self._django = _first_words()
        self._pages.answer("/", {})  # read and packed before anybody waits for it

    @property
    def safety(self) -> Headers:
        """The headers of every answer."""
        return self._safety.headers()

    def start(self) -> None:
        """Start the threads."""
        for part in (*self._lanes, self.hub, self._alerts):
            part.start()

    def stop(self, timeout_s: float) -> None:
        """Finish what has arrived."""
        self.hub.stop()
        self._alerts.stop()
        for lane in self._lanes:
            lane.stop(timeout_s)
        self.access.flush()

    def arrive(self, watcher: Any) -> None:
        """Send a request its way; never blocks, never raises."""
        try:
            self._send_on(Visit(self, watcher, watcher.scope))
        except Exception:
            log.exception("a request did not arrive")
            watcher.done()

    def _send_on(self, visit: "Visit") -> None:
        scope = visit.scope
        if scope.path.startswith(CAP) and self._tell_alerts(visit):
            return
        if not self._is_django(scope.path):
            self._page(visit)
        elif scope.path == STREAM or scope.method not in BODYLESS or _has_body(scope):
            self.loop.call_soon_threadsafe(self._read, visit)
        else:
            visit.queue(None)

    def run(self, request: RsgiRequest) -> HttpResponseBase:
        """Let Django answer, past its own logging: the access log says it in one line."""
        response: HttpResponseBase = self._django_view(request)
        return response

    def lane_of(self, scope: Any) -> Lane:
        """Choose the lane of a request."""
        path: str = scope.path
        if path.endswith(SLOW_ENDINGS) or path.startswith(SLOW_BEGINNINGS):
            return self.slow
        if _SEARCHED.search(scope.query_string):  # words inside names: no index helps
            return self.slow
        if path == "/api/v1/session" and scope.method == "POST":
            return self.slow
        # Writers queue at the database's gate and wait for the disk; readers need not.
        return self.quick if scope.method in READS else self.write

    def _is_django(self, path: str) -> bool:
        return path[1:].partition("/")[0] in self._django

    def _page(self, visit: "Visit") -> None:
        scope = visit.scope
        if scope.method not in ("GET", "HEAD"):
            visit.refuse(405, "method")
            return
        visit.give(self._pages.answer(scope.path, scope.headers))

    def _tell_alerts(self, visit: "Visit") -> bool:
        """Answer from memory what lies in the open; whether there was an answer."""
        scope = visit.scope
        if scope.method not in ("GET", "HEAD"):
            return False
        told = self._alerts.told(scope.path, scope.headers)
        if told is None:
            return False
        visit.give(told)
        return True

    def _read(self, visit: "Visit") -> None:
        if visit.scope.path == STREAM:
            work = self._stream(visit)
        elif self._observations.takes(visit.scope):
            work = self._relay(visit)
        else:
            work = self._body(visit)
        task = self.loop.create_task(work)
        visit.watcher.taskref(task)

    async def _relay(self, visit: "Visit") -> None:
        answer, told = await self._observations.answer(visit.scope, visit.proto)
        if answer.status == 200:
            visit.tell(told)
        else:
            visit.refuse(answer.status, answer.code, answer.detail, answer.headers)

    async def _body(self, visit: "Visit") -> None:
        try:
            body, size = await read_body(visit.scope, visit.proto)
        except Refused as refused:
            visit.refuse(refused.status, refused.code)
            return
        except (RuntimeError, asyncio.CancelledError):  # it went away while sending
            visit.end(499, 0)
            return
        visit.queue(body, size)

    async def _stream(self, visit: "Visit") -> None:
        """Tell a browser what happens until it or we go."""
        client = await self._admit(visit)
        if client is None:
            return
        self.hub.join(client)
        headers = [
            ("content-type", "text/event-stream; charset=utf-8"),
            ("cache-control", "no-store"),
            ("x-accel-buffering", "no"),
            *self.safety,
        ]
        transport = visit.proto.response_stream(200, headers)
        with contextlib.suppress(RuntimeError):  # the browser has gone
            await transport.send_bytes(b"retry: 1000\n\n")
            while (frames := await client.take(HEARTBEAT_S)) is not None:
                await transport.send_bytes(frames or HEARTBEAT)
        self.hub.leave(client)
        visit.end(200, 0)

    async def _admit(self, visit: "Visit") -> Client | None:
        """Ask in the quick lane who listens; None when the answer was no and has been sent."""
        admitted: asyncio.Future[Client | None] = self.loop.create_future()

        def ask() -> None:
            client = visit.client()
            self.loop.call_soon_threadsafe(admitted.set_result, client)

        if not self.quick.put(ask):
            visit.refuse(503, "unavailable")
            return None
        return await admitted


class Visit:
    """One request on its way."""

    __slots__ = ("entrance", "number", "proto", "scope", "started", "watcher", "who")

    def __init__(self, entrance: Entrance, watcher: Any, scope: Any) -> None:
        self.entrance = entrance
        self.watcher = watcher
        self.scope = scope
        self.proto = watcher.proto
        self.number = new_id()
        self.started = time.perf_counter()
        self.who = ""

    def queue(self, body: IO[bytes] | None, size: int = 0) -> None:
        """Put it in its lane."""
        entrance, scope = self.entrance, self.scope
        if scope.path == INBOX and scope.method == "POST":
            taken = entrance.inbox.put((self, self._request(body, size)))
        else:
            taken = entrance.lane_of(scope).put(lambda: self.work(body, size))
        if not taken:
            self.refuse(503, "unavailable")

    def work(self, body: IO[bytes] | None, size: int = 0) -> None:
        """Answer it with Django; in a lane's thread."""
        request = self._request(body, size)
        self.answer(request, self.entrance.run(request))

    def answer(self, request: Any, response: HttpResponseBase) -> None:
        """Send what Django answered; in a lane's thread."""
        entrance = self.entrance
        self.who = _who(request)
        extra = [("x-request-id", self.number), *entrance.safety]
        if is_streamed(response) and self.scope.method != "HEAD":
            if not entrance.slow.put(lambda: self._send_stream(response, extra)):
                self.refuse(503, "unavailable")
            return
        self._finish(response, lambda: send(self.proto, response, extra, self.scope))

    def _send_stream(self, response: HttpResponseBase, extra: Headers) -> None:
        loop = self.entrance.loop
        self._finish(response, lambda: send_stream(self.proto, response, extra, loop))

    def _finish(self, response: HttpResponseBase, sending: Callable[[], int]) -> None:
        size = 0
        try:
            size = sending()
        except RuntimeError:  # granian's word for a client that has gone
            size = 0
        finally:
            response.close()
            self.end(response.status_code, size)

    def client(self) -> Client | None:
        """Find who wants to listen; sends the refusal and returns None when they may not."""
        request = self._request(None, 0)
        request.language = language_of(self.scope.headers.get("accept-language", ""))
        try:
            login = require(request)
        except AnlanError as error:
            response = problem(request, error)
            self._finish(response, lambda: send(self.proto, response, self._extra, self.scope))
            return None
        self.who = login.actor.ref
        return Client(login, self.entrance.loop, _resume_at(request))

    @property
    def _extra(self) -> Headers:
        return [("x-request-id", self.number), *self.entrance.safety]

    def _request(self, body: IO[bytes] | None, size: int) -> Any:
        request = RsgiRequest(self.scope, body, self.number)
        if body is not None:  # a chunked body tells no length, but Django wants to know it
            request.META["CONTENT_LENGTH"] = str(size)
        return request

    def give(self, told: "Whole") -> None:
        """Answer with what is ready, past every lane."""
        own = {name for name, _ in told.headers}
        headers = [*told.headers, *(one for one in self.entrance.safety if one[0] not in own)]
        if self.scope.method == "HEAD" or not told.body:
            headers.append(("content-length", str(len(told.body))))
            self.proto.response_empty(told.status, headers)
        else:
            self.proto.response_bytes(told.status, headers, told.body)
        self.end(told.status, len(told.body))

    def tell(self, body: bytes) -> None:
        """Answer with JSON that is ready."""
        headers = [("content-type", "application/json; charset=utf-8"), NO_STORE, *self._extra]
        with contextlib.suppress(RuntimeError):  # the client has gone
            self.proto.response_bytes(200, headers, body)
        self.end(200, len(body))

    def refuse(
        self, status: int, code: str, detail: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer without Django's views."""
        request = self._request(None, 0)
        request.language = language_of(self.scope.headers.get("accept-language", ""))
        request.request_id = self.number
        response = answer(request, status, code, detail=detail)
        if status == 503:
            response["Retry-After"] = "2"
        for name, value in (headers or {}).items():
            response[name] = value
        self._finish(response, lambda: send(self.proto, response, self._extra, self.scope))

    def end(self, status: int, size: int) -> None:
        """Tell granian that it is over, and the log."""
        self.watcher.done()
        seconds = time.perf_counter() - self.started
        self.entrance.access.note(self.number, self.scope, status, seconds, size, self.who)


def take_in(waiting: list[tuple[Visit, Any]]) -> None:
    """Answer departments' messages that came at the same moment."""
    requests = [request for _, request in waiting]
    answers = answer_together(requests, take_in_together)
    for (visit, request), response in zip(waiting, answers, strict=True):
        try:
            visit.answer(request, response)
        except Exception:
            log.exception("an answer was not sent")


def _has_body(scope: Any) -> bool:
    headers = scope.headers
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _who(request: Any) -> str:
    actor = getattr(request, "actor", None)
    return actor.ref if actor is not None else ""


def _resume_at(request: Any) -> int | None:
    told = request.META.get("HTTP_LAST_EVENT_ID") or request.GET.get("last_event_id", "")
    return int(told) if told.isdecimal() and len(told) < 19 else None


def _first_words() -> frozenset[str]:
    """List the first words of the addresses Django knows; everything else is the front end's."""
    routes = (str(pattern.pattern) for pattern in get_resolver().url_patterns)
    return frozenset(route.partition("/")[0] for route in routes if route and route[0].isalnum())
