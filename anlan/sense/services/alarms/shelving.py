"""Setting an alarm aside for a time, with a reason; the time's end brings it back by itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from anlan.base.journal.services import Deed, record_many
from anlan.base.permissions.actor import Actor, system
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.sense import deed_names
from anlan.sense.models import Alarm, Maintenance, Shelving, Station
from anlan.sense.selectors.alarm_places import places
from anlan.sense.services.alarms import owing
from anlan.sense.services.alarms.locking import Told, locked

#: Longer is a change of the rule, not a shelf.
LONGEST = timedelta(days=30)
LONGEST_REASON = 300


def is_shelved(alarm: Alarm, now: datetime) -> bool:
    """Tell whether an alarm lies on the shelf."""
    return alarm.shelved_until is not None and alarm.shelved_until > now


def shelve_alarms(*, alarms: Sequence[str], until: datetime, reason: str, by: Actor) -> Told:
    """Set alarms aside: no noise, no climbing, and what their matters raise meanwhile likewise."""
    with transaction.atomic():
        chosen = locked(alarms, "alarms.shelve", by)
        now, reason = clock.now(), reason.strip()[:LONGEST_REASON]
        if chosen.rows:
            _check(until, reason, now)
        for row in [row for row in chosen.rows if row.closed_at is not None]:
            chosen.refuse(row, Conflict("这个报警已经销号"))
        rows = chosen.rows
        matters = {row.key: row for row in rows}
        _end_shelves(matters, by, now)
        Shelving.objects.bulk_create(
            [
                Shelving(key=key, alarm=row, reason=reason, at=now, by=by.ref, until=until)
                for key, row in matters.items()
            ]
        )
        Alarm.objects.filter(key__in=matters, closed_at=None).update(
            shelved_until=until, version=F("version") + 1
        )
        owing.end(rows, by=by, done=False)
        _note(rows, "shelved", by, {"until": until.isoformat(), "reason": reason})
        return chosen.told(rows)


def _check(until: datetime, reason: str, now: datetime) -> None:
    wrong: dict[str, list[str]] = {}
    if not reason.strip():
        wrong["reason"] = ["请写明搁置的理由"]
    if until.tzinfo is None or not now < until <= now + LONGEST:
        wrong["until"] = [f"应晚于现在，且不超过 {LONGEST.days} 天"]
    if wrong:
        raise Invalid("有几处需要改正", errors=wrong)


def unshelve_alarms(*, alarms: Sequence[str], by: Actor) -> Told:
    """Take alarms off the shelf before their time."""
    with transaction.atomic():
        chosen = locked(alarms, "alarms.shelve", by)
        now = clock.now()
        for row in [row for row in chosen.rows if not is_shelved(row, now)]:
            chosen.refuse(row, Conflict("这个报警没有搁置"))
        _bring_back(chosen.rows, by)
        return chosen.told(chosen.rows)


def end_shelvings(*, by: Actor | None = None) -> int:
    """Bring back what has lain its time; returns how many alarms."""
    over = Alarm.objects.filter(shelved_until__lte=clock.now())
    if not over.exists():
        return 0  # asked every minute: whoever writes is not waited for in vain
    with transaction.atomic():
        rows = list(over.select_for_update().order_by("shelved_until")[:200])
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
    if not _forgotten():
        return 0  # as at most looks: whoever writes is not waited for in vain
    with transaction.atomic():
        rows = list(Alarm.objects.select_for_update().filter(pk__in=list(_forgotten())[:200]))
        return owing.owe(rows, places(rows), by=actor)


def _forgotten() -> set[str]:
    now = clock.now()
    standing = Alarm.objects.filter(
        closed_at=None, cleared_at=None, state="raised", level_at__lte=now - PATIENCE
    ).filter(Q(shelved_until=None) | Q(shelved_until__lte=now))
    ids = list(standing.order_by("-id").values_list("pk", flat=True)[:2000])
    return set(ids) - owing.owed(ids).keys()


def _bring_back(rows: Sequence[Alarm], by: Actor) -> None:
    _end_shelves([row.key for row in rows], by, clock.now())
    for row in rows:
        row.shelved_until = None
        row.version += 1
    Alarm.objects.bulk_update(rows, ["shelved_until", "version"], batch_size=200)
    _note(rows, "unshelved", by, {})
    loud = [row for row in rows if row.state == "raised"]
    owing.owe(loud, places(loud), by=by)


def _end_shelves(keys: Iterable[str], by: Actor, now: datetime) -> None:
    Shelving.objects.filter(key__in=list(keys), ended_at=None).update(ended_at=now, ended_by=by.ref)


def _note(rows: Sequence[Alarm], verb: str, by: Actor, facts: dict[str, str]) -> None:
    record_many(
        [
            Deed(
                deed=deed_names.ALARM[verb], by=by, subject=owing.subject(row.pk),
                region=row.region_id, case=row.case, facts=facts, topic=deed_names.TOPIC,
            )
            for row in rows
        ]
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
