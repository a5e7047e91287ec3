"""Letters are delivered in their order, each once, again until they are taken, or refused aloud."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from anlan.demo.replay.courier import LATELY_MS, Courier, Orders
from anlan.demo.storms.letters import BULLETIN, WARNING, Letter, write_letters
from anlan.kernel.errors import Conflict

START = 1_565_000_000_000
MINUTE = 60_000


class Desk:
    """What came in, and what is answered next."""

    def __init__(self) -> None:
        self.url = ""
        self.taken: list[tuple[str, str, str]] = []
        self.answers: list[int] = []


@contextmanager
def desk() -> Iterator[Desk]:
    made = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status = made.answers.pop(0) if made.answers else 201
            if status in (200, 201):
                made.taken.append((self.path, self.headers["Authorization"], body))
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/base"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def letters(path: Path, door: str) -> Path:
    minutes = (-LATELY_MS // MINUTE - 5, -30, -20, 3, 8)
    write_letters(
        path, [Letter(START + at * MINUTE, door, "k", str(at), f"<{at}>") for at in minutes]
    )
    return path


def test_they_come_in_order_and_once_through_their_own_door(tmp_path: Path) -> None:
    with desk() as told:
        orders = Orders(letters(tmp_path / "l", WARNING), told.url, WARNING, "key", START)
        courier = Courier(orders)
        told.answers = [503, 201, 200]
        assert courier.send(START, START + 5 * MINUTE).letters == 3
        assert courier.send(START + 5 * MINUTE, START + 9 * MINUTE).letters == 1
    assert [body for _, _, body in told.taken] == ["<-30>", "<-20>", "<3>", "<8>"]
    assert {(path, key) for path, key, _ in told.taken} == {
        ("/base/api/v1/alerts/inbox", "Bearer key")
    }


def test_of_earlier_bulletins_the_newest_is_enough_and_nothing_comes_again_later(
    tmp_path: Path,
) -> None:
    with desk() as told:
        path = letters(tmp_path / "l", BULLETIN)
        courier = Courier(Orders(path, told.url, BULLETIN, "key", START))
        courier.send(START, START + MINUTE)
        other = Courier(Orders(path, told.url, BULLETIN, "key", START))
        other.send(START + MINUTE, START + 5 * MINUTE)
    assert [body for _, _, body in told.taken] == ["<-20>", "<3>"]


def test_a_letter_that_is_refused_is_named(tmp_path: Path) -> None:
    with desk() as told:
        told.answers = [422]
        orders = Orders(letters(tmp_path / "l", WARNING), told.url, WARNING, "key", START)
        with pytest.raises(Conflict, match="422"):
            Courier(orders).send(START + MINUTE, START + 5 * MINUTE)
