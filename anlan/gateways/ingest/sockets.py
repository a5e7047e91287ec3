"""The socket other processes of this machine relay bodies over: ``DIR/ingest.sock``."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from anlan.gateways.ingest.admission import Admission, Credentials
from anlan.gateways.ingest.entry import Entry
from anlan.gateways.ingest.states import DoorState
from anlan.kernel.errors import AnlanError, Invalid
from anlan.sense.intake import Owner
from anlan.sense.relay.frames import LONGEST_PATH, PREFIX, SOCKET, Answer, Ask, pack, sizes

log = structlog.get_logger("anlan.ingest")

#: Questions under way on one connection; more wait in the socket.
MOST_AT_ONCE: Final = 512
#: What may wait to be read on one connection, in bytes.
BUFFER: Final = 4 * 1024 * 1024
#: How long answers may still go out when the door closes.
FAREWELL_S: Final = 5.0
#: Questions that ask for something to be done at once.
HURRIES: Final = ("look", "judge")
#: How the folders begin that hold sockets whose own path would be too long.
SHORT: Final = "anlan-socket-"


class SocketDoor:
    """Takes what web processes and the command line relay."""

    def __init__(
        self,
        entry: Entry,
        admission: Admission,
        state: DoorState,
        told: Callable[[], dict[str, Any]],
        hurry: Callable[[str], None],
    ) -> None:
        """`told` says how the process is, for who asks; `hurry` lets it look, or judge, at once."""
        self._entry, self._admission, self._state, self._told = entry, admission, state, told
        self._hurry = hurry
        self._loop = asyncio.get_running_loop()
        self._server: asyncio.Server | None = None
        self._path = Path()
        self._lines: set[asyncio.Task[None]] = set()
        self._asked: set[asyncio.Task[None]] = set()

    async def open(self, workspace: Path) -> None:
        """Begin to listen; only this machine's own user may connect."""
        path = self._path = _place(workspace)
        path.unlink(missing_ok=True)  # left behind by one that was killed; the store's lock is ours
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._meet, str(path), limit=BUFFER)
        finally:
            os.umask(before)
        self._state.open(str(path))

    async def close(self) -> None:
        """Take no more; answer what is under way."""
        if self._server is None:
            return
        self._server.close()
        for line in list(self._lines):
            line.cancel()
        if self._asked:
            await asyncio.wait(list(self._asked), timeout=FAREWELL_S)
        self._path.unlink(missing_ok=True)
        if self._path.parent.name.startswith(SHORT):
            with contextlib.suppress(OSError):
                self._path.parent.rmdir()
        self._state.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line is not None
        self._lines.add(line)
        self._state.connections = len(self._lines)
        try:
            await self._listen(reader, writer)
        except (OSError, EOFError):
            pass  # the other side went
        except (Invalid, msgspec.DecodeError):
            log.warning("what came over the socket is no frame")
        except asyncio.CancelledError:
            pass  # the door closes; answers under way still go out
        finally:
            self._lines.discard(line)
            self._state.connections = len(self._lines)
            if self._asked:
                await asyncio.wait(list(self._asked), timeout=FAREWELL_S)
            with contextlib.suppress(OSError):
                writer.close()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = msgspec.msgpack.Decoder(Ask)
        free = asyncio.Semaphore(MOST_AT_ONCE)
        while True:
            head, size = sizes(await reader.readexactly(PREFIX))
            ask = decoder.decode(await reader.readexactly(head))
            body = await reader.readexactly(size)
            await free.acquire()
            await self._room()
            task = self._loop.create_task(self._reply(ask, body, writer))
            self._asked.add(task)
            task.add_done_callback(self._asked.discard)
            task.add_done_callback(lambda _: free.release())

    async def _room(self) -> None:
        room = self._entry.room
        while room.full:
            again = asyncio.Event()
            room.wait(again.set)
            await again.wait()

    async def _reply(self, ask: Ask, body: bytes, writer: asyncio.StreamWriter) -> None:
        try:
            answer, told = await self._answer(ask, body)
        except AnlanError as error:
            if error.status < 500:
                self._state.fault(error.detail)
            answer, told = Answer(ask.number, error.status, error.code, error.detail), b""
        except Exception:
            log.exception("a relayed body broke the door")
            answer, told = Answer(ask.number, 500, "error"), b""
        with contextlib.suppress(OSError, RuntimeError):
            writer.write(pack(answer, told))
            await writer.drain()

    async def _answer(self, ask: Ask, body: bytes) -> tuple[Answer, bytes]:
        if ask.verb in HURRIES:
            self._hurry(ask.verb)
        if ask.verb in HURRIES or ask.verb == "state":
            return Answer(ask.number, 200), msgspec.json.encode(self._told())
        owner = await self._owner(ask)
        receipt = await self._entry.take(body, ask.content_type, owner, backfill=ask.backfill)
        self._state.messages += 1
        self._state.observations += receipt.accepted + receipt.duplicates + len(receipt.rejected)
        self._state.count(receipt)
        return Answer(ask.number, 200), msgspec.json.encode(receipt)

    async def _owner(self, ask: Ask) -> Owner:
        if ask.verb == "vouched":
            return Owner(ask.ref, None if ask.numbers is None else frozenset(ask.numbers))
        credentials = Credentials.of_header(ask.authorization)
        known = self._admission.known(credentials)
        if known is not None:
            return known
        return await self._loop.run_in_executor(None, self._admission.look_up, credentials)


def _place(workspace: Path) -> Path:
    """Choose where the socket is: a short folder, written down, where the path is too long."""
    home = workspace.resolve()
    path = home / SOCKET
    address = home / "run" / "ingest.address"
    if len(str(path).encode()) <= LONGEST_PATH:
        address.unlink(missing_ok=True)
        return path
    address.parent.mkdir(exist_ok=True)
    short = Path(tempfile.mkdtemp(prefix=SHORT)) / SOCKET
    address.write_text(f"{short}\n", encoding="utf-8")
    return short
