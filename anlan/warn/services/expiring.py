"""What ends by itself: messages and alerts whose time is over."""

from django.db import transaction
from django.db.models import F

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


@transaction.atomic
def _expire_received(by: Actor) -> int:
    now = clock.now()
    due = Received.objects.select_for_update().filter(ended_at=None, expires_at__lte=now)
    rows = list(due.order_by("expires_at").defer("area", "text")[:BATCH])
    ids = [row.pk for row in rows]
    ended = Received.objects.filter(pk__in=ids, state="standing")
    ended.update(state="expired", ended_at=now)
    Received.objects.filter(pk__in=ids, handling="waiting").update(
        handling="passed", handled_at=now
    )
    record_many([telling.received_deed(row, "expired", by) for row in rows])
    return len(rows)


@transaction.atomic
def _expire_alerts(by: Actor) -> int:
    now = clock.now()
    due = Alert.objects.select_for_update().filter(
        ended_at=None, expires_at__lte=now, state="issued"
    )
    rows = list(due.order_by("expires_at").defer("area")[:BATCH])
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
