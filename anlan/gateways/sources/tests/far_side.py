"""A platform of nobody's: answers as a test tells it to, and remembers what it was asked."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from anlan.gateways.sources.conversation import Means, Pace
from anlan.gateways.sources.declaration import Declaration, read_text
from anlan.gateways.sources.tokens import Drawer
from anlan.protocols.declared.secrets import Secrets

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    raw_query: str = ""


@dataclass
class Answer:
    """What is answered: JSON unless bytes are given."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False).encode()


Decide = Callable[[Asked], Answer]


@dataclass
class FarSide:
    """The server: its address, what it was asked, what it answers."""

    decide: Decide
    address: str = ""
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def far_side(decide: Decide, certificate: Path | None = None) -> Iterator[FarSide]:
    """Serve for a while; with a certificate over TLS."""
    side = FarSide(decide)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(side))
    server.daemon_threads = True
    scheme = "http"
    if certificate:
        scheme = "https"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    side.address = f"{scheme}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield side
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(side: FarSide) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(
                self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers), body,
                parts.query,
            )  # fmt: skip
            side.asked.append(asked)
            answer = side.decide(asked)
            raw = answer.raw()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_PUT = do_GET  # noqa: N815 - names the server looks for

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler


def records(*levels: float, minute: int = 0) -> list[dict[str, Any]]:
    """Make records of one station, a minute apart."""
    return [
        {"id": "A", "t": f"2026-07-01 11:{minute + at:02d}:00", "z": level}
        for at, level in enumerate(levels)
    ]


MAPPED = """
[mapping]
records = "list"
[mapping.station]
path = "id"
[mapping.time]
path = "t"
[[mapping.values]]
path = "z"
stream = "{station}-Z"
unit = "m"
"""


def text_of(url: str, more: str = "", *, top: str = "", mapped: str = MAPPED) -> str:
    """Write a declaration."""
    return f"""
title = "测试平台"
region = "339901"
enabled = true
{top}
[owner]
unit = "水利局"
[request]
url = "{url}"
{more}
{mapped}
"""


def declared(url: str, more: str = "", *, top: str = "", mapped: str = MAPPED) -> Declaration:
    """Read a declaration."""
    return read_text("water", text_of(url, more, top=top, mapped=mapped))


def means(home: Path, now: Callable[[], datetime] = lambda: NOW) -> Means:
    """Make the means of a conversation, on a clock of the test's."""
    return Means(
        secrets=Secrets(home),
        drawer=Drawer(lambda: now().timestamp()),
        real_now=now,
        wait=Pace().wait,
        folder=home,
    )
