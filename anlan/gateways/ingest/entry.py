"""The one place where doors hand observations on: decoded, counted, submitted, answered."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

from anlan.gateways.ingest.bell import Bell
from anlan.gateways.ingest.room import Room
from anlan.kernel.errors import Unavailable
from anlan.protocols.observations import Decoded
from anlan.protocols.observations.bodies import decode
from anlan.sense.intake import Owner
from anlan.sense.receipts import Receipt

T = TypeVar("T")

#: Bodies above this are decoded beside the event loop, which must not stand still.
INLINE_BYTES: Final = 128 * 1024
DECODERS: Final = 2
BUSY: Final = "接入服务正忙，请稍后重发"


class Intake(Protocol):
    """What takes decoded observations in."""

    def submit(
        self,
        decoded: Decoded,
        owner: Owner | None,
        received_ms: int,
        *,
        backfill: bool = False,
    ) -> "Future[Receipt]":
        """Queue a body; the future is done once it is durable.

        `Unavailable` when too much waits already.
        """


class Entry:
    """Between the doors and the intake. Belongs to the event loop.

    Parameters
    ----------
    now_ms
        The workspace's time, milliseconds since 1970 UTC.
    """

    def __init__(
        self,
        intake: Intake,
        *,
        now_ms: Callable[[], int],
        loop: asyncio.AbstractEventLoop,
        room: Room | None = None,
    ) -> None:
        self._intake, self._now_ms, self._loop = intake, now_ms, loop
        self._threads = ThreadPoolExecutor(DECODERS, thread_name_prefix="decoder")
        self.bell = Bell(loop)
        self.room = room or Room()

    def submit(
        self,
        decoded: Decoded,
        owner: Owner | None,
        told: Callable[[Receipt | None], None],
        *,
        backfill: bool = False,
    ) -> None:
        """Hand observations on; `told` is called in the loop once they are durable.

        It is told None when they could not be stored and are the sender's to send again.
        """
        count = len(decoded)
        try:
            future = self._intake.submit(decoded, owner, self._now_ms(), backfill=backfill)
        except Unavailable:
            self._loop.call_soon(told, None)
            return
        self.room.enter(count)

        def done(ended: "Future[Receipt]") -> None:
            self.room.leave(count)
            failed = ended.cancelled() or ended.exception() is not None
            told(None if failed else ended.result())

        self.bell.when_done(future, done)

    async def take(
        self,
        body: bytes,
        content_type: str,
        owner: Owner | None,
        *,
        backfill: bool = False,
    ) -> Receipt:
        """Decode a body and wait until it is durable.

        Raises `Malformed`, `TooLarge`, `UnknownType` for a body that cannot be read, and
        `Unavailable` when it could not be stored.
        """
        decoded = await self.beside(len(body), lambda: decode(body, content_type))
        answered: asyncio.Future[Receipt | None] = self._loop.create_future()

        def tell(receipt: Receipt | None) -> None:
            if not answered.done():
                answered.set_result(receipt)

        self.submit(decoded, owner, tell, backfill=backfill)
        receipt = await answered
        if receipt is None:
            raise Unavailable(BUSY)
        return receipt

    async def beside(self, size: int, work: Callable[[], T]) -> T:
        """Do small work here and large work in a thread; `size` in bytes."""
        if size <= INLINE_BYTES:
            return work()
        return await self._loop.run_in_executor(self._threads, work)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
