"""Climbing: the one job that moves what is due one rung up. No module has its own deadline loop.

A batch is one transaction: read up to a thousand due obligations, find whom their next rung turns
to in one query per relation, move them by conditional UPDATE, note the rungs, journal, tell.
Several workers may run it: the write gate (SQLite) or SKIP LOCKED (PostgreSQL) shares the rows out.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce

from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.events import ObligationsLapsed, RungsReached
from anlan.base.obligations.ladders import Ladder, ladder
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services.rungs import next_rungs, write_rungs
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor, system
from anlan.kernel import clock

BATCH = 1000


def climb_due(*, by: Actor | None = None, batches: int = 1000) -> int:
    """Move every due obligation one rung; returns how many moved."""
    moved = 0
    for _ in range(batches):
        count = _climb_batch(by or system("climb"))
        moved += count
        if count < BATCH:
            break
    return moved


@transaction.atomic
def _climb_batch(by: Actor) -> int:
    now = clock.now()
    # Whatever ends or pauses an obligation takes its `climb_at` away.
    due = Obligation.objects.filter(climb_at__lte=now)
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    rows = list(
        due.order_by("climb_at").only(
            "id", "debtor_id", "ladder", "rung", "region_id", "case", "issued_at", "climb_at",
            "answered_at", "answer_due",
        )[:BATCH]
    )  # fmt: skip
    if not rows:
        return 0
    ladders = {key: ladder(key) for key in {row.ladder for row in rows}}
    _advance(rows, ladders, now)
    taken = [row for row in rows if row.rung < len(ladders[row.ladder].rungs)]
    write_rungs(next_rungs(taken, ladders, now))
    record_many(_deeds(taken, by))
    publish(rungs_reached(taken))
    return len(rows)


def _advance(rows: Sequence[Obligation], ladders: dict[str, Ladder], now: datetime) -> None:
    """Set every row's next rung; an ORM CASE of a thousand arms would be ten times dearer."""
    table = connection.ops.quote_name(Obligation._meta.db_table)
    adapt = connection.ops.adapt_datetimefield_value
    values = []
    for row in rows:
        following = ladders[row.ladder].due(row.issued_at, row.rung + 1, row.answer_due)
        if following is not None:
            following = max(following, now)
        values.append((adapt(following), row.pk, row.rung))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET rung = rung + 1, climb_at = %s WHERE id = %s AND rung = %s",  # noqa: S608
            values,
        )


def rungs_reached(rows: Sequence[Obligation]) -> RungsReached:
    """Tell which rung each obligation takes; `Obligation.rung` is still before."""
    return RungsReached(
        obligations=tuple(row.pk for row in rows), rungs=tuple(row.rung + 1 for row in rows)
    )


def _deeds(rows: Sequence[Obligation], by: Actor) -> list[Deed]:
    groups: dict[tuple[str, int], list[Obligation]] = defaultdict(list)
    for row in rows:
        groups[row.case, row.rung + 1].append(row)
    return [
        Deed(
            deed="obligations.climbed",
            by=by,
            subject=("case", case) if case else ("obligation", owed[0].pk),
            region=owed[0].region_id if len(owed) == 1 else "",
            case=case,
            facts={"rung": rung, "obligations": [row.pk for row in owed]},
            topic="obligation",
        )
        for (case, rung), owed in groups.items()
    ]


def lapse_due(*, by: Actor | None = None, batches: int = 1000) -> int:
    """Mark obligations whose deadline has passed (逾期) and tell; returns how many."""
    lapsed = 0
    for _ in range(batches):
        count = _lapse_batch(by or system("climb"))
        lapsed += count
        if count < BATCH:
            break
    return lapsed


@transaction.atomic
def _lapse_batch(by: Actor) -> int:
    now = clock.now()
    due = Obligation.objects.filter(lapse_at__lte=now)
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    ids = list(due.order_by("lapse_at").values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    Obligation.objects.filter(pk__in=ids).update(
        lapsed_at=Coalesce("lapsed_at", Value(now, DateTimeField())), lapse_at=None
    )
    record_many(
        [
            Deed(
                deed="obligations.lapsed", by=by, subject=("obligation", ids[0]),
                facts={"obligations": ids}, topic="obligation",
            )
        ]
    )  # fmt: skip
    publish(ObligationsLapsed(obligations=tuple(ids)))
    return len(ids)
