"""A load generator of our own: one thread, many keep-alive connections, as little work as can be.

It runs on the same two cores as what it measures, so every microsecond here is taken from there;
`cpu_share` tells how much of one core it took.
"""

import selectors
import socket
import time
from collections.abc import Callable
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


def load(
    port: int, next_request: Callable[[], bytes], *, connections: int, seconds: float
) -> Result:
    """Ask as fast as the answers come, on each connection one at a time."""
    tell = time.perf_counter
    waiting = selectors.DefaultSelector()
    for _ in range(connections):
        line = socket.create_connection(("127.0.0.1", port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(line, selectors.EVENT_READ, [line, b"", tell(), 0])
        line.sendall(next_request())
    took: list[float] = []
    failed = 0
    begun, cpu = tell(), time.process_time()
    until = begun + seconds
    while tell() < until:
        for key, _ in waiting.select(0.2):
            state = key.data
            whole = state[1] + state[0].recv(1 << 18)
            status = _complete(whole)
            if status is None:
                state[1] = whole
                continue
            failed += status not in OK
            now = tell()
            took.append(now - state[2])
            state[1], state[2] = b"", now
            state[0].sendall(next_request())
    spent = tell() - begun
    share = (time.process_time() - cpu) / spent
    for key in list(waiting.get_map().values()):
        key.data[0].close()
    waiting.close()
    took.sort()
    at = lambda part: round(took[min(len(took) - 1, int(len(took) * part))] * 1000, 2)  # noqa: E731
    return Result(len(took) / spent, at(0.5), at(0.95), at(0.99), failed, round(share, 2))


def _complete(answer: bytes) -> bytes | None:
    """Tell the status of a whole answer; None when more is to come."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = answer[:end].lower()
    place = head.find(b"content-length:")
    length = int(
        head[place + 15 : head.find(b"\r", place + 15) if head.find(b"\r", place) > 0 else end]
    )
    return answer[9:12] if len(answer) >= end + 4 + length else None
