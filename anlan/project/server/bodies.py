"""Reading a request's body: bounded in size and in time, large ones into a file."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from typing import IO, Any

PLAIN_LIMIT = 8 * 1024 * 1024
UPLOAD_LIMIT = 256 * 1024 * 1024
#: What comes by a link has no account: some pictures and a voice, and no more.
PHONE_LIMIT = 32 * 1024 * 1024
PHONES = "/m/"
IN_MEMORY = 1024 * 1024
#: The longest silence between two pieces of a body.
SILENCE_S = 30.0


class Refused(Exception):
    """A body that is not taken; `status` and `code` say why."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


TOO_LARGE = (413, "too-large")
TOO_SLOW = (408, "unavailable")


def limit_of(content_type: str, path: str = "") -> int:
    """Tell how large a body of this type may be at this address."""
    if path.startswith(PHONES):
        return PHONE_LIMIT
    return UPLOAD_LIMIT if content_type.startswith("multipart/form-data") else PLAIN_LIMIT


async def read_body(scope: Any, proto: Any) -> tuple[IO[bytes], int]:
    """Read a body; `Refused` when it is too large or too slow."""
    limit = limit_of(scope.headers.get("content-type", ""), scope.path)
    body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - Django closes it
    size = 0
    async for piece in pieces_of(scope, proto, limit):
        size += len(piece)
        body.write(piece)
    body.seek(0)
    return body, size


async def read_bytes(scope: Any, proto: Any, limit: int) -> bytes:
    """Read a body into memory; `Refused` when it is too large or too slow."""
    return b"".join([piece async for piece in pieces_of(scope, proto, limit)])


async def pieces_of(scope: Any, proto: Any, limit: int) -> AsyncIterator[bytes]:
    """Give the pieces of a body as they come; `Refused` when it is too large or too slow."""
    told = scope.headers.get("content-length", "")
    if told.isdecimal() and int(told) > limit:
        raise Refused(*TOO_LARGE)
    size = 0
    pieces = aiter(proto)
    while True:
        try:
            async with asyncio.timeout(SILENCE_S):
                piece = await anext(pieces)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise Refused(*TOO_SLOW) from None
        size += len(piece)
        if size > limit:
            raise Refused(*TOO_LARGE)
        yield piece
