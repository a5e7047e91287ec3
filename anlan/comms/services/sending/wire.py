"""The thread that talks to providers. It sees no database; what came back is told to the sender's.

The sender's thread claims and writes down, this one keeps hundreds of connections: so a provider's
answer is never waited for with the write gate in hand.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from functools import partial

import uvloop

from anlan.comms import reasons
from anlan.comms.carriers import Carrier, Parcel, Result
from anlan.comms.services.sending.hands import News
from anlan.comms.services.sending.pace import Pace

Group = Sequence[Parcel]
#: One request and what came back for it.
Back = tuple[Group, list[Result]]
Take = Callable[[Sequence[Back]], None]

#: What comes back is told by the handful, or after so long: the sender's thread wakes for each.
HANDFUL, GATHER_S = 64, 0.05


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


class _Gathered:
    """What has come back of one portion and is not told yet."""

    def __init__(self, left: int, tell: Callable[[Sequence[Back]], None]) -> None:
        self._left = left
        self._tell = tell
        self._kept: list[Back] = []

    def add(self, back: Back) -> None:
        """Take what came back; the last of a portion is told at once."""
        self._kept.append(back)
        self._left -= 1
        if not self._left or len(self._kept) >= HANDFUL:
            self.tell()
        elif len(self._kept) == 1:
            asyncio.get_running_loop().call_later(GATHER_S, self.tell)

    def tell(self) -> None:
        """Tell what there is."""
        if self._kept:
            told, self._kept = self._kept, []
            self._tell(told)


class Wire:
    """The thread, for as long as one stretch of sending lasts."""

    def __init__(self, news: News) -> None:
        self._loop = uvloop.new_event_loop()
        self._news = news
        #: Kept, or the loop would forget them.
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="comms wire", daemon=True)
        self._thread.start()

    def send(self, way: Way, groups: Sequence[Group], take: Take) -> None:
        """Send the requests of a portion side by side; what comes back goes to `take`."""
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
        gathered = _Gathered(len(groups), lambda told: self._news.put(partial(take, told)))

        async def work() -> None:
            for group in waiting:
                gathered.add((group, await way.send(group)))

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
