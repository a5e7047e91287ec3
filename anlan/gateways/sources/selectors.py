"""Questions about sources: what is declared, how each fares, what it refused."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from anlan.base.permissions import Actor, may
from anlan.base.regions import selectors as regions
from anlan.gateways.sources.declaration import Declaration, Problem
from anlan.gateways.sources.sharing import Book, sharing_of
from anlan.gateways.sources.shelf import Sheet, Shelf
from anlan.gateways.sources.states import State
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Missing
from anlan.protocols.declared.moments import millis, moment_of
from anlan.protocols.declared.secrets import REFERENCE, Secrets
from anlan.sense.selectors.identities import Scope, codes_in

#: A source's condition -> what it is called. Worst first: so they are listed.
CONDITIONS: Mapping[str, tuple[str, str]] = {
    "wrong": ("配置有误", "Declared wrongly"),
    "failing": ("取数失败", "Failing"),
    "stale": ("数据陈旧", "Stale"),
    "waiting": ("等待首次取数", "Not yet asked"),
    "good": ("正常", "Good"),
    "off": ("已停用", "Off"),
}
_REGION = re.compile(r'^\s*region\s*=\s*["\'](\d{2,12})["\']', re.MULTILINE)
MOST_TRIES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source as the list shows it. Times None: never."""

    key: str
    title: str
    title_en: str
    region: str
    region_name: str
    #: Whose platform it is, and whom to call.
    unit: str
    person: str
    phone: str
    enabled: bool
    condition: str
    condition_title: str
    condition_title_en: str
    #: Why it fails; "" when it does not.
    reason: str
    problems: tuple[Problem, ...]
    #: Time of the newest value it gave.
    newest_at: datetime | None
    last_try_at: datetime | None
    last_good_at: datetime | None
    next_try_at: datetime | None
    failures: int
    every_s: float | None
    stale_after_s: float | None
    #: Seconds of its past that are still to be filled.
    gap_s: float
    last: dict[str, int]
    total: dict[str, int]


@dataclass(frozen=True, slots=True)
class Tried:
    """One try."""

    at: datetime
    took_ms: int
    ok: bool
    cause: str
    reason: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Refused:
    """One rejected row."""

    at: datetime
    field: str
    reason: str
    sample: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One source, whole."""

    source: Source
    text: str
    version: str
    #: The tables of the text, for a form; None when it is no TOML.
    fields: Mapping[str, Any] | None
    notes: tuple[str, ...]
    absent: tuple[str, ...]
    gaps: tuple[tuple[datetime, datetime], ...]
    tries: tuple[Tried, ...]
    refused: tuple[Refused, ...]
    may_edit: bool
    may_enable: bool


@cache
def _shelf_of(home: Path) -> Shelf:
    return Shelf(home)


def shelf() -> Shelf:
    """Return the declarations of this process's workspace."""
    return _shelf_of(workspace.directory())


def states() -> Book:
    """Return where the states of this process's workspace are kept."""
    return sharing_of(workspace.directory()).book


def sources(actor: Actor) -> list[Source]:
    """List the sources of the actor's regions, the worst first."""
    seen = [it for it in shelf().sheets().values() if may(actor, "sources.view", region_of(it))]
    known = states().all()
    names = regions.names(region_of(it) for it in seen)
    now = clock.now()
    found = [_source(it, known.get(it.key, State()), names, now) for it in seen]
    order = list(CONDITIONS)
    return sorted(found, key=lambda it: (order.index(it.condition), it.title, it.key))


