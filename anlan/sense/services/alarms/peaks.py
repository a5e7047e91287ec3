"""How far beyond its limit the value went while an alarm stood: looked up once it has cleared."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from django.db import transaction

from anlan.engines.series import BAD
from anlan.kernel import clock
from anlan.sense.models import Alarm
from anlan.sense.selectors.observations import reader

#: Alarms looked up in one go; each reads the values of one stream over its own time.
BATCH = 50
#: Older ones whose values are gone are left alone.
LATEST = timedelta(days=7)
LONGEST = timedelta(days=31)


def note_peaks() -> int:
    """Note the furthest value of alarms that cleared lately; returns how many were looked at.

    Of rules on single values only: what a sum or a difference came to is in the alarm itself.
    """
    over = Alarm.objects.filter(
        cleared_at__gte=clock.now() - LATEST, peak=None, rule__kind="level",
        stream__isnull=False, value__isnull=False, limit__isnull=False,
    )  # fmt: skip
    rows = list(over.select_related("stream").order_by("cleared_at")[:BATCH])
    if not rows:
        return 0
    for row in rows:
        row.peak = _peak(row)
    with transaction.atomic():
        for row in rows:
            Alarm.objects.filter(pk=row.pk).update(peak=row.peak)
    return len(rows)


def _peak(row: Alarm) -> float:
    """Find the furthest value of the alarm's time; its own where nothing is stored any more."""
    assert row.value is not None
    assert row.limit is not None
    assert row.cleared_at is not None
    if row.stream is None or row.cleared_at - row.raised_at > LONGEST:
        return row.value
    since, until = (int(at.timestamp() * 1000) for at in (row.raised_at, row.cleared_at))
    found = reader().raw(row.stream.number, since, until + 1)
    sound: Sequence[float] = found.value[(found.flags & BAD) == 0].tolist()
    rises = row.value >= row.limit
    values = [row.value, *sound]
    return float(np.max(values) if rises else np.min(values))
