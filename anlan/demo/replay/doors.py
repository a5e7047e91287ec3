"""How the doors of a workspace stand, asked over the ingest process's own socket."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from anlan.kernel.errors import Unavailable
from anlan.sense.relay import Ask
from anlan.sense.relay.calling import Caller

#: The door gateways publish to, as the ingest process names it.
MQTT: Final = "mqtt"
#: A process that was just started opens its doors within this time.
OPENING_S: Final = 60.0

Verb = Literal["state", "look", "judge"]


@dataclass(frozen=True, slots=True)
class Doors:
    """What the ingest process says of itself."""

    #: Everything that came is stored, judged, and its alarms are written.
    idle: bool
    #: Up to which time of the workspace's clock it has judged all that came, ms.
    judged_ms: int
    #: Time as of which it last looked at streams and rules, ms.
    looked_ms: int
    #: Where gateways publish; None while that door is closed.
    mqtt: tuple[str, int] | None


def ask(workspace: Path, verb: Verb = "state") -> Doors:
    """Ask how they stand, or to look or judge at once; `Unavailable` while the process is away."""
    with Caller(workspace) as caller:
        caller.send(Ask(verb))
        answer, body = caller.receive()
    if answer.status != 200:
        raise Unavailable(answer.detail)
    told: dict[str, Any] = json.loads(body)
    judged, looked = int(told["judged_ms"]), int(told.get("looked_ms", told["judged_ms"]))
    return Doors(bool(told["idle"]), judged, looked, _address(told))


def _address(told: dict[str, Any]) -> tuple[str, int] | None:
    for door in told["doors"]:
        if door["name"] == MQTT and door["state"] == "open":
            host, _, port = door["text"].rpartition(":")
            return host, int(port)
    return None


def opened(workspace: Path) -> tuple[str, int]:
    """Wait until the MQTT door is open, and tell where; `Unavailable` when it stays closed."""
    until = time.monotonic() + OPENING_S
    while True:
        try:
            state = ask(workspace)
        except Unavailable:
            state = None
        if state is not None and state.mqtt is not None:
            return state.mqtt
        if time.monotonic() > until:
            raise Unavailable("MQTT 上报口没有打开，请看演练工作区的 log，或检查 ANLAN_MQTT_PORT")
        time.sleep(0.2)
