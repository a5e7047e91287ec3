"""Which alerts and messages somebody may see; what is not theirs to see is not there.

What went out may be read by everybody whose region it is for, and by those below. A draft is seen
by those who may draft or review there. A department's message is seen by those who receive and
relay, and what they relay by everybody.
"""

from django.db.models import Q, QuerySet

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import condition, may, prefixes
from anlan.base.regions import scope
from anlan.kernel.errors import Missing
from anlan.warn.models import Alert, Received

VIEW = "alerts.view"
WRITES = ("alerts.draft", "alerts.review")
HANDLES = ("alerts.receive", "alerts.relay")
NOTHING = Q(pk__in=())


def seen_alerts(actor: Actor, *, within: str = "") -> "QuerySet[Alert]":
    """Narrow alerts to those the actor may see."""
    out = condition(actor, VIEW, within=within)
    if out is None:
        return Alert.objects.all()
    wanted = out & Q(issued_at__isnull=False) if out else NOTHING
    for action in WRITES:
        written = condition(actor, action, "seat_id", within=within)
        if written:
            wanted |= written & Q(issued_at=None)
    return Alert.objects.filter(wanted)


def seen_received(actor: Actor, *, within: str = "") -> "QuerySet[Received]":
    """Narrow departments' messages to those the actor may see."""
    if not any(may(actor, one) for one in HANDLES):
        return Received.objects.none()
    wanted = condition(actor, VIEW, within=within)
    if wanted is None:
        return Received.objects.all()
    return Received.objects.filter(wanted) if wanted else Received.objects.none()


def alert_for(alert: str, by: Actor, *, lock: bool = False) -> Alert:
    """Find an alert; `Missing` when there is none that the actor may see."""
    rows = Alert.objects.select_for_update(of=("self",)) if lock else Alert.objects.all()
    row = rows.filter(pk=alert).first()
    if row is None or not _may_see(row, by):
        raise Missing("没有这条预警")
    return row


def _may_see(row: Alert, by: Actor) -> bool:
    if row.issued_at is not None:
        return may(by, VIEW, row.region_id)
    return any(
        scope.covers(prefix, row.home) for action in WRITES for prefix in prefixes(by, action)
    )


def received_for(received: str, by: Actor, *, lock: bool = False) -> Received:
    """Find a department's message; `Missing` when there is none that the actor may see."""
    rows = Received.objects.select_for_update(of=("self",)) if lock else Received.objects.all()
    row = rows.select_related("original").filter(pk=received).first()
    if row is None or not may_see_received(by, row.region_id):
        raise Missing("没有这条预警")
    return row


def may_see_received(actor: Actor, region: str) -> bool:
    """Tell whether the actor may see departments' messages for a region."""
    return any(may(actor, one) for one in HANDLES) and may(actor, VIEW, region)
