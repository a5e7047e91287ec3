"""The doors' side: what came is resolved, published, and answered once JetStream has it."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final

import structlog
from django.db import DatabaseError, connection
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from anlan.gateways.ingest.states import DoorState
from anlan.gateways.ingest.stream.bodies import packed
from anlan.gateways.ingest.stream.place import ANSWER_S, Place
from anlan.kernel.errors import Unavailable
from anlan.protocols.observations import Decoded
from anlan.sense.intake import Directory, Owner
from anlan.sense.intake.queueing import Queue, Submission
from anlan.sense.intake.resolving import resolve
from anlan.sense.receipts import Receipt
from anlan.sense.selectors.directory import epoch, streams_directory

log = structlog.get_logger("anlan.ingest")

#: Groups published and not yet acknowledged.
WINDOW: Final = 16
LOOK_S: Final = 0.2
RETRY_S: Final = 1.0
AWAY: Final = "观测流（STREAM_URL）暂时连不上，请稍后重发"


class Publisher:
    """Takes decoded observations as an intake does; a thread resolves, another speaks to NATS."""

    def __init__(self, place: Place, state: DoorState, now_ms: Callable[[], int]) -> None:
        self._place, self._state, self._now_ms = place, state, now_ms
        self._queue = Queue()
        self._directory = Directory.of(streams_directory())
        self._free = threading.BoundedSemaphore(WINDOW)
        #: Groups taken and not yet answered: counted by two threads.
        self._counting = threading.Lock()
        self._under_way = 0
        self._loop = asyncio.new_event_loop()
        self._client: Client | None = None
        self._jetstream: JetStreamContext | None = None
        self._ends = threading.Event()
        self._threads = [
            threading.Thread(target=deed, name=name, daemon=True)
            for name, deed in (
                ("nats", self._speak), ("publisher", self._run), ("books", self._look),
            )
        ]  # fmt: skip

    def start(self) -> None:
        """Connect, and take observations in."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Publish what waits, then disconnect."""
        self._queue.close()
        self._threads[1].join(timeout_s)
        until = time.monotonic() + timeout_s
        while self._under_way and time.monotonic() < until:
            time.sleep(0.01)
        self._ends.set()
        self._threads[0].join(timeout_s)
        self._state.close()

    def submit(
        self, decoded: Decoded, owner: Owner | None, received_ms: int, *, backfill: bool = False
    ) -> "Future[Receipt]":
        """Queue a body; the future is done once JetStream has it.

        Raises
        ------
        Unavailable
            JetStream is away or too much waits. The future fails with it when nothing answers.
        """
        if not self.connected:
            raise Unavailable(AWAY)
        submission = Submission(decoded, owner, received_ms, backfill)
        self._queue.put(submission)
        return submission.answer

    @property
    def connected(self) -> bool:
        """Whether JetStream can be spoken to."""
        return (
            self._jetstream is not None and self._client is not None and (self._client.is_connected)
        )

    @property
    def idle(self) -> bool:
        """Whether everything that came was answered."""
        return not self._queue.rows and not self._under_way

    @property
    def alive(self) -> bool:
        """Whether the threads run."""
        return all(thread.is_alive() for thread in self._threads)

    # Resolving

    def _run(self) -> None:
        while not self._queue.ended:
            group = self._queue.take(LOOK_S)
            if not group:
                continue
            self._free.acquire()
            with self._counting:
                self._under_way += 1
            try:
                self._hand_on(group)
            except Exception:
                log.exception("bodies could not be published", bodies=len(group))
                self._settle(group, None)

    def _hand_on(self, group: Sequence[Submission]) -> None:
        resolved = resolve(group, self._directory, self._now_ms())
        receipts = []
        for place, one in enumerate(group):
            refused = sorted([*one.decoded.rejected, *resolved.refused.get(place, ())])
            receipts.append(Receipt(one.decoded.sent - len(refused), 0, refused))
        messages = list(packed(group, resolved.refused))
        subject = self._place.subject(backfill=group[0].backfill)
        told = asyncio.run_coroutine_threadsafe(self._publish(subject, messages), self._loop)

        def done(ended: "Future[None]") -> None:
            error = None if ended.cancelled() else ended.exception()
            if ended.cancelled() or error is not None:
                self._state.fault(f"没有发进观测流：{error or '正在停止'}")
                self._settle(group, None)
            else:
                self._settle(group, receipts)

        told.add_done_callback(done)

    def _settle(self, group: Sequence[Submission], receipts: Sequence[Receipt] | None) -> None:
        for place, one in enumerate(group):
            if not one.answer.set_running_or_notify_cancel():
                continue
            if receipts is None:
                one.answer.set_exception(Unavailable(AWAY))
            else:
                one.answer.set_result(receipts[place])
        with self._counting:
            self._under_way -= 1
        self._free.release()

    def _look(self) -> None:
        """Know the streams as they are."""
        while not self._ends.wait(LOOK_S):
            try:
                if epoch() != self._directory.edition:
                    self._directory = Directory.of(streams_directory())
            except DatabaseError:
                connection.close()
                self._ends.wait(RETRY_S)
        connection.close()

    # Speaking

    async def _publish(self, subject: str, messages: Sequence[bytes]) -> None:
        """Publish; done when every message is acknowledged."""
        jetstream = self._jetstream
        if jetstream is None:
            raise Unavailable(AWAY)
        await asyncio.gather(
            *(
                jetstream.publish(subject, one, timeout=ANSWER_S, stream=self._place.name)
                for one in messages
            )
        )

    def _speak(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._keep())
        finally:
            self._loop.close()

    async def _keep(self) -> None:
        while not self._ends.is_set() and self._jetstream is None:
            try:
                await self._meet()
            except (TimeoutError, OSError, NatsError) as error:
                self._tell_away(error)
                await asyncio.sleep(RETRY_S)
        while not self._ends.is_set():
            await asyncio.sleep(LOOK_S)
        if self._client is not None:
            await self._client.close()

    async def _meet(self) -> None:
        async def lost() -> None:
            self._tell_away("")

        async def back() -> None:
            self._tell_open()

        async def wrong(error: Any) -> None:
            if not isinstance(error, (OSError, NatsError)):
                log.warning("the stream's connection is troubled", error=repr(error))

        if self._client is None:
            self._client = await self._place.connect(
                "anlan doors", disconnected_cb=lost, reconnected_cb=back, error_cb=wrong
            )
        jetstream = self._client.jetstream(timeout=ANSWER_S)
        await self._place.prepare(jetstream)
        self._jetstream = jetstream
        self._tell_open()

    def _tell_open(self) -> None:
        if self._client is not None:
            told = filter(None, [self._place.shown, self._place.doubt(self._client)])
            self._state.open("；".join(told))

    def _tell_away(self, error: object) -> None:
        why = f"（{error}）" if error else ""
        self._state.fail(f"连不上 {self._place.shown}{why}；设备会自己重发，这里继续尝试")
