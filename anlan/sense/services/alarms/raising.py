"""From transitions of watches to alarms: in bulk, one a matter, the same when told twice."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from django.db import connection, transaction
from django.db.models import Max

from anlan.base.cases.services import Matter, open_cases
from anlan.base.db.inserting import insert_rows
from anlan.base.journal.services import Deed, record_many
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.sense import deed_names
from anlan.sense.bindings import Binding, Change
from anlan.sense.events import AlarmRaised
from anlan.sense.models import Alarm, Stream
from anlan.sense.selectors.alarm_places import places
from anlan.sense.selectors.debtors import Place
from anlan.sense.services.alarms import holding, owing, shelving
from anlan.sense.services.alarms.folding import Draft, Told, fold

#: Matters of one transaction; some eight rows each, so that nobody waits long at the write gate.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """Ids of alarms by what became of them; one may be in several."""

    raised: tuple[str, ...] = ()
    worsened: tuple[str, ...] = ()
    eased: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()


def raise_alarms(*, changes: Sequence[Change], by: Actor) -> Outcome:
    """Apply what watches said to their alarms, in transactions of `BATCH` matters.

    A change that was applied before (by the time of its watch) changes nothing, so that a process
    which was cut off may tell everything again. Order within a matter is by time.
    """
    own, under = holding.split(changes)
    told = _raise(own, by)
    if under:
        told += _raise(holding.hold_back(under), by)
    return _outcome(told)


def release_held(*, by: Actor) -> Outcome:
    """Raise what a wider alarm, over for a while, had said for others and is wrong still."""
    return _outcome(_raise(holding.take_released(), by))


def _raise(changes: Sequence[Change], by: Actor) -> list[Told]:
    matters: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        matters[change.binding.matter].append(change)
    told: list[Told] = []
    keys = list(matters)
    for start in range(0, len(keys), BATCH):
        told += _apply({key: matters[key] for key in keys[start : start + BATCH]}, by)
    return told


def _outcome(told: Sequence[Told]) -> Outcome:
    found: dict[str, list[str]] = defaultdict(list)
    for one in told:
        found[one.verb].append(one.alarm.pk)
    return Outcome(**{verb: tuple(dict.fromkeys(ids)) for verb, ids in found.items()})


@transaction.atomic
def _apply(matters: Mapping[str, Sequence[Change]], by: Actor) -> list[Told]:
    heard = clock.now()
    known = latest(matters)
    drafts = []
    for key, changes in matters.items():
        draft = Draft(known.get(key))
        fold(draft, changes, heard)
        drafts.append(draft)
    fresh = [one for draft in drafts for one in draft.fresh]
    touched = [one for draft in drafts for one in draft.touched]
    told = [one for draft in drafts for one in draft.told]
    where = places([*fresh, *(one.alarm for one in told)])
    _place(fresh, where, by)
    shelving.inherit(fresh, heard)
    insert_rows(fresh)
    moved = {one.alarm.pk for one in told}
    for alarm in touched:
        alarm.version += alarm.pk in moved
    store(touched)
    _tell(told, where, by)
    _owe(told, where, heard, by)
    return told


def latest(keys: Collection[str]) -> dict[str, Alarm]:
    """Fetch the newest alarm of each matter for writing, locked where the database locks rows."""
    newest = Alarm.objects.filter(key__in=keys).values("key").annotate(last=Max("id"))
    ids = [row["last"] for row in newest.order_by()]
    rows = Alarm.objects.select_for_update().filter(pk__in=ids) if ids else ()
    return {row.key: row for row in rows}


def _place(fresh: Sequence[Alarm], where: Mapping[str, Place], by: Actor) -> None:
    for alarm in fresh:
        place = where[alarm.pk]
        alarm.region_id, alarm.place = place.region, place.name
        alarm.lon, alarm.lat = place.lon, place.lat
    matters = [
        Matter(hazard=one.hazard, region=one.region_id, title=f"{one.place} {one.title}"[:200])
        for one in fresh
    ]
    for alarm, case in zip(fresh, open_cases(matters=matters, by=by), strict=True):
        alarm.case = case


#: What the folding may change; acknowledgement by people is among it, so rows are read locked.
KEPT = (
    "watches", "level", "worst", "value", "limit", "stream_id", "title", "state", "level_at",
    "cleared_at", "acknowledged_at", "acknowledged_by", "flaps", "version", "rule_version",
)  # fmt: skip


def store(alarms: Sequence[Alarm]) -> None:
    """Write what folding changed; an ORM CASE of hundreds of arms would be ten times dearer."""
    if not alarms:
        return
    fields = [Alarm._meta.get_field(name.removesuffix("_id")) for name in KEPT]
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(cast(Any, field).column)} = %s" for field in fields)
    table = quote(Alarm._meta.db_table)
    rows = [
        [
            *(
                cast(Any, field).get_db_prep_save(getattr(alarm, name), connection=connection)
                for field, name in zip(fields, KEPT, strict=True)
            ),
            alarm.pk,
        ]
        for alarm in alarms
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", rows)  # noqa: S608


def _tell(told: Sequence[Told], where: Mapping[str, Place], by: Actor) -> None:
    record_many([_deed(one, by) for one in told])
    codes = dict(
        Stream.objects.filter(
            pk__in={one.alarm.stream_id for one in told if one.alarm.stream_id}
        ).values_list("pk", "code")
    )
    # Trouble of the equipment has no hazard and is nobody's matter but ours.
    news = [one for one in told if one.news and one.alarm.hazard]
    publish(*(_event(one, where[one.alarm.pk], codes) for one in news))


def _deed(one: Told, by: Actor) -> Deed:
    alarm = one.alarm
    return Deed(
        deed=deed_names.ALARM[one.verb],
        by=by,
        subject=owing.subject(alarm.pk),
        region=alarm.region_id,
        case=alarm.case,
        changes={"level": [one.was, one.level]},
        facts={"title": alarm.title, "value": alarm.value, "limit": alarm.limit},
        topic=deed_names.TOPIC,
    )


def _event(one: Told, place: Place, codes: Mapping[str, str]) -> AlarmRaised:
    alarm = one.alarm
    return AlarmRaised(
        case=alarm.case,
        alarm=alarm.pk,
        hazard=alarm.hazard,
        level=cast("Literal[1, 2, 3, 4] | None", one.level),
        was=cast("Literal[1, 2, 3, 4] | None", one.was),
        region=alarm.region_id,
        where=place.name,
        lon=place.lon,
        lat=place.lat,
        stream=codes.get(alarm.stream_id or "", ""),
        value=alarm.value,
        limit=alarm.limit,
        unit=alarm.unit,
        raised_at=alarm.level_at,
    )


def _owe(told: Sequence[Told], where: Mapping[str, Place], now: datetime, by: Actor) -> None:
    last = {one.alarm.pk: one for one in told}
    # One that only comes back calls nobody at once, or a flapping one would ring all night;
    # `owe_forgotten` does when it stays.
    loud = {one.alarm.pk for one in told if one.news or one.alarm.level in owing.URGENT}
    wanted = [
        one.alarm
        for pk, one in last.items()
        if pk in loud and one.alarm.state == "raised" and not shelving.is_shelved(one.alarm, now)
    ]
    owing.owe(wanted, where, by=by)
    over = [
        one.alarm
        for one in last.values()
        if one.verb == "cleared" and one.alarm.worst not in owing.URGENT
    ]
    owing.end(over, by=by, done=False)


def reconcile_alarms(*, standing: Collection[tuple[str, str]], by: Actor) -> Outcome:
    """Clear what no watch holds any more: rules that changed, streams taken out of use, lost state.

    `standing` names (matter, watch) of everything that is in now, silence among it. Watches of open
    alarms that are not among it count as left now.
    """
    now_ms = int(clock.now().timestamp() * 1000)
    held = set(standing)
    changes = []
    for alarm in Alarm.objects.filter(cleared_at=None).iterator(chunk_size=1000):
        for watch, noted in alarm.watches.items():
            if noted[0] and (alarm.key, watch) not in held:
                changes.append(leaving(alarm, watch, noted, now_ms))
    return raise_alarms(changes=changes, by=by)


def leaving(alarm: Alarm, watch: str, noted: Sequence[Any], now_ms: int) -> Change:
    """Say that a watch of an alarm is out, in the words the alarm itself has kept."""
    binding = Binding(
        watch=watch, matter=alarm.key, rule=alarm.rule_id, version=alarm.rule_version,
        hazard=alarm.hazard, level=noted[3], limit=noted[4], unit=alarm.unit, decimals=2,
        says=noted[6], again_s=0, station=alarm.station_id, gateway=alarm.gateway_id,
        stream=noted[5],
    )  # fmt: skip
    return Change(binding, False, max(now_ms, noted[1] + 1), None)
