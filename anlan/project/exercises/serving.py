"""Starting, stopping and removing exercises through the supervisor of their source."""

import contextlib
import os
import time
from pathlib import Path

from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Unavailable
from anlan.project.exercises.drafts import hold, wipe
from anlan.project.exercises.making import set_clock
from anlan.project.exercises.places import Copied, open_exercise
from anlan.project.supervisor import control

START_S = 120.0
#: The supervisor gives a child's children ten seconds and the child a few more.
STOP_S = 20.0


def is_served(home: Path) -> bool:
    """Tell whether a supervisor serves the workspace at `home`."""
    try:
        control.ask(home, {"do": "state"})
    except Unavailable:
        return False
    return True


def start(home: Path, name: str) -> str:
    """Serve an exercise and return its address once it answers.

    The first start lets the exercise's time begin: at its own beginning, at this moment. Raises
    `Unavailable` when no supervisor serves `home`, `Conflict` when the exercise runs already.
    """
    exercise = open_exercise(home, name)
    if not is_served(home):
        raise Unavailable(f"{home} 没有运行中的安澜，请先启动它：./run --data {home}")
    held = _hold(exercise.dir)
    try:
        asked = control.ask(home, {"do": "start", "data": str(exercise.dir)})
        if not asked["ok"]:
            raise Conflict(str(asked["error"]))
        state = control.wait_ready(exercise.dir, START_S)
        held = held and held.now_begun()
    finally:
        _let_go(exercise.dir, held)
    return str(state["url"])


def _hold(directory: Path) -> Copied | None:
    """Stop the clock of an exercise that has never begun, so that starting up costs it nothing."""
    copied = Copied.read(directory)
    setting = clock.Clock(directory / "clock.json").setting()
    if copied is None or copied.begun or setting is None:
        return None
    set_clock(directory, start=setting.sim0, speed=0)
    return copied


def _let_go(directory: Path, copied: Copied | None) -> None:
    """Let the time of an exercise run, from where it was stopped and from this moment."""
    setting = clock.Clock(directory / "clock.json").setting()
    if copied is not None and setting is not None:
        set_clock(directory, start=setting.sim0, speed=copied.speed)
        copied.write(directory)


def stop(home: Path, name: str) -> bool:
    """Stop serving an exercise; False when nobody serves it.

    Raises `Conflict` when it does not end, or is served by another than its source's supervisor.
    """
    exercise = open_exercise(home, name)
    asked = {"do": "stop", "data": str(exercise.dir)}
    stopped = is_served(home) and bool(control.ask(home, asked)["ok"])
    until = time.monotonic() + (STOP_S if stopped else 0)
    while True:
        try:
            os.close(hold(exercise.dir))
        except Conflict:
            if time.monotonic() >= until:
                raise Conflict(f"{exercise.dir} 仍在运行{_by_whom(exercise.dir)}") from None
            time.sleep(0.1)
        else:
            return stopped


def _by_whom(directory: Path) -> str:
    with contextlib.suppress(OSError, ValueError):
        pid = int((directory / "anlan.pid").read_text(encoding="ascii"))
        return f"（进程 {pid}），请先停止它"
    return "，请先停止它"


def remove(home: Path, name: str) -> None:
    """Stop an exercise, overwrite its keys and delete it; `Invalid` for what is no exercise."""
    exercise = open_exercise(home, name)
    stop(home, name)
    lock = hold(exercise.dir)
    try:
        wipe(exercise.dir)
    finally:
        os.close(lock)
