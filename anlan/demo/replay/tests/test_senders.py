"""Sender processes against an HTTP door of the standard library: order, patience, refusals."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan.demo.days import filed
from anlan.demo.days.recording import About, ordered
from anlan.demo.replay.senders import Senders
from anlan.kernel.errors import Unavailable

START = 1_786_406_400_000
CODES = ("A-1", "A-2", "B-1")


@dataclass
class Door:
    """What came in, and how often the door still says "later"."""

    url: str = ""
    bodies: list[tuple[str, str, bytes]] = field(default_factory=list)
    later: int = 0
    #: Codes it refuses.
    refused: tuple[str, ...] = ()
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, authorization: str, kind: str, body: bytes) -> tuple[int, dict[str, Any]]:
        with self.lock:
            if self.later:
                self.later -= 1
                return 503, {}
            self.bodies.append((authorization, kind, body))
        read = json.loads(body)["observations"]
        wrong = [k for k, one in enumerate(read) if one["stream"] in self.refused]
        refused = [{"index": k, "reason": "不收"} for k in wrong]
        accepted = len(read) - len(refused)
        return 200, {"accepted": accepted, "duplicates": 0, "rejected": refused}


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, told = made.take(
                self.headers["Authorization"], self.headers["Content-Type"], body
            )
            answer = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    place = np.arange(30)
    columns = {
        "stream": place % 3,
        "time": START + place * 1000,
        "value": place * 1.0,
        "sent": START + place * 1000,
        "again": np.zeros(30, bool),
    }
    about = About("x", "x", "x", START - 1, START + 30_000)
    return filed.write(ordered(about, CODES, columns), tmp_path, "x")


GATEWAYS = {
    "GA": {"way": "json", "id": "KA", "secret": "sa", "streams": ["A-1", "A-2"]},
    "GB": {"way": "json", "id": "KB", "secret": "sb", "streams": ["B-1"]},
}


@pytest.fixture
def senders(door: Door, recording: Path) -> Iterator[Senders]:
    made = Senders(recording, (door.url, ("", 0)), GATEWAYS)
    yield made
    made.close()


def test_each_gateway_sends_its_own_with_its_own_key(door: Door, senders: Senders) -> None:
    tally = senders.send(START - 1, START + 14_000)
    assert (tally.sent, tally.confirmed, tally.accepted) == (15, 15, 15)
    sent = {
        authorization: [one["stream"] for one in json.loads(body)["observations"]]
        for authorization, _, body in door.bodies
    }
    assert sent == {"Device KA:sa": ["A-1", "A-2"] * 5, "Device KB:sb": ["B-1"] * 5}
    rest = senders.send(START + 14_000, START + 30_000)
    assert rest.sent == 15


def test_a_door_that_says_later_is_asked_again(door: Door, senders: Senders) -> None:
    door.later = 3
    tally = senders.send(START - 1, START + 30_000)
    assert tally.sent == tally.confirmed == 30
    assert tally.repeated > 0


def test_what_the_door_refuses_is_counted_with_its_reason(door: Door, senders: Senders) -> None:
    door.refused = ("B-1",)
    tally = senders.send(START - 1, START + 30_000)
    assert (tally.confirmed, tally.rejected, dict(tally.reasons)) == (20, 10, {"不收": 10})


def test_a_sender_that_cannot_begin_says_why(recording: Path) -> None:
    nowhere = recording.with_name("nowhere.parquet")
    senders = Senders(nowhere, ("http://127.0.0.1:9", ("", 0)), GATEWAYS)
    with pytest.raises(Unavailable, match="nowhere"):
        senders.send(START - 1, START + 30_000)
    with pytest.raises(Unavailable):
        senders.send(START - 1, START + 30_000)
    senders.close()
