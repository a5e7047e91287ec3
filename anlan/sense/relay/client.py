"""Asking the ingest process from an event loop, many questions at a time."""

import asyncio
import contextlib
from itertools import count
from pathlib import Path
from typing import Final

import msgspec

from anlan.kernel.errors import Unavailable
from anlan.sense.relay.frames import PREFIX, Answer, Ask, numbered, pack, sizes, socket_of

#: An answer takes one commit; what takes longer than this will not come.
PATIENCE_S: Final = 60.0
AWAY: Final = "接入服务暂时不可用，请稍后重发；已确认的数据不受影响。"


class Relay:
    """One event loop's connection to the ingest process; opened at need, and again after a loss."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._line: _Line | None = None
        self._opening = asyncio.Lock()

    async def ask(self, ask: Ask, body: bytes = b"") -> tuple[Answer, bytes]:
        """Ask, and wait for the answer.

        Raises
        ------
        Unavailable
            The ingest process is away, or went before it answered; what was sent may be stored,
            and sending it again does no harm.
        """
        line = await self._open()
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await line.ask(ask, body)
        except (TimeoutError, OSError):
            raise Unavailable(AWAY) from None

    async def close(self) -> None:
        """End the connection."""
        if self._line is not None:
            self._line.close()

    async def _open(self) -> "_Line":
        async with self._opening:
            if self._line is None or self._line.lost:
                try:
                    path = socket_of(self._workspace)
                    reader, writer = await asyncio.open_unix_connection(str(path))
                except OSError:
                    raise Unavailable(AWAY) from None
                self._line = _Line(reader, writer)
            return self._line


class _Line:
    """One connection: questions by number."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lost = False
        self._reader, self._writer = reader, writer
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[tuple[Answer, bytes]]] = {}
        self._listening = asyncio.create_task(self._listen())

    async def ask(self, ask: Ask, body: bytes) -> tuple[Answer, bytes]:
        number = next(self._numbers)
        answered: asyncio.Future[tuple[Answer, bytes]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answered
        try:
            self._writer.write(pack(numbered(ask, number), body))
            await self._writer.drain()
            return await answered
        finally:
            self._waiting.pop(number, None)

    def close(self) -> None:
        self._writer.close()

    async def _listen(self) -> None:
        decoder = msgspec.msgpack.Decoder(Answer)
        try:
            while True:
                head, body = sizes(await self._reader.readexactly(PREFIX))
                answer = decoder.decode(await self._reader.readexactly(head))
                told = await self._reader.readexactly(body)
                waiting = self._waiting.get(answer.number)
                if waiting is not None and not waiting.done():
                    waiting.set_result((answer, told))
        except (OSError, EOFError, msgspec.DecodeError):
            pass
        finally:
            self.lost = True
            self._writer.close()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionError())
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
