"""接报: an incident is kept from its first word on, then taken in, or joined to a known one.

The telling is saved as it is typed, so that neither a reload nor a power cut loses a caller's word.
接报时间 is when the telling began. Whether two calls are about one matter is for a person to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from anlan import codes
from anlan.base.cases.services import Matter, merge_case, open_cases
from anlan.base.journal.services import record
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Region
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.kernel.ids import new_id
from anlan.respond.incidents import deed_names
from anlan.respond.incidents.events import IncidentReported
from anlan.respond.incidents.models import Incident
from anlan.respond.incidents.selectors.near import near
from anlan.respond.incidents.services.clocks import begin_clocks, stop_clocks
from anlan.respond.incidents.services.looking import settle_look
from anlan.respond.incidents.services.noting import locked, log, note, told_of
from anlan.respond.incidents.states import INCIDENT, OPEN

#: A clock on a caller's wall may be ahead of ours by this much.
AHEAD = timedelta(minutes=10)
LONGEST = {"title": 120, "place": 200, "what": 4000, "caller_name": 40, "caller_phone": 40}
SEALED = ("what", "caller_name", "caller_phone")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a caller told so far, in the order it is told; nothing in it is required."""

    kind: str = ""
    what: str = ""
    title: str = ""
    region: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    happened_at: datetime | None = None
    #: By key of ``incident-figures``; what nobody said is left out, and is not zero.
    figures: Mapping[str, float | None] = field(default_factory=dict)
    caller_name: str = ""
    caller_phone: str = ""
    source: str = ""


def begin_incident(*, told: Told, by: Actor) -> Incident:
    """Keep the first word of a telling; from here 接报时间 counts."""
    permit(by, "incidents.take")
    office = by.region or _placed(told)[0] or regions.top()
    permit(by, "incidents.take", office)
    with transaction.atomic():
        now = clock.now()
        row = Incident(
            office=office, home=office, case=new_id(), received_at=now, received_by=by.ref,
            changed_at=now,
        )  # fmt: skip
        _fill(row, told, by)
        row.save(force_insert=True)
    return row


def keep_told(*, incident: str, told: Told, by: Actor) -> Incident:
    """Keep what was told so far, or put right what was taken down, while it is not over."""
    with transaction.atomic():
        row = locked(incident, by, "incidents.take")
        if INCIDENT.is_final(row.state):
            raise Conflict("这个突发事件已经结束，不能再改")
        was = _plain(row)
        figures = dict(row.figures)
        _fill(row, told, by)
        if row.state != "draft":
            row.figures = figures  # changed by `tell_figures`, which says who told them
            if row.region_id is None:
                raise Invalid("请写明地点", errors={"region": ["请选择地点"]})
            _note_edit(row, was, by)
        row.save()
    return row


def take_in(*, incident: str, by: Actor, apart: bool = False) -> Incident:
    """Take a telling in as an incident of its own: it gets its case and its clocks begin.

    Where open incidents near by may be the same matter it raises `Conflict`, unless somebody has
    looked and says that it stands `apart`.
    """
    with transaction.atomic():
        row = _telling(incident, by)
        if not apart and near(by, row):
            raise Conflict("附近有同类的突发事件，请先看是不是同一件")
        row.title = row.title or title_of(row)
        _open_case(row, by)
        row.state = "received"
        row.changed_at = clock.now()
        row.save()
        note(row, "taken", by, {"kind": row.kind, "source": row.source, "figures": row.figures})
        settle_look(row, by=by)
        begin_clocks(row, since=row.received_at)
        log(row, "接报", "taken", by)
        publish(
            IncidentReported(
                **told_of(row), by=by.ref, happened_at=row.happened_at, received_at=row.received_at
            )
        )
    return row


def join_incident(*, incident: str, into: str, by: Actor) -> Incident:
    """Say that a telling is about an incident that is known: it joins that one's case."""
    with transaction.atomic():
        row = locked(incident, by, "incidents.take")
        was = row.state
        INCIDENT.check(was, "joined")
        there = locked(into, by, "incidents.view")
        if there.state not in OPEN or there.pk == row.pk:
            raise Conflict("只能并入一个正在处置的突发事件")
        stop_clocks(row, by=by)
        settle_look(row, by=by)
        row.title = row.title or there.title
        row.region_id = row.region_id or there.region_id
        row.home = row.region_id or row.home
        if was == "draft":
            _open_case(row, by, parent=there.case)
        else:
            merge_case(case=row.case, into=there.case, by=by)
        row.state, row.joins, row.closed_at = "joined", there, clock.now()
        row.changed_at = clock.now()
        row.save()
        note(row, "joined", by, {"into": there.pk, "figures": row.figures})
        log(there, "同一事件又有来电", f"joined:{row.pk}", by)
    return row


