"""What is published while the door is away is confirmed once it is back."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Final

from paho.mqtt.enums import MQTTProtocolVersion

from anlan.demo.replay.links import Key, MqttLink
from anlan.demo.replay.parcels import Parcel

CONNECT, PUBLISH = 1, 3
CONNACK: Final = b"\x20\x02\x00\x00"


def _packet(line: socket.socket) -> tuple[int, bytes]:
    """Read one packet of MQTT: what it is and its body; (0, b"") at the end."""
    head = line.recv(1)
    if not head:
        return 0, b""
    size, shift = 0, 0
    while True:
        byte = line.recv(1)[0]
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    body = b""
    while len(body) < size:
        body += line.recv(size - len(body))
    return head[0] >> 4, body


def _broker(door: socket.socket, topics: list[str]) -> None:
    """Take one client in and acknowledge what it publishes, until it hangs up."""
    line, _ = door.accept()
    with closing(line), suppress(OSError):
        while True:
            kind, body = _packet(line)
            if not kind:
                return
            if kind == CONNECT:
                line.sendall(CONNACK)
            elif kind == PUBLISH:
                size = int.from_bytes(body[:2])
                topics.append(body[2 : 2 + size].decode())
                line.sendall(b"\x40\x02" + body[2 + size : 4 + size])


class _Noted(list[Parcel]):
    """Parcels that tell when all of them were taken."""

    def __init__(self, *parcels: Parcel) -> None:
        super().__init__(parcels)
        self.taken = threading.Event()

    def __iter__(self) -> Iterator[Parcel]:
        yield from super().__iter__()
        self.taken.set()


def test_what_was_published_while_the_door_was_away_is_confirmed_when_it_is_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = taken.getsockname()
    link = MqttLink(address, Key("g", "s"), version=MQTTProtocolVersion.MQTTv311)
    parcels = _Noted(Parcel("G", "mqtt", "a", b"1", 2), Parcel("G", "mqtt", "b", b"2", 3))
    topics: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        told = hands.submit(link.deliver, parcels)
        assert parcels.taken.wait(10)
        with socket.create_server(address) as door:
            served = threading.Thread(target=_broker, args=(door, topics), daemon=True)
            served.start()
            assert told.result(60).confirmed == 5
            assert topics == ["a", "b"]
            link.close()
            served.join(10)
