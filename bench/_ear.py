"""A client of the event stream that notes when it hears of each alarm."""

import json
import socket
import threading
import time
from collections.abc import Callable


class Ear(threading.Thread):
    """Listens until it hangs up; `heard` gives by alarm when it was first told of."""

    def __init__(
        self, port: int, authority: str, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """Connect. `authority` is the header that says who listens."""
        super().__init__(daemon=True)
        self.heard: dict[str, float] = {}
        self._clock = clock
        self._line = socket.create_connection(("127.0.0.1", port))
        self._line.sendall(
            f"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n{authority}\r\n"
            "Accept: text/event-stream\r\n\r\n".encode()
        )
        self.start()
        time.sleep(0.5)

    def run(self) -> None:
        """Read until the connection is closed."""
        rest = b""
        while part := self._receive():
            now = self._clock()
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                if line.startswith(b"data: ") and b'"alarm"' in line:
                    told = json.loads(line[6:])
                    self.heard.setdefault(told["subject"]["id"], now)

    def _receive(self) -> bytes:
        try:
            return self._line.recv(1 << 16)
        except OSError:
            return b""

    def close(self) -> None:
        """Hang up."""
        self._line.shutdown(socket.SHUT_RDWR)
