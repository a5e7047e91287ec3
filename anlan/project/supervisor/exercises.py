"""Exercise workspaces below a supervisor: each is served by a supervisor of its own."""

import json
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from anlan.kernel import workspace as workspaces
from anlan.kernel.errors import Conflict, Invalid, Missing, Unavailable
from anlan.project.supervisor.child import GRACE_S, Child
from anlan.project.supervisor.health import url
from anlan.project.supervisor.logs import RotatingLog

FILE = "exercises.json"
#: As far above MQTT's port as the pages are above theirs: two supervisors of one machine that
#: start exercises at the same moment look in different places.
WEB_PORT, MQTT_PORT = 8000, 1883
LAST_PORT = 65_535
OUR_OWN = (
    "ANLAN_DATA", "ANLAN_PORT", "ANLAN_SECRET_FILE", "DATABASE_URL", "TELEMETRY_URL", "STREAM_URL",
)  # fmt: skip


@dataclass(frozen=True)
class Exercise:
    """One exercise workspace that is being served."""

    data: Path
    port: int
    child: Child

    def told(self, host: str) -> dict[str, object]:
        """Say what a caller of the control socket wants to know."""
        return {
            "data": str(self.data),
            "port": self.port,
            "url": url(host, self.port),
            "pid": self.child.pid,
            "deaths": self.child.deaths,
        }


class Exercises:
    """Starts, stops and lists them, and remembers across starts which were served."""

    def __init__(
        self, data: Path, host: str, port: int, nested: Callable[[Path, str, int], tuple[str, ...]]
    ) -> None:
        self._data, self._host, self._port, self._nested = data, host, port, nested
        self._served: dict[Path, Exercise] = {}

    def resume(self) -> list[Child]:
        """Start again what was served when the last supervisor of this workspace ended."""
        try:
            kept = json.loads((self._data / FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        there = [Path(name) for name in kept if (Path(name) / "workspace.json").exists()]
        return [self.start(data).child for data in there]

    def start(self, data: Path) -> Exercise:
        """Serve the exercise at `data` on the next free port."""
        data = data.resolve()
        if data in self._served:
            raise Conflict(f"演练工作区 {data} 已在运行")
        if workspaces.load(data).kind != "exercise":
            raise Invalid(f"{data} 不是演练工作区")
        port = self._free_port(self._port + 1, self._host)
        (data / "log").mkdir(exist_ok=True)
        child = Child(
            name=f"exercise {data.name}",
            command=self._nested(data, self._host, port),
            environment=self._environment(),
            log=RotatingLog(data / "log" / "exercise.log"),
            grace_s=GRACE_S + 3,  # it gives its own children ten seconds
        )
        self._served[data] = Exercise(data, port, child)
        self._remember()
        return self._served[data]

    def stop(self, data: Path) -> Child:
        """Stop serving the exercise at `data`; the caller ends the child returned."""
        try:
            ended = self._served.pop(data.resolve())
        except KeyError:
            raise Missing(f"演练工作区 {data} 没有在运行") from None
        self._remember()
        return ended.child

    def told(self) -> list[dict[str, object]]:
        """List what is served."""
        return [exercise.told(self._host) for exercise in self._served.values()]

    def _environment(self) -> Mapping[str, str]:
        environment = {**os.environ, "ANLAN_SUPERVISED": str(self._data)}
        for name in OUR_OWN:
            environment.pop(name, None)  # an exercise has its own
        if os.environ.get("ANLAN_MQTT_PORT") != "0":
            first = MQTT_PORT + 1 + max(self._port - WEB_PORT, 0)
            environment["ANLAN_MQTT_PORT"] = str(self._free_port(first, self._host))
        return environment

    def _free_port(self, first: int, host: str) -> int:
        taken = {exercise.port for exercise in self._served.values()}
        for port in range(first, LAST_PORT):
            if port not in taken and _is_free(host, port):
                return port
        raise Unavailable("没有空闲的端口给演练工作区", retry=False)

    def _remember(self) -> None:
        draft = self._data / f"{FILE}.new"
        draft.write_text(json.dumps([str(data) for data in self._served]), encoding="utf-8")
        draft.replace(self._data / FILE)


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
