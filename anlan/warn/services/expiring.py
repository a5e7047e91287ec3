"""What ends by itself: messages and alerts whose time is over."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from anlan.base.journal.services import record_many
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor, system
from anlan.kernel import clock
from anlan.warn.events import AlertsExpired
from anlan.warn.models import Alert, Received
from anlan.warn.services import responses, telling
from anlan.warn.services.publishing import turn_edition

BATCH = 500


def expire_due(*, by: Actor | None = None) -> int:
    """Let what has run out hold no longer; returns how many messages and alerts."""
    actor = by or system("warn")
    return _expire_received(actor) + _expire_alerts(actor)


def _expire_received(by: Actor) -> int:
    now = clock.now()
    due = Received.objects.filter(ended_at=None, expires_at__lte=now)
    # Asked first, every minute: whoever writes is not waited for in vain.
    return _end_received(due, now, by) if due.exists() else 0


@transaction.atomic
def _end_received(due: "QuerySet[Received]", now: datetime, by: Actor) -> int:
    held = due.select_for_update().order_by("expires_at")
    rows = list(held.defer("area", "text")[:BATCH])
    ids = [row.pk for row in rows]
    ended = Received.objects.filter(pk__in=ids, state="standing")
    ended.update(state="expired", ended_at=now)
    Received.objects.filter(pk__in=ids, handling="waiting").update(
        handling="passed", handled_at=now
    )
    record_many([telling.received_deed(row, "expired", by) for row in rows])
    return len(rows)


def _expire_alerts(by: Actor) -> int:
    now = clock.now()
    due = Alert.objects.filter(ended_at=None, expires_at__lte=now, state="issued")
    return _end_alerts(due, now, by) if due.exists() else 0


@transaction.atomic
def _end_alerts(due: "QuerySet[Alert]", now: datetime, by: Actor) -> int:
    rows = list(due.select_for_update().order_by("expires_at").defer("area")[:BATCH])
    if not rows:
        return 0
    Alert.objects.filter(pk__in=[row.pk for row in rows], state="issued").update(
        state="expired", ended_at=now, ended_by=by.ref, version=F("version") + 1
    )
    record_many([telling.deed(row, "expired", by) for row in rows])
    for row in rows:
        responses.close_due(root=row.root, by=by)
    turn_edition()
    publish(AlertsExpired(alerts=tuple(row.pk for row in rows)))
    return len(rows)
