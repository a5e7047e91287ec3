"""Observations through NATS: what one real server and two processes do."""

import asyncio
import itertools
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import nats
import psycopg
import pytest

from anlan.base.conftest import RealWorkspace, copy_of
from anlan.gateways.ingest.stream import bodies
from anlan.gateways.ingest.tests.conftest import (
    PREPARE,
    Served,
    batch,
    connected,
    end,
    start,
    wait_for,
)
from anlan.gateways.ingest.tests.processes import free_port, leashed
from anlan.gateways.ingest.tests.publishing import Publisher
from anlan.gateways.ingest.tests.test_stream_bodies import decoded
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError
from anlan.sense.intake.queueing import Submission
from anlan.sense.relay import Ask
from anlan.sense.relay.beats import ingest_state

JSON = "application/json"
real = [
    pytest.mark.nats,
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("DATABASE_URL"), reason="runs where the run has a PostgreSQL"
    ),
]


class Server:
    """nats-server with files of its own, on one port over all its lives."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"nats://127.0.0.1:{self.port}/county"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        program = shutil.which("nats-server") or "/usr/sbin/nats-server"
        command = [
            program, "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self.folder),
            "-l", f"{self.folder}.log",
        ]  # fmt: skip
        self.process = subprocess.Popen(leashed(command))
        wait_for(self._listens)

    def kill(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait(10)

    def _listens(self) -> bool:
        try:
            connected(self.port).close()
        except OSError:
            return False
        return True


@dataclass
class Pair:
    """Two machines: a directory each, one database, one stream."""

    server: Server
    one: Served
    other: Served

    def start(self, served: Served) -> None:
        """Start a machine's ingest process."""
        settings = {"ANLAN_MQTT_PORT": str(served.port), "STREAM_URL": self.server.url}
        served.process = start(served.workspace, **settings)

    def writes(self, served: Served) -> bool:
        """Tell whether a machine is the one that writes."""
        if not ingest_state(served.dir).alive or served.process.poll() is not None:
            return False
        _, told = served.ask(Ask("state"))
        return bool(told["writes"])

    @property
    def writer(self) -> Served:
        """The machine that writes."""
        wait_for(lambda: self.writes(self.one) or self.writes(self.other), 60)
        return self.one if self.writes(self.one) else self.other

    @property
    def stand_by(self) -> Served:
        """The other one."""
        return self.other if self.writer is self.one else self.one

    def stored(self, stream: str) -> list[float]:
        """List what is stored of a stream."""
        return [value for _, value in self.one.stored(stream)]

    def wait_until_stored(self, stream: str, confirmed: list[float]) -> None:
        """Wait until everything confirmed is there, and see that it is there once."""
        wait_for(lambda: len(self.stored(stream)) >= len(confirmed), 60)
        assert sorted(self.stored(stream)) == sorted(confirmed)


def kill(served: Served) -> None:
    """End what a test left."""
    served.process.kill()
    served.process.wait(10)


@pytest.fixture
def pair(
    migrated: RealWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pair]:
    """Run a server and two ingest processes."""
    with ExitStack() as stack:
        server = Server(tmp_path / "jetstream")
        stack.callback(server.kill)
        workspace = stack.enter_context(copy_of(migrated, tmp_path / "one"))
        monkeypatch.setenv("TELEMETRY_URL", workspace.database_url)
        second = RealWorkspace(tmp_path / "other", workspace.database_url)
        shutil.copytree(workspace.dir, second.dir, ignore=shutil.ignore_patterns("wake"))
        keys = json.loads(workspace.do(PREPARE).splitlines()[-1])
        machines = []
        for one in (workspace, second):
            settings = {"ANLAN_MQTT_PORT": str(free_port()), "STREAM_URL": server.url}
            port = int(settings["ANLAN_MQTT_PORT"])
            served = Served(one, port, keys, start(one, **settings))
            stack.callback(kill, served)
            machines.append(served)
        made = Pair(server, machines[0], machines[1])
        assert made.writer
        yield made


_instants = itertools.count(1)


