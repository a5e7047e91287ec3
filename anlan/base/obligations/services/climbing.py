"""Climbing: the one job that moves what is due one rung up. No module has its own deadline loop.

A batch is one transaction: read up to a thousand due obligations, find whom their next rung turns
to in one query per relation, move them by conditional UPDATE, note the rungs, journal, tell.
Several workers may run it: the write gate (SQLite) or SKIP LOCKED (PostgreSQL) shares the rows out.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce

from anlan.base.db.among import among
from anlan.base.db.moments import moment, spelled
from anlan.base.db.updating import update_values
from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.events import ObligationsLapsed
from anlan.base.obligations.ladders import Ladder, ladder
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services.rungs import Climber, next_rungs, rungs_reached, write_rungs
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor, system
from anlan.kernel import clock

BATCH = 1000


def climb_due(*, by: Actor | None = None, batches: int = 1000) -> int:
    """Move every due obligation one rung; returns how many moved."""
    moved = 0
    if not Obligation.objects.filter(climb_at__lte=clock.now()).exists():
        return 0  # looked for without queuing to write
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
    columns = (
        due.order_by("climb_at")
        .annotate(issued=spelled("issued_at"), answer=spelled("answer_due"))
        .values_list("pk", "debtor_id", "ladder", "rung", "region_id", "case", "issued", "answer")
    )
    rows = [_Due(Climber(*told[:4]), *told[4:]) for told in columns[:BATCH]]
    if not rows:
        return 0
    ladders = {key: ladder(key) for key in {row.climber.ladder for row in rows}}
    _advance(rows, ladders, now)
    taken = [row for row in rows if row.climber.rung < len(ladders[row.climber.ladder].rungs)]
    climbers = [row.climber for row in taken]
    write_rungs(next_rungs(climbers, ladders, now))
    record_many(_deeds(taken, by))
    publish(rungs_reached(climbers))
    return len(rows)


class _Due(NamedTuple):
    """One obligation whose next rung is due."""

    climber: Climber
    region: str
    case: str
    #: As the database spells them: all that was issued at once shares them.
    issued: str
    answer_due: str | None


def _advance(rows: Sequence[_Due], ladders: dict[str, Ladder], now: datetime) -> None:
    """Set every row's next rung; those issued at once climb at once."""
    known: dict[tuple[str, int, str, str | None], datetime | None] = {}
    changes = []
    for (pk, _, key, rung), _, _, issued, answer_due in rows:
        place = (key, rung, issued, answer_due)
        if place not in known:
            following = ladders[key].due(moment(issued) or now, rung + 1, moment(answer_due))
            known[place] = max(following, now) if following is not None else None
        changes.append((rung + 1, known[place], pk, rung))
    update_values(Obligation, ("rung", "climb_at"), changes, match=("id", "rung"))


def _deeds(rows: Sequence[_Due], by: Actor) -> list[Deed]:
    groups: dict[tuple[str, int], list[_Due]] = defaultdict(list)
    for row in rows:
        groups[row.case, row.climber.rung + 1].append(row)
    return [
        Deed(
            deed="obligations.climbed",
            by=by,
            subject=("case", case) if case else ("obligation", owed[0].climber.id),
            region=owed[0].region if len(owed) == 1 else "",
            case=case,
            facts={"rung": rung, "obligations": [row.climber.id for row in owed]},
            topic="obligation",
        )
        for (case, rung), owed in groups.items()
    ]


def lapse_due(*, by: Actor | None = None, batches: int = 1000) -> int:
    """Mark obligations whose deadline has passed (逾期) and tell; returns how many."""
    lapsed = 0
    if not Obligation.objects.filter(lapse_at__lte=clock.now()).exists():
        return 0
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
    Obligation.objects.filter(among("pk", ids)).update(
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
