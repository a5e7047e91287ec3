"""The server's side of one connection, without sockets: bytes in, what was meant, bytes out.

The server only takes messages in. It keeps no session: nobody can subscribe, and a message that was
not acknowledged is the client's to send again (``Session Present`` is always 0).
"""

from dataclasses import dataclass
from typing import Final

from anlan.protocols.mqtt import fields as f
from anlan.protocols.mqtt.packets import (
    CONNECT,
    PONG,
    V3,
    V5,
    Connect,
    Disconnect,
    Packet,
    Ping,
    Publish,
    Subscribe,
    Unsubscribe,
    read_packet,
    write_connack,
    write_disconnect,
    write_puback,
    write_suback,
    write_unsuback,
)
from anlan.protocols.mqtt.reasons import Broken, Reason, forbidden
from anlan.protocols.mqtt.stream import PacketStream

#: CONNECT comes from strangers.
CONNECT_LIMIT: Final = 4_096
#: Messages a client may have unacknowledged, and topics it may give a number.
RECEIVE_MAXIMUM: Final = 1_000
ALIAS_MAXIMUM: Final = 64


#: What CONNACK tells who has not sent a whole CONNECT.
_SAID_TO_STRANGERS: Final = frozenset((Reason.UNSUPPORTED_VERSION, Reason.CLIENT_ID_NOT_VALID))


@dataclass(frozen=True, slots=True)
class Message:
    """One message to take in; `packet_id` 0 at QoS 0, which nobody waits for."""

    topic: str
    payload: bytes
    packet_id: int


class Session:
    """One connection. After `receive` send what `output` gives, and close when `over`."""

    def __init__(self, limit: int) -> None:
        """Take messages of up to `limit` bytes."""
        self._limit = limit
        self._stream = PacketStream(min(limit, CONNECT_LIMIT))
        self._out = bytearray()
        self._aliases: dict[int, str] = {}
        #: Messages by packet id; a client may send one again before it was acknowledged.
        self._waiting: dict[int, int] = {}
        self.connect: Connect | None = None
        #: Whether CONNECT was accepted.
        self.open = False
        #: Whether nothing more is to be read; `fault` says why when it was the peer's.
        self.over = False
        self.fault = ""

    @property
    def version(self) -> int:
        """The protocol level spoken; 3.1.1 until we know."""
        return self.connect.version if self.connect else V3

    def output(self) -> bytes:
        """Take what is to be sent."""
        out, self._out = bytes(self._out), bytearray()
        return out

    def receive(self, data: bytes) -> list[Message]:
        """Take bytes in; returns messages in order. Ends the session at a fault."""
        self._stream.feed(data)
        return self._read()

    def accept(self, client_id: str = "") -> list[Message]:
        """Let the client in, `client_id` being one we chose for it; what came behind is read."""
        self.open = True
        self._stream.limit = self._limit
        properties: dict[int, f.Value] = {
            f.SESSION_EXPIRY: 0,
            f.RECEIVE_MAXIMUM: RECEIVE_MAXIMUM,
            f.MAXIMUM_QOS: 1,
            f.TOPIC_ALIAS_MAXIMUM: ALIAS_MAXIMUM,
            f.MAXIMUM_PACKET_SIZE: self._limit,
        }
        if client_id:
            properties[f.ASSIGNED_CLIENT_ID] = client_id
        self._out += write_connack(self.version, Reason.SUCCESS, properties)
        return self._read()

    def refuse(self, reason: Reason, text: str = "") -> None:
        """Do not let the client in."""
        told = {f.REASON_STRING: text} if text else {}
        self._out += write_connack(self.version, reason, told)
        self.over = True

    def acknowledge(self, packet_id: int, reason: Reason = Reason.SUCCESS, text: str = "") -> None:
        """Acknowledge a message of QoS 1, in the order they came; others need none."""
        if not packet_id or self.over:
            return
        left = self._waiting.get(packet_id, 0) - 1
        if left > 0:
            self._waiting[packet_id] = left
        else:
            self._waiting.pop(packet_id, None)
        wanted = self.connect is None or self.connect.properties.get(f.REQUEST_PROBLEMS, 1)
        self._out += write_puback(self.version, packet_id, reason, text if wanted else "")

    def end(self, reason: Reason, text: str = "") -> None:
        """End it from our side."""
        if not self.over and self.open:
            self._out += write_disconnect(self.version, reason, text)
        self.over = True

    def _read(self) -> list[Message]:
        """Read whole packets; after CONNECT only once it has been decided upon."""
        messages: list[Message] = []
        if self.over or (self.connect is not None and not self.open):
            return messages
        try:
            if self.connect is None and self._stream.first not in (-1, CONNECT << 4):
                raise forbidden("the first packet is no CONNECT")  # no waiting for its length
            for first, body in self._stream.packets():
                message = self._take(read_packet(first, body, self.version))
                if message is not None:
                    messages.append(message)
                if self.over or not self.open:
                    break
        except Broken as broken:
            self._break(broken)
        return messages

    def _take(self, packet: Packet) -> Message | None:
        if self.connect is None:
            self._take_connect(packet)
            return None
        if isinstance(packet, Publish):
            return self._message(packet)
        self._answer(packet)
        return None

    def _answer(self, packet: Packet) -> None:
        match packet:
            case Ping():
                self._out += PONG
            case Subscribe(packet_id, filters):
                self._out += write_suback(self.version, packet_id, len(filters))
            case Unsubscribe(packet_id, filters):
                self._out += write_unsuback(self.version, packet_id, len(filters))
            case Disconnect():
                self.over = True
            case _:  # a second CONNECT, or an acknowledgement of what was never sent
                raise forbidden(f"{type(packet).__name__} may not come here")

    def _take_connect(self, packet: Packet) -> None:
        if not isinstance(packet, Connect):
            raise forbidden("the first packet is no CONNECT")
        self.connect = packet
        if packet.version == V5 and f.AUTHENTICATION_METHOD in packet.properties:
            raise Broken(Reason.BAD_AUTHENTICATION_METHOD, "no extended authentication here")
        if packet.version == V5 and packet.will_qos == 2:
            raise Broken(Reason.QOS_NOT_SUPPORTED, "a will of QoS 2")

    def _message(self, packet: Publish) -> Message:
        if packet.qos == 2:
            raise Broken(Reason.QOS_NOT_SUPPORTED, "QoS 2 is not taken here; use QoS 1")
        topic = packet.topic
        if packet.alias:
            topic = self._resolved(packet.alias, topic)
        if packet.packet_id:
            if len(self._waiting) >= RECEIVE_MAXIMUM and self.version == V5:
                raise Broken(Reason.RECEIVE_MAXIMUM_EXCEEDED, "too many messages at once")
            self._waiting[packet.packet_id] = self._waiting.get(packet.packet_id, 0) + 1
        return Message(topic, packet.payload, packet.packet_id)

    def _resolved(self, alias: int, topic: str) -> str:
        if alias > ALIAS_MAXIMUM:
            raise Broken(Reason.TOPIC_ALIAS_INVALID, "a topic alias beyond the maximum")
        if topic:
            self._aliases[alias] = topic
            return topic
        if alias not in self._aliases:
            raise forbidden("a topic alias that stands for nothing")
        return self._aliases[alias]

    def _break(self, broken: Broken) -> None:
        self.fault = broken.text
        if self.open:
            self.end(broken.reason, broken.text)
        elif self.connect is not None or broken.reason in _SAID_TO_STRANGERS:
            self.refuse(broken.reason)
        self.over = True
