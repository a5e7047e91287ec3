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
#: A run of a model may take so long once nothing else is under way.
MODEL_PATIENCE_S: Final = 900.0
#: What `Busy` calls the runs of models: waiting for them is told of by itself.
MODELS: Final = "预报计算"
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
#: Lets simulated people speak when the clock stands at a time; tells what they said.
Act = Callable[[int], Tally]


@dataclass(frozen=True)
class Stage:
    """A workspace in which a recording is played."""

    workspace: Path
    senders: Sending
    busy: Busy
    tell: Tell
    act: Act | None = None


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
    tally = Tally()
    _wait(stage, at, tally)  # what the time itself brings comes before what is sent
    tally.add(stage.senders.send(cursor.at, at))
    _wait(stage, at, tally)
    if stage.act is not None:
        _let_speak(stage, stage.act, at, tally)
    tally.add(cursor.tally)
    cursor = replace(cursor, at=at, tally=tally)
    cursor.write(stage.workspace)
    stage.tell(cursor)
    return cursor


def _let_speak(stage: Stage, act: Act, at: int, tally: Tally) -> None:
    """Let people speak until what they said makes nobody else speak at the same time."""
    said = act(at)
    while said.answers or said.relayed:
        tally.add(said)
        _wait(stage, at, tally)
        said = act(at)


def _wait(stage: Stage, at: int, tally: Tally) -> None:
    waited = wait_until_done(stage.busy, at)
    if waited:
        tally.waits += 1
        tally.waited_s += waited


def stop_clock(workspace: Path, at: int) -> None:
    """Let a workspace's time stand still at a moment, one step further than before."""
    path = workspace / "clock.json"
    setting = clock.Setting(clock.real_now(), moment(at), 0.0, _number(path) + 1)
    clock.set_clock(path, setting)


def _number(path: Path) -> int:
    setting = clock.Clock(path).setting()
    return 0 if setting is None else setting.step


def wait_until_done(busy: Busy, at: int, patience_s: float = PATIENCE_S) -> float:
    """Wait until nothing is under way, twice in a row: what ends last may begin something else.

    Tells for how many seconds nothing but models ran. Raises `Unavailable` with what does not end.
    """
    begun = looked = time.monotonic()
    quiet, waited = 0, 0.0
    while quiet < 2:
        left = busy(at)
        quiet = 0 if left else quiet + 1
        now = time.monotonic()
        models = left == [MODELS]
        waited += now - looked if models else 0.0
        looked = now
        if left and now - begun > (max(patience_s, MODEL_PATIENCE_S) if models else patience_s):
            raise Unavailable(f"{now - begun:.0f} 秒后仍未完成：{'、'.join(left)}")
        if quiet < 2:
            time.sleep(POLL_S)
    return waited
