"""The packets a client sends, read; and those a server answers with, written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from anlan.protocols.mqtt import fields as f
from anlan.protocols.mqtt.fields import Fields, Properties, Value, write_properties, write_varint
from anlan.protocols.mqtt.reasons import RETURN_CODES, Broken, Reason, forbidden, malformed

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = range(1, 8)
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH = range(8, 16)

#: Protocol levels: MQTT 3.1.1 and MQTT 5.
V3, V5 = 4, 5


@dataclass(frozen=True, slots=True)
class Connect:
    """A client says who it is. `version` is V3 or V5."""

    version: int
    client_id: str
    clean: bool
    keep_alive_s: int
    username: str | None
    password: bytes | None
    will_qos: int = 0
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Publish:
    """A message. `topic` is empty where a topic alias stands for it; `packet_id` 0 at QoS 0."""

    topic: str
    payload: bytes
    qos: int
    packet_id: int
    duplicate: bool
    alias: int = 0


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """PUBACK, PUBREC, PUBREL or PUBCOMP."""

    kind: int
    packet_id: int


@dataclass(frozen=True, slots=True)
class Subscribe:
    """A wish for messages."""

    packet_id: int
    filters: Sequence[str]


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """A wish for no more of them."""

    packet_id: int
    filters: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ping:
    """A sign of life."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """A farewell; `reason` 0x04 asks for the will."""

    reason: int = 0


Packet = Connect | Publish | Acknowledgement | Subscribe | Unsubscribe | Ping | Disconnect


def read_packet(first: int, body: bytes, version: int) -> Packet:
    """Read one packet from its first byte and what follows its length; `Broken` when it is none.

    `version` is what CONNECT said; it is not looked at for CONNECT itself.
    """
    kind, flags = first >> 4, first & 0x0F
    if kind == PUBLISH:
        return _publish(flags, body, version)
    reader = _READERS.get(kind)
    if reader is None:
        raise forbidden(f"a client may not send packet type {kind}")
    if flags != (2 if kind in (PUBREL, SUBSCRIBE, UNSUBSCRIBE) else 0):
        raise malformed("reserved flags are set")
    return reader(Fields(body), version, kind)


def _connect(at: Fields, _version: int, _kind: int) -> Connect:
    name, level = at.binary(), at.byte()
    if (name, level) not in ((b"MQTT", V3), (b"MQTT", V5)):
        if name in (b"MQTT", b"MQIsdp"):
            raise Broken(Reason.UNSUPPORTED_VERSION, "only MQTT 3.1.1 and 5 are spoken here")
        raise malformed("no MQTT")
    flags = at.byte()
    _check_connect_flags(flags, level)
    keep_alive = at.two()
    properties = at.properties(f.IN_CONNECT) if level == V5 else {}
    client_id = at.text()
    if flags & 0x04:
        _pass_will(at, level)
    username = at.text() if flags & 0x80 else None
    password = at.binary() if flags & 0x40 else None
    at.end()
    clean = bool(flags & 0x02)
    if level == V3 and not client_id and not clean:
        raise Broken(Reason.CLIENT_ID_NOT_VALID, "an empty client id needs a clean session")
    return Connect(
        level, client_id, clean, keep_alive, username, password, flags >> 3 & 3, properties
    )


def _check_connect_flags(flags: int, level: int) -> None:
    has_will = flags & 0x04
    if flags & 0x01 or flags >> 3 & 3 == 3 or (not has_will and flags & 0x38):
        raise malformed("the flags of CONNECT contradict each other")
    if level == V3 and flags & 0x40 and not flags & 0x80:
        raise malformed("a password without a user name")


def _pass_will(at: Fields, level: int) -> None:
    """Pass a will: nobody can subscribe here, so there is nobody to tell it to."""
    if level == V5:
        at.properties(f.IN_WILL)
    _topic(at)
    at.binary()


def _publish(flags: int, body: bytes, version: int) -> Publish:
    at = Fields(body)
    qos = flags >> 1 & 3
    if qos == 3 or (qos == 0 and flags & 0x08):
        raise malformed("no such quality of service")
    topic = _topic(at)
    packet_id = _packet_id(at) if qos else 0
    alias = 0
    if version == V5:
        told = at.properties(f.IN_PUBLISH).get(f.TOPIC_ALIAS, 0)
        alias = told if isinstance(told, int) else 0
    if not topic and not alias:
        raise forbidden("a message without a topic")
    return Publish(topic, at.rest(), qos, packet_id, bool(flags & 0x08), alias)


def _topic(at: Fields) -> str:
    topic = at.text()
    if "+" in topic or "#" in topic:
        raise Broken(Reason.TOPIC_NAME_INVALID, "a topic with wildcards")
    return topic


def _packet_id(at: Fields) -> int:
    found = at.two()
    if not found:
        raise malformed("packet id 0")
    return found


def _acknowledgement(at: Fields, version: int, kind: int) -> Acknowledgement:
    packet_id = _packet_id(at)
    if version == V5 and at.left:
        at.byte()
        if at.left:
            at.properties(f.IN_ACK)
    at.end()
    return Acknowledgement(kind, packet_id)


def _subscribe(at: Fields, version: int, _kind: int) -> Subscribe:
    packet_id = _packet_id(at)
    if version == V5:
        at.properties(f.IN_SUBSCRIBE)
    filters = []
    while at.left:
        filters.append(_filter(at))
        options = at.byte()
        if options & 3 == 3 or options & (0xC0 if version == V5 else 0xFC):
            raise malformed("reserved subscription options are set")
    return Subscribe(packet_id, _some(filters))


def _unsubscribe(at: Fields, version: int, _kind: int) -> Unsubscribe:
    packet_id = _packet_id(at)
    if version == V5:
        at.properties(f.IN_UNSUBSCRIBE)
    filters = []
    while at.left:
        filters.append(_filter(at))
    return Unsubscribe(packet_id, _some(filters))


def _filter(at: Fields) -> str:
    found = at.text()
    if not found:
        raise malformed("an empty topic filter")
    return found


def _some(filters: list[str]) -> list[str]:
    if not filters:
        raise forbidden("no topic filter")
    return filters


def _ping(at: Fields, _version: int, _kind: int) -> Ping:
    at.end()
    return Ping()


def _disconnect(at: Fields, version: int, _kind: int) -> Disconnect:
    reason = 0
    if version == V5 and at.left:
        reason = at.byte()
        if at.left:
            at.properties(f.IN_DISCONNECT)
    at.end()
    return Disconnect(reason)


def _auth(_at: Fields, _version: int, _kind: int) -> Packet:
    raise Broken(Reason.BAD_AUTHENTICATION_METHOD, "no extended authentication here")


_READERS: Final[Mapping[int, Callable[[Fields, int, int], Packet]]] = {
    CONNECT: _connect,
    PUBACK: _acknowledgement,
    PUBREC: _acknowledgement,
    PUBREL: _acknowledgement,
    PUBCOMP: _acknowledgement,
    SUBSCRIBE: _subscribe,
    UNSUBSCRIBE: _unsubscribe,
    PINGREQ: _ping,
    DISCONNECT: _disconnect,
    AUTH: _auth,
}


def write_connack(version: int, reason: Reason, properties: Mapping[int, Value]) -> bytes:
    """Answer CONNECT; no session is ever present. b"" where 3.1.1 has no word for the reason."""
    if version == V5:
        return _packet(CONNACK, bytes((0, reason)) + write_properties(properties))
    code = RETURN_CODES.get(reason)
    return b"" if code is None else _packet(CONNACK, bytes((0, code)))


def write_puback(version: int, packet_id: int, reason: Reason, text: str) -> bytes:
    """Acknowledge a message; only MQTT 5 can say that it failed, and why."""
    told = packet_id.to_bytes(2, "big")
    if version == V5 and (reason or text):
        told += bytes((reason,))
        told += write_properties({f.REASON_STRING: text} if text else {})
    return _packet(PUBACK, told)


def write_suback(version: int, packet_id: int, count: int) -> bytes:
    """Refuse subscriptions, each of them."""
    code = Reason.NOT_AUTHORIZED if version == V5 else Reason.UNSPECIFIED
    middle = b"\0" if version == V5 else b""
    return _packet(SUBACK, packet_id.to_bytes(2, "big") + middle + bytes((code,)) * count)


def write_unsuback(version: int, packet_id: int, count: int) -> bytes:
    """Say that nothing was subscribed."""
    told = packet_id.to_bytes(2, "big")
    if version == V5:
        told += b"\0" + bytes((Reason.NO_SUBSCRIPTION_EXISTED,)) * count
    return _packet(UNSUBACK, told)


def write_disconnect(version: int, reason: Reason, text: str) -> bytes:
    """Say why the connection ends; b"" in 3.1.1, where a server just closes it."""
    if version != V5:
        return b""
    told = write_properties({f.REASON_STRING: text} if text else {})
    return _packet(DISCONNECT, bytes((reason,)) + told)


PONG: Final = bytes((PINGRESP << 4, 0))


def _packet(kind: int, body: bytes) -> bytes:
    return bytes((kind << 4,)) + write_varint(len(body)) + body
