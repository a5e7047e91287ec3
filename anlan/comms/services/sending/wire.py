"""The thread that talks to providers. It sees no database; what came back is told to the sender's.

The sender's thread claims and writes down, this one keeps hundreds of connections: so a provider's
answer is never waited for with the write gate in hand.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from functools import partial

from anlan.comms import reasons
from anlan.comms.carriers import Carrier, Parcel, Result
from anlan.comms.services.sending.hands import News
from anlan.comms.services.sending.pace import Pace

Group = Sequence[Parcel]
#: Takes what came back for one request.
Take = Callable[[Group, list[Result]], None]


class Way:
    """One carrier with its pace and its lines; used on the wire only."""

    def __init__(self, carrier: Carrier, per_second: float) -> None:
        self.carrier = carrier
        self._pace = Pace(per_second)
        self._lines = asyncio.Semaphore(carrier.lines)

    async def send(self, group: Group) -> list[Result]:
        """Send one request in its turn; a fault of ours is a result as well."""
        await self._pace.take(len(group))
        async with self._lines:
            try:
                return await self.carrier.send(group)
            except Exception as error:  # noqa: BLE001 - whatever it was, each message has a row
                detail = f"{type(error).__name__}: {error}"
                return [Result("unknown", reasons.BAD_ANSWER, detail, down=True)] * len(group)


class Wire:
    """The thread, for as long as one stretch of sending lasts."""

    def __init__(self, news: News) -> None:
        self._loop = asyncio.new_event_loop()
        self._news = news
        #: Kept, or the loop would forget them.
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="comms wire", daemon=True)
        self._thread.start()

    def send(self, way: Way, groups: Sequence[Group], take: Take) -> None:
        """Send the requests of a portion side by side; each comes back by itself, to `take`."""
        self._loop.call_soon_threadsafe(self._start, way, groups, take)

    def close(self, ways: Sequence[Way]) -> None:
        """Let connections go and end the thread."""
        asyncio.run_coroutine_threadsafe(self._close(ways), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _start(self, way: Way, groups: Sequence[Group], take: Take) -> None:
        waiting = iter(groups)

        async def work() -> None:
            for group in waiting:
                self._news.put(partial(take, group, await way.send(group)))

        for _ in range(min(way.carrier.lines, len(groups))):
            task = self._loop.create_task(work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _close(self, ways: Sequence[Way]) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for way in ways:
            await way.carrier.close()
