"""A load generator of our own: one thread, many keep-alive connections, as little work as can be.

It runs on the same two cores as what it measures, so every microsecond here is taken from there;
`cpu_share` tells how much of one core it took.
"""

import selectors
import socket
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

OK = (b"200", b"201")


@dataclass(frozen=True)
class Result:
    """What a round gave. Times in milliseconds."""

    per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    failed: int
    cpu_share: float


def get(path: str, token: str) -> bytes:
    """Write a GET request."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()


def post(path: str, token: str, body: bytes) -> bytes:
    """Write a POST request with a JSON body."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Line:
    """One connection: asks, and tells when its answer is whole."""

    __slots__ = ("asked", "head", "left", "socket", "status")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head, self.left, self.status, self.asked = b"", 0, b"", 0.0

    def ask(self, request: bytes, now: float) -> None:
        """Send a request."""
        self.head, self.left, self.status, self.asked = b"", 0, b"", now
        self.socket.sendall(request)

    def take(self) -> bytes | None:
        """Take what has come; the status once the answer is whole, None when more is to come."""
        got = self.socket.recv_into(_BUFFER)
        if not got:
            raise ConnectionError("the other side went away")
        if self.status:
            self.left -= got
        else:
            self.head += bytes(_BUFFER[:got])
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return None
            self.status = self.head[9:12]
            self.left = _length(self.head[: end + 2].lower()) - (len(self.head) - end - 4)
        return self.status if self.left <= 0 else None


#: Bodies are counted, not kept.
_BUFFER = memoryview(bytearray(1 << 20))


def _length(head: bytes) -> int:
    """Read how long the body is; an answer that must have none (304) need not say so."""
    at = head.find(b"content-length:")
    return int(head[at + 15 : head.find(b"\r", at)]) if at >= 0 else 0


def load(
    port: int,
    next_request: Callable[[], bytes],
    *,
    connections: int,
    seconds: float,
    right: Collection[bytes] = OK,
) -> Result:
    """Ask as fast as the answers come, on each connection one at a time."""
    tell = time.perf_counter
    waiting = selectors.DefaultSelector()
    for _ in range(connections):
        line = _Line(port)
        waiting.register(line.socket, selectors.EVENT_READ, line)
        line.ask(next_request(), tell())
    took: list[float] = []
    failed = 0
    begun, cpu = tell(), time.process_time()
    until = begun + seconds
    while tell() < until:
        for key, _ in waiting.select(0.2):
            line = key.data
            status = line.take()
            if status is None:
                continue
            failed += status not in right
            now = tell()
            took.append(now - line.asked)
            line.ask(next_request(), now)
    spent = tell() - begun
    share = (time.process_time() - cpu) / spent
    _close(waiting)
    took.sort()
    at = lambda part: round(took[min(len(took) - 1, int(len(took) * part))] * 1000, 2)  # noqa: E731
    return Result(len(took) / spent, at(0.5), at(0.95), at(0.99), failed, round(share, 2))


def send_all(
    port: int, requests: Sequence[bytes], *, connections: int, right: bytes
) -> tuple[float, list[float]]:
    """Send each request once, in order; seconds until all are answered, and each answer's ms.

    An answer with another status than `right` ends the benchmark.
    """
    tell = time.perf_counter
    waiting, queue = selectors.DefaultSelector(), iter(requests)
    took: list[float] = []
    begun = tell()
    for _ in range(connections):
        line = _Line(port)
        waiting.register(line.socket, selectors.EVENT_READ, line)
        line.ask(next(queue), tell())
    while len(took) < len(requests):
        for key, _ in waiting.select(60):
            line = key.data
            status = line.take()
            if status is None:
                continue
            assert status == right, status
            now = tell()
            took.append((now - line.asked) * 1000)
            following = next(queue, None)
            if following is not None:
                line.ask(following, now)
    spent = tell() - begun
    _close(waiting)
    return spent, took


def _close(waiting: selectors.BaseSelector) -> None:
    for key in list(waiting.get_map().values()):
        key.data.socket.close()
    waiting.close()
