"""One ingest process: open the intake and the doors, watch, finish."""

import asyncio
import contextlib
import logging
import os
import signal
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from django.db import DatabaseError, connection

from anlan.base.permissions.selectors import epoch as rights_epoch
from anlan.gateways.alerts.polled import take_in
from anlan.gateways.ingest.admission import Admission
from anlan.gateways.ingest.brokers.keeper import Brokers
from anlan.gateways.ingest.entry import Entry
from anlan.gateways.ingest.memory import keep_small
from anlan.gateways.ingest.mqtt import MqttDoor
from anlan.gateways.ingest.owners import Owners
from anlan.gateways.ingest.sockets import SocketDoor
from anlan.gateways.ingest.states import DoorState, Heartbeat
from anlan.gateways.ingest.ways import Direct, Streamed, Way
from anlan.gateways.sources.declaration import Declaration
from anlan.gateways.sources.pulling import Submit
from anlan.gateways.sources.runner import Runner
from anlan.gateways.sources.selectors import scope_of
from anlan.kernel.errors import AnlanError
from anlan.kernel.longlived import settle
from anlan.protocols.observations import Decoded
from anlan.protocols.observations.warming import warm
from anlan.sense.intake.running import now_ms
from anlan.sense.receipts import Receipt
from anlan.sense.selectors.directory import epoch
from anlan.sense.services.keys import note_used

log = structlog.get_logger("anlan.ingest")

BEAT_S: Final = 1.0
#: How often it is looked whether keys, streams or rights changed.
LOOK_S: Final = 0.5
NOTE_S: Final = 60.0


@dataclass(frozen=True)
class Settings:
    """Where to listen; port 0 closes a door."""

    workspace: Path
    telemetry: str = ""
    #: NATS JetStream between the doors and the store; "" for none.
    stream: str = ""
    host: str = "127.0.0.1"
    mqtt_port: int = 1883
    mqtts_port: int = 0
    certificate: str = ""
    key: str = ""


def run(settings: Settings) -> None:
    """Take observations in until SIGTERM or SIGINT."""
    keep_small()
    warm()
    doors: list[DoorState] = []
    way = _way(settings, doors)
    way.start()
    settle()
    code = 0
    try:
        asyncio.run(_Process(settings, way, doors).run())
    except Exception:
        log.exception("ingest broke")
        code = 1
    way.stop()
    log.info("ingest ended")
    logging.shutdown()
    # A thread that still compiles would take the interpreter down with it; all is stored.
    os._exit(code)


def _way(settings: Settings, doors: list[DoorState]) -> Way:
    if not settings.stream:
        return Direct(settings.workspace, settings.telemetry)

    def door(name: str, title: str) -> DoorState:
        doors.append(DoorState(name, title))
        return doors[-1]

    return Streamed(settings.workspace, settings.telemetry, settings.stream, door)


