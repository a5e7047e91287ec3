"""What people do with alarms: acknowledge, say what the cause was, close."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from anlan import codes
from anlan.base.journal.services import Deed, record_many
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.sense import deed_names
from anlan.sense.models import Alarm
from anlan.sense.services.alarms import owing
from anlan.sense.services.alarms.locking import Told, locked

CAUSES = "alarm-causes"
LONGEST_NOTE = 300


def acknowledge_alarms(*, alarms: Sequence[str], by: Actor) -> Told:
    """Say that somebody has seen them and takes them on.

    It answers the obligation of each; acknowledging twice changes nothing.
    """
    with transaction.atomic():
        chosen = locked(alarms, "alarms.acknowledge", by)
        return chosen.told(_acknowledge(chosen.rows, by, settle=True))


def note_acknowledged(*, alarm: str, by: Actor) -> None:
    """Acknowledge by the answer to its obligation, which gave the right."""
    with transaction.atomic():
        _acknowledge(list(Alarm.objects.select_for_update().filter(pk=alarm)), by, settle=False)


def _acknowledge(rows: Sequence[Alarm], by: Actor, *, settle: bool) -> list[Alarm]:
    """Acknowledge those that are not yet; returns them."""
    news = [row for row in rows if row.acknowledged_at is None and row.closed_at is None]
    if not news:
        return news
    now = clock.now()
    ids = [row.pk for row in news]
    Alarm.objects.filter(pk__in=ids).update(
        acknowledged_at=now, acknowledged_by=by.ref, version=F("version") + 1
    )
    Alarm.objects.filter(pk__in=ids, state="raised").update(state="acknowledged")
    record_many([_deed(row, "acknowledged", by, {}) for row in news])
    if settle:
        owing.end(news, by=by, done=True)
    return news


def classify_alarms(*, alarms: Sequence[str], cause: str, note: str = "", by: Actor) -> Told:
    """Say what they were (真实、误报、检修 …); who knows the cause has seen it: this acknowledges.

    May be said again when one knows better; the journal keeps what was said before.
    """
    with transaction.atomic():
        chosen = locked(alarms, "alarms.classify", by)
        if chosen.rows and cause not in codes.table(CAUSES):
            raise Invalid("请选择原因", errors={"cause": ["请从原因表中选择"]})
        rows, note = chosen.rows, note.strip()[:LONGEST_NOTE]
        _acknowledge(rows, by, settle=True)
        Alarm.objects.filter(pk__in=[row.pk for row in rows]).update(
            cause=cause, cause_note=note, cause_at=clock.now(), cause_by=by.ref,
            version=F("version") + 1,
        )  # fmt: skip
        facts = {"note": note} if note else {}
        record_many(
            [
                _deed(row, "classified", by, facts, {"cause": [row.cause or None, cause]})
                for row in rows
            ]
        )
        return chosen.told(rows)


def close_alarms(*, alarms: Sequence[str], by: Actor) -> Told:
    """Strike alarms off: each has cleared and its cause is known."""
    with transaction.atomic():
        chosen = locked(alarms, "alarms.close", by)
        open_ = [row for row in chosen.rows if row.closed_at is None]
        for row in open_:
            if row.cleared_at is None:
                chosen.refuse(row, Conflict(f"「{row.place} {row.title}」尚未解除，可以先搁置"))
            elif not row.cause:
                why = f"「{row.place} {row.title}」还没有定性，请先写明原因"
                chosen.refuse(row, Conflict(why))
        rows = [row for row in open_ if row.pk not in chosen.refused]
        Alarm.objects.filter(pk__in=[row.pk for row in rows]).update(
            state="closed", closed_at=clock.now(), closed_by=by.ref, shelved_until=None,
            version=F("version") + 1,
        )  # fmt: skip
        record_many([_deed(row, "closed", by, {}) for row in rows])
        owing.end(rows, by=by, done=True)
        return chosen.told(rows)


def _deed(
    row: Alarm,
    verb: str,
    by: Actor,
    facts: Mapping[str, Any],
    changes: Mapping[str, Sequence[Any]] | None = None,
) -> Deed:
    return Deed(
        deed=deed_names.ALARM[verb], by=by, subject=owing.subject(row.pk), region=row.region_id,
        case=row.case, changes=changes, facts=facts, topic=deed_names.TOPIC,
    )  # fmt: skip
