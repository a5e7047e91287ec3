"""What is really the matter while a drill runs: the live workspace tells every exercise below it.

An exercise reaches nobody outside and asks nobody: it shows what is put into its directory. So the
live workspace's worker writes ``DIR/exercises/NAME/real.json``: what waits there for an officer, at
every alarm and every department's message, and every minute, so that what is taken in hand goes
away again and an exercise knows that it would be told. Beside each stands who may see it there,
now: what somebody was granted for the drill does not count.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.permissions.selectors import actors
from anlan.base.regions import scope
from anlan.comms.linking import link_base
from anlan.kernel import clock, workspace
from anlan.kernel.clock import real_now
from anlan.project import environment
from anlan.project.exercises.places import FOLDER, Copied, exercises
from anlan.sense.selectors.alarms import VIEW, unanswered
from anlan.warn.selectors.inbox import unanswered as unanswered_messages
from anlan.warn.selectors.rows import may_see_received

NAME: Final = "real.json"
#: More of a kind are not told one by one.
MOST: Final = 100
#: Who has said nothing for so long may have stopped: it speaks every minute.
SILENT: Final = timedelta(minutes=3)
#: The only kind in which anything is real.
LIVE: Final = "live"
#: How a wall's key comes in: it is nobody, and learns that something is real, not where.
SCREEN: Final = "wall"
#: Digits of a township's prefix.
TOWNSHIP: Final = 9


@dataclass(frozen=True, kw_only=True)
class Matter:
    """Something that waits for an officer in the live workspace."""

    #: alarm, or warning: a department's message nobody has passed on.
    kind: str
    id: str
    hazard: str
    #: 1 red to 4 blue; None when no level is known.
    level: int | None
    title: str
    place: str
    region: str
    #: When it became known, RFC 3339.
    at: str
    #: Ids of the users who may see it.
    seen_by: list[str]


def tell_exercises(home: Path) -> int:
    """Tell all exercises of the workspace at `home`, this process's own; returns how many."""
    copies = list(exercises(home))
    if not copies or workspace.load(home).kind != LIVE:
        return 0
    with _alone(home / FOLDER):  # whoever asked earlier must not write later
        told = {
            "at": real_now().isoformat(),
            "base": link_base() or "",
            "port": environment.number("ANLAN_PORT"),
            "matters": [asdict(one) for one in matters()],
        }
        for directory in copies:
            with suppress(FileNotFoundError):  # it is being deleted
                _write(directory, told)
    return len(copies)


def matters() -> list[Matter]:
    """List what waits in this workspace, the worst first."""
    alarms, messages = unanswered(MOST), unanswered_messages(MOST)
    everybody = actors() if alarms or messages else []
    told = [*_alarms(alarms, everybody), *_messages(messages, everybody)]
    return sorted(told, key=lambda one: (one.level or 2, one.kind))


def _alarms(rows: Sequence[Any], everybody: Sequence[Actor]) -> Iterator[Matter]:
    seers: dict[str, list[str]] = {}
    for row in rows:
        if row.region_id not in seers:
            seers[row.region_id] = _ids(
                one for one in everybody if may(one, VIEW, row.region_id)
            )  # fmt: skip
        yield Matter(
            kind="alarm", id=row.pk, hazard=row.hazard, level=row.level, title=row.title,
            place=row.place or row.region.name, region=row.region_id,
            at=row.heard_at.isoformat(), seen_by=seers[row.region_id],
        )  # fmt: skip


def _messages(rows: Sequence[Any], everybody: Sequence[Actor]) -> Iterator[Matter]:
    seers: dict[str, list[str]] = {}
    for row in rows:
        if row.region_id not in seers:
            seers[row.region_id] = _ids(
                one for one in everybody if may_see_received(one, row.region_id)
            )  # fmt: skip
        yield Matter(
            kind="warning", id=row.pk, hazard=row.hazard, level=row.level,
            title=row.headline or row.event, place=row.region.name, region=row.region_id,
            at=row.received_at.isoformat(), seen_by=seers[row.region_id],
        )  # fmt: skip


def _ids(everybody: Iterable[Actor]) -> list[str]:
    return sorted(one.user_id for one in everybody if one.user_id)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".real.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(directory: Path, told: dict[str, Any]) -> None:
    draft = directory / f"{NAME}.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(told, file, ensure_ascii=False)
    draft.replace(directory / NAME)


def real_alarms(actor: Actor) -> dict[str, Any]:
    """Tell whoever is in this exercise what waits for them in the live workspace.

    ``source`` is "" where nothing real can be: in a live workspace itself, in a demo, and in an
    exercise copied from one. ``told`` is false when the live workspace has not spoken for a while:
    then nothing listed does not mean that nothing is the matter.
    """
    source = _source()
    if source is None:
        return {"source": "", "told": False, "at": None, "items": [], "base": "", "port": None}
    told = _read(workspace.directory())
    if actor.via == SCREEN:
        seen = [_blotted(one) for one in _near(told, actor.region)]
    else:
        seen = [one for one in told.get("matters", ()) if actor.user_id in one["seen_by"]]
    return {
        "source": source,
        "told": _spoke(told),
        "at": datetime.fromisoformat(told["at"]) if told else None,
        "items": [_shown(one) for one in seen],
        "base": told.get("base", ""),
        "port": told.get("port"),
    }


def real_near(region: str) -> list[dict[str, Any]] | None:
    """Tell a phone in this exercise, which is nobody's account, what is real where it is.

    That is its township, and what holds for more than it: kind of hazard and level, no more. None
    when the live workspace has not spoken for a while; empty where nothing real can be.
    """
    if not region or _source() is None:
        return []
    told = _read(workspace.directory())
    if not _spoke(told):
        return None
    return [_shown(_blotted(one)) for one in _near(told, region, TOWNSHIP)]


def _near(told: dict[str, Any], region: str, longest: int | None = None) -> list[dict[str, Any]]:
    """List what lies within a region or holds for more than it; `longest` widens the region."""
    here = scope.prefix(region)[:longest]
    found = []
    for one in told.get("matters", ()):
        there = scope.prefix(one.get("region") or scope.COUNTRY)
        if there.startswith(here) or here.startswith(there):
            found.append(one)
    return found


def _blotted(matter: dict[str, Any]) -> dict[str, Any]:
    """Leave out where and what: whoever looks is nobody in the live workspace."""
    return {**matter, "id": "", "title": "", "place": "", "region": ""}


def _source() -> str | None:
    """Name the live workspace this exercise was copied from; None without one."""
    here = workspace.current()
    copied = Copied.read(here.dir) if here.kind == "exercise" else None
    return copied.source if copied is not None and copied.source_kind == LIVE else None


def _spoke(told: dict[str, Any]) -> bool:
    return bool(told) and real_now() - datetime.fromisoformat(told["at"]) < SILENT


def _read(directory: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        told: dict[str, Any] = json.loads((directory / NAME).read_text(encoding="utf-8"))
        return told
    return {}


def _shown(matter: dict[str, Any]) -> dict[str, Any]:
    hazards = codes.table("hazards")
    known = matter["hazard"] in codes.hazards()
    return {
        **{key: value for key, value in matter.items() if key not in ("seen_by", "region")},
        "hazard_label": hazards.name(matter["hazard"]) if known else "",
        "hazard_label_en": hazards.name(matter["hazard"], "en") if known else "",
        "at": clock.local(datetime.fromisoformat(matter["at"])).isoformat(timespec="seconds"),
    }
