"""The workspace's clock and the senders, step by step or at a pace.

The clock stands still at each step until everything that came of it is done, so that two runs
agree. In lock-step the next step follows at once, at a pace when it is due.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from anlan.demo.days.recording import moment
from anlan.kernel import clock
from anlan.kernel.errors import Unavailable

from .cursor import Cursor
from .tally import Tally

#: Simulated length of a step. Below the patience of every rule about silence: what is measured in
#: a step arrives at its end.
STEP_MS: Final = 120_000
#: Steps end so long after the full minute: devices need some seconds to send what they measured.
OFFSET_MS: Final = 20_000
#: What came of a step must be done within this time.
PATIENCE_S: Final = 300.0
POLL_S: Final = 0.02
#: Shortest step at a pace.
LEAST_MS: Final = 1000
#: So much lost time is made up for at a pace; more is not.
PATIENT_S: Final = 5.0


class Sending(Protocol):
    """Whoever sends."""

    def send(self, after: int, until: int) -> Tally:
        """Send what is due between two times, ms since 1970 UTC; all confirmed on return."""


#: Names what is still under way at a time; empty when everything is done.
Busy = Callable[[int], list[str]]
#: Told after each step.
Tell = Callable[[Cursor], None]


@dataclass(frozen=True)
class Stage:
    """A workspace in which a recording is played."""

    workspace: Path
    senders: Sending
    busy: Busy
    tell: Tell


def ends(cursor: Cursor, step_ms: int) -> Iterator[int]:
    """List when the steps that are left end; the same whether a replay was cut off or not."""
    first = cursor.start + OFFSET_MS
    done = max(0, (cursor.at - first) // step_ms + 1) if cursor.at >= first else 0
    at = first + done * step_ms
    while at < cursor.end:
        yield at
        at += step_ms
    yield cursor.end


def lockstep(stage: Stage, cursor: Cursor, step_ms: int = STEP_MS) -> Cursor:
    """Play what is left, one step after another; each is kept once everything of it is done."""
    for at in ends(cursor, step_ms):
        cursor = _step(stage, cursor, at)
    return cursor


def paced(stage: Stage, cursor: Cursor, speed: float) -> Cursor:
    """Play what is left at a speed, in steps of about a second; slower when it cannot be done.

    The clock never runs ahead of what was sent, or a busy machine would make silence of its own
    slowness.
    """
    step_ms = max(LEAST_MS, min(STEP_MS, round(speed * 1000)))
    due = time.monotonic()
    for at in ends(cursor, step_ms):
        due = max(due + (at - cursor.at) / 1000 / speed, time.monotonic() - PATIENT_S)
        cursor = _step(stage, cursor, at)
        time.sleep(max(0.0, due - time.monotonic()))
    return cursor


def _step(stage: Stage, cursor: Cursor, at: int) -> Cursor:
    stop_clock(stage.workspace, at)
    wait_until_done(stage.busy, at)  # what the time itself brings comes before what is sent
    tally = stage.senders.send(cursor.at, at)
    wait_until_done(stage.busy, at)
    tally.add(cursor.tally)
    cursor = replace(cursor, at=at, tally=tally)
    cursor.write(stage.workspace)
    stage.tell(cursor)
    return cursor


def stop_clock(workspace: Path, at: int) -> None:
    """Let a workspace's time stand still at a moment, one step further than before."""
    path = workspace / "clock.json"
    setting = clock.Setting(clock.real_now(), moment(at), 0.0, _number(path) + 1)
    clock.set_clock(path, setting)


def _number(path: Path) -> int:
    setting = clock.Clock(path).setting()
    return 0 if setting is None else setting.step


def wait_until_done(busy: Busy, at: int, patience_s: float = PATIENCE_S) -> None:
    """Wait until nothing is under way, twice in a row: what ends last may begin something else.

    Raises `Unavailable` with what does not end.
    """
    until = time.monotonic() + patience_s
    quiet = 0
    while quiet < 2:
        left = busy(at)
        quiet = 0 if left else quiet + 1
        if left and time.monotonic() > until:
            raise Unavailable(f"{patience_s:.0f} 秒后仍未完成：{'、'.join(left)}")
        if quiet < 2:
            time.sleep(POLL_S)
