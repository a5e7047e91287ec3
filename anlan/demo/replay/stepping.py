"""The workspace's clock and the senders, step by step or at a pace.

In lock-step the clock stands still at each step until everything that came of it is done, so that
two runs agree, and the next step follows at once. At a pace it follows when it is due; what came of
a step may still be under way then, but not for long, and people speak meanwhile.

A step's time is held until what was measured up to then has come and is judged: whatever the time
itself brings is looked for by all that was measured, however quick or slow anybody was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from anlan.demo.days.recording import moment
from anlan.kernel import clock
from anlan.kernel.errors import Unavailable

from . import tempo
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
#: What it calls taking in what was sent and judging it and the time, and jobs that look at the
#: time again and again. The clock never goes ahead of these: what looks too seldom sees a break.
DOORS: Final = "数据入口和报警"
SCHEDULED: Final = "定时作业"
#: How long to wait before asking once more, at first and at most: each question costs something.
POLL_S: Final = 0.005
LONGEST_POLL_S: Final = 0.05
#: And while nothing but models is waited for, which need the machine themselves.
LONGEST_MODEL_POLL_S: Final = 0.5
#: How long nothing must have been under way.
QUIET_S: Final = 0.02
#: Shortest step at a pace.
LEAST_MS: Final = 1000
#: So much lost time is made up for at a pace; more is not.
PATIENT_S: Final = 60.0
#: So long, by the workspace's clock, what came of a step may be under way at a pace.
BEHIND_MS: Final = 3 * STEP_MS


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


def _free(_at: int) -> list[str]:
    return []


@dataclass(frozen=True)
class Stage:
    """A workspace in which a recording is played."""

    workspace: Path
    senders: Sending
    busy: Busy
    tell: Tell
    act: Act | None = None
    #: What hinders that a step's values are sent; what that they count as judged; what they alone
    #: set in motion and is still under way. The time is held meanwhile.
    unlooked: Busy = _free
    unjudged: Busy = _free
    stirred: Busy = _free


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
        began, after = time.time(), cursor.at
        tally = Tally()
        cursor = _step(stage, cursor, at, tally)
        tempo.note(
            stage.workspace,
            tempo.Step(after, at, began, time.time() - began, waited_s=tally.waited_s),
        )
    return cursor


def paced(stage: Stage, cursor: Cursor, speed: float) -> Cursor:
    """Play what is left at a speed, in steps of about a second; slower when it cannot be done.

    The clock never runs ahead of what was sent, judged and looked at, or a busy machine would make
    silence of its own slowness. For all else it waits only when that has been under way for
    `BEHIND_MS`: a platform that keeps up does several things at once. Waiting for models is not
    made up for.
    """
    step_ms = max(LEAST_MS, min(STEP_MS, round(speed * 1000)))
    leeway = _Leeway(cursor.at)
    due = time.monotonic()
    for at in ends(cursor, step_ms):
        began, after = time.time(), cursor.at
        due = max(due + (at - after) / 1000 / speed, time.monotonic() - PATIENT_S)
        tally = Tally()
        # At the end everything is waited for, as in lock-step: what came of it is to be read.
        cursor = _step(stage, cursor, at, tally, leeway if at < cursor.end else None)
        due += tally.waited_s
        idle = max(0.0, due - time.monotonic())
        behind = max(0.0, time.monotonic() - due)
        time.sleep(idle)
        tempo.note(
            stage.workspace,
            tempo.Step(after, at, began, time.time() - began, tally.waited_s, idle, behind),
        )
    return cursor


class _Leeway:
    """Tells whether the clock may go on though something is under way."""

    def __init__(self, done: int) -> None:
        #: The workspace's time up to which everything is known to be done.
        self._done = done

    def suffices(self, left: Sequence[str], at: int) -> bool:
        """Tell it of what is left at a time."""
        if not left:
            self._done = at
        looked = DOORS not in left and SCHEDULED not in left
        return looked and at - self._done <= BEHIND_MS


def _step(
    stage: Stage, cursor: Cursor, at: int, tally: Tally, leeway: _Leeway | None = None
) -> Cursor:
    """Live through one step; `tally` is what came of it alone."""
    stop_clock(stage.workspace, at, held=True)
    wait_until_done(stage.unlooked, at, quiet=1)
    tally.add(stage.senders.send(cursor.at, at))
    wait_until_done(stage.unjudged, at, quiet=1)
    if leeway is None:
        wait_until_done(stage.stirred, at)
    release_clock(stage.workspace)
    if stage.act is not None and leeway is not None:
        # To ask tells the worker of the time: it goes to work while people speak.
        stage.busy(at)
        tally.add(stage.act(at))
    _wait(stage, at, tally, leeway)
    if stage.act is not None and leeway is None:
        _let_speak_out(stage, stage.act, at, tally)
    total = Tally()
    total.add(cursor.tally)
    total.add(tally)
    cursor = replace(cursor, at=at, tally=total)
    cursor.write(stage.workspace)
    stage.tell(cursor)
    return cursor


def _let_speak_out(stage: Stage, act: Act, at: int, tally: Tally) -> None:
    """Let people speak until what they said makes nobody else speak at the time."""
    said = act(at)
    tally.add(said)
    while said.answers or said.relayed or said.decided:
        _wait(stage, at, tally)
        said = act(at)
        tally.add(said)


def _wait(stage: Stage, at: int, tally: Tally, leeway: _Leeway | None = None) -> None:
    waited = wait_until_done(stage.busy, at, enough=leeway.suffices if leeway else _nothing)
    if waited:
        tally.waits += 1
        tally.waited_s += waited


def _nothing(left: Sequence[str], _at: int) -> bool:
    return not left


def stop_clock(workspace: Path, at: int, *, held: bool = False) -> None:
    """Let a workspace's time stand still at a moment, one step further than before.

    On return every process tells that time.
    """
    path = workspace / "clock.json"
    setting = clock.Setting(clock.real_now(), moment(at), 0.0, _number(path) + 1, held)
    clock.set_clock(path, setting)
    clock.look_again()
    time.sleep(clock.REREAD_SECONDS)


def release_clock(workspace: Path) -> None:
    """Let begin what the time brings at which the clock stands, and tell who waits for it."""
    path = workspace / "clock.json"
    setting = clock.Clock(path).setting()
    if setting is not None and setting.held:
        clock.set_clock(path, replace(setting, held=False))
        clock.look_again()


def _number(path: Path) -> int:
    setting = clock.Clock(path).setting()
    return 0 if setting is None else setting.step


def wait_until_done(
    busy: Busy,
    at: int,
    patience_s: float = PATIENCE_S,
    enough: Callable[[Sequence[str], int], bool] = _nothing,
    quiet: int = 2,
) -> float:
    """Wait until nothing is under way, twice in a row: what ends last may begin something else.

    `enough` tells whether what is left may stay so, `quiet` how often in a row it must be so. Tells
    for how many seconds nothing but models was waited for. Raises `Unavailable` with what does not
    end.
    """
    begun = looked = time.monotonic()
    found, waited, pause = 0, 0.0, POLL_S
    while True:
        left = busy(at)
        found = found + 1 if enough(left, at) else 0
        now = time.monotonic()
        models = left == [MODELS] and not found
        waited += now - looked if models else 0.0
        looked = now
        if left and now - begun > (max(patience_s, MODEL_PATIENCE_S) if models else patience_s):
            raise Unavailable(f"{now - begun:.0f} 秒后仍未完成：{'、'.join(left)}")
        if found >= quiet:
            return waited
        time.sleep(QUIET_S if found else pause)
        longest = LONGEST_MODEL_POLL_S if models else LONGEST_POLL_S
        pause = POLL_S if found else min(pause * 1.3, longest)
