"""Errands: processes that are started when asked, end by themselves and are then not started again.

Only those the recipe names can be run, one of each kind at a time. What runs when the supervisor
ends, however it ends, is taken up again by the next one; how each ended last is kept.
"""

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.project.supervisor.child import Child
from anlan.project.supervisor.logs import RotatingLog

FILE = "errands.json"
#: Longest list of options, so that what is kept stays one line of the control socket.
MOST_OPTIONS = 40


@dataclass(frozen=True)
class Kept:
    """What is known of the last errand of a kind; ``code`` is None until it has ended."""

    options: tuple[str, ...]
    since: str
    ended: str = ""
    code: int | None = None
    #: Whether it ended because somebody asked it to.
    halted: bool = False

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Kept":
        """Read what was kept."""
        return cls(**{**raw, "options": tuple(raw["options"])})


@dataclass
class Errands:
    """Starts and halts them, and remembers across starts."""

    data: Path
    commands: Mapping[str, tuple[str, ...]]
    environment: Mapping[str, str]
    _kept: dict[str, Kept] = field(default_factory=dict)
    _running: dict[str, Child] = field(default_factory=dict)

    def resume(self) -> list[Child]:
        """Take up again what ran when the last supervisor of this workspace ended."""
        self._kept = _read(self.data / FILE)
        left = [name for name, one in self._kept.items() if not one.ended and name in self.commands]
        return [self._start(name, self._kept[name].options) for name in left]

    def run(self, name: str, options: Sequence[str], first: Sequence[str] = ()) -> Child:
        """Start an errand; `first` are options of this start alone, not of taking it up again."""
        if name not in self.commands:
            raise Missing(f"没有这种进程：{name}")
        if name in self._running:
            raise Conflict("已经在进行，一次只能有一个")
        given = [*options, *first]
        if len(given) > MOST_OPTIONS or not all(isinstance(one, str) for one in given):
            raise Invalid("选项应是文字，且不能太多")
        self._kept[name] = Kept(tuple(options), _now())
        return self._start(name, (*options, *first))

    def halt(self, name: str) -> Child:
        """Ask an errand to end; it is over when `ended` is told of its child."""
        if name not in self._running:
            raise Missing("没有在进行")
        self._kept[name] = replace(self._kept[name], halted=True)
        self._running[name].ask_to_stop()
        return self._running[name]

    def ended(self, child: Child, code: int | None) -> None:
        """Note how a child ended that was an errand."""
        for name, running in list(self._running.items()):
            if running is child:
                del self._running[name]
                self._kept[name] = replace(self._kept[name], ended=_now(), code=code)
                self._remember()

    def told(self) -> dict[str, Any]:
        """Tell of the last errand of each kind; why it failed in the last lines of its log."""
        return {
            name: {
                **asdict(one),
                "running": name in self._running,
                "said": self._said(name) if one.code and not one.halted else "",
            }
            for name, one in self._kept.items()
        }

    def _start(self, name: str, options: Sequence[str]) -> Child:
        (self.data / "log").mkdir(exist_ok=True)
        child = Child(
            name=f"errand {name}",
            command=(*self.commands[name], *options),
            environment=self.environment,
            log=RotatingLog(self.data / "log" / f"{name}.log"),
            once=True,
        )
        self._running[name] = child
        self._remember()
        return child

    def _said(self, name: str) -> str:
        path = self.data / "log" / f"{name}.log"
        return RotatingLog(path).tail(5) if path.exists() else ""

    def _remember(self) -> None:
        draft = self.data / f"{FILE}.new"
        kept = {name: asdict(one) for name, one in self._kept.items()}
        with draft.open("w", encoding="utf-8") as file:
            json.dump(kept, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.data / FILE)


def _read(path: Path) -> dict[str, Kept]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return {name: Kept.read(one) for name, one in raw.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}  # never there, or spoilt: nothing can be taken up


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
