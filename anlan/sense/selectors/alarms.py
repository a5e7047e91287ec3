"""Alarms as lists and pages show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from anlan import codes
from anlan.base.journal import selectors as journal
from anlan.base.journal.deeds import label as name_of
from anlan.base.obligations.models import Obligation
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, visible
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Missing
from anlan.sense.models import Alarm, Gateway, Rule, Shelving, Station, Stream
from anlan.sense.rules import words
from anlan.sense.states import LIFECYCLE

VIEW = "alarms.view"
MOST = 2000
#: What a list may be asked for besides single states.
OPEN = ("raised", "acknowledged", "cleared")
VERBS = ("acknowledge", "classify", "shelve", "unshelve", "close")


@dataclass(frozen=True, kw_only=True)
class Query:
    """What a list of alarms is asked for; what is empty narrows nothing."""

    #: open | all | waiting (cleared, cause not said) | standing | one or several states.
    state: str = "open"
    region: str = ""
    hazard: str = ""
    level: str = ""
    station: str = ""
    stream: str = ""
    rule: str = ""
    case: str = ""
    cause: str = ""
    shelved: bool | None = None
    q: str = ""
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1
    size: int = 50


def listed(actor: Actor, query: Query) -> "QuerySet[Alarm]":
    """Narrow alarms to what the actor may see and asks for."""
    rows = visible(_state(Alarm.objects.all(), query.state), actor, VIEW, within=query.region)
    exact = {
        "hazard__in": query.hazard, "station_id": query.station, "rule_id": query.rule,
        "case": query.case, "cause__in": query.cause, "stream__code": query.stream,
    }  # fmt: skip
    for name, value in exact.items():
        if value:
            rows = rows.filter(**{name: value.split(",") if name.endswith("__in") else value})
    if query.level:
        rows = rows.filter(_levels(query.level))
    if query.since:
        rows = rows.filter(raised_at__gte=query.since)
    if query.until:
        rows = rows.filter(raised_at__lt=query.until)
    if query.shelved is not None:
        now = clock.now()
        on = Q(shelved_until__gt=now)
        rows = rows.filter(on if query.shelved else ~on | Q(shelved_until=None))
    if query.q.strip():
        text = query.q.strip()
        rows = rows.filter(Q(title__icontains=text) | Q(place__icontains=text))
    return rows


def _state(rows: "QuerySet[Alarm]", state: str) -> "QuerySet[Alarm]":
    # Open is `closed_at` null, standing `cleared_at` null: the indexes are conditioned on them.
    if state == "open":
        return rows.filter(closed_at=None)
    if state == "all":
        return rows
    if state == "standing":
        return rows.filter(cleared_at=None)
    if state == "waiting":
        return rows.filter(closed_at=None, cleared_at__isnull=False, cause="")
    wanted = state.split(",")
    if not set(wanted) <= {one.code for one in LIFECYCLE.states}:
        raise Invalid("state 不对", errors={"state": ["没有这个状态"]})
    return rows.filter(state__in=wanted)


def _levels(text: str) -> Q:
    wanted = text.split(",")
    if not set(wanted) <= {"0", "1", "2", "3", "4"}:
        raise Invalid("level 只能是 1 至 4，0 为不分级", errors={"level": ["没有这个级别"]})
    found = Q(level__in=[int(one) for one in wanted if one != "0"])
    return found | Q(level=None) if "0" in wanted else found


def page(actor: Actor, query: Query) -> dict[str, Any]:
    """Read one page, the newest first, with how many are open in all the actor may see."""
    rows = listed(actor, query)
    size = min(max(query.size, 1), MOST)
    start = (max(query.page, 1) - 1) * size
    found = list(rows.defer("watches", "held").order_by("-id")[start : start + size])
    total = len(found) if start == 0 and len(found) < size else rows.count()
    return {
        "items": describe(found, actor),
        "total": total,
        "counts": counts(actor, query.region),
        "page": query.page,
        "size": size,
        "as_of": clock.now(),
    }


def counts(actor: Actor, region: str = "") -> dict[str, Any]:
    """Count what is open: by state (shelved ones apart) and by level."""
    now = clock.now()
    rows = visible(Alarm.objects.filter(closed_at=None), actor, VIEW, within=region)
    loud = Q(shelved_until=None) | Q(shelved_until__lte=now)
    found = (
        rows.order_by()
        .values("state", "level")
        .annotate(loud=Count("pk", filter=loud), all=Count("pk"))
    )
    told: dict[str, Any] = {"raised": 0, "acknowledged": 0, "cleared": 0, "shelved": 0}
    levels: dict[str, int] = {}
    for row in found:
        told[row["state"]] += row["loud"]
        told["shelved"] += row["all"] - row["loud"]
        if row["state"] != "cleared":
            key = str(row["level"] or 0)
            levels[key] = levels.get(key, 0) + row["loud"]
    return {**told, "by_level": levels}


def unanswered(most: int) -> list[Alarm]:
    """List alarms of hazards that nobody has acknowledged or set aside, wherever they are.

    The worst first; one of which no level is known stands with the orange ones.
    """
    loud = Q(shelved_until=None) | Q(shelved_until__lte=clock.now())
    rows = Alarm.objects.filter(loud, closed_at=None, state="raised").exclude(hazard="")
    worst = Coalesce("level", Value(2))
    return list(rows.select_related("region").order_by(worst, "-id")[:most])


@dataclass(frozen=True, slots=True)
class _Around:
    """What alarms point at, looked up once for all of them."""

    names: dict[str, str]
    debtors: dict[str, dict[str, Any]]
    #: By what, then by id.
    things: dict[str, dict[str, dict[str, Any]]]
    now: datetime


def describe(rows: Sequence[Alarm], actor: Actor) -> list[dict[str, Any]]:
    """Say alarms in words; seven queries, whatever their number."""
    refs = {ref for row in rows for ref in (row.acknowledged_by, row.cause_by, row.closed_by)}
    around = _Around(
        permissions.names_of({ref for ref in refs if ref}),
        _debtors([row.pk for row in rows if row.closed_at is None]),
        {
            "rule": _things(Rule, {row.rule_id for row in rows}, "code", "title", "title_en"),
            "station": _things(Station, {row.station_id for row in rows}, "code", "name", "kind"),
            "stream": _things(Stream, {row.stream_id for row in rows}, "code", "name", "quantity"),
            "gateway": _things(Gateway, {row.gateway_id for row in rows}, "code", "name"),
            "region": _things(Region, {row.region_id for row in rows}, "name"),
        },
        clock.now(),
    )
    here = {code: _actions(actor, code) for code in {row.region_id for row in rows}}
    return [_alarm(row, around, here[row.region_id]) for row in rows]


def _things(model: Any, ids: Collection[str | None], *names: str) -> dict[str, dict[str, Any]]:
    wanted = [one for one in ids if one]
    if not wanted:
        return {}
    rows = model._default_manager.filter(pk__in=wanted).values_list("pk", *names)
    return {pk: {"id": pk, **dict(zip(names, rest, strict=True))} for pk, *rest in rows}


def _actions(actor: Actor, region: str) -> frozenset[str]:
    verbs = ("acknowledge", "classify", "shelve", "close")
    return frozenset(verb for verb in verbs if may(actor, f"alarms.{verb}", region))


def _debtors(alarms: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Tell who owes the acknowledgement of each alarm now, and since when."""
    rows = Obligation.objects.filter(
        subject_kind="alarm", subject__in=alarms, kind="alarm", closed_at=None
    ).values("subject", "pk", "debtor__title", "debtor__unit__name", "rung", "answer_due")
    return {
        row["subject"]: {
            "obligation": row["pk"], "post": row["debtor__title"],
            "unit": row["debtor__unit__name"], "rung": row["rung"], "due": row["answer_due"],
        }
        for row in rows
    }  # fmt: skip


