"""Drafts that a signed forecast asks for, and what becomes of them when its word is taken back.

Which kind of alert is drafted is in the code table ``forecast-levels``: it holds none but what is
ours to issue. Villages that leave and villages that get ready are told with their reasons; people
dispose of both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from anlan import codes
from anlan.base.journal.deeds import name_deed
from anlan.base.journal.services import Deed, record_many
from anlan.base.permissions.actor import Actor, system
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.forecast.events import ForecastApproved, ForecastWithdrawn
from anlan.forecast.selectors.grounds import is_signed
from anlan.kernel import clock
from anlan.sense.models import Station
from anlan.warn import deed_names
from anlan.warn.models import Alert
from anlan.warn.selectors import texts
from anlan.warn.selectors.filling import Content
from anlan.warn.services.drafting import Origin, draft_alert, edit_alert
from anlan.warn.services.telling import SUBJECT

TABLE: Final = "forecast-levels"
#: What begins the key of such a draft, while it is one.
ONCE: Final = "forecast:"
#: So many places are named with their reasons; the others are counted.
NAMED: Final = 5
DOUBTED = name_deed("alerts.doubted", "所据预报有变", "What it rests on changed")
NOT_LESS: Final = "输入不全，实际可能更重"
NO_LONGER: Final = "更新的预报不再达到，请核对后再定"


def propose_from_forecast(*, event: ForecastApproved, by: Actor | None = None) -> list[str]:
    """Draft what a signed forecast asks for; returns the ids of its drafts.

    One draft a case and kind: a later run of the same matter brings it up to date as long as nobody
    has taken it on, and leaves alone what somebody is writing. After it was issued or dropped, only
    places that it did not name make another.
    """
    actor = by or system("warn")
    if not event.case or not event.hazard:
        return []
    asked = _asked(event)
    with transaction.atomic():
        made = [_propose(event, kind, one, actor) for kind, one in asked.items()]
        over = _drafts(event.case, actor).exclude(kind__in=asked).filter(once__startswith=ONCE)
        _doubt(list(over), NO_LONGER, actor)
    return [one for one in made if one]


def doubt_drafts(*, event: ForecastWithdrawn, by: Actor | None = None) -> list[str]:
    """Say on what was drafted from a forecast that its word was taken back; returns the ids.

    A draft that nobody has taken on says it in its own words. Nothing is undone; while another run
    of the matter is signed, nothing is in doubt.
    """
    actor = by or system("warn")
    if not event.case or is_signed(event.case):
        return []
    with transaction.atomic():
        rows = list(_drafts(event.case, actor).exclude(state="dropped"))
        _doubt(rows, f"所据的预报已撤回（{event.reason}），请核对后再定", actor)
    return [row.pk for row in rows]


def _drafts(case: str, by: Actor) -> "QuerySet[Alert]":
    """Narrow alerts to those that were drafted from forecasts of a case, locked for writing.

    They are locked in one order, so that two who doubt at once do not wait for each other.
    """
    kinds = {row.text("drafts") for row in codes.table(TABLE)} - {None, ""}
    rows = Alert.objects.select_for_update().order_by("pk")
    return rows.filter(case=case, kind__in=kinds, drafted_by=by.ref, alarm="", action="issue")


def _propose(event: ForecastApproved, kind: str, asked: "_Asked", by: Actor) -> str:
    content = asked.content(event, kind)
    key = f"{ONCE}{kind}:{event.case}"
    known = Alert.objects.select_for_update().filter(once=key).first()
    if known is None:
        said = {code for row in _drafts(event.case, by).filter(kind=kind) for code in row.regions}
        prefixes = [scope.prefix(code) for code in said]
        if all(any(scope.covers(one, code) for one in prefixes) for code in content.regions):
            return ""
        return draft_alert(content=content, by=by, origin=Origin(case=event.case, once=key))
    if _is_ours(known, by) and known.parts.get("caution") != content.caution:
        edit_alert(alert=known.pk, content=replace(content, issuer=known.station), by=by)
    return known.pk


def _is_ours(row: Alert, by: Actor) -> bool:
    """Tell whether a draft is as we left it: nobody has taken it on."""
    return row.state == "draft" and {row.drafted_by, row.edited_by} <= {by.ref, ""}


def _doubt(rows: Sequence[Alert], why: str, by: Actor) -> None:
    """Note on alerts that their ground changed; a draft as we left it says so itself, once."""
    doubted = []
    for row in rows:
        before = str(row.parts.get("caution", ""))
        if before.startswith(f"【{why}】"):
            continue
        doubted.append(row)
        if _is_ours(row, by):
            bare = before[before.find("】") + 1 :] if before.startswith("【") else before
            content = Content(
                kind=row.kind, hazard=row.hazard, regions=tuple(row.regions), place=row.place,
                caution=f"【{why}】{bare}", measures=str(row.parts.get("measures", "")),
                issuer=row.station, effective_at=row.effective_at, expires_at=row.expires_at,
            )  # fmt: skip
            edit_alert(alert=row.pk, content=content, by=by)
    record_many(
        [
            Deed(
                deed=DOUBTED, by=by, subject=(SUBJECT, row.pk), region=row.region_id,
                case=row.case, facts={"reason": why}, topic=deed_names.TOPIC,
            )
            for row in doubted
        ]
    )  # fmt: skip


@dataclass
class _Asked:
    """Where one kind of alert is asked for, the first first, and why."""

    regions: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add(self, region: str, reason: str) -> None:
        """Ask for a place, with its reason."""
        self.regions.append(region)
        self.reasons.append(reason)

    def content(self, event: ForecastApproved, kind: str) -> Content:
        """Put it into words."""
        more = len(self.reasons) - NAMED
        storm = f"，台风 {event.storm}" if event.storm else ""
        said = [
            f"据本级签署的预报（{texts.spoken(event.based_at)}起报{storm}）",
            *self.reasons[:NAMED],
            *([f"另有 {more} 处"] if more > 0 else []),
            *([NOT_LESS] if event.lower_bound else []),
        ]
        return Content(
            kind=kind, hazard=event.hazard, regions=tuple(dict.fromkeys(self.regions)),
            caution="；".join(said).replace("）；", "），", 1), effective_at=clock.now(),
            expires_at=event.valid_until,
        )  # fmt: skip


def _asked(event: ForecastApproved) -> dict[str, _Asked]:
    """Sort what a forecast found by the kind of alert it asks for."""
    table = codes.table(TABLE)
    found: dict[str, _Asked] = {}
    for level, region, reason in _findings(event):
        kind = (table[level].text("drafts") or "") if level in table else ""
        if kind:
            found.setdefault(kind, _Asked()).add(region, reason)
    return found


def _findings(event: ForecastApproved) -> Iterator[tuple[str, str, str]]:
    """Give what a forecast found as code of the table, region, and a reason."""
    names = regions.names((*event.villages, *event.preparing))
    columns = zip(
        event.villages, event.village_nearness, event.village_depths, event.village_arrivals,
        strict=True,
    )  # fmt: skip
    for code, near, depth, arrives in columns:
        yield "move", code, f"{names.get(code, code)}预计达到立即转移{_how(near, depth, arrives)}"
    yield from _stations(event)
    for code in event.preparing:
        yield "prepare", code, f"{names.get(code, code)}预计达到准备转移"


def _how(near: float | None, depth: float | None, arrives: datetime | None) -> str:
    """Say how deep and when water comes, or how far beyond its threshold the rain is."""
    if depth is not None:
        when = f"，{texts.spoken(arrives)}到达" if arrives else ""
        return f"，最大水深 {depth:.1f} 米{when}"
    return "" if near is None else f"，雨量为立即转移雨量的 {near:.1f} 倍"


def _stations(event: ForecastApproved) -> Iterator[tuple[str, str, str]]:
    levels: Mapping[int | None, str] = {
        row.whole("level"): row.code for row in codes.table(TABLE) if row.code.startswith("tide-")
    }
    rows = {row.code: row for row in Station.objects.filter(code__in=event.stations)}
    for code, level in zip(event.stations, event.station_levels, strict=True):
        row, reached = rows.get(code), levels.get(level, "")
        if row is not None and reached:
            said = f"{row.name}预计{codes.table(TABLE).name(reached)}"
            yield reached, row.region_id, said
