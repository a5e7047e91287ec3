"""Providers of nobody's, with sockets of their own: short messages, loudspeakers, a mail server.

They keep a log of everything asked of them, do what a test plans, and never forget a request.
"""

import asyncio
import email
import email.policy
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from anlan.comms.tests.postman import LOOPBACK, free_port
from anlan.comms.tests.sink import Asked, Sink, Told, sink

LINK = re.compile(r"http://127\.0\.0\.1:\d+/m/[\w-]+")


@dataclass(frozen=True)
class Line:
    """One request as a provider's log has it."""

    at: float
    carrier: str
    #: What we called the try, and the request it went in.
    key: str
    request: str
    address: str
    text: str
    #: taken, again (taken before under the same name), busy, dead, down
    verdict: str

    @property
    def link(self) -> str:
        """The address in its text."""
        found = LINK.search(self.text)
        return found[0] if found else ""


@dataclass
class Plan:
    """What goes wrong; read and changed while the providers run."""

    dead: frozenset[str] = frozenset()
    busy: frozenset[str] = frozenset()
    #: Whether every request is answered 5xx now.
    is_down: bool = False
    #: Carrier -> after so many were taken, `strike` before the next is answered.
    strikes: dict[str, int] = field(default_factory=dict)
    #: It tells whether anybody was there to be struck: one just killed is not killed once more.
    strike: Callable[[], bool] = lambda: True


class Providers:
    """The log and the decisions of all of them."""

    def __init__(self, plan: Plan, told: Callable[[Line], None]) -> None:
        self.plan = plan
        self.log: list[Line] = []
        self._told = told
        self._lock = threading.Lock()
        self._requests: dict[str, str] = {}
        self._taken: Counter[str] = Counter()
        self._busy: Counter[str] = Counter()
        self._refused = 0
        self._untold: set[str] = set()

    def decide(self, asked: Asked) -> Told | None:
        """Answer one HTTP request."""
        with self._lock:
            return self._decide("horn" if asked.path == "/sound" else "mas", asked.json)

    def _decide(self, carrier: str, body: dict[str, Any]) -> Told | None:
        verdict = self._verdict(body)
        line = self._keep(carrier, body, verdict)
        if verdict == "down":
            self._refused += 1
            return Told({"code": 99}, status=(500, 502, 504)[self._refused % 3])
        if verdict in ("dead", "busy"):
            return Told({"code": {"dead": 10, "busy": 5}[verdict], "msg": verdict})
        if self._is_struck_at(line):
            return None
        return Told({"code": 0, "id": self._requests[line.request]})

    def mailed(self, request: str, address: str, text: str) -> str:
        """Take one mail, which bears no name but its request's; "" answers nothing any more."""
        with self._lock:
            body = {"uid": "", "request": request, "phone": address, "text": text}
            line = self._keep("post", body, self._verdict(body))
            if line.verdict == "down":
                return "451 later"
            return "" if self._is_struck_at(line) else "250 taken"

    def _verdict(self, body: dict[str, Any]) -> str:
        number = body["phone"]
        if self.plan.is_down:
            return "down"
        if number in self.plan.dead:
            return "dead"
        if number in self.plan.busy and self._busy[number] < 2:
            self._busy[number] += 1
            return "busy"
        if body["request"] in self._requests:
            return "again"
        self._requests[body["request"]] = f"T{len(self._requests) + 1}"
        return "taken"

    def _keep(self, carrier: str, body: dict[str, Any], verdict: str) -> Line:
        line = Line(
            time.monotonic(), carrier, body["uid"], body["request"], body["phone"], body["text"],
            verdict,
        )  # fmt: skip
        self.log.append(line)
        if verdict == "taken":
            self._taken[carrier] += 1
        return line

    def _is_struck_at(self, line: Line) -> bool:
        """Tell whether whoever asks is struck before the answer; else those named are told.

        What a struck sender asked for lies here until it is asked again: had they been told, and
        answered before another sender is there, nobody would ask again.
        """
        if self._strikes(line.carrier):
            self._untold.add(line.request)
            return True
        if line.verdict == "taken" or line.request in self._untold:
            self._untold.discard(line.request)
            self._told(line)
        return False

    def _strikes(self, carrier: str) -> bool:
        planned = self.plan.strikes.get(carrier)
        if planned is None or self._taken[carrier] < planned:
            return False
        if not self.plan.strike():
            return False
        del self.plan.strikes[carrier]
        return True


@contextmanager
def serving(providers: Providers) -> Iterator[tuple[Sink, int]]:
    """Serve HTTP and SMTP; gives the first's sink and the second's port."""
    with sink(providers.decide) as far, _mail_server(providers) as port:
        yield far, port


@contextmanager
def _mail_server(providers: Providers) -> Iterator[int]:
    """Serve mail by a server of somebody else's."""
    controller = Controller(_Mail(providers), hostname=LOOPBACK, port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


class _Mail:
    """What the mail server asks of its handler; the names are the library's."""

    def __init__(self, providers: Providers) -> None:
        self._providers = providers

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, whose id is that of its request; "" from the providers breaks the line."""
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        request = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        body = mail.get_body(("plain",))
        assert body is not None
        asked = (request, envelope.rcpt_tos[0], str(body.get_content()))
        # It may strike the sender down first, and waits for that.
        told = await asyncio.get_running_loop().run_in_executor(
            None, self._providers.mailed, *asked
        )
        if not told:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return told or "451 4.3.0 gone"
