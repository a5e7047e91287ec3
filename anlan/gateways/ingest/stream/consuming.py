"""The writing side: whoever gets the store's lock takes from the stream what the doors put there.

Taking over begins with a new consumer in JetStream: everything not acknowledged comes again, at
once and in its order. What had been committed is recognised as a duplicate.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from django.db import connection
from django.db.utils import Error as DatabaseError
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import NotFoundError

from anlan.gateways.ingest.bell import Bell
from anlan.gateways.ingest.states import DoorState
from anlan.gateways.ingest.stream import bodies
from anlan.gateways.ingest.stream.place import ANSWER_S, Place
from anlan.kernel.errors import AnlanError, Conflict, Invalid
from anlan.sense.intake.running import Running
from anlan.sense.receipts import Receipt

log = structlog.get_logger("anlan.ingest")

CONSUMER: Final = "ingest"
#: Messages asked for at once, and those JetStream gives out before it is told of any.
TOGETHER: Final = 100
MOST_GIVEN: Final = 2_000
#: Observations handed to the intake and not yet durable; far from where it would refuse.
MOST_UNDER_WAY: Final = 400_000
#: What was not acknowledged for so long comes again.
AGAIN_S: Final = 30.0
#: How long a question for messages stands.
ASK_S: Final = 0.5
RETRY_S: Final = 1.0
NAP_S: Final = 0.005
#: How soon a writer that lost the store to another stops asking for messages.
PROVE_S: Final = 2.0


class Consumer:
    """Stands by until the store is free, then writes. `running` is what writes; None stands by."""

    def __init__(self, place: Place, workspace: Path, telemetry: str, state: DoorState) -> None:
        self._place, self._workspace, self._telemetry = place, workspace, telemetry
        self._state = state
        self._ends = threading.Event()
        self._broken = False
        #: Observations handed on and not yet durable.
        self._under_way = 0
        self.running: Running | None = None
        self._thread = threading.Thread(target=self._run, name="consumer", daemon=True)

    def start(self) -> None:
        """Begin to try."""
        self._thread.start()

    def stop(self, timeout_s: float = 25.0) -> None:
        """Commit and acknowledge what was taken; another may write after."""
        self._ends.set()
        self._thread.join(timeout_s)
        self._state.close()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    @property
    def idle(self) -> bool:
        """Whether what was taken is committed, judged and written."""
        running = self.running
        return not self._under_way and (running is None or running.intake.idle)

    def _run(self) -> None:
        while not self._ends.is_set():
            try:
                self._write()
            except Conflict:
                self._state.open("候补：另一个接入进程正在写观测数据库")
                connection.close()
            except (AnlanError, DatabaseError, OSError) as error:
                self._state.fail(f"不能写观测数据库，继续尝试：{error}")
                log.warning("the observations' store cannot be written", error=str(error))
                connection.close()
            self._ends.wait(RETRY_S)

    def _write(self) -> None:
        """Be the writer until something fails or this process ends."""
        running = Running(self._workspace, self._telemetry)
        self._broken, self._under_way = False, 0
        try:
            running.start()
        except BaseException:
            running.store.close()  # its threads do not run yet
            raise
        try:
            self.running = running
            self._state.open("正在写观测数据库")
            log.info("this process writes observations now")
            asyncio.run(self._consume(running))
        finally:
            self.running = None
            running.stop()

    async def _consume(self, running: Running) -> None:
        bell = Bell(asyncio.get_running_loop())
        while not self._ends.is_set() and not self._broken:
            try:
                client = await self._place.connect("anlan consumer", error_cb=_quiet)
            except (TimeoutError, OSError, NatsError) as error:
                self._state.fail(f"连不上 {self._place.shown}（{error}），继续尝试")
                await asyncio.sleep(RETRY_S)
                continue
            try:
                await self._take(running, client, bell)
            except (TimeoutError, OSError, NatsError) as error:
                self._state.fail(f"观测流没有回答（{error}），继续尝试")
                await asyncio.sleep(RETRY_S)
            finally:
                with contextlib.suppress(OSError, NatsError, asyncio.TimeoutError):
                    await client.close()

    async def _take(self, running: Running, client: Client, bell: Bell) -> None:
        """Take messages until something fails."""
        await self._prove(running)  # only who holds the store may make the consumer anew
        jetstream = client.jetstream(timeout=ANSWER_S)
        await self._place.prepare(jetstream)
        subscription = await self._begin(jetstream)
        self._state.open("正在写观测数据库")
        acks: set[asyncio.Task[None]] = set()
        proved = time.monotonic()
        while not self._ends.is_set() and not self._broken and running.intake.alive:
            if time.monotonic() - proved > PROVE_S:
                await self._prove(running)
                proved = time.monotonic()
            try:
                messages = await subscription.fetch(TOGETHER, timeout=ASK_S)
            except TimeoutError:
                continue  # nothing came
            for message in messages:
                while self._under_way >= MOST_UNDER_WAY and not self._broken:
                    await asyncio.sleep(NAP_S)
                self._hand_on(running, message, bell, acks)
        while self._under_way and running.intake.alive and not self._broken:
            await asyncio.sleep(NAP_S)
        if acks:
            await asyncio.wait(acks, timeout=ANSWER_S)
        await client.flush()
        self._broken = self._broken or not running.intake.alive

    async def _prove(self, running: Running) -> None:
        """Write a line, as only who holds the store can; `Unavailable` when it is another's."""
        await asyncio.to_thread(running.store.keep, "stream", self._place.name.encode())

    async def _begin(self, jetstream: JetStreamContext) -> JetStreamContext.PullSubscription:
        with contextlib.suppress(NotFoundError):
            await jetstream.delete_consumer(self._place.name, CONSUMER)
        await jetstream.add_consumer(
            self._place.name,
            ConsumerConfig(
                durable_name=CONSUMER, ack_policy=AckPolicy.EXPLICIT, ack_wait=AGAIN_S,
                max_ack_pending=MOST_GIVEN,
            ),
        )  # fmt: skip
        return await jetstream.pull_subscribe_bind(durable=CONSUMER, stream=self._place.name)

    def _hand_on(
        self, running: Running, message: Msg, bell: Bell, acks: "set[asyncio.Task[None]]"
    ) -> None:
        if self._broken:
            return
        self._state.messages += 1
        try:
            body, decoded = bodies.read(message.data)
        except Invalid as error:
            self._state.fault(error.detail)
            log.exception("a message of the stream is given up", size=len(message.data))
            _begun(message.term(), acks)
            return
        self._state.observations += len(decoded)
        try:
            future = running.intake.submit(decoded, None, body.received_ms, backfill=body.backfill)
        except AnlanError:
            self._broken = True  # everything not acknowledged comes again
            return
        self._under_way += len(decoded)
        bell.when_done(future, partial(self._settle, message, len(decoded), acks))

    def _settle(
        self, message: Msg, rows: int, acks: "set[asyncio.Task[None]]", done: "Future[Receipt]"
    ) -> None:
        self._under_way -= rows
        if done.cancelled() or done.exception() is not None:
            self._broken = True
            return
        receipt = done.result()
        self._state.count(receipt)
        if receipt.rejected:
            self._state.fault(receipt.rejected[0].reason)
        _begun(message.ack(), acks)


def _begun(deed: Awaitable[None], acks: "set[asyncio.Task[None]]") -> None:
    """Acknowledge; when it does not arrive the message comes again and is known."""

    async def safely() -> None:
        with contextlib.suppress(OSError, NatsError):
            await deed

    task = asyncio.ensure_future(safely())
    acks.add(task)
    task.add_done_callback(acks.discard)


async def _quiet(error: Exception) -> None:
    log.debug("the stream's connection is troubled", error=repr(error))
