"""What a wider alarm says for narrower ones: a gateway that is gone, for all that hangs on it.

While the wider one stands, the narrower ones are kept beside it and raise nothing. Some time after
it has cleared, what is still wrong of them becomes an alarm of its own.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from anlan.kernel import clock
from anlan.sense.bindings import Binding, Change
from anlan.sense.models import Alarm

#: What hangs on a gateway that came back gets so long to be heard again.
GRACE = timedelta(minutes=30)


def split(changes: Sequence[Change]) -> tuple[list[Change], list[Change]]:
    """Part changes into those of their own and those a wider alarm may say already."""
    own = [change for change in changes if not change.binding.under]
    return own, [change for change in changes if change.binding.under]


@transaction.atomic
def hold_back(changes: Sequence[Change]) -> list[Change]:
    """Keep what a standing wider alarm says already; returns the changes that go their own way."""
    above = _above({change.binding.under for change in changes})
    if not above:
        return list(changes)
    free: list[Change] = []
    for change in changes:
        name = f"{change.binding.matter} {change.binding.watch}"
        held_back = False
        for alarm in above.get(change.binding.under, ()):
            held = dict(alarm.held or {})
            held.pop(name, None)
            if change.entered and alarm.cleared_at is None:
                held[name] = [asdict(change.binding), change.time_ms]
                held_back = True
            alarm.held = held or None
        if not held_back:
            free.append(change)  # when it left, it may have an alarm from before
    for alarms in above.values():
        for alarm in alarms:
            Alarm.objects.filter(pk=alarm.pk).update(held=alarm.held)
    return free


def _above(matters: set[str]) -> dict[str, list[Alarm]]:
    """Fetch the wider alarms that stand or still hold something, locked for writing."""
    rows = Alarm.objects.select_for_update().filter(
        Q(cleared_at=None) | Q(held__isnull=False), key__in=matters
    )
    found: dict[str, list[Alarm]] = defaultdict(list)
    for row in rows:
        found[row.key].append(row)
    return found


def take_released() -> list[Change]:
    """Take what was held back by alarms that cleared some time ago; told as beginning now."""
    now = clock.now()
    over = Alarm.objects.filter(held__isnull=False, cleared_at__lte=now - GRACE)
    return _take(over, now) if over.exists() else []


@transaction.atomic
def _take(over: "QuerySet[Alarm]", now: datetime) -> list[Change]:
    found: dict[str, Change] = {}
    rows = list(over.select_for_update().order_by("cleared_at")[:20])
    returned = _came_back(rows)
    for alarm in rows:
        for name, (binding, _) in alarm.held.items():
            if alarm.key not in returned:
                kept = replace(Binding(**binding), under="")
                found[name] = Change(kept, True, int(now.timestamp() * 1000))
    Alarm.objects.filter(pk__in=[row.pk for row in rows]).update(held=None)
    return list(found.values())


def _came_back(rows: Sequence[Alarm]) -> Mapping[str, Any]:
    """List the matters that stand again: what hung on them is held by the newer alarm."""
    keys: dict[str, str] = defaultdict(str)
    live = Alarm.objects.filter(key__in=[row.key for row in rows], cleared_at=None)
    keys.update(live.values("key").annotate(last=Max("id")).values_list("key", "last"))
    return keys