def _alarm(row: Alarm, around: _Around, here: Collection[str]) -> dict[str, Any]:
    state = LIFECYCLE[row.state]
    hazards, causes = codes.table("hazards"), codes.table("alarm-causes")
    names, things = around.names, around.things
    stream = things["stream"].get(row.stream_id or "")
    return {
        "id": row.pk,
        "version": row.version,
        "case": row.case,
        "state": row.state,
        "state_label": state.label,
        "state_label_en": state.label_en,
        "tone": state.tone,
        "level": row.level,
        "worst": row.worst,
        "hazard": row.hazard,
        "hazard_label": hazards.name(row.hazard),
        "hazard_label_en": hazards.name(row.hazard, "en"),
        "title": row.title,
        "place": row.place,
        "value": row.value,
        "limit": row.limit,
        "peak": row.peak,
        "unit": row.unit,
        "decimals": words.decimals_of(stream["quantity"]) if stream else None,
        "rule": {**things["rule"][row.rule_id], "version": row.rule_version},
        "station": things["station"].get(row.station_id or ""),
        "stream": stream,
        "gateway": things["gateway"].get(row.gateway_id or ""),
        "region": row.region_id,
        "region_name": things["region"][row.region_id]["name"],
        "lon": row.lon,
        "lat": row.lat,
        "raised_at": row.raised_at,
        "level_at": row.level_at,
        "heard_at": row.heard_at,
        "cleared_at": row.cleared_at,
        "closed_at": row.closed_at,
        "closed_by_name": names.get(row.closed_by, row.closed_by),
        "acknowledged_at": row.acknowledged_at,
        "acknowledged_by": row.acknowledged_by,
        "acknowledged_by_name": names.get(row.acknowledged_by, row.acknowledged_by),
        "cause": row.cause,
        "cause_label": causes.name(row.cause),
        "cause_label_en": causes.name(row.cause, "en"),
        "cause_note": row.cause_note,
        "cause_at": row.cause_at,
        "cause_by_name": names.get(row.cause_by, row.cause_by),
        "shelved_until": row.shelved_until,
        "flaps": row.flaps,
        "debtor": around.debtors.get(row.pk),
        "verbs": verbs(row, here, around.now),
    }  # fmt: skip