class _Process:
    def __init__(self, settings: Settings, way: Way, doors: list[DoorState]) -> None:
        self._settings, self._way = settings, way
        self._ends = asyncio.Event()
        self._heart = Heartbeat(settings.workspace)
        self._doors = doors
        self._ready = False
        self._owners = Owners()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ends.set)
        entry = Entry(self._way.intake, now_ms=now_ms, loop=loop)
        admission = Admission()
        with ThreadPoolExecutor(1, thread_name_prefix="watch") as watching:
            watcher = loop.create_task(self._watch(admission, watching))
            beats = loop.create_task(self._beat(entry))
            closing = await self._open(entry, admission)
            self._ready = True
            log.info("ingest takes observations in", doors=self._said())
            await self._ends.wait()
            self._ready = False
            for close in reversed(closing):
                await close()
            for task in (watcher, beats):
                task.cancel()
            await asyncio.gather(watcher, beats, return_exceptions=True)
        entry.close()
        self._heart.end()

    async def _open(self, entry: Entry, admission: Admission) -> "Sequence[Callable[[], Any]]":
        """Open every door; one that cannot be opened is told and the others go on."""
        settings = self._settings
        sockets = SocketDoor(
            entry, admission, self._door("http", "网页转来"), self._told, self._way.hurry
        )
        await sockets.open(settings.workspace)
        closing: list[Callable[[], Any]] = [sockets.close]
        for name, title, port in (
            ("mqtt", "MQTT", settings.mqtt_port),
            ("mqtts", "MQTT（TLS）", settings.mqtts_port),
        ):
            state = self._door(name, title)
            door = MqttDoor(entry, admission, state)
            if port and await self._listens(door, state, port, tls=name == "mqtts"):
                closing.append(door.close)
        brokers = Brokers(
            settings.workspace,
            self._way.intake,
            now_ms,
            self._owners,
            door=self._door,
            forget=self._doors.remove,
        )
        brokers.start()
        closing.append(brokers.close)
        sources = Runner(settings.workspace, self._pull(entry), take_in=take_in)
        sources.start()
        closing.append(lambda: asyncio.to_thread(sources.stop))
        return closing

    async def _listens(self, door: MqttDoor, state: DoorState, port: int, *, tls: bool) -> bool:
        try:
            context = context_of(self._settings) if tls else None
            await door.open(self._settings.host, port, context)
        except OSError as error:
            name = "ANLAN_MQTTS_PORT" if tls else "ANLAN_MQTT_PORT"
            why = error.strerror or str(error)
            state.fail(
                f"不能在 {port} 端口监听（{why}）；请让出端口，或用 {name} 换一个（0 为关闭）"
            )
            log.warning(state.text)
            return False
        return True

    def _pull(self, entry: Entry) -> Submit:
        """Give pull sources their way in; they run in threads and wait for the future."""
        state = self._door("sources", "主动采集")
        state.open("")

        def submit(decoded: Decoded, source: Declaration, backfill: bool) -> "Future[Receipt]":
            owner = self._owners.of(f"source:{source.key}", scope_of(source))
            future = self._way.intake.submit(decoded, owner, now_ms(), backfill=backfill)

            def count(done: "Future[Receipt]") -> None:
                state.messages += 1
                state.observations += decoded.sent
                if not done.cancelled() and done.exception() is None:
                    state.count(done.result())

            entry.bell.when_done(future, count)
            return future

        return submit

    def _door(self, name: str, title: str) -> DoorState:
        state = DoorState(name, title)
        self._doors.append(state)
        return state

    def _said(self) -> list[str]:
        return [f"{door.name}: {door.state}" for door in self._doors]

    def _told(self) -> dict[str, Any]:
        return {**self._way.told(), "doors": [asdict(door) for door in self._doors]}

    async def _beat(self, entry: Entry) -> None:
        while True:
            ready = self._ready and self._way.alive
            self._heart.beat(self._doors, ready=ready, under_way=entry.room.under_way)
            if self._ready and not self._way.alive:
                log.error("the intake has ended; so does this process, to be started again")
                self._ends.set()
            await asyncio.sleep(BEAT_S)

    async def _watch(self, admission: Admission, threads: ThreadPoolExecutor) -> None:
        """Forget who may what as soon as it changes; note whose keys were used."""
        loop = asyncio.get_running_loop()
        last, noted = None, loop.time()
        while True:
            now = await loop.run_in_executor(threads, _epochs)
            if now is not None and now != last:
                last = now
                admission.forget()
                self._owners.forget()
            if loop.time() - noted > NOTE_S:
                noted = loop.time()
                await loop.run_in_executor(threads, _note, admission.used())
            await asyncio.sleep(LOOK_S)


def _epochs() -> tuple[int, int] | None:
    try:
        return epoch(), rights_epoch()
    except DatabaseError:
        connection.close()
        return None


def _note(refs: set[str]) -> None:
    keys = [ref.removeprefix("device:") for ref in refs if ref.startswith("device:")]
    try:
        note_used(keys=keys)
    except (DatabaseError, AnlanError):
        with contextlib.suppress(DatabaseError):
            connection.close()


def context_of(settings: Settings) -> ssl.SSLContext:
    """Make what TLS needs of the operator's files; `OSError` when they cannot be read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings.certificate, settings.key or None)
    return context
