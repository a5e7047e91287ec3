"""A provider for measuring: a process that takes requests as fast as they come and counts them.

``python -m bench._sink`` prints its port. ``GET /count`` tells requests, connections, recipients.
"""

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
TAKEN = b'{"code":0,"id":"T"}'

counts = {"requests": 0, "connections": 0, "recipients": 0}


class Door(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.kept = b""
        counts["connections"] += 1

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self.kept += data
        while (end := self.kept.find(b"\r\n\r\n")) >= 0:
            head = self.kept[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.kept) < end + 4 + size:
                return
            body, self.kept = self.kept[end + 4 : end + 4 + size], self.kept[end + 4 + size :]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"get /count"):
            told = json.dumps(counts).encode()
        else:
            counts["requests"] += 1
            counts["recipients"] += max(body.count(b'"phone"'), 1)
            told = TAKEN
        self.transport.write(ANSWER % (len(told), told))
        if b"connection: close" in head:
            self.transport.close()


@contextmanager
def running() -> Iterator[str]:
    """Run a sink; gives its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench._sink"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()


def counted(address: str) -> dict[str, int]:
    """Ask a sink what it has taken."""
    with urllib.request.urlopen(f"{address}/count", timeout=10) as reply:
        found: dict[str, int] = json.loads(reply.read())
    return found


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Door, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
