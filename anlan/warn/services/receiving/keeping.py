"""Writing what a batch of messages changed, and telling it: rows, cases, journal, events."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, cast

from django.db import transaction
from django.db.models import F

from anlan.base.cases.services import Matter, open_cases
from anlan.base.db.asking import any_of, ask, listed
from anlan.base.db.updating import update_values
from anlan.base.journal.canonical import sm3
from anlan.base.journal.services import Deed, record_many
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.protocols.alerting.message import Unreadable
from anlan.sense.events import Level
from anlan.warn import deed_names
from anlan.warn.events import AlertReceived
from anlan.warn.models import Arrival, Original, Received, Refused
from anlan.warn.selectors.inbox import refused_for
from anlan.warn.services.telling import received_deed

if TYPE_CHECKING:
    from anlan.warn.services.receiving.intake import Inbound

LONGEST_TITLE = 200
#: A message of more bytes than these is no message; so much of it is kept, to be looked at.
LARGEST = 2 * 1024 * 1024
KEPT_OF_LARGER = 64 * 1024
#: What judging a batch may change of a row that was there before.
KEPT = (
    "state", "handling", "handled_at", "root", "ended_by_id", "ended_at", "replaces", "case",
    "identifier", "sender", "region_id", "regions", "expires_at", "notes", "signature", "signer",
    "tellers",
)  # fmt: skip
#: Changed only where it was missing, and too large to be compared each time.
WITH_REGIONS = ("area", "place")


#: Tells the values of a row that a batch may change; its lists are replaced, never changed.
mark = attrgetter(*KEPT)


def store(rows: Sequence[Received]) -> None:
    """Write what a batch changed of rows that were there before."""
    plain = []
    for row in rows:
        if "area" in row.get_deferred_fields():
            plain.append((*map(_spelled, mark(row)), row.pk))
        else:
            names = (*KEPT, *WITH_REGIONS)
            changed = {name: getattr(row, name) for name in names}
            Received.objects.filter(pk=row.pk).update(**changed)
    update_values(Received, KEPT, plain)


def _spelled(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list) else value


def give_cases(fresh: Sequence[Received], by: Actor) -> None:
    """Open a case for each new matter of ours; what belongs to a chain shares its case."""
    wanted: dict[str, Received] = {}
    for row in fresh:
        if not row.case and row.regions and row.handling != "none":
            wanted.setdefault(row.root, row)
    first = list(wanted.values())
    matters = [Matter(hazard=row.hazard, region=row.region_id, title=_title(row)) for row in first]
    cases = dict(zip(wanted, open_cases(matters=matters, by=by), strict=True)) if first else {}
    for row in fresh:
        row.case = row.case or cases.get(row.root, "")


def _title(row: Received) -> str:
    return (row.headline or row.text or row.station)[:LONGEST_TITLE]


@dataclass(frozen=True)
class Told:
    """What a batch changed: new rows, old ones that changed, every time something came."""

    fresh: Sequence[Received]
    changed: Sequence[Received]
    arrivals: Sequence[Arrival]
    #: Ids of old rows that end others only now.
    spoke: Collection[str] = ()
    #: Old rows that have an area of ours only now.
    placed: Sequence[Received] = ()
    #: Old rows that hold again.
    stood: Sequence[Received] = ()


def tell(told: Told, by: Actor) -> None:
    """Note and tell what came, what came again, what it ended, and what holds again."""
    new = {row.pk for row in told.fresh}
    enders = new.union(told.spoke)
    deeds = [received_deed(row, "received", by, _facts(row)) for row in told.fresh]
    deeds += [
        received_deed(row, row.state, by, {"ended_by": row.ended_by_id})
        for row in told.changed
        if row.ended_by_id in enders
    ]
    deeds += [received_deed(row, "standing", by) for row in told.stood]
    deeds += [
        received_deed(
            one.received, "again", by,
            {"way": one.way, "source": one.source, "digest": one.original.digest,
             "differs": one.differs},
        )
        for one in told.arrivals
        if one.received_id not in new
    ]  # fmt: skip
    record_many(deeds)
    public = [row for row in (*told.fresh, *told.placed) if row.regions and row.action != "ack"]
    relayed = _relayed_of(public)
    publish(*(_event(row, relayed) for row in public))


def _facts(row: Received) -> dict[str, Any]:
    return {
        "station": row.station, "identifier": row.identifier, "level": row.level,
        "action": row.action, "way": row.way, "source": row.source,
        "digest": row.original.digest, "regions": list(row.regions), "signature": row.signature,
    }  # fmt: skip


def _relayed_of(fresh: Sequence[Received]) -> dict[str, list[str]]:
    """Tell the alerts of ours that messages relayed before stand behind, by those messages."""
    ids = {pk for row in fresh for pk in row.replaces}
    found: dict[str, list[str]] = {}
    for received, alert in ask(_relays(), [listed(ids)]) if ids else ():
        found.setdefault(received, []).append(alert)
    return found


@cache
def _relays() -> str:
    wanted = any_of("received_id")
    return f"SELECT received_id, id FROM warn_alert WHERE relayed AND {wanted} ORDER BY id"  # noqa: S608 - names of our own columns


def _event(row: Received, relayed: dict[str, list[str]]) -> AlertReceived:
    action = "cancel" if row.action == "error" else row.action
    return AlertReceived(
        case=row.case,
        alert=row.pk,
        message=row.original_id,
        digest=row.original.digest,
        identifier=row.identifier,
        station=row.station,
        hazard=row.hazard,
        event_code=row.event_code,
        level=cast("Level | None", row.level),
        action=cast('Literal["alert", "update", "cancel"]', action),
        status=cast('Literal["actual", "exercise", "system", "test", "draft"]', row.status),
        region=row.region_id,
        regions=tuple(row.regions),
        replaces=tuple(alert for pk in row.replaces for alert in relayed.get(pk, ())),
        sent_at=row.sent_at,
        effective_at=row.effective_at,
        expires_at=row.expires_at,
        received_at=row.received_at,
    )


def keep_refused(item: "Inbound", why: Unreadable, region: str, by: Actor) -> None:
    """Keep a message that cannot be read, so that somebody sees it; the same bytes once."""
    now = clock.now()
    body = item.original if len(item.original) <= LARGEST else item.original[:KEPT_OF_LARGER]
    digest = sm3(body).hex()
    with transaction.atomic():
        original, _ = Original.objects.get_or_create(
            digest=digest,
            defaults={
                "content_type": item.content_type[:100], "size": len(body),
                "body": body, "at": now,
            },
        )  # fmt: skip
        row, made = Refused.objects.get_or_create(
            original=original, way=item.way, source=item.source,
            defaults={
                "region_id": region, "element": why.element[:200], "reason": why.detail[:400],
                "at": now, "by": by.ref,
            },
        )  # fmt: skip
        if not made:
            Refused.objects.filter(pk=row.pk).update(times=F("times") + 1, at=now, seen_at=None)
        record_many(
            [
                Deed(
                    deed=deed_names.RECEIVED["refused"], by=by, subject=("refused-alert", row.pk),
                    region=region, facts={"element": row.element, "digest": digest},
                    topic=deed_names.TOPIC,
                )
            ]
        )  # fmt: skip


def see_refused(*, refused: str, by: Actor) -> None:
    """Say that somebody has seen to a refused message; twice changes nothing."""
    with transaction.atomic():
        row = refused_for(refused, by)
        seen = Refused.objects.filter(pk=row.pk, seen_at=None).update(
            seen_at=clock.now(), seen_by=by.ref
        )
        if seen:
            record_many(
                [
                    Deed(
                        deed=deed_names.RECEIVED["seen"], by=by,
                        subject=("refused-alert", row.pk), region=row.region_id,
                        topic=deed_names.TOPIC,
                    )
                ]
            )  # fmt: skip
