"""The MQTT door: devices' own connections. PUBACK goes out only after the commit."""

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from anlan.gateways.ingest.admission import Admission, Credentials
from anlan.gateways.ingest.entry import Entry
from anlan.gateways.ingest.payloads import Verdict, read, verdicts
from anlan.gateways.ingest.states import DoorState
from anlan.kernel.errors import AnlanError, Unavailable
from anlan.kernel.ids import new_id
from anlan.protocols.mqtt import Message, Reason, Session
from anlan.protocols.mqtt.packets import V5
from anlan.protocols.observations.json_bodies import Messages
from anlan.sense.intake import Owner
from anlan.sense.receipts import Receipt

log = structlog.get_logger("anlan.ingest")

#: The largest packet taken, in bytes.
MOST_BYTES: Final = 4 * 1024 * 1024
#: How long a stranger may take to say who it is.
CONNECT_S: Final = 10.0
SWEEP_S: Final = 1.0
#: How long acknowledgements may still come when the door closes.
FAREWELL_S: Final = 5.0
#: A reader that leaves so much unread is cut off.
MOST_UNREAD: Final = 1024 * 1024
#: Clients that may be connected.
MOST_CLIENTS: Final = 50_000


@dataclass(eq=False)
class _Group:
    """Messages handed on together; acknowledged together, after those before them."""

    messages: Sequence[Message]
    verdicts: Sequence[Verdict] | None = None
    failed: bool = False


