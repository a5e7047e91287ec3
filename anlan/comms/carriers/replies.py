"""HTTP answers read out of bytes as they come; enough of HTTP/1.1 for what providers send."""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: The largest answer; a provider that says more is not answering a request to send.
LARGEST = 4 * 1024 * 1024
LARGEST_HEAD = 64 * 1024
BREAK, END = b"\r\n", b"\r\n\r\n"


class Malformed(Exception):
    """What came is no HTTP answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Reading:
    """An answer on its way in. `feed` returns it once it is whole."""

    #: Whether the answer to this request can have a body.
    bodiless: bool = False
    _raw: bytearray = field(default_factory=bytearray)
    _status: int = 0
    _headers: dict[str, str] = field(default_factory=dict)
    #: Bytes of the body still wanted; None: until the connection closes; -1: in chunks.
    _left: int | None = 0
    _body: bytearray = field(default_factory=bytearray)

    @property
    def begun(self) -> bool:
        """Whether anything has come at all."""
        return bool(self._raw) or bool(self._status)

    @property
    def keeps_open(self) -> bool:
        """Whether the other side leaves the connection open for another request."""
        return self._headers.get("connection", "").lower() != "close" and self._left is not None

    def feed(self, data: bytes) -> Reply | None:
        """Take what came; `Malformed` when it is no answer."""
        self._raw += data
        if len(self._raw) + len(self._body) > LARGEST:
            raise Malformed("回答太长")
        while not self._status:
            if not self._take_head():
                return None
        return self._take_body()

    def closed(self) -> Reply | None:
        """Tell what is there when the connection has closed; None when it is not whole."""
        if not self._status or self._left is not None:
            return None
        return Reply(self._status, self._headers, bytes(self._raw))

    def _take_head(self) -> bool:
        end = self._raw.find(END)
        if end < 0:
            if len(self._raw) > LARGEST_HEAD:
                raise Malformed("回答的头太长")
            return False
        first, *lines = bytes(self._raw[:end]).split(BREAK)
        del self._raw[: end + len(END)]
        parts = first.split(b" ", 2)
        if len(parts) < 2 or not parts[0].startswith(b"HTTP/1.") or not parts[1].isdigit():
            raise Malformed("对方说的不是 HTTP")
        status = int(parts[1])
        if 100 <= status < 200:  # go on; the answer itself comes after
            return True
        pairs = (line.decode("latin-1").partition(":") for line in lines)
        self._headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        if parts[0] == b"HTTP/1.0":
            self._headers.setdefault("connection", "close")
        self._left = self._length(status)
        self._status = status
        return True

    def _length(self, status: int) -> int | None:
        if self.bodiless or status in (204, 304):
            return 0
        if "chunked" in self._headers.get("transfer-encoding", "").lower():
            return -1
        told = self._headers.get("content-length")
        if told is None:
            return None
        if not told.isdigit():
            raise Malformed("回答的长度读不懂")
        return int(told)

    def _take_body(self) -> Reply | None:
        if self._left is None:
            return None
        if self._left < 0:
            return self._take_chunks()
        if len(self._raw) < self._left:
            return None
        return Reply(self._status, self._headers, bytes(self._raw[: self._left]))

    def _take_chunks(self) -> Reply | None:
        while (end := self._raw.find(BREAK)) >= 0:
            try:
                size = int(bytes(self._raw[:end]).partition(b";")[0].strip(), 16)
            except ValueError:
                raise Malformed("回答的分块读不懂") from None
            if size == 0:
                return Reply(self._status, self._headers, bytes(self._body))
            whole = end + len(BREAK) + size + len(BREAK)
            if len(self._raw) < whole:
                return None
            self._body += self._raw[end + len(BREAK) : whole - len(BREAK)]
            del self._raw[:whole]
        return None
