"""A provider of nobody's: takes messages, answers as a test tells it to, forgets nothing."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Told:
    """What is answered: JSON unless bytes are given; None cuts the connection."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False).encode()


@dataclass
class Sink:
    """The server: its address, what it was asked, what it answers."""

    decide: Callable[[Asked], Told | None]
    address: str = ""
    asked: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def numbers(self) -> list[str]:
        """Every number that was accepted, in order."""
        return [one.json["phone"] for one in self.asked]


def accept(_: Asked) -> Told:
    """Take everything."""
    return Told({"code": 0, "id": "T1"})


@contextmanager
def sink(decide: Callable[[Asked], Told | None] = accept) -> Iterator[Sink]:
    """Serve for a while."""
    made = Sink(decide)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    server.daemon_threads = True
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(made: Sink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            split = urlsplit(self.path)
            asked = Asked(
                self.command, split.path, dict(parse_qsl(split.query, keep_blank_values=True)),
                dict(self.headers), self.rfile.read(size),
            )  # fmt: skip
            with made.lock:
                made.asked.append(asked)
                told = made.decide(asked)
            if told is None:
                self.close_connection = True
                self.connection.close()
                return
            raw = told.raw()
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = _any  # noqa: N815 - the library's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
