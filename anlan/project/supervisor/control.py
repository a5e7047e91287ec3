"""The local control socket: one JSON line in, one JSON line out.

``{"do": "state"}``, ``{"do": "list"}``, ``{"do": "start", "data": DIR}``,
``{"do": "stop", "data": DIR}``, ``{"do": "errands"}``, ``{"do": "halt", "errand": NAME}`` and
``{"do": "run", "errand": NAME, "options": [...], "first": [...]}``; every answer has ``ok``, and
``error`` when that is false.
``start`` answers at once with the port; ask the new workspace's own socket for its ``state``
until ``ready`` is true (`wait_ready`).
"""

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from anlan.kernel.errors import AnlanError, Unavailable

NAME = "control.sock"
LONGEST_LINE = 65_536
TIMEOUT_S = 2.0

Answer = dict[str, Any]
Answerer = Callable[[Answer], Answer]


@contextlib.contextmanager
def _short(data: Path) -> Iterator[str]:
    """Name the socket in fewer than the 108 bytes that a socket's address may have."""
    folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{NAME}"
    finally:
        os.close(folder)


def listen(data: Path) -> socket.socket:
    """Open ``DIR/control.sock`` for this user alone; the caller holds the directory's lock."""
    (data / NAME).unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        with _short(data) as name:
            made.bind(name)
    finally:
        os.umask(before)
    made.listen(16)
    made.setblocking(False)
    return made


def answer_one(listener: socket.socket, answerer: Answerer) -> None:
    """Answer one waiting caller; what it asks wrongly is told, never raised."""
    try:
        connection, _ = listener.accept()
    except OSError:
        return
    with connection, contextlib.suppress(OSError):
        connection.settimeout(TIMEOUT_S)
        connection.sendall(_encoded(_answer(_read_line(connection), answerer)))


def _answer(line: bytes, answerer: Answerer) -> Answer:
    try:
        return {"ok": True, **answerer(json.loads(line))}
    except AnlanError as error:
        return {"ok": False, "error": error.detail}
    except (ValueError, TypeError, KeyError) as error:
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}


def ask(data: Path, asked: Answer) -> Answer:
    """Ask the supervisor that serves `data`; `Unavailable` when none does."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(TIMEOUT_S * 5)
            with _short(data) as name:
                connection.connect(name)
            connection.sendall(_encoded(asked))
            answer: Answer = json.loads(_read_line(connection))
    except (OSError, ValueError) as error:
        raise Unavailable(f"{data} 没有运行中的安澜，请先 ./run 启动它") from error
    return answer


def wait_ready(data: Path, timeout_s: float = 120.0) -> Answer:
    """Wait until the workspace at `data` serves; return its state, or raise `Unavailable`."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        with contextlib.suppress(Unavailable):
            state = ask(data, {"do": "state"})
            if state.get("ready"):
                return state
        time.sleep(0.1)
    raise Unavailable(f"{data} 在 {timeout_s:.0f} 秒内没有就绪，请看 {data}/log")


def _read_line(connection: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n") and len(line) < LONGEST_LINE:
        part = connection.recv(4_096)
        if not part:
            break
        line += part
    return line


def _encoded(answer: Answer) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode() + b"\n"
