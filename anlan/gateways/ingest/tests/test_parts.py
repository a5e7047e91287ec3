"""The parts of the process by themselves, over a real intake in this process."""

import asyncio
import ipaddress
import json
import ssl
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from anlan.gateways.ingest import mqtt
from anlan.gateways.ingest.admission import Admission, Credentials, Stranger
from anlan.gateways.ingest.entry import Entry
from anlan.gateways.ingest.mqtt import MqttDoor
from anlan.gateways.ingest.payloads import WRONG_TOPIC, Verdict, read, verdicts
from anlan.gateways.ingest.process import Settings, context_of
from anlan.gateways.ingest.room import Room
from anlan.gateways.ingest.states import DoorState, Heartbeat
from anlan.gateways.ingest.tests.processes import free_port
from anlan.kernel.errors import Forbidden
from anlan.protocols.mqtt import Message, Reason
from anlan.protocols.mqtt.tests.test_session import connect, packet, publish
from anlan.protocols.observations import Rejection
from anlan.sense.intake.tests.conftest import NOW, Bench, bench
from anlan.sense.receipts import Receipt
from anlan.sense.relay.beats import ingest_state
from anlan.sense.selectors.identities import DeviceIdentity

__all__ = ["bench"]

ALL = DeviceIdentity("device:a", "a", None)
WHEN = datetime.fromtimestamp(NOW / 1000 - 60, UTC)


def element(code: str, number: int = 0) -> bytes:
    told = {"stream": code, "time": (WHEN + timedelta(seconds=number)).isoformat(), "value": 1.0}
    return json.dumps([told]).encode()


class TestAdmission:
    def test_a_header_tells_a_device_or_a_token(self) -> None:
        assert Credentials.of_header("Device a:b:c") == Credentials("a", "b:c")
        assert Credentials.of_header("bearer  t ") == Credentials("", "t")
        for header in ("", "Basic x", "Device a", "Device :x", "Bearer"):
            with pytest.raises(Stranger):
                Credentials.of_header(header)

    def test_who_was_looked_up_is_remembered_until_something_changes(self) -> None:
        asked: list[Credentials] = []
        now = [0.0]

        def find(shown: Credentials) -> DeviceIdentity:
            asked.append(shown)
            return ALL

        admission = Admission(find=find, clock=lambda: now[0])
        who = Credentials("a", "b")
        assert admission.known(who) is None
        for _ in range(3):
            assert admission.look_up(who).ref == "device:a"
        assert len(asked) == 1
        assert admission.known(Credentials("a", "c")) is None
        admission.forget()
        assert admission.known(who) is None
        admission.look_up(who)
        now[0] = 61.0
        assert admission.known(who) is None
        assert admission.used() == {"device:a"}
        assert admission.used() == set()

    def test_what_changed_while_we_looked_is_not_remembered(self) -> None:
        admission = Admission(find=lambda _: admission.forget() or ALL)  # type: ignore[func-returns-value]
        admission.look_up(Credentials("a", "b"))
        assert admission.known(Credentials("a", "b")) is None

    def test_refusals_are_not_remembered(self) -> None:
        def find(_: Credentials) -> DeviceIdentity:
            raise Forbidden("no")

        admission = Admission(find=find)
        for _ in range(2):
            with pytest.raises(Forbidden):
                admission.look_up(Credentials("a", "b"))


class TestVerdicts:
    def test_a_message_is_refused_only_when_nothing_of_it_was_taken(self) -> None:
        messages = [
            Message("anlan/obs", element("W1")[:-1] + b"," + element("X")[1:], 1),
            Message("anlan/obs", element("X"), 2),
            Message("anlan/obs", b"{", 3),
            Message("weather", b"1", 4),
            Message("anlan/obs/W1", b'{"time":"2026-01-01T00:00:00Z","value":1}', 5),
            Message("anlan/obs", b"[]", 6),
        ]
        told = read(messages)
        assert told.starts == [0, 2, 3, 4, 5, 6, 6]
        refused = [Rejection(1, "无"), Rejection(2, "无"), *told.decoded.rejected]
        assert verdicts(told, Receipt(2, 0, refused)) == [
            Verdict(Reason.SUCCESS, "无"),
            Verdict(Reason.IMPLEMENTATION, "无"),
            Verdict(Reason.PAYLOAD_FORMAT_INVALID, told.faults[2]),
            Verdict(Reason.TOPIC_NAME_INVALID, WRONG_TOPIC),
            Verdict(),
            Verdict(),
        ]


def test_a_full_room_lets_doors_wait_until_half_of_it_is_free() -> None:
    room = Room(high=10, low=5)
    resumed: list[int] = []
    room.enter(9)
    assert not room.full
    room.enter(3)
    assert room.full
    room.wait(lambda: resumed.append(1))
    room.leave(6)
    assert resumed == []
    room.leave(1)
    assert resumed == [1]


def test_a_heartbeat_grows_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heart, door = Heartbeat(tmp_path), DoorState("mqtt", "MQTT")
    assert not ingest_state(tmp_path).alive
    door.open("127.0.0.1:1883")
    heart.beat([door], ready=True, under_way=7)
    state = ingest_state(tmp_path)
    assert (state.alive, state.ready, state.under_way) == (True, True, 7)
    assert state.doors[0]["state"] == "open"
    late = datetime.now(UTC) + timedelta(seconds=11)  # noqa: TID251 - the pulse is real
    monkeypatch.setattr("anlan.kernel.clock.real_now", lambda: late)
    assert not ingest_state(tmp_path).alive
    (tmp_path / "run" / "ingest.json").write_text("{", encoding="utf-8")
    assert not ingest_state(tmp_path).alive


