"""A storm replayed at the press of a button: started, halted and told of, by the supervisor's hand.

Nothing is kept here besides the journal: what runs is known to the supervisor, how far it came to
the exercise itself. So a replay outlives the page that began it, and a crash of everything.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from django.db import transaction

from anlan.base.journal.deeds import name_deed
from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import selectors as regions
from anlan.kernel import workspace
from anlan.kernel.errors import Conflict, Invalid, Unavailable
from anlan.project import environment
from anlan.project.exercises.places import place_of
from anlan.project.supervisor import control

VIEW, START = "exercises.view", "exercises.start"
#: What the supervisor calls it.
ERRAND: Final = "replay"
#: How fast: simulated seconds a second; 0 is as fast as it can be done.
SPEEDS: Final = (60, 300, 600, 0)
#: The day around the landfall: from the morning on which the county turned red.
BEFORE, AFTER = timedelta(hours=14), timedelta(hours=10)


class Span(NamedTuple):
    """From when to when a storm is replayed."""

    begins: datetime
    ends: datetime


def name_of(storm: str) -> str:
    """Name the exercise of a storm, as `anlan replay` does."""
    return f"replay-{storm}"


def spans(storm: str) -> dict[str, Span]:
    """List which parts of a storm may be asked for; `Missing` for no storm."""
    from anlan.demo import storms

    told = storms.storm(storm)
    ashore = told.landfall.at.replace(minute=0, second=0, microsecond=0)
    whole = Span(told.start, told.start + timedelta(hours=told.hours))
    return {
        "landfall": Span(max(ashore - BEFORE, whole.begins), min(ashore + AFTER, whole.ends)),
        "whole": whole,
    }


def start_replay(*, storm: str, span: str, speed: int, again: bool, by: Actor) -> None:
    """Let a storm be replayed in an exercise made of this workspace, or go on where it stopped.

    `again` begins anew: the exercise of the last time is deleted. Raises `Conflict` while one is
    under way and outside a demo, `Unavailable` where no supervisor can run it.
    """
    home = _permit(by)
    if workspace.current().kind != "demo":
        raise Conflict("台风放在演示县上空，只有演示工作区能重演；请另起一个：./run")
    if environment.text("ANLAN_MQTT_PORT") == "0":
        raise Conflict("设备从 MQTT 上报，而这里关着（ANLAN_MQTT_PORT=0）；请去掉这一项再启动安澜")
    parts = spans(storm)
    if span not in parts or speed not in SPEEDS:
        raise Invalid("没有这一段，或没有这样的快慢")
    name = name_of(storm)
    options = [storm, "--name", name, *(["--speed", str(speed)] if speed else ["--lockstep"])]
    for option, moment in zip(("--from", "--to"), parts[span], strict=True):
        options += [option, moment.isoformat()]
    with transaction.atomic():
        _note("replay-started", name, by, {
            "storm": storm, "span": span, "speed": speed, "again": again,
        })  # fmt: skip
        _ask(home, {
            "do": "run", "errand": ERRAND, "options": options,
            "first": ["--again"] if again else [],
        })  # fmt: skip


def halt_replay(*, by: Actor) -> None:
    """Let a replay stop after what it is doing; it may go on later from there."""
    home = _permit(by)
    with transaction.atomic():
        _note("replay-halted", _named(home), by, {})
        _ask(home, {"do": "halt", "errand": ERRAND})


def close_replay(*, storm: str, by: Actor) -> None:
    """Serve the exercise of a storm no longer; it stays as it is. `Conflict` while one runs."""
    home = _permit(by)
    if (errand(home) or {}).get("running"):
        raise Conflict("重演还在进行，请先停下")
    name = name_of(storm)
    with transaction.atomic():
        _note("closed", name, by, {})
        _ask(home, {"do": "stop", "data": str(place_of(home, name))})


def errand(home: Path) -> dict[str, object] | None:
    """Tell what the supervisor knows of the last replay; None without one.

    `Unavailable` where no supervisor serves the workspace.
    """
    told = control.ask(home, {"do": "errands"})
    found: dict[str, object] | None = told.get("errands", {}).get(ERRAND)
    return found


def _permit(by: Actor) -> Path:
    permit(by, START, regions.top() or None)
    return workspace.current().dir


def _named(home: Path) -> str:
    options = (errand(home) or {}).get("options")
    words = list(options) if isinstance(options, list) else []
    return str(words[words.index("--name") + 1]) if "--name" in words else ""


def _ask(home: Path, asked: control.Answer) -> None:
    try:
        told = control.ask(home, asked)
    except Unavailable:
        raise Unavailable("没有守护进程，重演不能在这里开始；请用 ./run 启动安澜") from None
    if not told["ok"]:
        raise Conflict(str(told["error"]))


def _note(deed: str, name: str, by: Actor, facts: dict[str, object]) -> None:
    record(
        deed=f"exercises.{deed}", by=by, subject=("exercises", name), region=regions.top(),
        facts=facts,
    )  # fmt: skip


for _verb, _title, _title_en in (
    ("replay-started", "开始重演台风", "Began to replay a storm"),
    ("replay-halted", "停下重演", "Halted a replay"),
    ("closed", "关闭演练", "Closed an exercise"),
):
    name_deed(f"exercises.{_verb}", _title, _title_en)
