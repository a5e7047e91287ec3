"""One clock per workspace.

Live workspaces run on real time. An exercise workspace has a clock file, ``clock.json``::

    {"real0": "2026-11-22T00:00:00+00:00", "sim0": "2019-08-09T00:00:00+00:00",
     "speed": 60.0, "step": 0}

Simulated time is ``sim0 + (real - real0) * speed``; with ``speed`` 0 it stands still at ``sim0``
and is advanced by rewriting the file (lock-step; ``step`` counts the advances). While it is
``held``, what was measured up to then is still on its way: nothing that the time alone brings may
begin, so that all of it is judged by everything that was measured.
Sessions, tokens, leases, TLS and lock-outs use :func:`real_now`, always.
"""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from anlan.kernel.errors import Invalid

#: Where people read the clock. Inside, every time is UTC.
LOCAL_ZONE = ZoneInfo("Asia/Shanghai")

#: The file is looked at again after this long, so a changed time reaches every process soon.
REREAD_SECONDS = 0.01
#: Whoever holds the time and dies holds it no longer than this.
HOLD_SECONDS = 240.0


def real_now() -> datetime:
    """Tell the real time, whatever the workspace's clock says."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that reads it


@dataclass(frozen=True)
class Setting:
    """How simulated time runs: ``sim0`` at ``real0``, then ``speed`` simulated seconds a second."""

    real0: datetime
    sim0: datetime
    speed: float
    step: int = 0
    held: bool = False

    @classmethod
    def from_json(cls, text: str) -> "Setting":
        """Read a clock file's text; `Invalid` when a field is missing or has no offset."""
        try:
            raw = json.loads(text)
            setting = cls(
                real0=datetime.fromisoformat(raw["real0"]),
                sim0=datetime.fromisoformat(raw["sim0"]),
                speed=float(raw["speed"]),
                step=int(raw.get("step", 0)),
                held=bool(raw.get("held", False)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid(f"clock.json 无法读取：{error}") from error
        if setting.real0.tzinfo is None or setting.sim0.tzinfo is None or setting.speed < 0:
            raise Invalid("clock.json 的时间必须带时区，速度不能为负")
        return setting

    def to_json(self) -> str:
        """Write the text `from_json` reads."""
        return json.dumps(
            {
                "real0": self.real0.isoformat(),
                "sim0": self.sim0.isoformat(),
                "speed": self.speed,
                "step": self.step,
                "held": self.held,
            }
        )

    def at(self, real: datetime) -> datetime:
        """Tell the simulated time at a real instant."""
        return self.sim0 + timedelta(seconds=(real - self.real0).total_seconds() * self.speed)


class Clock:
    """Tells a workspace's time; without a file it tells real time."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._setting: Setting | None = None
        self._stamp: tuple[int, int] | None = None
        self._looked = -1.0

    def setting(self) -> Setting | None:
        """Return the simulation in force, or None for real time."""
        if self._path is None:
            return None
        tick = time.monotonic()
        if tick - self._looked >= REREAD_SECONDS:
            self._looked = tick
            self._reread(self._path)
        return self._setting

    def look_again(self) -> None:
        """Look at the file at the next question, however lately that was done."""
        self._looked = -1.0

    def _reread(self, path: Path) -> None:
        try:
            stat = path.stat()
        except FileNotFoundError:
            self._setting, self._stamp = None, None
            return
        stamp = (stat.st_mtime_ns, stat.st_ino)
        if stamp != self._stamp:
            self._setting = Setting.from_json(path.read_text(encoding="utf-8"))
            self._stamp = stamp

    def now(self) -> datetime:
        """Tell the workspace's time, UTC."""
        setting = self.setting()
        real = real_now()
        return real if setting is None else setting.at(real)


_current = Clock()


def use(path: Path | None) -> None:
    """Make this process follow the clock file at `path` (None: real time)."""
    global _current
    _current = Clock(path)


def now() -> datetime:
    """Tell the time of this process's workspace, UTC."""
    return _current.now()


def setting() -> Setting | None:
    """Return how this workspace's time runs, or None for real time."""
    return _current.setting()


def look_again() -> None:
    """Look at the clock file at the next question: somebody said that it is another time."""
    _current.look_again()


def is_held() -> bool:
    """Tell whether what this workspace's time alone brings has to wait."""
    setting = _current.setting()
    if setting is None or not setting.held:
        return False
    return (real_now() - setting.real0).total_seconds() < HOLD_SECONDS


def set_clock(path: Path, setting: Setting) -> None:
    """Replace a clock file in one step, so that no reader ever sees half of it."""
    draft = path.with_suffix(".json.new")
    draft.write_text(setting.to_json(), encoding="utf-8")
    draft.replace(path)


def local(moment: datetime) -> datetime:
    """Turn an instant into the wall time people read."""
    return moment.astimezone(LOCAL_ZONE)
