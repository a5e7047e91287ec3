"""A server nobody has a reason to call, and what hostile messages would call it by."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Canary:
    """A server nobody has a reason to call."""

    port: int = 0
    called: list[bytes] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it would be called."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def listening_canary() -> Iterator[Canary]:
    """Listen; whoever called by the end has failed."""
    made = Canary()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made.port = listening.getsockname()[1]

        def serve() -> None:
            with suppress(OSError):
                while True:
                    line, _ = listening.accept()
                    with line:
                        made.called.append(line.recv(200))

        threading.Thread(target=serve, daemon=True).start()
        yield made
        # It does hear whoever calls: a canary that cannot sing proves nothing.
        with socket.create_connection(("127.0.0.1", made.port), 5) as line:
            line.sendall(b"sing")
            line.recv(1)
        listening.shutdown(socket.SHUT_RDWR)
    assert made.called == [b"sing"]
