"""Setting an alarm aside for a time, with a reason; the time's end brings it back by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor, system
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.sense import deed_names
from anlan.sense.models import Alarm, Maintenance, Shelving, Station
from anlan.sense.selectors.alarm_places import places
from anlan.sense.services.alarms import owing
from anlan.sense.services.alarms.locking import locked

#: Longer is a change of the rule, not a shelf.
LONGEST = timedelta(days=30)
LONGEST_REASON = 300


def is_shelved(alarm: Alarm, now: datetime) -> bool:
    """Tell whether an alarm lies on the shelf."""
    return alarm.shelved_until is not None and alarm.shelved_until > now


def shelve_alarm(*, alarm: str, until: datetime, reason: str, by: Actor) -> None:
    """Set an alarm aside: no noise, no climbing, and what its matter raises meanwhile likewise."""
    with transaction.atomic():
        row = locked([alarm], "alarms.shelve", by)[0]
        now = clock.now()
        _check(until, reason, now)
        if row.closed_at is not None:
            raise Conflict("这个报警已经销号")
        Shelving.objects.filter(key=row.key, ended_at=None).update(ended_at=now, ended_by=by.ref)
        Shelving.objects.create(
            key=row.key, alarm=row, reason=reason.strip()[:LONGEST_REASON], at=now, by=by.ref,
            until=until,
        )  # fmt: skip
        Alarm.objects.filter(key=row.key, closed_at=None).update(
            shelved_until=until, version=row.version + 1
        )
        owing.end([row], by=by, done=False)
        _note(row, "shelved", by, {"until": until.isoformat(), "reason": reason.strip()})


def _check(until: datetime, reason: str, now: datetime) -> None:
    wrong: dict[str, list[str]] = {}
    if not reason.strip():
        wrong["reason"] = ["请写明搁置的理由"]
    if until.tzinfo is None or not now < until <= now + LONGEST:
        wrong["until"] = [f"应晚于现在，且不超过 {LONGEST.days} 天"]
    if wrong:
        raise Invalid("有几处需要改正", errors=wrong)


def unshelve_alarm(*, alarm: str, by: Actor) -> None:
    """Take an alarm off the shelf before its time."""
    with transaction.atomic():
        row = locked([alarm], "alarms.shelve", by)[0]
        if not is_shelved(row, clock.now()):
            raise Conflict("这个报警没有搁置")
        _bring_back([row], by)


def end_shelvings(*, by: Actor | None = None) -> int:
    """Bring back what has lain its time; returns how many alarms."""
    with transaction.atomic():
        now = clock.now()
        over = Alarm.objects.select_for_update().filter(shelved_until__lte=now)
        rows = list(over.order_by("shelved_until")[:200])
        if rows:
            _bring_back(rows, by or system("alarms"))
    return len(rows)


#: What has stood so long unacknowledged, and is owed by nobody, is owed now.
PATIENCE = timedelta(minutes=5)


def owe_forgotten(*, by: Actor | None = None) -> int:
    """Call somebody for alarms that stand, unacknowledged and owed by nobody; returns how many.

    Those that came back and stayed, and those for which there was nobody to turn to before.
    """
    actor = by or system("alarms")
    with transaction.atomic():
        now = clock.now()
        standing = Alarm.objects.filter(
            closed_at=None, cleared_at=None, state="raised", level_at__lte=now - PATIENCE
        ).filter(Q(shelved_until=None) | Q(shelved_until__lte=now))
        ids = list(standing.order_by("-id").values_list("pk", flat=True)[:2000])
        forgotten = set(ids) - owing.owed(ids).keys()
        rows = list(Alarm.objects.select_for_update().filter(pk__in=list(forgotten)[:200]))
        return owing.owe(rows, places(rows), by=actor)


def _bring_back(rows: Sequence[Alarm], by: Actor) -> None:
    now = clock.now()
    Shelving.objects.filter(key__in=[row.key for row in rows], ended_at=None).update(
        ended_at=now, ended_by=by.ref
    )
    for row in rows:
        row.shelved_until = None
        row.version += 1
    Alarm.objects.bulk_update(rows, ["shelved_until", "version"], batch_size=200)
    for row in rows:
        _note(row, "unshelved", by, {})
    loud = [row for row in rows if row.state == "raised"]
    owing.owe(loud, places(loud), by=by)


def _note(row: Alarm, verb: str, by: Actor, facts: dict[str, str]) -> None:
    record(
        deed=deed_names.ALARM[verb], by=by, subject=owing.subject(row.pk), region=row.region_id,
        case=row.case, facts=facts, topic=deed_names.TOPIC,
    )  # fmt: skip


def inherit(fresh: Sequence[Alarm], now: datetime) -> None:
    """Put new alarms on the shelf their matter lies on, or under the maintenance of their place."""
    if not fresh:
        return
    shelves = dict(
        Shelving.objects.filter(
            key__in=[one.key for one in fresh], ended_at=None, until__gt=now
        ).values_list("key", "until")
    )
    works = list(
        Maintenance.objects.filter(ended_at=None, starts__lte=now, ends__gt=now).values_list(
            "gateway_id", "station_id", "stream_id", "ends"
        )
    )
    gates = _gateways_of(fresh) if any(work[0] for work in works) else {}
    for alarm in fresh:
        ends = [
            until for gateway, station, stream, until in works
            if (stream and stream == alarm.stream_id)
            or (station and station == alarm.station_id)
            or (gateway and gateway in (alarm.gateway_id, gates.get(alarm.station_id or "")))
        ]  # fmt: skip
        if alarm.key in shelves:
            ends.append(shelves[alarm.key])
        alarm.shelved_until = max(ends, default=None)


def _gateways_of(fresh: Sequence[Alarm]) -> dict[str, str | None]:
    ids = {one.station_id for one in fresh if one.station_id}
    return dict(Station.objects.filter(Q(pk__in=ids)).values_list("pk", "gateway_id"))
