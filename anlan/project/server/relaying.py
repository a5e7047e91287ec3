"""Observations of devices and programs, past Django: read, relayed, answered in the event loop.

Hundreds of posts may wait for the disk at once and no list waits behind them. Who sends and what
is in the body is looked at by the ingest process alone.
"""

from typing import Any

from anlan.kernel import workspace
from anlan.kernel.errors import Unavailable
from anlan.project.server.bodies import TOO_LARGE, Refused, read_bytes
from anlan.protocols.observations.shapes import MOST_BYTES
from anlan.sense.relay import Answer, Ask
from anlan.sense.relay.client import Relay

ADDRESS = "/api/v1/sense/observations"
#: Bytes of bodies one process holds while it waits for the ingest process.
MOST_HELD = 256 * 1024 * 1024


class Observations:
    """Relays one process's observations. Belongs to the event loop."""

    def __init__(self) -> None:
        self._relay: Relay | None = None
        self._held = 0

    def takes(self, scope: Any) -> bool:
        """Whether a request is one of ours; a browser's session is Django's to look at."""
        ours = scope.path == ADDRESS and scope.method == "POST"
        return ours and "authorization" in scope.headers

    async def answer(self, scope: Any, proto: Any) -> tuple[Answer, bytes]:
        """Read a body and wait until its observations are durable."""
        told = scope.headers.get("content-length", "")
        expected = int(told) if told.isdecimal() else 0
        if expected > MOST_BYTES:
            return Answer(0, *TOO_LARGE), b""
        if self._held + expected > MOST_HELD:
            return Answer(0, 503, "unavailable"), b""
        self._held += expected
        try:
            return await self._relayed(scope, proto)
        finally:
            self._held -= expected

    async def _relayed(self, scope: Any, proto: Any) -> tuple[Answer, bytes]:
        ask = Ask(
            "observations",
            authorization=scope.headers["authorization"],
            content_type=scope.headers.get("content-type", ""),
        )
        try:
            body = await read_bytes(scope, proto, MOST_BYTES)
            if self._relay is None:
                self._relay = Relay(workspace.current().dir)
            return await self._relay.ask(ask, body)
        except Refused as refused:
            return Answer(0, refused.status, refused.code), b""
        except Unavailable as error:
            return Answer(0, 503, error.code, error.detail), b""
