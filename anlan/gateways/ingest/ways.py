"""The two ways from the doors to the store: in this process, or through a stream of NATS."""

import fcntl
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from anlan.gateways.ingest.entry import Intake
from anlan.gateways.ingest.states import DoorState
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.sense.intake.running import Running, now_ms


class Way(Protocol):
    """What takes in what the doors decoded."""

    @property
    def intake(self) -> Intake:
        """Where doors submit."""

    @property
    def alive(self) -> bool:
        """Whether it works; the process ends with it, to be started again."""

    def start(self) -> None:
        """Take observations in."""

    def stop(self) -> None:
        """Finish what was taken in."""

    def told(self) -> dict[str, Any]:
        """Say how far it is."""

    def hurry(self, deed: str) -> None:
        """Look at the books, or judge the passing of time, at once: see `sense.relay.frames`."""


class Direct:
    """The intake runs here, and answers once the store has committed."""

    def __init__(self, workspace: Path, telemetry: str) -> None:
        """Open the store; `Conflict` when another process has it."""
        self._running = Running(workspace, telemetry)

    @property
    def intake(self) -> Intake:
        """See `Way.intake`."""
        return self._running.intake

    @property
    def alive(self) -> bool:
        """See `Way.alive`."""
        return self._running.intake.alive

    def start(self) -> None:
        """See `Way.start`."""
        self._running.start()

    def stop(self) -> None:
        """See `Way.stop`."""
        self._running.stop()

    def told(self) -> dict[str, Any]:
        """See `Way.told`."""
        return _told(self._running)

    def hurry(self, deed: str) -> None:
        """See `Way.hurry`."""
        _hurry(self._running, deed)


class Streamed:
    """Doors answer once NATS JetStream has it; one process of all that run writes it away."""

    def __init__(
        self, workspace: Path, telemetry: str, stream: str, door: Callable[[str, str], DoorState]
    ) -> None:
        """Prepare.

        Raises
        ------
        Invalid
            The settings do not fit together.
        Conflict
            Another process uses this directory.
        """
        from anlan.gateways.ingest.stream.consuming import Consumer
        from anlan.gateways.ingest.stream.place import Place
        from anlan.gateways.ingest.stream.publishing import Publisher

        if not telemetry:
            raise Invalid("用 STREAM_URL 时观测要放在各机共用的数据库里：请设 TELEMETRY_URL")
        place = Place.of(stream)
        self._claim = _claimed(workspace)
        self._publisher = Publisher(place, door("stream", "观测流 NATS"), now_ms)
        self._consumer = Consumer(place, workspace, telemetry, door("writing", "观测流写入"))

    @property
    def intake(self) -> Intake:
        """See `Way.intake`."""
        return self._publisher

    @property
    def alive(self) -> bool:
        """See `Way.alive`."""
        return self._publisher.alive and self._consumer.alive

    def start(self) -> None:
        """See `Way.start`."""
        self._publisher.start()
        self._consumer.start()

    def stop(self) -> None:
        """See `Way.stop`."""
        self._publisher.stop()
        self._consumer.stop()
        os.close(self._claim)

    def told(self) -> dict[str, Any]:
        """See `Way.told`; what another process writes is not known here."""
        running = self._consumer.running
        if running is None:
            return {"idle": self._publisher.idle, "judged_ms": -1, "counts": {}, "writes": False}
        told = _told(running)
        idle = self._publisher.idle and self._consumer.idle
        return {**told, "idle": idle, "writes": True}

    def hurry(self, deed: str) -> None:
        """See `Way.hurry`; another process that writes judges in its own time."""
        if self._consumer.running is not None:
            _hurry(self._consumer.running, deed)


def _told(running: Running) -> dict[str, Any]:
    intake = running.intake
    judged = min(intake.judged_ms, running.looked_ms)
    return {
        "idle": intake.idle,  # asked last: what has just been judged is written now
        "judged_ms": judged,
        "looked_ms": running.looked_ms,
        "counts": asdict(intake.counts),
    }


def _hurry(running: Running, deed: str) -> None:
    clock.look_again()
    if deed == "judge":
        running.intake.hurry()
    else:
        running.hurry()


def _claimed(workspace: Path) -> int:
    """Be the one ingest process of a directory: its socket and its latest values are one's own."""
    (workspace / "run").mkdir(exist_ok=True)
    lock = os.open(workspace / "run" / "ingest.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise Conflict("同一工作区目录只能有一个接入进程；几台机器各用各的目录") from None
    return lock
