"""How a replay fares: being made, playing, halted or failed, and how far it has come."""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from anlan.base.journal.models import Entry
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.permissions.selectors import names_of
from anlan.base.regions import selectors as regions
from anlan.kernel import workspace
from anlan.kernel.errors import AnlanError, Unavailable
from anlan.project.exercises import replaying
from anlan.project.exercises.places import place_of
from anlan.project.supervisor import control

#: So many of the last steps tell how fast it goes now.
LATELY: Final = 8
FINISHED: Final = "done"


@dataclass(frozen=True)
class Replay:
    """A replay, as it is shown.

    ``phase``: none, making (registers are copied), preparing (weather and sea are reckoned),
    opening (its processes start), playing, halted, failed, done; inside: this is the exercise.
    """

    storm: str
    title: str
    phase: str
    begins: datetime | None = None
    ends: datetime | None = None
    at: datetime | None = None
    #: Asked for, 0 for as fast as can be; and what the last steps made of it, simulated seconds a
    #: second.
    asked: int | None = None
    speed: float | None = None
    #: For so many seconds the exercise's clock has stood: a forecast is being computed, or a step
    #: is not done yet.
    still_s: float | None = None
    #: Where the exercise answers; "" while nobody serves it.
    url: str = ""
    since: str = ""
    by: str = ""
    why: str = ""


def replay(actor: Actor, storm: str) -> dict[str, Any]:
    """Tell of the replay of a storm, and what the asker may do about it."""
    permit(actor, replaying.VIEW)
    here = workspace.current()
    if here.kind == "exercise":
        told = _inside(here.dir, storm)
    elif here.kind != "demo":
        told = Replay(storm, _title(storm), "elsewhere")
    else:
        told = _told(here.dir, storm)
    return {
        **asdict(told),
        "simulated": True,
        "may_start": here.kind == "demo"
        and may(actor, replaying.START, regions.top() or None),
        "speeds": replaying.SPEEDS,
        "spans": {
            key: {"begins": span.begins, "ends": span.ends}
            for key, span in replaying.spans(storm).items()
        },
    }  # fmt: skip


def _title(storm: str) -> str:
    from anlan.demo import storms

    return storms.storm(storm).name


def _inside(place: Path, storm: str) -> Replay:
    begins, ends, at, _ = _course(place)
    return Replay(storm, _title(storm), "inside", begins, ends, at)


def _told(home: Path, storm: str) -> Replay:
    place = place_of(home, replaying.name_of(storm))
    try:
        last = replaying.errand(home) or {}
    except Unavailable as error:
        return Replay(storm, _title(storm), "unsupervised", why=error.detail)
    if storm not in _options(last):
        last = {}
    begins, ends, at, speed = _course(place)
    url = _url(place)
    running = bool(last.get("running"))
    phase = _phase(place, last, begun=at is not None and at != begins, finished=at == ends, url=url)
    return Replay(
        storm, _title(storm), phase, begins, ends, at, asked=_asked(_options(last)),
        speed=speed if running else None,
        still_s=_still(place) if phase == "playing" else None, url=url,
        since=str(last.get("since", "")),
        by=_starter(replaying.name_of(storm)) if running else "",
        why=str(last.get("said", "")) if phase == "failed" else "",
    )  # fmt: skip


def _phase(place: Path, last: dict[str, Any], *, begun: bool, finished: bool, url: str) -> str:
    if last.get("running"):
        if begun:
            return "playing"
        if not (place / "workspace.json").exists():
            return "making"
        return "opening" if (place / "replay" / "cursor.json").exists() else "preparing"
    if finished and begun:
        return FINISHED
    if last.get("code") and not last.get("halted"):
        return "failed"
    return "halted" if begun or last or url else "none"


def _course(
    place: Path,
) -> tuple[datetime | None, datetime | None, datetime | None, float | None]:
    """Read from when to when an exercise is replayed, how far it came, and how fast it goes."""
    from anlan.demo.replay import tempo
    from anlan.demo.replay.cursor import Cursor

    try:
        cursor = Cursor.read(place)
        steps = tempo.read(place)[-LATELY:]
    except (AnlanError, OSError, ValueError):  # it is being deleted or made
        return None, None, None, None
    if cursor is None:
        return None, None, None, None
    lately = tempo.whole(steps)
    moments = [_moment(one) for one in (cursor.start, cursor.end, cursor.at)]
    return moments[0], moments[1], moments[2], None if lately is None else lately.speed


def _still(place: Path) -> float | None:
    try:
        return round(max(0.0, time.time() - (place / "replay" / "cursor.json").stat().st_mtime), 1)
    except FileNotFoundError:
        return None


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC)


def _url(place: Path) -> str:
    if not (place / control.NAME).exists():
        return ""
    try:
        state = control.ask(place, {"do": "state"})
    except Unavailable:
        return ""
    return str(state.get("url", "")) if state.get("ready") else ""


def _options(last: dict[str, Any]) -> list[str]:
    return list(last.get("options") or ())


def _asked(options: list[str]) -> int | None:
    if "--lockstep" in options:
        return 0
    return int(float(options[options.index("--speed") + 1])) if "--speed" in options else None


def _starter(name: str) -> str:
    """Name who started it last, as the journal has it."""
    found = (
        Entry.objects.filter(
            deed="exercises.replay-started", subject_kind="exercises", subject=name
        )
        .order_by("-id")
        .values_list("by", flat=True)
        .first()
    )
    return names_of([found]).get(found, "") if found else ""
