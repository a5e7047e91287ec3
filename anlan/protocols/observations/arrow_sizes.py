"""How large the compressed buffers of an Arrow stream claim to become, without unpacking them.

A few kilobytes can claim gigabytes. The claim stands before each buffer (Arrow columnar format,
"Serialization and Interprocess Communication", Compression); where the buffers are, the message's
flatbuffer tells. An untrue claim makes Arrow itself refuse the buffer.
"""

import struct

import pyarrow as pa

#: Message.header_type (format/Message.fbs).
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3
#: Places of fields in their tables.
_HEADER_TYPE, _HEADER = 1, 2
_DATA = 1
_BUFFERS, _COMPRESSION = 2, 3

#: More messages than this are no body of ours.
MOST_MESSAGES = 10_000


def unpacked_bytes(body: bytes) -> int:
    """Add up the claims; raises what pyarrow or `struct` raise at bytes that are no stream."""
    total = 0
    reader = pa.ipc.MessageReader.open_stream(body)
    for _ in range(MOST_MESSAGES):
        try:
            message = reader.read_next_message()
        except StopIteration:
            return total
        total += _claimed(message)
    raise ValueError("too many messages")


def _claimed(message: pa.Message) -> int:
    try:
        table = _Table.root(message.metadata.to_pybytes())
        kind = table.byte(_HEADER_TYPE)
        header = table.table(_HEADER)
        if header is not None and kind == _DICTIONARY_BATCH:
            header = header.table(_DATA)
        if kind not in (_DICTIONARY_BATCH, _RECORD_BATCH) or header is None:
            return 0
        if not header.there(_COMPRESSION) or message.body is None:
            return 0
        packed = memoryview(message.body)
        return sum(_claim(packed, start, size) for start, size in header.buffers(_BUFFERS))
    except struct.error:
        raise ValueError("no flatbuffer") from None


def _claim(packed: memoryview, start: int, size: int) -> int:
    """Read one buffer's claim; -1 there says that it is not compressed."""
    claimed = int.from_bytes(packed[start : start + 8], "little", signed=True) if size else 0
    return max(claimed, 0)


class _Table:
    """One flatbuffer table; `struct.error` at places outside."""

    def __init__(self, buf: bytes, at: int) -> None:
        self._buf, self._at = buf, at
        self._fields = at - struct.unpack_from("<i", buf, at)[0]
        if at < 0 or self._fields < 0:
            raise struct.error

    @classmethod
    def root(cls, buf: bytes) -> "_Table":
        return cls(buf, struct.unpack_from("<I", buf, 0)[0])

    def there(self, field: int) -> bool:
        return self._place(field) > 0

    def byte(self, field: int) -> int:
        place = self._place(field)
        return int(struct.unpack_from("<B", self._buf, place)[0]) if place else 0

    def table(self, field: int) -> "_Table | None":
        place = self._place(field)
        return _Table(self._buf, self._follow(place)) if place else None

    def buffers(self, field: int) -> list[tuple[int, int]]:
        """List the (offset, length) pairs of a vector of Buffer structs."""
        place = self._place(field)
        if not place:
            return []
        at = self._follow(place)
        count = struct.unpack_from("<I", self._buf, at)[0]
        size = 16 * count
        if size > len(self._buf) - at - 4:
            raise struct.error
        pairs = struct.iter_unpack("<qq", self._buf[at + 4 : at + 4 + size])
        return [(max(start, 0), size) for start, size in pairs]

    def _follow(self, place: int) -> int:
        return place + int(struct.unpack_from("<I", self._buf, place)[0])

    def _place(self, field: int) -> int:
        """Tell where a field stands; 0 when the table has it not."""
        size = struct.unpack_from("<H", self._buf, self._fields)[0]
        slot = 4 + 2 * field
        if slot + 2 > size:
            return 0
        offset = struct.unpack_from("<H", self._buf, self._fields + slot)[0]
        return self._at + offset if offset else 0
