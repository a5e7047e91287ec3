"""granian's RSGI worker with our own entrance. The one file that knows granian's inside.

granian would hand every request to the event loop as a coroutine. Its scheduler is a class one can
derive from: ours calls `Entrance.arrive` at once, in the thread that parsed the request, and the
entrance decides whether the loop is needed. Two processes on two cores answer about a quarter more
lists a second that way, and a busy loop of event streams does not slow them.
"""

import asyncio
import importlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from granian.http import HTTP1Settings, HTTP2Settings

# Written in Rust; what granian says of its types lags behind it.
_inside: Any = importlib.import_module("granian._granian")

BACKLOG = 1024
#: Requests and event streams one process holds at a time.
MOST_AT_ONCE = 8_192
HEADER_TIMEOUT_MS = 15_000


class _Scheduler(_inside.CallbackScheduler):  # type: ignore[misc]
    """Calls one function with every request, in granian's runtime thread."""

    def __new__(cls, loop: asyncio.AbstractEventLoop, arrive: Callable[[Any], None]) -> Any:
        enter = partial(asyncio.tasks._enter_task, loop)  # noqa: SLF001 - what granian itself gives
        leave = partial(asyncio.tasks._leave_task, loop)  # noqa: SLF001
        made = super().__new__(cls, loop, arrive, None, enter, leave)
        made._schedule_fn = arrive
        return made


@dataclass(frozen=True)
class Certificate:
    """TLS: files in PEM."""

    certificate: str
    key: str


def listen(host: str, port: int) -> socket.socket:
    """Bind a socket of one's own; several processes may bind the same port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener


def serve(
    loop: asyncio.AbstractEventLoop,
    arrive: Callable[[Any], None],
    *,
    descriptor: int,
    tls: Certificate | None,
) -> Any:
    """Begin to serve a listening socket; setting the returned signal ends it."""
    os.set_blocking(descriptor, False)
    signal = _inside.WorkerSignal()
    worker = _inside.RSGIWorker(
        1,
        (None, _inside.SocketHolder(descriptor, False, BACKLOG)),
        None,
        1,  # runtime threads
        16,  # their blocking threads: files
        1,  # unused by RSGI
        30,
        MOST_AT_ONCE,
        "auto",
        HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_MS),
        HTTP2Settings(),
        False,  # websockets
        None,  # static files are ours
        tls is not None,
        tls.certificate if tls else None,
        tls.key if tls else None,
        None,
        "tls12",
        None,
        [],
        False,
        (None, None),
    )
    worker.serve_mtr(_Scheduler(loop, arrive), loop, signal)
    return signal
