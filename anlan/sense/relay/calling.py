"""Asking the ingest process from a program without an event loop: the command line, a view."""

import socket
from itertools import count
from pathlib import Path
from typing import Self

import msgspec

from anlan.kernel.errors import Unavailable
from anlan.sense.relay.client import AWAY, PATIENCE_S
from anlan.sense.relay.frames import PREFIX, Answer, Ask, numbered, pack, sizes, socket_of


class Caller:
    """A connection for one thread: send any number of questions, then take the answers.

    Answers of one connection may come in another order than the questions; they carry the numbers
    that `send` gave. `Unavailable` when the ingest process is away.
    """

    def __init__(self, workspace: Path) -> None:
        self._numbers = count(1)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE_S)
        try:
            self._socket.connect(str(socket_of(workspace)))
        except OSError:
            self._socket.close()
            raise Unavailable(AWAY) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, ask: Ask, body: bytes = b"") -> int:
        """Ask; returns the question's number."""
        number = next(self._numbers)
        try:
            self._socket.sendall(pack(numbered(ask, number), body))
        except OSError:
            raise Unavailable(AWAY) from None
        return number

    def receive(self) -> tuple[Answer, bytes]:
        """Wait for the next answer."""
        head, body = sizes(self._take(PREFIX))
        answer = msgspec.msgpack.decode(self._take(head), type=Answer)
        return answer, self._take(body)

    def _take(self, size: int) -> bytes:
        taken = bytearray()
        while len(taken) < size:
            try:
                piece = self._socket.recv(min(size - len(taken), 1 << 20))
            except OSError:
                piece = b""
            if not piece:
                raise Unavailable(AWAY)
            taken += piece
        return bytes(taken)
