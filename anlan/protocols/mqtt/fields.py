"""The field types of MQTT: integers, strings, binary, variable byte integers, properties."""

from collections.abc import Mapping
from typing import Final

from anlan.protocols.mqtt.reasons import Broken, Reason, forbidden, malformed

#: Four bytes of seven bits each.
LARGEST_VARINT: Final = 268_435_455

Value = int | str | bytes
Properties = Mapping[int, Value]

BYTE, TWO, FOUR, VARINT, TEXT, BINARY, PAIR = range(7)

SESSION_EXPIRY: Final = 0x11
ASSIGNED_CLIENT_ID: Final = 0x12
SERVER_KEEP_ALIVE: Final = 0x13
AUTHENTICATION_METHOD: Final = 0x15
REQUEST_PROBLEMS: Final = 0x17
REASON_STRING: Final = 0x1F
RECEIVE_MAXIMUM: Final = 0x21
TOPIC_ALIAS_MAXIMUM: Final = 0x22
TOPIC_ALIAS: Final = 0x23
MAXIMUM_QOS: Final = 0x24
USER_PROPERTY: Final = 0x26
MAXIMUM_PACKET_SIZE: Final = 0x27

#: Every property there is, and its type (MQTT 5, table 2-4).
TYPES: Final = {
    0x01: BYTE, 0x02: FOUR, 0x03: TEXT, 0x08: TEXT, 0x09: BINARY, 0x0B: VARINT, 0x11: FOUR,
    0x12: TEXT, 0x13: TWO, 0x15: TEXT, 0x16: BINARY, 0x17: BYTE, 0x18: FOUR, 0x19: BYTE,
    0x1A: TEXT, 0x1C: TEXT, 0x1F: TEXT, 0x21: TWO, 0x22: TWO, 0x23: TWO, 0x24: BYTE, 0x25: BYTE,
    0x26: PAIR, 0x27: FOUR, 0x28: BYTE, 0x29: BYTE, 0x2A: BYTE,
}  # fmt: skip

#: Which of them a client may put into which packet.
IN_CONNECT: Final = frozenset((0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27))
IN_WILL: Final = frozenset((0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26))
IN_PUBLISH: Final = frozenset((0x01, 0x02, 0x03, 0x08, 0x09, 0x23, 0x26))
IN_ACK: Final = frozenset((0x1F, 0x26))
IN_SUBSCRIBE: Final = frozenset((0x0B, 0x26))
IN_UNSUBSCRIBE: Final = frozenset((0x26,))
IN_DISCONNECT: Final = frozenset((0x11, 0x1C, 0x1F, 0x26))
IN_AUTH: Final = frozenset((0x15, 0x16, 0x1F, 0x26))

#: Properties whose value 0 is a protocol error.
_NEVER_ZERO: Final = frozenset((RECEIVE_MAXIMUM, MAXIMUM_PACKET_SIZE, TOPIC_ALIAS, 0x0B))
_FLAGS: Final = frozenset((0x01, 0x17, 0x19))


class Fields:
    """Reads the fields of one packet in turn; `Broken` where they end too soon."""

    __slots__ = ("_at", "_buf", "_end")

    def __init__(self, buf: bytes) -> None:
        self._buf, self._at, self._end = buf, 0, len(buf)

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return self._end - self._at

    def take(self, size: int) -> bytes:
        """Take so many bytes."""
        at = self._at
        if size > self._end - at:
            raise malformed("the packet ends too soon")
        self._at = at + size
        return self._buf[at : at + size]

    def rest(self) -> bytes:
        """Take what is left."""
        return self.take(self.left)

    def byte(self) -> int:
        """Take one byte."""
        return self.take(1)[0]

    def two(self) -> int:
        """Take two bytes."""
        return int.from_bytes(self.take(2), "big")

    def four(self) -> int:
        """Take four bytes."""
        return int.from_bytes(self.take(4), "big")

    def varint(self) -> int:
        """Take a variable byte integer, written as short as can be."""
        total = 0
        for place in range(4):
            byte = self.byte()
            total |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                if byte == 0 and place:
                    raise malformed("a number is written longer than it needs")
                return total
        raise malformed("a number has more than four bytes")

    def binary(self) -> bytes:
        """Take binary: its length in two bytes, then it."""
        return self.take(self.two())

    def text(self) -> str:
        """Take a UTF-8 string."""
        try:
            found = self.binary().decode("utf-8")
        except UnicodeDecodeError:
            raise malformed("a string is no UTF-8") from None
        if "\0" in found:
            raise malformed("a string holds U+0000")
        return found

    def end(self) -> None:
        """Say that nothing may be left."""
        if self.left:
            raise malformed("the packet is longer than its fields")

    def properties(self, allowed: frozenset[int]) -> dict[int, Value]:
        """Take properties; user properties and subscription ids are looked at and dropped."""
        inner = Fields(self.take(self.varint()))
        found: dict[int, Value] = {}
        while inner.left:
            key = inner.varint()
            if key not in TYPES:
                raise malformed("an unknown property")
            if key not in allowed or (key in found and key != USER_PROPERTY):
                raise forbidden(f"property {key:#x} may not be here, or not twice")
            found[key] = _checked(key, inner.of(TYPES[key]))
        found.pop(USER_PROPERTY, None)
        return found

    def of(self, kind: int) -> Value:
        """Take a value of one of the property types."""
        if kind == PAIR:
            self.text()
            return self.text()
        takes = (self.byte, self.two, self.four, self.varint, self.text, self.binary)
        return takes[kind]()


def _checked(key: int, value: Value) -> Value:
    if (key in _NEVER_ZERO and value == 0) or (key in _FLAGS and value not in (0, 1)):
        reason = Reason.TOPIC_ALIAS_INVALID if key == TOPIC_ALIAS else Reason.PROTOCOL_ERROR
        raise Broken(reason, f"property {key:#x} may not be {value!r}")
    return value


def write_varint(value: int) -> bytes:
    """Write a variable byte integer."""
    out = bytearray()
    while True:
        value, low = divmod(value, 128)
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def write_text(value: str) -> bytes:
    """Write a string; it has at most 65,535 bytes."""
    raw = value.encode("utf-8")
    return len(raw).to_bytes(2, "big") + raw


def write_properties(properties: Properties) -> bytes:
    """Write properties behind their length."""
    body = b"".join(
        write_varint(key) + _written(TYPES[key], value) for key, value in properties.items()
    )
    return write_varint(len(body)) + body


def _written(kind: int, value: Value) -> bytes:
    if isinstance(value, str):
        return write_text(value)
    if isinstance(value, bytes):
        return len(value).to_bytes(2, "big") + value
    if kind == VARINT:
        return write_varint(value)
    return value.to_bytes({BYTE: 1, TWO: 2, FOUR: 4}[kind], "big")