def instant() -> str:
    """Write a time of yesterday nobody used before; there are enough for who posts fast."""
    at = clock.real_now() - timedelta(days=1) + next(_instants) * timedelta(milliseconds=10)
    return at.isoformat(timespec="milliseconds")


class Poster(threading.Thread):
    """Posts one value after another to a machine, each until it is confirmed."""

    def __init__(self, served: Served, stream: str, first: float = 0.0) -> None:
        super().__init__(daemon=True)
        self.confirmed: list[float] = []
        self.refused: list[float] = []
        self._first = first
        self._served, self._stream = served, stream
        self._over = threading.Event()

    def run(self) -> None:
        """Post."""
        value = self._first
        while not self._over.is_set():
            value += 1
            told = {"stream": self._stream, "time": instant(), "value": value}
            body = json.dumps({"observations": [told]}).encode()
            while not self._sent(body):
                self.refused.append(value)
                time.sleep(0.1)
            self.confirmed.append(value)

    def _sent(self, body: bytes) -> bool:
        try:
            answer, told = self._served.ask(
                Ask("observations", 0, self._served.device(), JSON), body
            )
        except (AnlanError, OSError, EOFError):
            return False
        return answer.status == 200 and told["accepted"] == 1

    def wait_for_more(self, count: int, what: str = "confirmed") -> None:
        """Wait until so many more were confirmed (or refused)."""
        told: list[float] = getattr(self, what)
        wanted = len(told) + count
        wait_for(lambda: len(told) >= wanted, 60)

    def end(self) -> list[float]:
        """End after the value under way."""
        self._over.set()
        self.join(90)
        assert not self.is_alive()
        return self.confirmed


def send(served: Served, body: bytes) -> dict[str, Any]:
    answer, told = served.ask(Ask("observations", 0, served.device(), JSON), body)
    assert answer.status == 200, told
    return dict(told)


kills = pytest.mark.parametrize("count", [1, pytest.param(8, marks=pytest.mark.soak)])


