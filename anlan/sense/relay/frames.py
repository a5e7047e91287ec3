"""What goes over the socket: a length, a small head in MessagePack, the body as it is."""

from pathlib import Path
from typing import Final, Literal

import msgspec

from anlan.kernel.errors import Invalid

#: ``observations`` are checked against `Ask.authorization`; for ``vouched`` ones whoever may open
#: the socket (this machine's own user) vouches; ``state`` tells how the doors are. Both others tell
#: it, too: ``look`` lets streams and rules be looked at as of now, ``judge`` lets the passing of
#: time be judged, also while the clock is held.
Verb = Literal["observations", "vouched", "state", "look", "judge"]

SOCKET: Final = "ingest.sock"
#: The longest path a unix socket may have (sun_path, with its closing zero).
LONGEST_PATH: Final = 107
#: Head and body together; a body may have 32 MiB.
MOST_BYTES: Final = 33 * 1024 * 1024
#: Length of everything behind it, then length of the head.
PREFIX: Final = 6


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """A question. `number` is given by who sends it, and comes back with the answer."""

    verb: Verb
    number: int = 0
    authorization: str = ""
    content_type: str = ""
    #: Old values filled in: no alarm is raised of what they say.
    backfill: bool = False
    #: Vouched for: who sends, and the numbers of the streams they may write; None is all.
    ref: str = ""
    numbers: list[int] | None = None


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """An answer: an HTTP status; where it refuses, the code and the sentence of the refusal."""

    number: int
    status: int
    code: str = ""
    detail: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What an HTTP answer says besides."""
        if self.status == 503:
            return {"Retry-After": "2"}
        return {"WWW-Authenticate": "Device, Bearer"} if self.status == 401 else {}


def socket_of(workspace: Path) -> Path:
    """Tell where a workspace's socket is; in a short folder of its own when the path is long."""
    path = workspace.resolve() / SOCKET
    if len(str(path).encode()) <= LONGEST_PATH:
        return path
    link = workspace.resolve() / "run" / "ingest.address"
    try:
        return Path(link.read_text(encoding="utf-8").strip())
    except OSError:
        return path


def numbered(ask: Ask, number: int) -> Ask:
    """Give a question its number."""
    return msgspec.structs.replace(ask, number=number)


def pack(head: Ask | Answer, body: bytes = b"") -> bytes:
    """Write a frame."""
    told = msgspec.msgpack.encode(head)
    size = len(told) + len(body) + 2
    return size.to_bytes(4, "big") + len(told).to_bytes(2, "big") + told + body


def sizes(prefix: bytes) -> tuple[int, int]:
    """Read a frame's first six bytes: the bytes of its head and of its body."""
    size, head = int.from_bytes(prefix[:4], "big"), int.from_bytes(prefix[4:6], "big")
    body = size - 2 - head
    if body < 0 or size > MOST_BYTES:
        raise Invalid("接入套接字上收到的内容不成帧")
    return head, body
