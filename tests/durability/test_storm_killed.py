"""A storm whose processes are killed with kill -9 at random moments comes to the same end."""

import os
import random
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from anlan.base.conftest import RealWorkspace
from anlan.demo.replay.cursor import Cursor
from anlan.demo.replay.stepping import STEP_MS
from anlan.project.supervisor.claim import read_pid, supervised_by
from tests.sense.demo_workspace import DemoWorkspace
from tests.sense.storm_night import COMMAND, county, outcome, played

pytestmark = [
    pytest.mark.soak,
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(os.environ.get("DATABASE_URL")), reason="an exercise is embedded whatever it is of"
    ),
]

KILLS = 10
#: What dies: one process of the platform, all that a supervisor watches, or the power fails.
VICTIMS = ("one", "children", "power")
#: About what a step takes, real seconds: a moment within it is drawn from this.
STEP_S = 4.0
NAME = "killed"
#: What a replay says when its platform does not come up.
NOT_STARTED = "没有启动"


@pytest.fixture(scope="module")
def demo(
    migrated: RealWorkspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DemoWorkspace]:
    yield from county(tmp_path_factory.mktemp("killed"), migrated)


@dataclass
class Night:
    """A replay that is begun again by the same command whenever the power failed."""

    demo: DemoWorkspace
    chance: random.Random
    killed: list[str] = field(default_factory=list)
    unstarted: int = 0

    def __post_init__(self) -> None:
        self.place = self.demo.dir / "exercises" / NAME
        self._running = self._begun()

    def _begun(self) -> "subprocess.Popen[str]":
        return self.demo.start(*COMMAND, "--name", NAME)

    def wait_for(self, moment: float) -> None:
        """Wait until so many steps are done, and for the part of one that is left."""
        while self._steps() < int(moment):
            if self._running.poll() is not None:
                self._begin_again()
            time.sleep(0.05)
        time.sleep((moment % 1) * STEP_S)

    def _begin_again(self) -> None:
        """Give the command again where a kill met a platform that was still starting."""
        told = self._running.communicate()[1]
        assert self._running.returncode, f"over before its time: {self.killed}"
        assert NOT_STARTED in told, (self.killed, told)
        self.unstarted += 1
        assert self.unstarted <= len(self.killed), told
        self._running = self._begun()

    def _steps(self) -> int:
        cursor = None
        with suppress(OSError):
            cursor = Cursor.read(self.place)
        return 0 if cursor is None else -(-(cursor.at - cursor.start) // STEP_MS)

    def kill(self) -> None:
        """Kill somebody with kill -9."""
        served = sorted(supervised_by(self.place))
        victim = self.chance.choice(VICTIMS)
        self.killed.append(f"{victim}@{self._steps()}")
        if victim == "power":
            self._cut_power(served)
        elif victim == "children":
            _strike(served)
        elif served:
            _strike([self.chance.choice(served)])

    def _cut_power(self, served: list[int]) -> None:
        supervisor = read_pid(self.place)
        senders = [pid for pid in _parents() if self._running.pid in _above(pid)]
        _strike([*([supervisor] if supervisor else []), self._running.pid, *senders, *served])
        self._running.communicate()
        self._running = self._begun()

    def end(self) -> None:
        """Let it play to its end."""
        while self._running.wait(timeout=1800):
            self._begin_again()
        self._running.communicate()


def _strike(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _parents() -> dict[int, int]:
    """Tell of every process whose child it is."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            found[int(path.parent.name)] = int(path.read_text("utf-8").rsplit(")", 1)[1].split()[1])
    return found


def _above(pid: int) -> list[int]:
    """List a process's parent, its parent's parent and so on."""
    parents, found = _parents(), []
    while pid := parents.get(pid, 0):
        found.append(pid)
    return found


def test_a_storm_survives_ten_kills_at_random_moments_and_ends_as_if_nothing_had_been(
    demo: DemoWorkspace,
) -> None:
    seed = int(os.environ.get("ANLAN_SEED") or secrets.randbelow(1_000_000))
    print(f"seed {seed}; ANLAN_SEED={seed} kills at the same moments again")
    chance = random.Random(seed)
    played(demo, "whole")
    night = Night(demo, chance)
    for moment in sorted(chance.uniform(1, 10) for _ in range(KILLS)):
        night.wait_for(moment)
        night.kill()
    night.end()
    print(f"killed {', '.join(night.killed)}; while starting {night.unstarted}")
    assert len(night.killed) == KILLS
    whole, after = outcome(demo, "whole"), outcome(demo, NAME)
    assert whole["owed"]
    for name, rows in whole.items():
        lost = [one for one in rows if one not in after[name]]
        more = [one for one in after[name] if one not in rows]
        assert (name, lost, more) == (name, [], [])
        assert after[name] == rows, name  # nothing twice
    verified = DemoWorkspace(night.place).anlan("journal", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
