"""Senders of observations that cost next to nothing: bodies made once, only their times replaced.

They run on the cores they load; `cpu_share` tells how much of one core they took.
"""

import io
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import numpy as np
import pyarrow as pa

#: Stands in templates where a time goes; as long as what replaces it.
STAMP = b"2000-01-01T00:00:00.000Z"
#: Each round over all streams is this much later than the one before.
STEP_MS = 10
#: MQTT messages a connection sends before it waits for an acknowledgement.
WINDOW = 50


@dataclass(frozen=True)
class Sent:
    """What one round of a sender gave."""

    per_s: float
    failed: int
    cpu_share: float


class Times:
    """Moments that rise, shortly before now, shared by every sender of a run."""

    def __init__(self) -> None:
        self._at = count(int(time.time() * 1000) - 120_000, STEP_MS)

    def next(self) -> int:
        """Take the next one, milliseconds since 1970."""
        return next(self._at)


def written(ms: int) -> bytes:
    """Write a moment as in `STAMP`."""
    at = datetime.fromtimestamp(ms / 1000, UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.").encode() + b"%03dZ" % (ms % 1000)


def values(count_: int, seed: int) -> list[str]:
    """Make levels of rivers with two decimals."""
    made = np.random.default_rng(seed).normal(40.0, 0.5, count_)
    return [f"{value:.2f}" for value in made]


def json_bodies(codes: list[str], size: int) -> list[bytes]:
    """Make batches of one observation a stream that together hold every stream once."""
    bodies = []
    for start in range(0, len(codes), size):
        part = codes[start : start + size]
        told = values(len(part), start)
        rows = ",".join(
            f'{{"stream":"{code}","time":"{STAMP.decode()}","value":{value}}}'
            for code, value in zip(part, told, strict=True)
        )
        bodies.append(f'{{"observations":[{rows}]}}'.encode())
    return bodies


def stamped(bodies: list[bytes], times: Times) -> Iterator[bytes]:
    """Give the bodies again and again, each round over all of them with a new time."""
    while True:
        now = written(times.next())
        for body in bodies:
            yield body.replace(STAMP, now)


def arrow_bodies(codes: list[str], times: Times) -> Iterator[bytes]:
    """Give Arrow streams with one observation of every stream."""
    marks = np.full(len(codes), 0x0123456789ABCDEF, np.int64)
    sink = io.BytesIO()
    batch = pa.record_batch(
        {
            "stream": pa.array(codes).dictionary_encode(),
            "time": pa.array(marks, pa.timestamp("ms", tz="UTC")),
            "value": pa.array([float(value) for value in values(len(codes), 7)]),
        }
    )
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    whole = sink.getvalue()
    at = whole.index(marks.tobytes())
    head, tail = whole[:at], whole[at + marks.nbytes :]
    while True:
        yield head + np.full(len(codes), times.next(), np.int64).tobytes() + tail


def request(path: str, body: bytes, *headers: str) -> bytes:
    """Write a POST request."""
    lines = "".join(f"{line}\r\n" for line in headers)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def over_http(
    port: int,
    requests: Callable[[], bytes],
    *,
    each: int,
    connections: int,
    seconds: float,
    told: list[str],
) -> Sent:
    """Post as fast as answers come, one at a time on each connection; `each` is what one holds."""
    waiting = selectors.DefaultSelector()
    for _ in range(connections):
        line = socket.create_connection(("127.0.0.1", port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(line, selectors.EVENT_READ, [b""])
        line.sendall(requests())
    done = failed = 0
    begun, cpu = time.perf_counter(), time.process_time()
    while time.perf_counter() < begun + seconds:
        for key, _ in waiting.select(0.2):
            line = key.fileobj
            assert isinstance(line, socket.socket)
            whole = key.data[0] + line.recv(1 << 18)
            status = _status(whole)
            key.data[0] = whole if status is None else b""
            if status is None:
                continue
            done += 1
            if status not in (b"200", b"204"):
                failed += 1
                told.append(whole[:300].decode("utf-8", "replace"))
            line.sendall(requests())
    spent, used = time.perf_counter() - begun, time.process_time() - cpu
    for key in list(waiting.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    return Sent((done - failed) * each / spent, failed, round(used / spent, 2))


def _status(answer: bytes) -> bytes | None:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = answer[:end].lower() + b"\r\n"
    place = head.find(b"content-length:")
    length = int(head[place + 15 : head.find(b"\r", place)]) if place >= 0 else 0
    return answer[9:12] if len(answer) >= end + 4 + length else None


def over_mqtt(
    port: int,
    login: tuple[str, str],
    bodies: Callable[[], bytes],
    *,
    each: int,
    connections: int,
    seconds: float,
) -> Sent:
    """Publish at QoS 1 with up to `WINDOW` messages unacknowledged on each connection."""
    waiting = selectors.DefaultSelector()
    numbers = count()
    for number in range(connections):
        line = socket.create_connection(("127.0.0.1", port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(_connect(f"bench-{number}", *login))
        assert line.recv(4) == b"\x20\x02\x00\x00"
        waiting.register(line, selectors.EVENT_READ)
        line.sendall(b"".join(_publish(next(numbers), bodies()) for _ in range(WINDOW)))
    done, left = 0, dict.fromkeys(range(0), b"")
    begun, cpu = time.perf_counter(), time.process_time()
    while time.perf_counter() < begun + seconds:
        for key, _ in waiting.select(0.2):
            line = key.fileobj
            assert isinstance(line, socket.socket)
            answers = left.get(key.fd, b"") + line.recv(1 << 16)
            acknowledged, rest = divmod(len(answers), 4)  # every PUBACK has four bytes
            left[key.fd] = answers[len(answers) - rest :]
            done += acknowledged
            for _ in range(acknowledged):
                line.sendall(_publish(next(numbers), bodies()))
    spent, used = time.perf_counter() - begun, time.process_time() - cpu
    for key in list(waiting.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    return Sent(done * each / spent, 0, round(used / spent, 2))


def _connect(client: str, user: str, password: str) -> bytes:
    parts = (client, user, password)
    body = b"\0\4MQTT\4\xc2\0\x3c"
    body += b"".join(len(part).to_bytes(2, "big") + part.encode() for part in parts)
    return b"\x10" + _length(len(body)) + body


def _publish(number: int, payload: bytes) -> bytes:
    head = b"\0\x09anlan/obs" + (number % 65_535 + 1).to_bytes(2, "big")
    return b"\x32" + _length(len(head) + len(payload)) + head + payload


def _length(size: int) -> bytes:
    out = bytearray()
    while True:
        size, low = divmod(size, 128)
        out.append(low | (128 if size else 0))
        if not size:
            return bytes(out)
