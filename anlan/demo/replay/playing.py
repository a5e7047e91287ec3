"""One replay from its recording to its verdict, in the workspace this process belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from anlan.demo import storms
from anlan.demo.county import generate
from anlan.demo.days import DAYS, filed, truth
from anlan.demo.days.making import record
from anlan.demo.days.recording import Recording, moment
from anlan.kernel.clock import local
from anlan.kernel.errors import Conflict
from anlan.sense.rules.spec import Spec
from anlan.sense.selectors.directory import rule_rows

from . import company, doors, equipment, far_side, outcome, stepping, tempo
from .cursor import FOLDER, Cursor
from .quiet import Quiet
from .senders import Senders
from .verdict import Verdict, judge

#: Alarms may come so much later than planned: a step, and some seconds on the way.
SLACK_MS: Final = stepping.STEP_MS + 60_000


@dataclass(frozen=True)
class Played:
    """How a replay ended. ``verdict`` is None when nobody says which alarms must come."""

    cursor: Cursor
    verdict: Verdict | None
    #: Codes of rules in force whose alarms cannot be foreseen; they are not judged.
    unforeseen: tuple[str, ...]
    unknown: tuple[str, ...]
    #: How long each step took.
    steps: tuple[tempo.Step, ...] = ()


@dataclass(frozen=True)
class Pace:
    """How fast: ``speed`` simulated seconds a second, or None for as fast as it can be done.

    ``peopled`` lets simulated people answer where a storm is replayed.
    """

    speed: float | None = None
    step_ms: int = stepping.STEP_MS
    peopled: bool = True


def prepare(name: str, given: Recording | None, span: tuple[int, int], workspace: Path) -> Cursor:
    """Put the recording, its keys and a cursor into a workspace; one that has them goes on.

    Killed anywhere in here, the same command does it again.
    """
    kept = Cursor.read(workspace)
    if kept is not None:
        if kept.recording != Path(name).stem:
            raise Conflict(f"{workspace.name} 里放着另一份记录 {kept.recording}，请换 --name")
        return _resumed(kept, span, workspace)
    recording = given if given is not None else _make(name, span[0], workspace)
    filed.write(recording, workspace / FOLDER, Path(name).stem)
    equipment.equip(recording, workspace)
    cursor = Cursor(Path(name).stem, span[0], span[1], span[0])
    cursor.write(workspace)
    return cursor


def _resumed(kept: Cursor, span: tuple[int, int], workspace: Path) -> Cursor:
    """Go on where a replay stopped, to the end that is asked for now.

    `Conflict` for another beginning or an end that is past already: what has been replayed cannot
    be taken back.
    """
    first, last = span
    if first != kept.start or last < kept.at:
        spelt = [local(moment(at)).strftime("%m-%d %H:%M") for at in (kept.start, kept.at)]
        raise Conflict(
            f"演练 {workspace.name} 从 {spelt[0]} 放起，已放到 {spelt[1]}，"
            "与这次的 --from、--to 不符；加 --again 从头再来，或用 --name 换一个演练"
        )
    if last != kept.end:
        kept = replace(kept, end=last)
        kept.write(workspace)
    return kept


def rules_in_force() -> dict[str, Spec]:
    """Read the rules of this workspace by code."""
    return {row.code: row.spec for row in rule_rows()}


def _make(name: str, since: int, workspace: Path) -> Recording:
    if name in storms.names():
        return company.gather(storms.storm(name), workspace)
    rules = {code: spec for code, spec in rules_in_force().items() if truth.foresees(spec)}
    return record(generate(), DAYS[name], rules, since=since)


def play(
    cursor: Cursor, url: str, workspace: Path, *, pace: Pace, tell: Callable[[Cursor], None]
) -> Cursor:
    """Play what is left of a prepared recording through the doors at an address."""
    path = workspace / FOLDER / f"{cursor.recording}.parquet"
    gateways = equipment.equip(filed.read(path), workspace)
    published = any(gateway["way"] == doors.MQTT for gateway in gateways.values())
    mqtt = doors.opened(workspace) if published else ("", 0)
    storm = company.storm_of(cursor)
    letters = () if storm is None else company.couriers(workspace, url, cursor)
    senders = Senders(path, (url, mqtt), gateways, letters)
    quiet = Quiet(workspace, models=storm is not None, sources=pace.speed is None)
    act = company.people(storm, cursor) if storm is not None and pace.peopled else None
    stage = stepping.Stage(
        workspace, senders, quiet.under_way, tell, act,
        unlooked=quiet.unlooked, unjudged=quiet.unjudged, stirred=quiet.stirred,
    )  # fmt: skip
    try:
        with far_side.platform(path, gateways, workspace):
            if pace.speed is None:
                return stepping.lockstep(stage, cursor, pace.step_ms)
            return stepping.paced(stage, cursor, pace.speed)
    finally:
        senders.close()


def verdict_on(cursor: Cursor, workspace: Path) -> Played:
    """Compare what was raised with what should have been."""
    recording = filed.read(workspace / FOLDER / f"{cursor.recording}.parquet")
    due = recording.about.due
    rules = rules_in_force()
    unforeseen = () if due is None else _unforeseen(rules)
    found: Verdict | None = None
    if due is not None:
        raised = [one for one in outcome.raised() if one.rule not in unforeseen]
        found = judge(due, raised, start=cursor.start, end=cursor.at, slack=SLACK_MS)
    unknown, steps = tuple(equipment.unknown(recording)), tuple(tempo.read(workspace))
    return Played(cursor, found, unforeseen, unknown, steps)


def _unforeseen(rules: dict[str, Spec]) -> tuple[str, ...]:
    return tuple(sorted(code for code, spec in rules.items() if not truth.foresees(spec)))
