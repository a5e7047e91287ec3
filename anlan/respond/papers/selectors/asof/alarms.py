"""Which monitoring alarms stood at a moment, at which level: by what was noted of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from anlan.base.db.among import among
from anlan.base.journal import selectors as journal
from anlan.respond.papers.selectors.asof.where import Where
from anlan.sense import deed_names
from anlan.sense.models import Alarm

#: A clearing is known so much later than it was measured, at the most.
LATEST: Final = timedelta(days=1)
CLEARED = deed_names.ALARM["cleared"]
MOVES = [deed_names.ALARM[verb] for verb in ("raised", "worsened", "eased", "returned", "cleared")]


@dataclass(frozen=True)
class AlarmThen:
    """An alarm that stood."""

    id: str
    title: str
    place: str
    region: str
    level: int | None
    raised_at: datetime
    case: str


def alarms_at(where: Where, at: datetime) -> list[AlarmThen]:
    """List the alarms that stood as the desk knew it, the gravest first."""
    rows = Alarm.objects.filter(where.rows(), heard_at__lte=at).filter(
        Q(cleared_at=None) | Q(cleared_at__gt=at - LATEST)
    )
    columns = ("pk", "title", "place", "region_id", "raised_at", "case")
    shown = {row[0]: row[1:] for row in rows.values_list(*columns)}
    levels = _levels(list(shown), at)
    found = [
        AlarmThen(pk, title, place, region, levels[pk], raised, case)
        for pk, (title, place, region, raised, case) in shown.items()
        if pk in levels
    ]
    return sorted(found, key=lambda one: (one.level or 9, one.raised_at, one.id))


def _levels(alarms: list[str], at: datetime) -> dict[str, int | None]:
    """Read the level each alarm had by then; what had cleared is left out."""
    rows = journal.entries().filter(
        among("subject", alarms), subject_kind="alarm", deed__in=MOVES, at__lte=at
    )
    levels: dict[str, int | None] = {}
    for noted in journal.read(rows.order_by("id")):
        if noted.deed == CLEARED:
            levels.pop(noted.subject[1], None)
        else:
            levels[noted.subject[1]] = noted.changes["level"][1]
    return levels
