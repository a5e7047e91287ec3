"""The inbox: departments' messages as the duty room reads them, and those that were refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from anlan import codes
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, visible
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Missing
from anlan.protocols.alerting.signing import State
from anlan.warn.competence import TABLE as ISSUERS
from anlan.warn.models import Alert, Original, Received, Refused
from anlan.warn.selectors.describing import steps
from anlan.warn.selectors.listing import levels
from anlan.warn.selectors.rows import VIEW, received_for, seen_received
from anlan.warn.signals import glyph_of
from anlan.warn.states import HANDLING, RECEIVED
from anlan.warn.trust import signers
from anlan.warn.words import SIGNATURES, said

MOST = 1000
RECEIVE = "alerts.receive"


@dataclass(frozen=True, kw_only=True)
class Query:
    """What the inbox is asked for; what is empty narrows nothing."""

    #: waiting | standing | all | one or several states.
    state: str = "waiting"
    region: str = ""
    hazard: str = ""
    level: str = ""
    station: str = ""
    way: str = ""
    q: str = ""
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1
    size: int = 50


def listed(actor: Actor, query: Query) -> "QuerySet[Received]":
    """Narrow messages to what the actor may see and asks for."""
    rows = _state(seen_received(actor, within=query.region), query.state)
    for name, value in (("hazard", query.hazard), ("way", query.way)):
        if value:
            rows = rows.filter(**{f"{name}__in": value.split(",")})
    if query.station:
        rows = rows.filter(station=query.station)
    if query.level:
        rows = rows.filter(levels(query.level))
    if query.since:
        rows = rows.filter(received_at__gte=query.since)
    if query.until:
        rows = rows.filter(received_at__lt=query.until)
    if query.q.strip():
        text = query.q.strip()
        rows = rows.filter(Q(headline__icontains=text) | Q(text__icontains=text))
    return rows


def _state(rows: "QuerySet[Received]", state: str) -> "QuerySet[Received]":
    # Waiting is `handled_at` null, standing `ended_at` null: the indexes are conditioned on them.
    if state == "waiting":
        return rows.filter(handled_at=None)
    if state == "standing":
        return rows.filter(ended_at=None).exclude(handling="none")
    if state == "all":
        return rows
    wanted = state.split(",")
    if not set(wanted) <= {one.code for one in RECEIVED.states}:
        raise Invalid("state 不对", errors={"state": ["没有这个状态"]})
    return rows.filter(state__in=wanted)


def page(actor: Actor, query: Query) -> dict[str, Any]:
    """Read one page: what waits with the worst first, anything else with the newest first."""
    rows = listed(actor, query)
    size = min(max(query.size, 1), MOST)
    start = (max(query.page, 1) - 1) * size
    order = ("level", "-id") if query.state == "waiting" else ("-id",)
    found = list(rows.defer("area").order_by(*order)[start : start + size])
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
    """Count what waits by level, and what was refused and nobody has seen."""
    rows = seen_received(actor, within=region).filter(handled_at=None)
    found = rows.order_by().values("level").annotate(n=Count("pk"))
    by_level = {str(row["level"] or 0): row["n"] for row in found}
    return {
        "waiting": sum(by_level.values()),
        "by_level": by_level,
        "refused": _seen_refused(actor).filter(seen_at=None).count(),
    }


def unanswered(most: int) -> list[Received]:
    """List what departments really warned of and nobody has passed on, wherever it is.

    The worst first; one of which no level is known stands with the orange ones.
    """
    rows = Received.objects.filter(handled_at=None, ended_at=None, status="actual")
    worst = Coalesce("level", Value(2))
    return list(rows.select_related("region").order_by(worst, "-id")[:most])


def describe(rows: Sequence[Received], actor: Actor) -> list[dict[str, Any]]:
    """Say messages in words; five queries, whatever their number."""
    names = permissions.names_of({row.handled_by for row in rows if row.handled_by})
    places = regions.names(
        {row.region_id for row in rows} | {c for row in rows for c in row.regions}
    )
    ids = [row.pk for row in rows]
    alerts = dict(
        Alert.objects.filter(received__in=ids, relayed=True)
        .exclude(state__in=("dropped", "withdrawn"))
        .values_list("received_id", "pk")
    )
    # What they change or end, where we passed that on: the officer must see it at once.
    before = {pk for row in rows for pk in row.replaces}
    out = set(
        Alert.objects.filter(received__in=before, ended_at=None, issued_at__isnull=False)
        .values_list("received_id", flat=True)
    )  # fmt: skip
    signing = _signing(rows)
    return [
        {
            **_received(row, places),
            "signature_missing": row.signature == State.UNSIGNED
            and (row.sender, row.form) in signing,
            "handled_by_name": names.get(row.handled_by, row.handled_by),
            "alert": alerts.get(row.pk),
            "changes_ours": bool(out & set(row.replaces)) and row.signature != State.BROKEN,
            "verbs": verbs(row, actor),
        }
        for row in rows
    ]


def _signing(rows: Sequence[Received]) -> set[tuple[str, str]]:
    """Tell which senders of what is not signed have had the like signed by one we trust.

    Whoever cannot forge a signature leaves it out; of a sender that never signs messages of that
    form it says nothing.
    """
    bare = {row.sender for row in rows if row.signature == State.UNSIGNED and row.sender}
    if not bare:
        return set()
    signed = Received.objects.filter(signature=State.TRUSTED.value, sender__in=bare)
    return set(signed.values_list("sender", "form").distinct())


def _received(row: Received, places: dict[str, str]) -> dict[str, Any]:
    state, handling = RECEIVED[row.state], HANDLING[row.handling]
    hazards, colours = codes.table("hazards"), codes.table("warning-levels")
    kinds, level = codes.table(ISSUERS), str(row.level) if row.level else ""
    return {
        "id": row.pk,
        "identifier": row.identifier,
        "sender": row.sender,
        "station": row.station,
        "form": row.form,
        "way": row.way,
        "source": row.source,
        "sent_at": row.sent_at,
        "received_at": row.received_at,
        "action": row.action,
        "status": row.status,
        "kind": row.kind,
        "kind_label": kinds.name(row.kind),
        "kind_label_en": kinds.name(row.kind, "en"),
        "hazard": row.hazard,
        "hazard_label": hazards.name(row.hazard),
        "hazard_label_en": hazards.name(row.hazard, "en"),
        "event": row.event,
        "event_code": row.event_code,
        "level": row.level,
        "level_label": colours.name(level),
        "level_label_en": colours.name(level, "en"),
        "color": colours[level].text("color") if level else None,
        "headline": row.headline,
        "text": row.text,
        "instruction": row.instruction,
        "effective_at": row.effective_at,
        "expires_at": row.expires_at,
        "region": row.region_id,
        "region_name": places.get(row.region_id, row.region_id),
        "regions": [{"code": code, "name": places.get(code, code)} for code in row.regions],
        "place": row.place,
        "notes": said(row.notes),
        "signature": row.signature,
        "signature_label": SIGNATURES[row.signature][0],
        "signature_label_en": SIGNATURES[row.signature][1],
        "signer": row.signer,
        "state": row.state,
        "state_label": state.label,
        "state_label_en": state.label_en,
        "tone": state.tone,
        "handling": row.handling,
        "handling_label": handling.label,
        "handling_label_en": handling.label_en,
        "root": row.root,
        "case": row.case,
        "ended_at": row.ended_at,
        "ended_by": row.ended_by_id,
        "handled_at": row.handled_at,
        "handled_why": row.handled_why,
    }


def verbs(row: Received, actor: Actor) -> list[str]:
    """List what this actor may do with a message now."""
    if not may(actor, "alerts.relay") or row.action == "ack":
        return []
    ends = row.action in ("cancel", "error") and row.state == "notice"
    goes = row.state == "standing" or ends
    found = []
    if any(note[0] == "unproved" for note in row.notes) and row.handling in ("waiting", "relayed"):
        found.append("heed")
    if goes and HANDLING.may(row.handling, "relayed"):
        found.append("relay")
    if HANDLING.may(row.handling, "dismissed"):
        found.append("dismiss")
    return found


def one(actor: Actor, received: str) -> dict[str, Any]:
    """Read one message with its outline, its chain, and every way it came by."""
    row = received_for(received, actor)
    told = describe([row], actor)[0]
    chain = seen_received(actor).filter(root=row.root).defer("area").order_by("id")
    arrivals = row.arrivals.select_related("original").order_by("id")
    told |= {
        "area": row.area,
        "glyph": glyph_of(row.hazard),
        "digest": row.original.digest,
        "size": row.original.size,
        "content_type": row.original.content_type,
        "chain": describe(list(chain), actor),
        "arrivals": [
            {
                "way": came.way, "source": came.source, "at": came.at, "by": came.by,
                "digest": came.original.digest, "differs": came.differs,
            }
            for came in arrivals
        ],
        "signers_wrong": list(signers().wrong),
        "steps": steps(("received-alert", row.pk)),
    }  # fmt: skip
    return told


def original(actor: Actor, received: str) -> Original:
    """Read the bytes of a message exactly as they came."""
    return received_for(received, actor).original


def _seen_refused(actor: Actor) -> "QuerySet[Refused]":
    """Narrow refused messages to those of the actor's region and above: of those who receive."""
    if not may(actor, RECEIVE):
        return Refused.objects.none()
    return visible(Refused.objects.all(), actor, VIEW)


def refused(actor: Actor, *, seen: bool = False) -> list[dict[str, Any]]:
    """List messages that could not be read, the newest first."""
    rows = _seen_refused(actor).select_related("original")
    rows = rows if seen else rows.filter(seen_at=None)
    return [
        {
            "id": row.pk, "way": row.way, "source": row.source, "element": row.element,
            "reason": row.reason, "times": row.times, "at": row.at, "size": row.original.size,
            "digest": row.original.digest, "seen_at": row.seen_at,
            "beginning": bytes(row.original.body[:400]).decode("utf-8", "replace"),
        }
        for row in rows.order_by("-id")[:MOST]
    ]  # fmt: skip


def refused_for(row: str, actor: Actor) -> Refused:
    """Find a refused message; `Missing` when there is none that the actor may see."""
    found = _seen_refused(actor).filter(pk=row).first()
    if found is None:
        raise Missing("没有这条退回的报文")
    return found