Play = Callable[[MqttDoor, int], Awaitable[None]]


@pytest.fixture
def play(bench: Bench) -> Callable[..., DoorState]:
    """Open an MQTT door over an intake, and let a scene play."""

    def perform(
        scene: Play, *, room: Room | None = None, tls: ssl.SSLContext | None = None
    ) -> DoorState:
        state = DoorState("mqtt", "MQTT")

        async def stage() -> None:
            loop = asyncio.get_running_loop()
            entry = Entry(bench.intake, now_ms=lambda: NOW, loop=loop, room=room)
            door = MqttDoor(entry, Admission(find=lambda _: ALL), state)
            port = free_port()
            await door.open("127.0.0.1", port, tls)
            try:
                await asyncio.wait_for(scene(door, port), 60)
            finally:
                await door.close()
                entry.close()

        asyncio.run(stage())
        return state

    return perform


async def hello(port: int, *, version: int = 4, tls: Any = None, client: str = "c") -> Any:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    writer.write(connect(version, client=client))
    head = await reader.readexactly(2)
    assert head[0] == 0x20
    assert (await reader.readexactly(head[1]))[1] == 0
    return reader, writer


def test_acknowledgements_keep_the_order_of_the_messages(play: Any) -> None:
    async def scene(_: MqttDoor, port: int) -> None:
        reader, writer = await hello(port)
        for number in range(1, 301):
            writer.write(publish("anlan/obs", element("W1", -number), packet_id=number))
        told = await reader.readexactly(4 * 300)
        numbers = [int.from_bytes(told[at + 2 : at + 4], "big") for at in range(0, 1200, 4)]
        assert numbers == list(range(1, 301))
        writer.close()

    assert play(scene).accepted == 300


def test_a_full_room_stops_reading_and_nothing_is_lost(play: Any) -> None:
    async def scene(door: MqttDoor, port: int) -> None:
        lines = [await hello(port, client=f"c{place}") for place in range(4)]
        for number in range(1, 201):
            for place, (_, writer) in enumerate(lines):
                body = element("W1", -1000 * place - number)
                writer.write(publish("anlan/obs", body, packet_id=number))
        for reader, writer in lines:
            await reader.readexactly(4 * 200)
            writer.close()
        assert door.entry.room.under_way == 0

    assert play(scene, room=Room(high=3, low=1)).accepted == 800


def test_what_cannot_be_stored_is_not_acknowledged(
    play: Any, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    async def scene(_: MqttDoor, port: int) -> None:
        reader, writer = await hello(port, version=5)
        monkeypatch.setattr(bench.store, "append", full)
        writer.write(publish("anlan/obs", element("W1"), packet_id=1, version=5))
        told = await reader.read()
        assert (told[0], told[2]) == (0xE0, Reason.SERVER_BUSY)
        monkeypatch.undo()
        writer.close()

    assert play(scene).accepted == 0


def test_a_silent_client_and_one_that_never_says_hello_are_cut_off(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "CONNECT_S", 0.5)
    monkeypatch.setattr(mqtt, "SWEEP_S", 0.1)

    async def scene(_: MqttDoor, port: int) -> None:
        mute = await asyncio.open_connection("127.0.0.1", port)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(connect(5).replace((60).to_bytes(2, "big"), (1).to_bytes(2, "big"), 1))
        began = time.monotonic()
        for _beat in range(8):
            await asyncio.sleep(0.3)
            writer.write(packet(12, b""))
        assert not reader.at_eof()
        assert await mute[0].read() == b""
        told = await reader.read()
        assert told[-2:] == bytes((Reason.KEEP_ALIVE_TIMEOUT, 0))
        assert 1.5 < time.monotonic() - began - 2.4 < 4
        for line in (mute[1], writer):
            line.close()

    play(scene)


def test_a_closing_door_says_good_bye(play: Any) -> None:
    told: list[bytes] = []

    async def scene(door: MqttDoor, port: int) -> None:
        reader, writer = await hello(port, version=5)
        writer.write(publish("anlan/obs", element("W1"), packet_id=1, version=5))
        await asyncio.sleep(0.2)
        await door.close()
        told.append(await reader.read())
        writer.close()

    play(scene)
    assert told[0] == b"\x40\x02\x00\x01\xe0\x02\x8b\x00"


def test_the_door_speaks_tls(play: Any, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    settings = Settings(tmp_path, certificate=str(certificate), key=str(key))
    trusting = ssl.create_default_context(cafile=str(certificate))

    async def scene(_: MqttDoor, port: int) -> None:
        reader, writer = await hello(port, tls=trusting)
        writer.write(publish("anlan/obs", element("W1"), packet_id=1))
        assert await reader.readexactly(4) == b"\x40\x02\x00\x01"
        writer.close()

    assert play(scene, tls=context_of(settings)).accepted == 1


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    now = datetime.now(UTC)  # noqa: TID251 - certificates live in real time
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([here]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "cert.pem", folder / "key.pem"