def source(actor: Actor, key: str) -> Detail:
    """Read one source; `Missing` when there is none, or not for this actor."""
    sheet = shelf().sheet(key)
    region = region_of(sheet)
    if not may(actor, "sources.view", region):
        raise Missing("没有这个数据来源")
    state = states().get(key)
    return Detail(
        source=_source(sheet, state, regions.names([region]), clock.now()),
        text=sheet.text,
        version=sheet.version,
        fields=sheet.fields,
        notes=state.notes,
        absent=state.absent,
        gaps=tuple((moment_of(it.start_ms), moment_of(it.end_ms)) for it in state.gaps),
        tries=tuple(
            Tried(moment_of(it.at_ms), it.took_ms, it.ok, it.cause, it.reason, asdict(it.counts))
            for it in states().tries(key, MOST_TRIES)
        ),
        refused=tuple(
            Refused(moment_of(it.at_ms), it.field, it.reason, it.sample) for it in state.samples
        ),
        may_edit=may(actor, "sources.edit", region),
        may_enable=may(actor, "sources.enable", region),
    )


def scope_of(declaration: Declaration) -> Scope:
    """Tell which streams a source may write."""
    said = declaration.scope
    return Scope(declaration.region, said.units, said.gateways, said.streams)


def standing_of(declaration: Declaration, codes: Collection[str]) -> dict[str, bool]:
    """Tell of these codes which are streams of the source's region, and whether it may write them.

    Those of other regions are left out like those that do not exist.
    """
    mine = codes_in(scope_of(declaration), codes)
    return {code: code in mine for code in codes_in(Scope(declaration.region), codes)}


def may_use(actor: Actor, reference: str) -> bool:
    """Tell whether a secret is the actor's to use: no source of another region names it."""
    used_in = {
        region_of(sheet)
        for sheet in shelf().sheets().values()
        if reference in REFERENCE.findall(sheet.text)
    }
    return all(may(actor, "sources.edit", region) for region in used_in)


def secrets(actor: Actor) -> list[tuple[str, datetime]]:
    """List the names of the secrets the actor may use, and when each was written."""
    kept = Secrets(workspace.directory()).names()
    return [(name, at) for name, at in kept if may_use(actor, f"file:{name}")]


def region_of(sheet: Sheet) -> str:
    """Tell whose source it is, even when its file is wrong; "" when that cannot be told."""
    if sheet.declaration:
        return sheet.declaration.region
    found = _REGION.search(sheet.text)
    return found[1].ljust(12, "0") if found else ""


def condition(declaration: Declaration, state: State, now: datetime) -> str:
    """Tell how a declared source fares."""
    if not declaration.enabled:
        return "off"
    if state.reason:
        return "failing"
    if state.last_good_ms is None:
        return "waiting"
    oldest = millis(now) - round(declaration.schedule.stale_s * 1000)
    # A feed of warnings may have nothing new for months; that it answers is what counts.
    newest = state.newest_ms if declaration.warnings is None else state.last_good_ms
    return "good" if newest is not None and newest >= oldest else "stale"


def _source(sheet: Sheet, state: State, names: Mapping[str, str], now: datetime) -> Source:
    declared, region = sheet.declaration, region_of(sheet)
    how = condition(declared, state, now) if declared else "wrong"
    return Source(
        key=sheet.key,
        title=declared.title if declared else sheet.key,
        title_en=declared.title_en if declared else "",
        region=region,
        region_name=names.get(region, ""),
        unit=declared.owner.unit if declared else "",
        person=declared.owner.person if declared else "",
        phone=declared.owner.phone if declared else "",
        enabled=bool(declared and declared.enabled),
        condition=how,
        condition_title=CONDITIONS[how][0],
        condition_title_en=CONDITIONS[how][1],
        reason=state.reason,
        problems=sheet.wrong.problems if sheet.wrong else (),
        newest_at=_moment(state.newest_ms),
        last_try_at=_moment(state.last_try_ms),
        last_good_at=_moment(state.last_good_ms),
        next_try_at=_moment(state.next_try_ms) if declared and declared.enabled else None,
        failures=state.failures,
        every_s=declared.schedule.every_s if declared else None,
        stale_after_s=declared.schedule.stale_s if declared else None,
        gap_s=sum(it.end_ms - it.start_ms for it in state.gaps) / 1000,
        last=asdict(state.last),
        total=asdict(state.total),
    )


def _moment(when_ms: int | None) -> datetime | None:
    return None if when_ms is None else moment_of(when_ms)