class TestServed:
    """With two processes."""

    pytestmark = real

    def test_every_door_takes_in_and_one_process_writes(self, pair: Pair) -> None:
        assert not pair.writes(pair.stand_by)
        sent = batch(("one-0", 1.0), ("two-0", 2.0), ("nowhere", 3.0))
        told = send(pair.stand_by, sent)
        assert (told["accepted"], told["duplicates"]) == (1, 0)
        assert [one["index"] for one in told["rejected"]] == [1, 2]
        assert send(pair.stand_by, sent)["accepted"] == 1  # again: nobody here can know
        assert send(pair.writer, batch(("one-0", 4.0)))["accepted"] == 1
        wait_for(lambda: pair.stored("one-0") == [1.0, 4.0])
        wait_for(lambda: pair.writer.door("writing")["duplicates"] == 1)
        door = pair.stand_by.door("writing")
        assert door["text"].startswith("候补")
        assert str(pair.server.port) in pair.one.door("stream")["text"]

    @kills
    def test_a_killed_writer_is_followed_and_nothing_is_lost_or_doubled(
        self, pair: Pair, count: int
    ) -> None:
        confirmed: list[float] = []
        for life in range(count):
            writer, after = pair.writer, pair.stand_by
            poster = Poster(after, "one-1", first=1000.0 * life)
            poster.start()
            poster.wait_for_more(20)
            writer.process.send_signal(signal.SIGKILL)
            writer.process.wait(10)
            wait_for(partial(pair.writes, after), 60)
            poster.wait_for_more(5)
            confirmed += poster.end()
            pair.start(writer)
        pair.wait_until_stored("one-1", confirmed)

    @kills
    def test_a_killed_door_loses_nothing_it_confirmed(self, pair: Pair, count: int) -> None:
        poster, publisher = Poster(pair.other, "one-2"), Publisher(pair.other, "one-3")
        poster.start()
        for life in range(count):
            poster.wait_for_more(30)
            for value in range(100 * life, 100 * life + 100):
                publisher.publish(float(value))
            pair.other.process.send_signal(signal.SIGKILL)
            pair.other.process.wait(10)
            pair.start(pair.other)
        wait_for(lambda: len(set(publisher.acknowledged)) == 100 * count, 60)
        publisher.close()
        pair.wait_until_stored("one-3", sorted(set(publisher.acknowledged)))
        pair.wait_until_stored("one-2", poster.end())

    @kills
    def test_a_killed_server_confirms_nothing_it_has_not_and_goes_on(
        self, pair: Pair, count: int
    ) -> None:
        posters = [Poster(pair.one, "one-3"), Poster(pair.other, "one-4")]
        for poster in posters:
            poster.start()
        for _ in range(count):
            for poster in posters:
                poster.wait_for_more(10)
            pair.server.kill()
            for poster in posters:
                poster.wait_for_more(1, "refused")
            assert pair.one.door("stream")["state"] == "failed"
            pair.server.start()
            for poster in posters:
                poster.wait_for_more(5)
        for poster, stream in zip(posters, ("one-3", "one-4"), strict=True):
            pair.wait_until_stored(stream, poster.end())

    @kills
    def test_a_database_that_breaks_off_is_written_to_again(self, pair: Pair, count: int) -> None:
        posters = [Poster(pair.one, "one-3"), Poster(pair.other, "one-4")]
        for poster in posters:
            poster.start()
        for _ in range(count):
            with psycopg.connect(pair.one.workspace.database_url, autocommit=True) as connection:
                connection.execute(
                    # Only in this very database: others hold advisory locks on the same server.
                    "SELECT pg_terminate_backend(pid) FROM pg_locks"
                    " WHERE locktype = 'advisory' AND pid <> pg_backend_pid() AND database ="
                    " (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            for poster in posters:
                poster.wait_for_more(20)
            assert pair.writer
        for poster, stream in zip(posters, ("one-3", "one-4"), strict=True):
            assert not poster.refused
            pair.wait_until_stored(stream, poster.end())

    def test_a_doubled_and_a_foreign_message_harm_nobody(self, pair: Pair) -> None:
        one = decoded(["one-0", "two-1"])
        group = [Submission(one, None, 1, backfill=True)]
        (message,) = bodies.packed(group, {})

        async def publish() -> None:
            client = await nats.connect(f"nats://127.0.0.1:{pair.server.port}")
            for _ in range(3):
                await client.jetstream().publish("county.observations.past", message)
                await client.jetstream().publish("county.observations.live", b"none of ours")
            await client.close()

        asyncio.run(publish())
        writer = pair.writer
        wait_for(lambda: writer.door("writing")["duplicates"] == 4)
        door = writer.door("writing")
        assert (door["accepted"], door["faults"]) == (2, 3)
        assert "流里有一条" in door["last_fault"]
        assert send(writer, batch(("one-0", 9.0)))["accepted"] == 1
        wait_for(lambda: len(pair.stored("one-0")) == 2)
        assert len(pair.stored("two-1")) == 1

    def test_processes_end_in_order(self, pair: Pair) -> None:
        send(pair.stand_by, batch(("one-0", 5.0)))
        writer, after = pair.writer, pair.stand_by
        assert end(writer.process) == 0
        wait_for(partial(pair.writes, after), 60)
        assert pair.stored("one-0") == [5.0]
        again = after.workspace
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("STREAM_URL", pair.server.url)
            told = again.anlan("ingest")
        assert told.returncode != 0
        assert "只能有一个接入进程" in told.stderr
        assert end(after.process) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "told"),
    [("nats://10.0.0.1:4222", "TELEMETRY_URL"), ("kafka://10.0.0.1", "STREAM_URL 应如")],
)
def test_settings_that_do_not_fit_stop_the_start_in_a_sentence(
    migrated: RealWorkspace, monkeypatch: pytest.MonkeyPatch, url: str, told: str
) -> None:
    monkeypatch.setenv("STREAM_URL", url)
    monkeypatch.setenv("TELEMETRY_URL", "" if told == "TELEMETRY_URL" else "postgres://x/y")
    ended = migrated.anlan("ingest")
    assert ended.returncode != 0
    assert told in ended.stderr
