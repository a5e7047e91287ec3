"""One external broker: its messages are acknowledged to it only once they are durable."""

import ssl
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final

import structlog
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from anlan.gateways.ingest.brokers.declaration import Broker
from anlan.gateways.ingest.states import DoorState
from anlan.kernel.errors import AnlanError
from anlan.protocols.observations import Decoded
from anlan.protocols.observations.json_bodies import Message, decode_messages
from anlan.sense.receipts import Receipt

log = structlog.get_logger("anlan.ingest")

#: Messages handed on together, and their bytes.
MOST_TOGETHER: Final = 1_000
MOST_BYTES: Final = 8 * 1024 * 1024
#: Messages read and not yet handed on; then we stop reading, and the broker sending.
MOST_WAITING: Final = 5_000
#: Observations handed on and not yet durable.
MOST_UNDER_WAY: Final = 200_000
#: How long a broker keeps what we have not acknowledged while we are away (MQTT 5).
SESSION_S: Final = 7 * 86_400
RECEIVE_MAXIMUM: Final = 1_000

Submit = Callable[[Decoded], "Future[Receipt]"]
#: A message, and the connection it came over: its id means something on that one only.
Arrival = tuple[int, MQTTMessage]


class Subscription:
    """Connected while it lives: paho's thread reads, one of ours decodes and hands on.

    `broken` is set when something could not be stored: to be stopped and made anew, so that the
    broker sends again what was not acknowledged.
    """

    def __init__(self, broker: Broker, state: DoorState, submit: Submit, password: str) -> None:
        """Prepare; `OSError` when the file of authorities cannot be read."""
        self.broker, self.state = broker, state
        self.broken = False
        self._submit = submit
        self._came = threading.Condition()
        self._waiting: deque[Arrival] = deque()
        self._under_way = 0
        self._connection = 0
        self._ends = False
        self._client = self._made(password)
        self._worker = threading.Thread(target=self._work, name=f"broker-{broker.key}", daemon=True)

    def start(self) -> None:
        """Connect, and again whenever the connection is lost."""
        broker = self.broker
        self.state.fail(f"正在连接 {self._where}")
        if broker.version == 5:
            told: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho's
            told.SessionExpiryInterval = SESSION_S
            told.ReceiveMaximum = RECEIVE_MAXIMUM
            self._client.connect_async(
                broker.host, broker.port, broker.keep_alive_s, clean_start=False, properties=told
            )
        else:
            self._client.connect_async(broker.host, broker.port, broker.keep_alive_s)
        self._client.loop_start()
        self._worker.start()

    def stop(self) -> None:
        """Disconnect; what is not acknowledged stays with the broker."""
        with self._came:
            self._ends = True
            self._came.notify_all()
        self._client.disconnect()
        self._client.loop_stop()
        self._worker.join(5.0)
        self.state.close()

    def _made(self, password: str) -> Client:
        broker = self.broker
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=broker.client_id,
            clean_session=None if broker.version == 5 else False,
            protocol=MQTTProtocolVersion(broker.version),
            manual_ack=True,
        )
        client.reconnect_delay_set(1, 30)
        if broker.username:
            client.username_pw_set(broker.username, password or None)
        if broker.tls:
            client.tls_set_context(ssl.create_default_context(cafile=broker.authority or None))
        client.on_connect = self._connected
        client.on_connect_fail = self._unreachable
        client.on_subscribe = self._subscribed
        client.on_disconnect = self._lost
        client.on_message = self._arrived
        return client

    @property
    def _where(self) -> str:
        return f"{self.broker.host}:{self.broker.port}"

    def _connected(
        self, client: Client, _data: Any, _flags: Any, reason: ReasonCode, _told: Any
    ) -> None:
        if reason.is_failure:
            self.state.fail(f"{self._where} 拒绝连接：{reason}")
            return
        self.state.open(self._where)
        self.state.connections = 1
        client.subscribe([(topic, 1) for topic in self.broker.filters])

    def _subscribed(
        self, _client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], _told: Any
    ) -> None:
        pairs = zip(self.broker.filters, reasons, strict=False)
        if refused := [topic for topic, reason in pairs if reason.is_failure]:
            self.state.fail(f"{self._where} 不让订阅 {'、'.join(refused)}")

    def _unreachable(self, _client: Client, _data: Any) -> None:
        self.state.fail(f"连不上 {self._where}；会继续尝试")

    def _lost(
        self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _told: Any
    ) -> None:
        with self._came:
            self._connection += 1
            self._waiting.clear()  # the broker sends them again
            self._came.notify_all()
        self.state.connections = 0
        if not self._ends:
            self.state.fail(f"与 {self._where} 的连接断开（{reason}）；会继续尝试")

    def _arrived(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        """Queue a message; paho's thread waits, and so the broker, when too many are queued."""
        with self._came:
            self._came.wait_for(lambda: self._ends or len(self._waiting) < MOST_WAITING)
            self._waiting.append((self._connection, message))
            self._came.notify_all()

    def _work(self) -> None:
        while True:
            with self._came:
                self._came.wait_for(self._may_go_on)
                if self._ends:
                    return
                group = self._take()
                self._came.notify_all()
            try:
                self._hand_on(group)
            except Exception:
                log.exception("messages of a broker could not be handed on", broker=self.broker.key)
                self.broken = True
                return

    def _may_go_on(self) -> bool:
        return self._ends or bool(self._waiting and self._under_way < MOST_UNDER_WAY)

    def _take(self) -> list[Arrival]:
        group: list[Arrival] = []
        size = 0
        while self._waiting and len(group) < MOST_TOGETHER:
            size += len(self._waiting[0][1].payload)
            if group and size > MOST_BYTES:
                break
            group.append(self._waiting.popleft())
        return group

    def _hand_on(self, group: Sequence[Arrival]) -> None:
        read = decode_messages([self._payload(message) for _, message in group])
        self.state.messages += len(group)
        self.state.observations += read.decoded.sent
        for fault in filter(None, read.faults):
            self.state.fault(fault)
        count = len(read.decoded)
        try:
            future = self._submit(read.decoded)
        except AnlanError as error:
            self._failed(error)
            return
        with self._came:
            self._under_way += count
        future.add_done_callback(lambda done: self._ended(group, count, done))

    def _payload(self, message: MQTTMessage) -> Message:
        if len(message.payload) > MOST_BYTES:
            return Message(b"", fault="一条消息太大")
        try:
            return Message(bytes(message.payload), self.broker.stream_of(message.topic))
        except UnicodeDecodeError:
            return Message(b"", fault="主题不是 UTF-8")

    def _ended(self, group: Sequence[Arrival], count: int, done: "Future[Receipt]") -> None:
        """Acknowledge what is durable now; called in the intake's thread."""
        with self._came:
            self._under_way -= count
            self._came.notify_all()
            connection = self._connection
        if done.cancelled() or done.exception() is not None:
            self._failed(None if done.cancelled() else done.exception())
            return
        self.state.count(done.result())
        for over, message in group:
            if message.qos and over == connection:
                self._client.ack(message.mid, message.qos)

    def _failed(self, error: BaseException | None) -> None:
        self.state.fault(f"数据暂时不能落盘，稍后重取：{error}")
        self.broken = True
