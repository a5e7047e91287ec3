"""One sender process: ``python -m anlan.demo.replay.sender``.

Its first line of input says what it is (see `Orders`), each later one a span of the recording,
``{"after": ms, "until": ms}``; for each it prints one line: what became of it, or an error.
It knows the doors and its keys and nothing else of the platform.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from paho.mqtt.enums import MQTTProtocolVersion

from anlan.demo.days import filed
from anlan.demo.days.recording import Recording
from anlan.kernel.errors import AnlanError

from .links import HttpLink, Key, Link, MqttLink
from .parcels import pack
from .tally import Tally, total

#: Gateways that send at the same moment.
SIDE_BY_SIDE: Final = 4
VERSIONS: Final = (MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5)


@dataclass(frozen=True)
class Orders:
    """What a sender is told at first."""

    recording: Path
    url: str
    mqtt: tuple[str, int]
    #: By gateway: ``way, id, secret, streams``.
    gateways: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, line: str) -> Orders:
        """Read the first line."""
        raw = json.loads(line)
        host, port = raw["mqtt"]
        return cls(Path(raw["recording"]), raw["url"], (host, int(port)), raw["gateways"])


class Sender:
    """Sends the recorded observations of its gateways."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._recording: Recording = filed.read(orders.recording)
        place = {code: k for k, code in enumerate(self._recording.codes)}
        self._links: dict[str, Link] = {}
        self._owner = np.full(len(place), -1, np.int32)
        self._codes = list(orders.gateways)
        for number, (code, gateway) in enumerate(orders.gateways.items()):
            self._links[code] = _link(orders, gateway, VERSIONS[number % len(VERSIONS)])
            mine = [place[stream] for stream in gateway["streams"] if stream in place]
            self._owner[mine] = number
        self._hands = ThreadPoolExecutor(SIDE_BY_SIDE)

    def send(self, after: int, until: int) -> Tally:
        """Send what is due after a time and until another, ms since 1970 UTC; all confirmed."""
        span = self._recording.between(after, until)
        owner = self._owner[self._recording.stream[span]]
        present = [int(number) for number in np.unique(owner) if number >= 0]
        jobs = [
            (self._codes[number], np.flatnonzero(owner == number) + span.start)
            for number in present
        ]
        return total(self._hands.map(self._deliver, jobs))

    def _deliver(self, job: tuple[str, Any]) -> Tally:
        code, rows = job
        way = str(self._orders.gateways[code]["way"])
        return self._links[code].deliver(list(pack(self._recording, rows, code, way)))

    def close(self) -> None:
        """Hang up everywhere."""
        self._hands.shutdown()
        for link in self._links.values():
            link.close()


def _link(orders: Orders, gateway: Mapping[str, Any], version: MQTTProtocolVersion) -> Link:
    key = Key(gateway["id"], gateway["secret"])
    if gateway["way"] == "mqtt":
        return MqttLink(orders.mqtt, key, version=version)
    return HttpLink(orders.url, key)


def main() -> None:
    """Send until the input ends."""
    try:
        sender = Sender(Orders.read(sys.stdin.readline()))
    except AnlanError as error:
        _tell({"error": error.detail})
        return
    try:
        for line in sys.stdin:
            span = json.loads(line)
            try:
                _tell(sender.send(span["after"], span["until"]).plain())
            except AnlanError as error:
                _tell({"error": error.detail})
    finally:
        sender.close()


def _tell(told: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
