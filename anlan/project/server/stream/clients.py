"""The browsers that listen."""

import asyncio
from dataclasses import dataclass, field

from anlan.base.permissions.logins import Login

#: What a browser that does not read may leave lying; then it is cut off, and resumes later.
MOST_WAITING = 1_000_000


@dataclass(eq=False)
class Client:
    """One browser: what it still has to be sent. Belongs to the event loop."""

    login: Login
    loop: asyncio.AbstractEventLoop
    #: Where it wants to resume; None begins now.
    after: int | None
    closed: bool = False
    _waiting: list[bytes] = field(default_factory=list)
    _size: int = 0
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def push(self, frames: bytes) -> None:
        """Add frames; in the loop."""
        self._size += len(frames)
        if self._size > MOST_WAITING:
            self.closed = True
        else:
            self._waiting.append(frames)
        self._wake.set()

    def close(self) -> None:
        """End it after what is waiting; in the loop."""
        self.closed = True
        self._wake.set()

    async def take(self, seconds: float) -> bytes | None:
        """Wait for frames; b"" when none came in time, None when it is closed."""
        if not self._waiting and not self.closed:
            try:
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            except TimeoutError:
                return b""
        self._wake.clear()
        if not self._waiting:
            return None
        frames, self._waiting, self._size = b"".join(self._waiting), [], 0
        return frames
