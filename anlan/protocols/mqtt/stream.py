"""Bytes as they come -> whole packets: incremental, bounded."""

from collections.abc import Iterator

from anlan.protocols.mqtt.reasons import Broken, Reason, malformed


class PacketStream:
    """Cuts a byte stream into packets. No more is kept than one packet and what follows it."""

    def __init__(self, limit: int) -> None:
        #: The largest packet taken, in bytes after its length.
        self.limit = limit
        self._buf = bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes."""
        self._buf += data

    @property
    def first(self) -> int:
        """The first byte of the packet that comes next; -1 before it came."""
        return self._buf[0] if self._buf else -1

    def packets(self) -> Iterator[tuple[int, bytes]]:
        """Give the first byte and the body of each whole packet; `Broken` at one that is none.

        May be left and begun again between two packets.
        """
        at = 0
        try:
            while (found := self._next(at)) is not None:
                first, start, end = found
                at = end
                with memoryview(self._buf) as view:
                    body = bytes(view[start:end])
                yield first, body
        finally:
            del self._buf[:at]

    def _next(self, at: int) -> tuple[int, int, int] | None:
        buf = self._buf
        size = 0
        for place in range(4):
            i = at + 1 + place
            if i >= len(buf):
                return None
            byte = buf[i]
            size |= (byte & 0x7F) << (7 * place)
            if size > self.limit:
                raise Broken(Reason.PACKET_TOO_LARGE, f"a packet of more than {self.limit} bytes")
            if byte < 0x80:
                if byte == 0 and place:
                    raise malformed("a length is written longer than it needs")
                end = i + 1 + size
                return (buf[at], i + 1, end) if end <= len(buf) else None
        raise malformed("a length has more than four bytes")
