"""How the doors of a workspace stand, asked over the ingest process's own socket."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from anlan.kernel.errors import Unavailable
from anlan.sense.relay import Ask
from anlan.sense.relay.calling import Caller


@dataclass(frozen=True, slots=True)
class Doors:
    """What the ingest process says of itself."""

    #: Everything that came is stored, judged, and its alarms are written.
    idle: bool
    #: Time of the workspace's clock when the rules were last told how late it is, ms.
    now_ms: int
    mqtt_port: int


def ask(workspace: Path) -> Doors:
    """Ask; `Unavailable` while the ingest process is away."""
    with Caller(workspace) as caller:
        caller.send(Ask("state"))
        answer, body = caller.receive()
    if answer.status != 200:
        raise Unavailable(answer.detail)
    told = json.loads(body)
    return Doors(bool(told["idle"]), int(told["now_ms"]), int(told["mqtt_port"]))