def verbs(row: Alarm, here: Collection[str], now: datetime) -> list[str]:
    """List what may be done with an alarm now by somebody who may do these actions there."""
    shelved = row.shelved_until is not None and row.shelved_until > now
    open_ = row.closed_at is None
    tests = {
        "acknowledge": ("acknowledge", open_ and row.acknowledged_at is None),
        "classify": ("classify", True),
        "shelve": ("shelve", open_ and not shelved),
        "unshelve": ("shelve", open_ and shelved),
        "close": ("close", open_ and row.cleared_at is not None and bool(row.cause)),
    }
    return [verb for verb, (action, possible) in tests.items() if possible and action in here]


def one(actor: Actor, alarm: str) -> dict[str, Any]:
    """Read one alarm with everything that became of it."""
    row = Alarm.objects.filter(pk=alarm).first()
    if row is None or not may(actor, VIEW, row.region_id):
        raise Missing("没有这个报警")
    told = describe([row], actor)[0]
    told["steps"] = _steps(row)
    told["shelvings"] = _shelvings(row)
    told["obligations"] = _obligations(row)
    return told


def _steps(row: Alarm) -> list[dict[str, Any]]:
    deeds = journal.history(("alarm", row.pk))
    names = permissions.names_of({deed.by for deed in deeds})
    return [
        {
            "at": deed.at,
            "deed": deed.deed,
            "deed_label": name_of(deed.deed).title,
            "deed_label_en": name_of(deed.deed).title_en,
            "by": deed.by,
            "by_name": names.get(deed.by, deed.by),
            "changes": dict(deed.changes),
            "facts": dict(deed.facts),
        }
        for deed in deeds
    ]


def _shelvings(row: Alarm) -> list[dict[str, Any]]:
    found = list(Shelving.objects.filter(key=row.key).order_by("-id")[:20])
    names = permissions.names_of({one.by for one in found})
    return [
        {
            "at": one.at, "by_name": names.get(one.by, one.by), "until": one.until,
            "reason": one.reason, "ended_at": one.ended_at,
        }
        for one in found
    ]  # fmt: skip


def _obligations(row: Alarm) -> list[dict[str, Any]]:
    found = Obligation.objects.filter(subject_kind="alarm", subject=row.pk, kind="alarm")
    return [
        {
            "id": one.pk, "state": one.state, "ladder": one.ladder, "rung": one.rung,
            "issued_at": one.issued_at, "answered_at": one.answered_at,
            "post": one.debtor.title, "unit": one.debtor.unit.name,
        }
        for one in found.select_related("debtor", "debtor__unit").order_by("-id")
    ]  # fmt: skip