def title_of(row: Incident) -> str:
    """Name an incident that nobody has named: by its place and kind."""
    kind = codes.table("incident-kinds").get(row.kind)
    region = Region.objects.filter(pk=row.region_id).values_list("name", flat=True).first()
    where = row.place or region or ""
    name = kind.name if kind and kind.code != "other" else "突发事件"
    return f"{where}{name}"[: LONGEST["title"]]


def _telling(incident: str, by: Actor) -> Incident:
    row = locked(incident, by, "incidents.take")
    if row.state != "draft":
        raise Conflict("这个突发事件已经接报")
    errors: dict[str, list[str]] = {}
    if row.region_id is None:
        errors["region"] = ["请选择地点"]
    if not (row.kind or row.what or row.title):
        errors["what"] = ["请写明发生了什么"]
    if errors:
        raise Invalid("还缺地点或内容", errors=errors)
    return row


def _fill(row: Incident, told: Told, by: Actor) -> None:
    """Put what was told into the row; `Invalid` names every field that cannot be."""
    check_told(told)
    for name in ("kind", "title", "place", "lon", "lat", "happened_at", "source"):
        setattr(row, name, getattr(told, name))
    row.title, row.place = row.title.strip(), row.place.strip()
    row.figures = {key: value for key, value in told.figures.items() if value is not None}
    row.region_id = _placed(told)[0] or None
    row.home = row.region_id or row.office
    if not may(by, "incidents.take", row.home):
        why = "不在本级范围内，请转告那里的值班室"
        raise Invalid(why, errors={"region": [why]})
    texts = {name: getattr(told, name).strip() for name in SEALED}
    (sealed,) = vault.seal_many([(row.case, texts)])
    for name, text in sealed.items():
        setattr(row, name, text or "")


def _placed(told: Told) -> tuple[str, str]:
    """Tell the region of what was told: the one named, else the one that holds the point."""
    if told.region:
        return scope.normalise(told.region), told.place
    if told.lon is None or told.lat is None:
        return "", told.place
    found = regions.at(told.lon, told.lat)
    return (found.code, told.place) if found else ("", told.place)


def check_told(told: Told) -> None:
    """Raise `Invalid` that names everything in a telling that cannot be."""
    errors: dict[str, list[str]] = {}
    for name, table in (("kind", "incident-kinds"), ("source", "incident-sources")):
        if getattr(told, name) and getattr(told, name) not in codes.table(table):
            errors[name] = ["请从表中选择"]
    if told.region and not Region.objects.filter(pk=scope.normalise(told.region)).exists():
        errors["region"] = ["没有这个地区"]
    if (told.lon is None) != (told.lat is None):
        errors["lon"] = ["经度和纬度要么都填，要么都不填"]
    if told.happened_at and told.happened_at > clock.now() + AHEAD:
        errors["happened_at"] = ["发生时间不能在将来"]
    long = (name for name, most in LONGEST.items() if len(getattr(told, name)) > most)
    errors |= {name: ["太长了"] for name in long} | wrong_figures(told.figures)
    if errors:
        raise Invalid("有几处需要改正", errors=errors)


def wrong_figures(figures: Mapping[str, float | None]) -> dict[str, list[str]]:
    """Tell what is wrong with figures, by their key."""
    known = codes.table("incident-figures")
    return {
        f"figures.{key}": ["没有这一项"] if key not in known else ["数字不可能"]
        for key, value in figures.items()
        if key not in known or (value is not None and not 0 <= value < 1e9)
    }


def _plain(row: Incident) -> dict[str, Any]:
    names = ("kind", "title", "place", "region_id", "lon", "lat", "happened_at", "source")
    return {name: getattr(row, name) for name in names}


def _note_edit(row: Incident, was: Mapping[str, Any], by: Actor) -> None:
    now = _plain(row)
    changes = {name: [_said(was[name]), _said(now[name])] for name in now if now[name] != was[name]}
    record(
        deed="incidents.edited", by=by, subject=(deed_names.SUBJECT, row.pk), region=row.home,
        case=row.case, changes=changes, topic=deed_names.TOPIC,
    )  # fmt: skip


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _open_case(row: Incident, by: Actor, parent: str = "") -> None:
    """Open the case whose id the words were sealed for from the first one on."""
    kind = codes.table("incident-kinds").get(row.kind)
    matter = Matter(
        hazard=(kind.text("hazard") if kind else None) or "", region=row.home, title=row.title,
        id=row.case, parent=parent,
    )  # fmt: skip
    open_cases(matters=[matter], by=by)