class MqttDoor:
    """Listens for devices."""

    def __init__(self, entry: Entry, admission: Admission, state: DoorState) -> None:
        self.entry, self.admission, self.state = entry, admission, state
        self.loop = asyncio.get_running_loop()
        self.clients: set[Client] = set()
        #: By key and client id: a device cannot end the connection of another's.
        self.sessions: dict[tuple[str, str], Client] = {}
        self._server: asyncio.Server | None = None
        self._sweeping: asyncio.Task[None] | None = None

    async def open(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        """Begin to listen; `OSError` when the port is used."""
        self._server = await self.loop.create_server(
            lambda: Client(self), host, port, backlog=1024, ssl=tls
        )
        self._sweeping = self.loop.create_task(self._sweep())
        self.state.open(f"{host}:{port}")

    async def close(self) -> None:
        """Take no more; let what is under way be acknowledged, say good-bye."""
        if self._server is None:
            return
        self._server.close()
        if self._sweeping is not None:
            self._sweeping.cancel()
        for client in list(self.clients):
            client.stop_reading()
        until = self.loop.time() + FAREWELL_S
        while any(client.pending for client in self.clients) and self.loop.time() < until:
            await asyncio.sleep(0.02)
        for client in list(self.clients):
            client.end(Reason.SERVER_SHUTTING_DOWN)
        self.state.close()

    async def _sweep(self) -> None:
        """End connections that fell silent."""
        while True:
            await asyncio.sleep(SWEEP_S)
            now = self.loop.time()
            for client in list(self.clients):
                client.look(now)
            self.state.connections = len(self.clients)


class Client(asyncio.Protocol):
    """One device's connection."""

    def __init__(self, door: MqttDoor) -> None:
        self._door = door
        self._session = Session(MOST_BYTES)
        self._transport: asyncio.Transport | None = None
        self._credentials = Credentials("", "")
        self._owner: Owner | None = None
        self._name = ("", "")
        self._began = self._heard = door.loop.time()
        self._paused = self._asking = self._stopped = False
        self._held: list[Message] = []
        self.pending: deque[_Group] = deque()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet nobody: the client speaks first."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if len(self._door.clients) >= MOST_CLIENTS:
            transport.abort()
            return
        self._door.clients.add(self)

    def connection_lost(self, _error: Exception | None) -> None:
        """Forget the connection; what it sent is stored all the same."""
        self._door.clients.discard(self)
        if self._door.sessions.get(self._name) is self:
            del self._door.sessions[self._name]
        self._session.over = True
        self._transport = None
        if self._session.fault:
            self._door.state.fault(self._session.fault)

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        if self._stopped:
            return
        self._heard = self._door.loop.time()
        self._go_on(self._session.receive(data))

    def look(self, now: float) -> None:
        """End the connection when it has been silent for too long."""
        connect = self._session.connect
        if connect is None or not self._session.open:
            if now - self._began > CONNECT_S:
                self._abort()
        elif not self._paused and 0 < 1.5 * connect.keep_alive_s < now - self._heard:
            self.end(Reason.KEEP_ALIVE_TIMEOUT)

    def stop_reading(self) -> None:
        """Take nothing more in."""
        self._stopped = True
        self._pause()

    def end(self, reason: Reason, text: str = "") -> None:
        """End the connection from our side."""
        self._session.end(reason, text)
        self._flush()

    def _go_on(self, messages: list[Message]) -> None:
        session = self._session
        if messages:
            self._take(messages)
        met = session.connect is not None and not session.open and not session.over
        if met and not self._asking:
            self._introduce()
        self._flush()

    def _introduce(self) -> None:
        """Find out who it is; from memory, or in a thread while the connection waits."""
        connect = self._session.connect
        assert connect is not None
        password = (connect.password or b"").decode("utf-8", "replace")
        self._credentials = Credentials(connect.username or "", password)
        if not connect.username:
            self._session.refuse(Reason.BAD_USER_OR_PASSWORD)
            return
        self._ask(self._let_in)

    def _ask(self, go_on: Callable[[], None]) -> None:
        """Make sure that the device may, then go on; nothing more is read meanwhile."""
        self._owner = self._door.admission.known(self._credentials)
        if self._owner is not None:
            go_on()
            return
        self._asking = True
        self._pause()
        asked = self._door.loop.run_in_executor(
            None, self._door.admission.look_up, self._credentials
        )
        asked.add_done_callback(partial(self._answered, go_on))

    def _answered(self, go_on: Callable[[], None], asked: "asyncio.Future[Owner]") -> None:
        self._asking = False
        error = asked.exception()
        if self._transport is None:
            return
        self._resume()
        if error is None:
            self._owner = asked.result()
            go_on()
        else:
            self._turn_away(error)
        self._flush()

    def _turn_away(self, error: BaseException) -> None:
        busy = isinstance(error, Unavailable) or not isinstance(error, AnlanError)
        if busy:
            log.warning("nobody could say who a device is", error=str(error))
        reason = Reason.SERVER_UNAVAILABLE if busy else Reason.BAD_USER_OR_PASSWORD
        if isinstance(error, AnlanError) and error.code == "forbidden":
            reason = Reason.NOT_AUTHORIZED
        self._door.state.fault(str(error))
        if self._session.open:
            self._session.end(Reason.NOT_AUTHORIZED)
        else:
            self._session.refuse(reason)

    def _let_in(self) -> None:
        connect = self._session.connect
        assert connect is not None
        assert self._owner is not None
        given = "" if connect.client_id else new_id()
        self._name = (self._credentials.id, connect.client_id or given)
        before = self._door.sessions.get(self._name)
        self._door.sessions[self._name] = self
        if before is not None:
            before.end(Reason.SESSION_TAKEN_OVER)
        messages = self._session.accept(given)
        if messages:
            self._take(messages)

    def _take(self, messages: list[Message]) -> None:
        """Hand messages on, once it is sure that the device still may."""
        self._held += messages
        if not self._asking:
            self._ask(self._submit)

    def _submit(self) -> None:
        messages, self._held = self._held, []
        group = _Group(messages)
        self.pending.append(group)
        told = read(messages)
        entry, state = self._door.entry, self._door.state
        state.messages += len(messages)
        state.observations += told.decoded.sent
        entry.submit(told.decoded, self._owner, partial(self._settle, group, told))
        if entry.room.full and not self._paused:
            self._pause()
            entry.room.wait(self._resume)

    def _pause(self) -> None:
        if self._transport is not None and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def _resume(self) -> None:
        if self._transport is not None and self._paused and not self._stopped:
            self._paused = False
            self._heard = self._door.loop.time()
            self._transport.resume_reading()

    def _settle(self, group: _Group, told: Messages, receipt: Receipt | None) -> None:
        """Acknowledge what is durable, in the order it came."""
        if receipt is None:
            group.failed = True
        else:
            group.verdicts = verdicts(told, receipt)
            self._door.state.count(receipt)
        while self.pending and (self.pending[0].verdicts is not None or self.pending[0].failed):
            done = self.pending.popleft()
            if done.failed:
                # Nothing of it is acknowledged: the device connects again and sends it again.
                self.pending.clear()
                self.end(Reason.SERVER_BUSY)
                return
            self._acknowledge(done)
        self._flush()

    def _acknowledge(self, group: _Group) -> None:
        assert group.verdicts is not None
        for message, verdict in zip(group.messages, group.verdicts, strict=True):
            if verdict.reason >= Reason.UNSPECIFIED:
                self._door.state.fault(verdict.text)
            unsayable = verdict.reason == Reason.TOPIC_NAME_INVALID and self._session.version < V5
            if unsayable and message.packet_id:
                # 3.1.1 knows no "no": rather no acknowledgement than an untrue one.
                self.end(verdict.reason)
                return
            self._session.acknowledge(message.packet_id, verdict.reason, verdict.text)

    def _flush(self) -> None:
        transport = self._transport
        if transport is None:
            return
        out = self._session.output()
        if out:
            transport.write(out)
        if self._session.over:
            transport.close()
        elif transport.get_write_buffer_size() > MOST_UNREAD:
            self._abort()

    def _abort(self) -> None:
        if self._transport is not None:
            with contextlib.suppress(OSError):
                self._transport.abort()
